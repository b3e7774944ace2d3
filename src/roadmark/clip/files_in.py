"""Reading a clip's files: bounded, checked to lie inside the clip, with errors that name the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from roadmark import files
from roadmark.errors import FormatError

MAX_JSON_BYTES = 1 << 28


def inside(root: Path, name: str) -> Path:
    """Path of a file within a clip.

    Raises:
        InputError: The system does not let us look.
        FormatError: The name, or a link on the way, leads out of the clip.
    """
    path = root / name
    with files.input_errors(path):
        real, real_root = os.path.realpath(path), os.path.realpath(root)
    if not Path(real).is_relative_to(real_root):
        raise FormatError(f"{name!r} leads out of the clip", path=root)
    return path


def read_json(path: Path) -> Any:
    """Load a JSON file of a clip.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large or malformed.
    """
    return files.read_json(path, MAX_JSON_BYTES)


def read_object(path: Path) -> dict[str, Any]:
    """Load a JSON file whose top level is an object; see `read_json`."""
    value = read_json(path)
    if not isinstance(value, dict):
        raise FormatError(f"expected an object, found {type(value).__name__}", path=path)
    return value
