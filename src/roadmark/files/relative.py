"""Paths as records write them."""

from __future__ import annotations

import os
from pathlib import Path


def relative_path(path: Path, folder: Path) -> str:
    """A path relative to a folder, with forward slashes.

    On another drive there is no such path; then its name alone is given.
    """
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return path.name
