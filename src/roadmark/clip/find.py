"""Finding clips in a folder of runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from roadmark.clip.layout import MANIFEST
from roadmark.errors import InputError
from roadmark.files import input_errors

MAX_DEPTH = 6
"""Folders below the one given that are looked into: root, run, scenario, camera, and some to spare."""


def find_clips(root: Path) -> list[Path]:
    """Every whole clip in a folder, itself included, in the order of their paths (numbers count as numbers).

    Raises:
        InputError: The folder does not exist or holds none.
    """
    with input_errors(root):
        if not root.is_dir():
            raise InputError(f"{root}: no such folder")
        found = list(_clips(root, 0))
    if not found:
        raise InputError(
            f"{root}: holds no clip (a folder with {MANIFEST}); make some with roadmark simulate, or take over the "
            "published tool's output with roadmark clip adopt"
        )
    return sorted(found, key=lambda clip: [(part.rjust(20, "0"), part) for part in clip.parts])


def _clips(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / MANIFEST).is_file():
        yield folder  # what lies in a clip is the clip's own
    elif depth < MAX_DEPTH:
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
                yield from _clips(entry, depth + 1)
