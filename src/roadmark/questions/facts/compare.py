"""What everyone sees: which of two is farther left, which is nearer; with a margin, so that nobody doubts it."""

from __future__ import annotations

from typing import Final

from roadmark.questions.facts.instants import Sight
from roadmark.questions.shown.shown_scene import ShownScene

APART: Final = 0.05
"""Share of the picture's width by which the middles of two are apart of which one is surely farther left."""
OVERLAP: Final = 0.3
"""Most that two such boxes overlap across, as a share of the narrower one."""
RATIO: Final = 1.25
"""Ratio from which on one distance is surely larger than another one."""
STEP: Final = 2.0
"""Metres by which it is so, at least."""


def apart(scene: ShownScene, one: Sight, other: Sight) -> bool:
    """Whether nobody doubts which of two is farther left in the picture."""
    common = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    far = abs(one.across - other.across) >= APART * scene.picture.width
    return far and common <= OVERLAP * min(one.width, other.width)


def surely_nearer(one: float, other: float) -> bool:
    """Whether everyone sees that the first distance is smaller; metres."""
    return other >= RATIO * one and other - one >= STEP
