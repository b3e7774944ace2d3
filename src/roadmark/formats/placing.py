"""Putting a medium where a format looks for it."""

from __future__ import annotations

import os
from io import FileIO
from pathlib import Path
from typing import Literal

from roadmark.errors import OutputError
from roadmark.files import input_errors, open_input, output_errors

Placing = Literal["link", "copy"]
"""`link` makes a second name of the same file, which costs no room, and copies where the file system cannot."""


def place_file(source: Path, target: Path, how: Placing = "copy") -> None:
    """Put a file where nothing is yet; folders above it are made.

    Args:
        source: The file.
        target: Where it is to be.
        how: See `Placing`.

    Raises:
        InputError: The source is missing, unreadable or no regular file.
        OutputError: The target cannot be written.
    """
    with open_input(source) as stream, output_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if how == "link" and _linked(source, target):
            return
        with target.open("xb") as copy:
            try:
                while piece := _piece(stream, source):
                    copy.write(piece)
            except BaseException:
                target.unlink()
                raise


def _linked(source: Path, target: Path) -> bool:
    try:
        os.link(source.resolve(), target)
    except FileExistsError:
        raise OutputError(f"{target}: is there already") from None
    except OSError:  # another file system, or one without links
        return False
    return True


def _piece(stream: FileIO, source: Path) -> bytes:
    with input_errors(source):
        return stream.read(1 << 20)
