"""Paths of pictures that a file names."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from roadmark.drive.problems import Problems


def media_path(root: Path, name: Any, named_in: Path, problems: Problems, item: str) -> Path | None:
    """The path of a picture below a folder; None, and a problem, where its name leads out of it.

    Args:
        root: The folder.
        name: As the file gives it.
        named_in: The file, for messages.
        problems: Takes names that are absolute, climb with `..`, or are none.
        item: What the picture is of.
    """
    text = name if isinstance(name, str) else ""
    parts = PurePosixPath(text).parts
    outside = PurePosixPath(text).is_absolute() or PureWindowsPath(text).anchor or "\\" in text or "\0" in text
    if not parts or ".." in parts or outside:
        message = f"{str(name)[:120]!r} leads out of the folder, or is no path; its frame is left out"
        problems.add("unsafe_path", item, message, path=named_in)
        return None
    return root.joinpath(*parts)
