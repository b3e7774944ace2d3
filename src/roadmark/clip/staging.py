"""A clip's folder in the making."""

from __future__ import annotations

from pathlib import Path

from roadmark.clip.layout import belongs_to_clip
from roadmark.errors import OutputError
from roadmark.files import AtomicDirectory


def clip_directory(output_dir: Path, *, overwrite: bool = False) -> AtomicDirectory:
    """The folder a clip is written into before it takes its place.

    Args:
        output_dir: Where the clip will be. It must not exist, be empty, or be a clip when `overwrite`.
        overwrite: Replace a clip that is there; it stays until the new one is whole.

    Raises:
        OutputError: Something is in the way, or another process writes the same clip.
    """
    if overwrite and output_dir.is_dir():
        foreign = sorted(entry.name for entry in output_dir.iterdir() if not belongs_to_clip(entry.name))
        if foreign:
            raise OutputError(
                f"{output_dir}: holds {foreign[0]!r}, which no clip has; it is not replaced, choose another folder"
            )
    return AtomicDirectory(output_dir, overwrite=overwrite)
