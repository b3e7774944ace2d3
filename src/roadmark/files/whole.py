"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from roadmark.errors import OutputError
from roadmark.files.faults import output_errors

_PARTIAL = re.compile(r"\..+\.[0-9]+\.partial")
_LONGEST_NAME = 200  # bytes; most file systems allow 255, and a hidden sibling's name is longer


def write_file(path: Path, data: bytes | memoryview) -> None:
    """Write a file in one go where a half one does no harm (inside a folder that is not published yet).

    Raises:
        OutputError: It cannot be written whole.
    """
    with output_errors(path), path.open("wb", buffering=0) as stream:
        rest = memoryview(data)
        while rest:
            rest = rest[stream.write(rest) or 0 :]


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Write a file whole or not at all, with whatever writes it.

    Yields the path of a hidden sibling to write. Leaving the block flushes it to the disk and renames it to `path`;
    leaving it by an exception removes it and keeps an old `path`.

    Args:
        path: The file to appear; its folder is made where missing.

    Raises:
        OutputError: It cannot be written, or a folder, device or pipe has its name; also for an `OSError` of the block
            itself.

    Examples:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "table.csv"
        >>> with atomic_file(target) as partial:
        ...     characters = partial.write_text("a,b")
        >>> target.read_text()
        'a,b'
    """
    with output_errors(path):
        _check_replaceable(path)
        name = path.name
        if len(os.fsencode(name)) > _LONGEST_NAME:
            name = hashlib.sha256(os.fsencode(name)).hexdigest()
        partial = path.with_name(f".{name}.{os.getpid()}.partial")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield partial
            with partial.open("rb+") as stream:
                os.fsync(stream.fileno())
            partial.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise


def clear_partial_files(folder: Path) -> None:
    """Remove what killed writers of files left in a folder, and nothing else; only where nobody writes there now.

    Raises:
        OutputError: One cannot be removed.
    """
    with output_errors(folder):
        for entry in os.scandir(folder) if folder.is_dir() else ():
            if _PARTIAL.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink()


def _check_replaceable(path: Path) -> None:
    """Refuse what is no name of a file, and what a file must not replace: a folder, a device, a pipe."""
    if not path.name:
        raise OutputError(f"{str(path)!r} is no name of a file")
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISDIR(mode):
        raise OutputError(f"{path}: is a folder; name a file")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{path}: is not a regular file and is not replaced; name another")


def write_atomically(path: Path, data: bytes | memoryview | str) -> None:
    """Replace a file's content in one step; on any failure the old content stays and no other file is left.

    Args:
        path: The file; its folder is made where missing.
        data: Bytes, or text written as UTF-8.

    Raises:
        OutputError: It cannot be written.
    """
    with atomic_file(path) as partial, partial.open("wb") as stream:
        stream.write(data.encode() if isinstance(data, str) else data)
