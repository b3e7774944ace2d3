"""Writing files whole: what cannot be written (a full disk, a missing right) becomes an `OutputError` that says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from roadmark.errors import OutputError


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything written inside into an `OutputError` naming the file.

    Raises:
        OutputError: The operating system refused (no space left, no permission, a path that is no folder).
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


def write_file(path: Path, data: bytes | memoryview) -> None:
    """Write a new file in one go, replacing an old one of that name.

    Raises:
        OutputError: It cannot be written whole.
    """
    with output_errors(path), path.open("wb", buffering=0) as stream:
        rest = memoryview(data)
        while rest:
            rest = rest[stream.write(rest) or 0 :]


def write_file_atomically(path: Path, data: bytes | memoryview) -> None:
    """Write a file under a temporary name, flush it, then give it its name: it is there whole or not at all.

    Raises:
        OutputError: It cannot be written whole.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    with output_errors(path):
        with temporary.open("wb", buffering=0) as stream:
            rest = memoryview(data)
            while rest:
                rest = rest[stream.write(rest) or 0 :]
            os.fsync(stream.fileno())
        temporary.replace(path)
