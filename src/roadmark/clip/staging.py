"""A clip's folder in the making: a hidden sibling that takes its real name only when everything is in it."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

from roadmark.clip.layout import MANIFEST, belongs_to_clip, partial_directory
from roadmark.errors import OutputError
from roadmark.media import output_errors

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows: two writers of one clip are then not noticed
    fcntl = None  # type: ignore[assignment]

MARKER = "UNFINISHED"
"""File that says a folder is a clip in the making."""


class StagingDirectory:
    """Creates `.<name>.partial` beside the output and publishes it whole.

    Args:
        output_dir: Where the clip will be. It must not exist, be empty, or be a clip when `overwrite`.
        overwrite: Replace a clip that is there; it stays until the new one is whole.

    Attributes:
        path: The folder to write into.

    Raises:
        OutputError: Something is in the way, or another process writes the same clip.
    """

    def __init__(self, output_dir: Path, *, overwrite: bool = False) -> None:
        self.output_dir = Path(os.path.realpath(output_dir))
        self._check_output(overwrite)
        self.path = partial_directory(self.output_dir)
        self._lock: IO[bytes] | None = None
        with output_errors(self.path):
            self.output_dir.parent.mkdir(parents=True, exist_ok=True)
            self._remove_unfinished()
            self.path.mkdir(exist_ok=True)
            self._take_lock()

    def publish(self) -> None:
        """Give the folder its real name; an old clip there is removed.

        Raises:
            OutputError: The folder has no manifest, or cannot be moved.
        """
        if not (self.path / MANIFEST).is_file():
            raise OutputError(f"{self.path}: the clip is not whole, it has no {MANIFEST}")
        old = self.output_dir.with_name(f".{self.output_dir.name}.old")
        with output_errors(self.output_dir):
            self._release()
            (self.path / MARKER).unlink(missing_ok=True)
            if old.exists():
                shutil.rmtree(old)
            if self.output_dir.exists():
                self.output_dir.rename(old)
            self.path.rename(self.output_dir)
            if old.exists():
                shutil.rmtree(old)

    def discard(self) -> None:
        """Remove the unfinished folder."""
        with suppress(OSError):
            (self.path / MANIFEST).unlink(missing_ok=True)
        self._release()
        shutil.rmtree(self.path, ignore_errors=True)

    def _check_output(self, overwrite: bool) -> None:
        if not self.output_dir.exists():
            return
        if not self.output_dir.is_dir():
            raise OutputError(f"{self.output_dir}: is a file; name a folder for the clip")
        entries = sorted(entry.name for entry in self.output_dir.iterdir())
        if not entries:
            return
        if not overwrite:
            raise OutputError(
                f"{self.output_dir}: is not empty; give --overwrite to replace the clip in it, or another folder"
            )
        foreign = [name for name in entries if not belongs_to_clip(name)]
        if foreign:
            raise OutputError(
                f"{self.output_dir}: holds {foreign[0]!r}, which no clip has; it is not replaced, choose another folder"
            )

    def _remove_unfinished(self) -> None:
        if not self.path.exists():
            return
        ours = (self.path / MARKER).exists() or (self.path / MANIFEST).exists() or not any(self.path.iterdir())
        if not ours:
            raise OutputError(f"{self.path}: is in the way and no unfinished clip of ours; move it away")
        self._take_lock()
        self._release()
        shutil.rmtree(self.path)

    def _take_lock(self) -> None:
        self._lock = (self.path / MARKER).open("wb")
        self._lock.write(b"This clip is still being written, or its writer was stopped.\n")
        self._lock.flush()
        if fcntl is not None:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._lock.close()
                raise OutputError(f"{self.output_dir}: another process is writing this clip") from None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None
