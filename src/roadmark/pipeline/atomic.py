"""Outputs that are whole or absent: files and directories written beside their place and renamed into it."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from roadmark.errors import OutputError

if sys.platform != "win32":
    import fcntl

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def write_atomically(path: Path, data: bytes | str) -> None:
    """Replace a file's content in one step; on any failure the old content stays and no temporary file is left.

    Args:
        path: The file; its folder is made where missing.
        data: Bytes, or text written as UTF-8.

    Raises:
        OutputError: It cannot be written (permissions, full disk).
    """
    content = data.encode() if isinstance(data, str) else data
    temporary = path.parent / f".{path.name}.{os.getpid()}.partial"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
        raise


@contextlib.contextmanager
def atomic_directory(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Write a directory whole or not at all.

    Yields a new, empty sibling ``.<name>.partial`` to write into. Leaving the block renames it to `path`; leaving it by
    an exception removes it. What an earlier, killed run left behind under that name is unfinished work of ours and is
    removed; an earlier `path` is only ever replaced by a complete new one.

    Args:
        path: The directory to appear. It must not exist, or be empty, unless `overwrite`.
        overwrite: Replace an existing directory when the new one is whole.

    Raises:
        OutputError: `path` is not empty (or no directory), another process is writing it, or the disk is full.

    Examples:
        with atomic_directory(Path("out/clip_1")) as folder:
            (folder / "clip.json").write_text("{}")
    """
    partial = path.parent / f".{path.name}.partial"
    replaced = path.parent / f".{path.name}.replaced"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if replaced.exists() and not path.exists():
            replaced.rename(path)  # a run was killed between the two renames below
        _check_target(path, overwrite)
        _remove_stale(partial, path)
        partial.mkdir()
    except OSError as error:
        raise OutputError(f"{path}: cannot be made: {error.strerror or error}") from error
    try:
        with _locked(partial, path):
            yield partial
            if path.exists():
                shutil.rmtree(replaced, ignore_errors=True)
                path.rename(replaced)
            partial.rename(path)
    except BaseException as failure:
        shutil.rmtree(partial, ignore_errors=True)
        if replaced.exists() and not path.exists():
            replaced.rename(path)
        if isinstance(failure, OSError) and failure.errno in _NO_ROOM:
            raise OutputError(f"{path}: the disk is full; the unfinished output was removed") from failure
        raise
    shutil.rmtree(replaced, ignore_errors=True)


def _check_target(path: Path, overwrite: bool) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise OutputError(f"{path}: is a file where a directory is to be written")
    if any(path.iterdir()) and not overwrite:
        raise OutputError(f"{path}: the output directory is not empty; choose another one, or allow overwriting it")


def _remove_stale(partial: Path, path: Path) -> None:
    if partial.exists():
        with _locked(partial, path):
            shutil.rmtree(partial)


@contextlib.contextmanager
def _locked(partial: Path, path: Path) -> Iterator[None]:
    """Hold the partial directory against other processes; the system lets go of it when the process dies."""
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(partial, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OutputError(f"{path}: another process is writing it now") from error
        yield
    finally:
        os.close(descriptor)
