"""Folders that one process works in at a time."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from roadmark.errors import OutputError
from roadmark.files.faults import output_errors

if sys.platform != "win32":
    import fcntl


@contextlib.contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Keep other processes that ask, too, out of a folder; nothing is left there, and a killed process holds nothing.

    Does nothing on Windows and on file systems without locks.

    Raises:
        OutputError: Another process is at work there, or there is no such folder.
    """
    if sys.platform == "win32":
        yield
        return
    with output_errors(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputError(
                f"{folder}: another process is writing there now; wait for it, or choose another"
            ) from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(handle)
