"""Files from outside, read within bounds."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from io import FileIO
from pathlib import Path
from typing import Any

from roadmark.errors import FormatError, InputError
from roadmark.files.faults import input_errors

_CHUNK = 1 << 20


def open_input(path: Path) -> FileIO:
    """Open a file from outside, unbuffered; never waits for the other end of a pipe.

    Raises:
        InputError: It is missing, unreadable or no regular file.
    """
    with input_errors(path):
        stream = FileIO(path, "rb", opener=_open_at_once)
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise InputError(f"{path}: is not a regular file")
        return stream


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def has_file(path: Path) -> bool:
    """Whether a file is there, for those that may be missing.

    Raises:
        InputError: Something else has its name (a folder, a pipe), or the system does not let us look.
    """
    with input_errors(path):
        try:
            mode = path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
    if not stat.S_ISREG(mode):
        raise InputError(f"{path}: is not a regular file")
    return True


def read_bounded(path: Path, limit: int) -> bytes:
    """Read a small file.

    Args:
        path: The file.
        limit: Most bytes it may have.

    Raises:
        InputError: It is missing, unreadable or no regular file.
        FormatError: It is larger.
    """
    pieces, size = [], 0
    with input_errors(path), open_input(path) as stream:
        while size <= limit and (piece := stream.read(_CHUNK)):
            pieces.append(piece)
            size += len(piece)
    if size > limit:
        raise FormatError(f"larger than {limit} bytes", path=path)
    return b"".join(pieces)


def read_json(path: Path, limit: int, *, unique_keys: bool = False) -> Any:
    """Load a JSON file strictly: bounded, and without NaN and infinity.

    Args:
        path: The file.
        limit: Most bytes it may have.
        unique_keys: Refuse an object that gives a key twice (for what people write by hand; it takes longer).

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large or malformed; says where.
    """
    data = read_bounded(path, limit)
    try:
        return json.loads(data, parse_constant=_no_constants, object_pairs_hook=_no_duplicates if unique_keys else None)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FormatError(f"{where}: not valid JSON: {error.msg}", path=path) from None
    except UnicodeDecodeError as error:
        raise FormatError("not UTF-8 text", path=path, offset=error.start) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not valid JSON: {error}", path=path) from None


def _no_constants(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"key {key!r} is given twice")
        result[key] = value
    return result


def hash_file(path: Path) -> tuple[int, bytes]:
    """Size and SHA-256 of a file, read in pieces.

    Raises:
        InputError: It cannot be read.
    """
    digest = hashlib.sha256()
    size = 0
    with input_errors(path), open_input(path) as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return size, digest.digest()
