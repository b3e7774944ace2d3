"""Colour words: the name a person would give to a paint colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from roadmark.errors import InputError

#: Typical sRGB values of the colour words used for vehicles and clothes.
NAMED_COLORS: Final[dict[str, tuple[int, int, int]]] = {
    "black": (18, 18, 20),
    "dark gray": (75, 77, 80),
    "gray": (128, 130, 132),
    "silver": (190, 192, 195),
    "white": (240, 240, 238),
    "beige": (205, 190, 160),
    "brown": (95, 60, 38),
    "red": (185, 25, 28),
    "dark red": (100, 15, 22),
    "orange": (230, 110, 20),
    "yellow": (240, 200, 30),
    "green": (40, 125, 60),
    "dark green": (20, 62, 40),
    "turquoise": (60, 170, 170),
    "light blue": (125, 170, 215),
    "blue": (30, 80, 175),
    "dark blue": (18, 32, 85),
    "purple": (95, 45, 125),
    "pink": (230, 140, 170),
}

_NAMES: Final = tuple(NAMED_COLORS)


def _opponent(rgb: np.ndarray) -> np.ndarray:
    """Square-root-free opponent space in which equal distances look about equally far apart."""
    light = rgb @ np.array([0.30, 0.59, 0.11])
    return np.stack([0.7 * light, rgb[..., 0] - rgb[..., 1], 0.7 * (rgb[..., 1] - rgb[..., 2])], axis=-1)


_OPPONENT: Final = _opponent(np.array(list(NAMED_COLORS.values()), dtype=np.float64))


def color_name(rgb: Sequence[int]) -> str:
    """Return the colour word nearest to an sRGB triple (0..255).

    Raises:
        InputError: `rgb` is not three numbers within 0..255.

    Example:
        >>> color_name((17, 37, 103))
        'dark blue'
    """
    value = np.asarray(rgb, dtype=np.float64)
    if value.shape != (3,) or not np.all((value >= 0) & (value <= 255)):
        raise InputError(f"colour {rgb!r} is not an sRGB triple within 0..255")
    distance = np.linalg.norm(_OPPONENT - _opponent(value), axis=1)
    return _NAMES[int(np.argmin(distance))]
