"""Directories that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from roadmark.errors import OutputError
from roadmark.files.faults import output_errors

if sys.platform != "win32":
    import fcntl

MARKER = "UNFINISHED"
"""File that says a hidden folder is a directory of ours in the making."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT} if sys.platform != "win32" else {errno.ENOSPC}
_MARKER_TEXT = b"What is here is still being written, or its writer was stopped.\n"


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
