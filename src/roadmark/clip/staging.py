"""A clip's folder in the making."""

from __future__ import annotations

import os
from pathlib import Path

from roadmark.clip.layout import MANIFEST, belongs_to_clip
from roadmark.errors import OutputError
from roadmark.files import MARKER, AtomicDirectory, check_directory, output_errors


def clip_directory(output_dir: Path, *, overwrite: bool = False) -> AtomicDirectory:
    """The folder a clip is written into before it takes its place.

    Args:
        output_dir: Where the clip will be. It must not exist, be empty, or be a clip when `overwrite`, and must not lie
            within another clip.
        overwrite: Replace a clip that is there; it stays until the new one is whole.

    Raises:
        OutputError: Something is in the way, or another process writes the same clip.
    """
    _check_place(output_dir, overwrite)
    return AtomicDirectory(output_dir, overwrite=overwrite)


def check_output(output_dir: Path | str, overwrite: bool = False) -> None:
    """Check that a clip could be written to a folder now, without making anything.

    Args:
        output_dir: Where the clip would be.
        overwrite: Whether it may replace a clip.

    Raises:
        OutputError: Something is in the way, or the system would refuse. Another process that writes the same clip is
            noticed only by `ClipWriter`.
    """
    _check_place(Path(output_dir), overwrite)
    check_directory(Path(output_dir), overwrite=overwrite)


def _check_place(output_dir: Path, overwrite: bool) -> None:
    with output_errors(output_dir):
        for folder in Path(os.path.realpath(output_dir)).parents:
            if (folder / MANIFEST).exists() or (folder / MARKER).exists():
                raise OutputError(
                    f"{output_dir}: lies within {folder}, which is a clip or one in the making; choose another folder"
                )
        if not overwrite or not output_dir.is_dir():
            return
        foreign = sorted(entry.name for entry in output_dir.iterdir() if not belongs_to_clip(entry.name))
    if foreign:
        raise OutputError(
            f"{output_dir}: holds {foreign[0]!r}, which no clip has; it is not replaced, choose another folder"
        )
