"""Files that are whole or absent, and files from outside that are read within bounds.

Every writer of Roadmark goes through here: what appears under its own name is complete, and whatever the system refuses
(a full disk, a missing right) becomes an `OutputError` that names the file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from roadmark.errors import FormatError, InputError, OutputError

if sys.platform != "win32":
    import fcntl

NAME_RULE = "[A-Za-z0-9_.-]+"
"""Regular expression of names that become part of file names."""

MARKER = "UNFINISHED"
"""File that says a hidden folder is a directory of ours in the making."""

_NAME = re.compile(NAME_RULE)
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT} if sys.platform != "win32" else {errno.ENOSPC}
_CHUNK = 1 << 20


def is_plain_name(name: str) -> bool:
    """Whether a name may become part of a file name on every system: `NAME_RULE`, not only dots."""
    return _NAME.fullmatch(name) is not None and name.strip(".") != ""


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything written inside into an `OutputError` naming the file.

    Raises:
        OutputError: The operating system refused (no space left, no permission, a path that is no folder).
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def input_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything looked for or read inside into an `InputError` naming the path.

    Raises:
        InputError: The operating system refused (no permission, a name that is too long).
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"{str(path)[:200]}: cannot be read: {error.strerror or error}") from error


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
        OutputError: It cannot be written; also for an `OSError` of the block itself.

    Examples:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "table.csv"
        >>> with atomic_file(target) as partial:
        ...     characters = partial.write_text("a,b")
        >>> target.read_text()
        'a,b'
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with output_errors(path):
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


class AtomicDirectory:
    """Writes a directory whole or not at all.

    It is made in a hidden sibling ``.<name>.partial`` that this process locks, and moved to its place when it is whole.
    What a killed writer left there is cleared by the next one; if that writer was killed while it replaced an older
    directory, the older one is put back first. As a context manager it yields the folder to write into, publishes it
    at the end of the block and discards it on an exception.

    Args:
        target: The directory to appear; missing parents are made. It must not exist, or be empty, unless `overwrite`.
        overwrite: Replace an existing directory, which stays until the new one is whole.

    Attributes:
        target: The directory to appear, with links resolved.
        path: The empty folder to write into.

    Raises:
        OutputError: `target` is not empty (or no directory), another process is writing it, something that is not ours
            stands in the way, or the system refuses.

    Examples:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "clip"
        >>> with AtomicDirectory(target) as folder:
        ...     characters = (folder / "clip.json").write_text("{}")
        >>> [path.name for path in target.iterdir()]
        ['clip.json']
    """

    # The hidden sibling holds MARKER (the lock), new/ and, between the two renames of `publish`, old/.

    def __init__(self, target: Path, *, overwrite: bool = False) -> None:
        self.target = Path(os.path.realpath(target))
        self._holder = self.target.with_name(f".{self.target.name}.partial")
        self._old = self._holder / "old"
        self._lock: IO[bytes] | None = None
        self.path = self._holder / "new"
        with output_errors(self.target):
            self._clear_unfinished()
            self._check_target(overwrite)
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._holder.mkdir()
            self._take_lock()
            self.path.mkdir()

    def publish(self) -> None:
        """Give the folder its real name, replacing an older one there.

        Raises:
            OutputError: It cannot be moved; the older one is still in its place.
        """
        try:
            with output_errors(self.target):
                if self.target.exists():
                    self.target.rename(self._old)
                self.path.rename(self.target)
        except BaseException:
            self.discard()
            raise
        self._remove_holder()

    def discard(self) -> None:
        """Remove the unfinished folder; an older directory stays."""
        with contextlib.suppress(OSError):
            if self._old.exists() and not self.target.exists():
                self._old.rename(self.target)
        if not self._old.exists() or self.target.exists():
            self._remove_holder()

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.publish()
            return
        self.discard()
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise OutputError(f"{self.target}: the disk is full; the unfinished output was removed") from error

    def _check_target(self, overwrite: bool) -> None:
        if not self.target.exists():
            return
        if not self.target.is_dir():
            raise OutputError(f"{self.target}: is a file where a directory is to be written; choose another name")
        if not overwrite and any(self.target.iterdir()):
            raise OutputError(f"{self.target}: is not empty; choose another folder, or give --overwrite to replace it")

    def _clear_unfinished(self) -> None:
        if not self._holder.exists():
            return
        if not (self._holder / MARKER).exists() and any(self._holder.iterdir()):
            raise OutputError(f"{self._holder}: is in the way and no unfinished work of ours; move it away")
        self._take_lock()
        if self._old.exists() and self.path.exists() and not self.target.exists():
            self._old.rename(self.target)
        self._remove_holder()

    def _take_lock(self) -> None:
        self._lock = (self._holder / MARKER).open("wb")
        self._lock.write(b"What is here is still being written, or its writer was stopped.\n")
        self._lock.flush()
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(self._lock.fileno()), (self._holder / MARKER).stat()):
                raise BlockingIOError  # its writer finished and another one began meanwhile
        except BlockingIOError:
            self._lock.close()
            raise OutputError(f"{self.target}: another process is writing it now") from None

    def _remove_holder(self) -> None:
        """Remove the hidden folder, its marker last: killed in between, it is still known to be ours."""
        with contextlib.suppress(OSError):
            for entry in self._holder.iterdir():
                if entry.name != MARKER:
                    shutil.rmtree(entry, ignore_errors=True)
        if self._lock is not None:
            if sys.platform == "win32":
                self._lock.close()
            with contextlib.suppress(OSError):
                (self._holder / MARKER).unlink()
            self._lock.close()
            self._lock = None
        with contextlib.suppress(OSError):
            self._holder.rmdir()


def read_bounded(path: Path, limit: int) -> bytes:
    """Read a small file.

    Args:
        path: The file.
        limit: Most bytes it may have.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is larger.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(data) > limit:
        raise FormatError(f"larger than {limit} bytes", path=path)
    return data


def read_json(path: Path, limit: int, *, unique_keys: bool = False) -> Any:
    """Load a JSON file strictly: bounded, and without NaN and infinity.

    Args:
        path: The file.
        limit: Most bytes it may have.
        unique_keys: Refuse an object that gives a key twice (for what people write by hand; it takes longer).

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large or malformed; says where.
    """
    data = read_bounded(path, limit)
    try:
        return json.loads(data, parse_constant=_no_constants, object_pairs_hook=_no_duplicates if unique_keys else None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FormatError(f"{where}: not valid JSON: {error.msg}", path=path) from None
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8 text", path=path, offset=error.start) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not valid JSON: {error}", path=path) from None


def _no_constants(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"key {key!r} is given twice")
        result[key] = value
    return result


def hash_file(path: Path) -> tuple[int, bytes]:
    """Size and SHA-256 of a file, read in pieces.

    Raises:
        InputError: It cannot be read.
    """
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as stream:
            while piece := stream.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return size, digest.digest()
