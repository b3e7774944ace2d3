"""A server's folder: uploads and results, each in a folder of its own, and nothing outside it."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from roadmark.augment import Sidecar, read_sidecar
from roadmark.errors import InputError
from roadmark.files import is_plain_name, read_bounded

_MAX_SIDECAR = 32 * 1024 * 1024


class ServerFolder:
    """Where a server keeps what it was sent and what it made.

    Args:
        root: The folder; made where missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.uploads = self.root / "uploads"
        self.outputs = self.root / "outputs"
        for folder in (self.uploads, self.outputs):
            folder.mkdir(parents=True, exist_ok=True)

    def keep(self, files: list[Path]) -> list[Path]:
        """Copy uploaded files into a new folder, under their own names."""
        folder = self.uploads / f"upload_{uuid.uuid4().hex}"
        folder.mkdir()
        kept = []
        for file in files:
            name = file.name if is_plain_name(file.name) else f"file{file.suffix if is_plain_name(file.suffix) else ''}"
            kept.append(Path(shutil.copyfile(file, folder / name)))
        return kept

    def new_output(self) -> Path:
        """A new folder for one result."""
        folder = self.outputs / f"generation_{uuid.uuid4().hex}"
        folder.mkdir()
        return folder

    def uploaded(self, name: str) -> Path:
        """The uploaded file of that path.

        Raises:
            InputError: It is none.
        """
        path = Path(name)
        resolved = path.resolve() if "\0" not in name else self.root
        if self.uploads not in resolved.parents or not resolved.is_file():
            raise InputError(f"Path does not point to a file: {name[:200]!r} is no uploaded file")
        return resolved

    def sidecar(self, video: Path) -> Sidecar | None:
        """What was uploaded about a video under its name: beside it, or by itself.

        Raises:
            FormatError: It is malformed.
        """
        beside = video.with_suffix(".json")
        if not beside.is_file():
            beside = next(self.uploads.glob(f"*/{video.stem}.json"), beside)
        return read_sidecar(read_bounded(beside, _MAX_SIDECAR)) if beside.is_file() else None
