"""Names that are fit for files, and what the operating system refuses as errors of ours."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from roadmark.errors import InputError, OutputError

NAME_RULE = "[A-Za-z0-9_.-]+"
"""Regular expression of names that become part of file names."""

_NAME = re.compile(NAME_RULE)


def is_plain_name(name: str) -> bool:
    """Whether a name may become part of a file name on every system: `NAME_RULE`, not only dots."""
    return _NAME.fullmatch(name) is not None and name.strip(".") != ""


@contextlib.contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything written inside into an `OutputError` naming the file.

    Raises:
        OutputError: The operating system refused (no space left, no permission, a path that is no folder).
    """
    if "\0" in str(path):
        raise OutputError(f"{str(path)[:200]!r} is no name of a file")
    try:
        yield
    except OSError as error:
        raise OutputError(f"{str(path)[:200]}: cannot be written: {error.strerror or error}") from error


@contextlib.contextmanager
def input_errors(path: Path) -> Iterator[None]:
    """Turn the `OSError` of anything looked for or read inside into an `InputError` naming the path.

    Raises:
        InputError: The operating system refused (no permission, a name that is too long, a loop of links).
    """
    if "\0" in str(path):
        raise InputError(f"{str(path)[:200]!r} is no name of a file")
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{str(path)[:200]}: no such file; check the path") from None
    except OSError as error:
        raise InputError(f"{str(path)[:200]}: cannot be read: {error.strerror or error}") from error
