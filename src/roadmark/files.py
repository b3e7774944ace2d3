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
import stat
import sys
from collections.abc import Iterator
from io import FileIO
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
_MARKER_TEXT = b"What is here is still being written, or its writer was stopped.\n"
_LONGEST_NAME = 200  # bytes; most file systems allow 255, and a hidden sibling's name is longer


def is_plain_name(name: str) -> bool:
    """Whether a name may become part of a file name on every system: `NAME_RULE`, not only dots."""
    return _NAME.fullmatch(name) is not None and name.strip(".") != ""


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything written inside into an `OutputError` naming the file.

    Raises:
        OutputError: The operating system refused (no space left, no permission, a path that is no folder).
    """
    if "\0" in str(path):
        raise OutputError(f"{str(path)[:200]!r} is no name of a file")
    try:
        yield
    except OSError as error:
        raise OutputError(f"{str(path)[:200]}: cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def input_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything looked for or read inside into an `InputError` naming the path.

    Raises:
        InputError: The operating system refused (no permission, a name that is too long, a loop of links).
    """
    if "\0" in str(path):
        raise InputError(f"{str(path)[:200]!r} is no name of a file")
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{str(path)[:200]}: no such file; check the path") from None
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
        self.target, self._holder = _places(target)
        self._old = self._holder / "old"
        self._lock: IO[bytes] | None = None
        self.path = self._holder / "new"
        with output_errors(self.target):
            self._clear_unfinished()
            _check_free(self.target, self.target, overwrite)
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

    def _clear_unfinished(self) -> None:
        if not _is_unfinished(self._holder):
            return
        self._take_lock()
        if self._old.exists() and self.path.exists() and not self.target.exists():
            self._old.rename(self.target)
        self._remove_holder()

    def _take_lock(self) -> None:
        self._lock = (self._holder / MARKER).open("wb")
        self._lock.write(_MARKER_TEXT)
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
            for entry in (self.path, self._old):
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


def check_directory(target: Path, *, overwrite: bool = False) -> None:
    """Check that an `AtomicDirectory` could be written there now, without making anything.

    Raises:
        OutputError: As `AtomicDirectory`; that another process writes it is noticed only by that.
    """
    target, holder = _places(target)
    with output_errors(target):
        standing = target
        if _is_unfinished(holder) and not target.exists() and (holder / "new").exists() and (holder / "old").exists():
            standing = holder / "old"  # comes back before anything is written
        _check_free(target, standing, overwrite)
        folder = target.parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise OutputError(f"{target}: cannot be written: {folder} is no folder")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OutputError(f"{target}: cannot be written: {folder} does not allow it")


def _places(target: Path) -> tuple[Path, Path]:
    """Where a directory will be, with links resolved, and its hidden sibling."""
    with output_errors(target):
        real = Path(os.path.realpath(target))
    if not real.name:
        raise OutputError(f"{target}: is no folder to write; name one")
    return real, real.with_name(f".{real.name}.partial")


def _check_free(target: Path, standing: Path, overwrite: bool) -> None:
    """Check what stands at the target, or will once what a killed writer moved away is back."""
    if not standing.exists():
        return
    if not standing.is_dir():
        raise OutputError(f"{target}: is a file where a directory is to be written; choose another name")
    if not overwrite and any(standing.iterdir()):
        raise OutputError(f"{target}: is not empty; choose another folder, or give --overwrite to replace it")


def _is_unfinished(holder: Path) -> bool:
    """Whether there is a hidden sibling that a killed writer of ours left.

    Raises:
        OutputError: There is one, but it holds something else; it must not be touched.
    """
    if not os.path.lexists(holder):
        return False
    if holder.is_dir() and not holder.is_symlink():
        entries = {entry.name for entry in holder.iterdir()}
        if not entries:
            return True
        marker = holder / MARKER
        if MARKER in entries <= {MARKER, "new", "old"} and marker.is_file() and not marker.is_symlink():
            with marker.open("rb") as stream:
                if _MARKER_TEXT.startswith(stream.read(len(_MARKER_TEXT) + 1)):
                    return True
    raise OutputError(f"{holder}: is in the way and no unfinished work of ours; move it away")


def open_input(path: Path) -> FileIO:
    """Open a file from outside, unbuffered; never waits for the other end of a pipe.

    Raises:
        InputError: It is missing, unreadable or no regular file.
    """
    with input_errors(path):
        stream = FileIO(path, "rb", opener=_open_at_once)
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise InputError(f"{path}: is not a regular file")
        return stream


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def has_file(path: Path) -> bool:
    """Whether a file is there, for those that may be missing.

    Raises:
        InputError: Something else has its name (a folder, a pipe), or the system does not let us look.
    """
    with input_errors(path):
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: is not a regular file")
    return True


def read_bounded(path: Path, limit: int) -> bytes:
    """Read a small file.

    Args:
        path: The file.
        limit: Most bytes it may have.

    Raises:
        InputError: It is missing, unreadable or no regular file.
        FormatError: It is larger.
    """
    pieces, size = [], 0
    with input_errors(path), open_input(path) as stream:
        while size <= limit and (piece := stream.read(_CHUNK)):
            pieces.append(piece)
            size += len(piece)
    if size > limit:
        raise FormatError(f"larger than {limit} bytes", path=path)
    return b"".join(pieces)


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
    with input_errors(path), open_input(path) as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return size, digest.digest()
