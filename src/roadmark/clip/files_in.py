"""Reading a clip's files: bounded, checked to lie inside the clip, with errors that name the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from roadmark.errors import FormatError, InputError

MAX_JSON_BYTES = 1 << 28


def inside(root: Path, name: str) -> Path:
    """Path of a file within a clip.

    Raises:
        FormatError: The name, or a link on the way, leads out of the clip.
    """
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise FormatError(f"{name!r} leads out of the clip", path=root)
    return path


def read_json(path: Path) -> Any:
    """Load a JSON file of a clip.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large or malformed.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_JSON_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_JSON_BYTES:
        raise FormatError(f"larger than {MAX_JSON_BYTES} bytes", path=path)
    try:
        return json.loads(data, parse_constant=_no_constants)
    except json.JSONDecodeError as error:
        raise FormatError(f"not valid JSON: {error.msg}", path=path, offset=error.pos) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not valid JSON: {error}", path=path) from None


def read_object(path: Path) -> dict[str, Any]:
    """Load a JSON file whose top level is an object; see `read_json`."""
    value = read_json(path)
    if not isinstance(value, dict):
        raise FormatError(f"expected an object, found {type(value).__name__}", path=path)
    return value


def _no_constants(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")
