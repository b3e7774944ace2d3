"""Faces of rooms that load a file only when something from it is asked for: a command starts without the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def loaded_when_asked(face: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """What a face takes as its `__getattr__` (PEP 562).

    Args:
        face: Name of the package.
        homes: The names it offers by the file that has them.
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def find(name: str) -> object:
        if name not in home_of:
            raise AttributeError(f"module {face!r} has no attribute {name!r}")
        value = getattr(import_module(f"{face}.{home_of[name]}"), name)
        setattr(sys.modules[face], name, value)
        return value

    return find
