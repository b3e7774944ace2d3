"""Sizes and hashes of everything written, folded to one line per folder, so that damage can be found later."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections import defaultdict
from pathlib import Path

from roadmark.clip.manifest import FileRecord
from roadmark.errors import InputError
from roadmark.files import hash_file, output_errors, write_file


class Ledger:
    """Writes a clip's files and remembers their digests; safe to use from several threads.

    Args:
        root: The clip's folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: dict[str, dict[str, tuple[int, bytes]]] = defaultdict(dict)
        self._lock = threading.Lock()

    def write(self, name: str, data: bytes) -> bytes:
        """Write a file whole and return its SHA-256; `name` is its path within the clip.

        Raises:
            OutputError: It cannot be written.
        """
        write_file(self.root / name, data)
        digest = hashlib.sha256(data).digest()
        self._add(name, len(data), digest)
        return digest

    def copy(self, name: str, source: Path) -> tuple[int, bytes]:
        """Copy a file from outside, whatever its size, and return its size and SHA-256.

        Raises:
            InputError: The source cannot be read.
            OutputError: The copy cannot be written.
        """
        size, digest = hash_file(source)
        with output_errors(self.root / name):
            shutil.copyfile(source, self.root / name)
        if hash_file(self.root / name) != (size, digest):
            raise InputError(f"{source}: changed while it was copied")
        self._add(name, size, digest)
        return size, digest

    def add_file(self, name: str) -> None:
        """Take in a file that something else wrote (a video, a table)."""
        size, digest = hash_file(self.root / name)
        self._add(name, size, digest)

    def records(self) -> dict[str, FileRecord]:
        """One record per folder of frames (named by it) and one per other file."""
        with self._lock:
            return {folder: fold(files) for folder, files in sorted(self._folders.items())}

    def _add(self, name: str, size: int, digest: bytes) -> None:
        folder, _, file = name.rpartition("/")
        with self._lock:
            group = name if not folder or folder in _SEPARATE or file.endswith("labels.json") else folder
            self._folders[group][file] = (size, digest)


_SEPARATE = frozenset({"videos", "source"})


def fold(files: dict[str, tuple[int, bytes]]) -> FileRecord:
    """The record of one file, or of a folder's files by name: (size, SHA-256)."""
    digests = [files[name][1] for name in sorted(files)]
    digest = digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()
    return FileRecord(files=len(files), bytes=sum(size for size, _ in files.values()), sha256=digest.hex())
