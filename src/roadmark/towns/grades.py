"""Cubic profiles along a road: heights and widths that join without kinks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

STEEPEST = 0.04
"""Greatest slope of any street."""


@dataclass(frozen=True)
class Cubic:
    """a + b ds + c ds^2 + d ds^3 from `s` on, metres."""

    s: float
    a: float
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0

    def value(self, s: float) -> float:
        """The value at an absolute distance."""
        ds = s - self.s
        return self.a + ds * (self.b + ds * (self.c + ds * self.d))

    def slope(self, s: float) -> float:
        """The first derivative at an absolute distance."""
        ds = s - self.s
        return self.b + ds * (2.0 * self.c + 3.0 * ds * self.d)


@dataclass(frozen=True)
class Knot:
    """A height that a road has at a distance along it, and its slope there."""

    s: float
    height: float
    slope: float = 0.0


def constant(value: float) -> tuple[Cubic, ...]:
    """The same value all along."""
    return (Cubic(0.0, value),)


def between(first: Knot, last: Knot) -> Cubic:
    """The cubic with given values and slopes at both ends (Hermite)."""
    length = last.s - first.s
    rise = (last.height - first.height) / length
    c = (3.0 * rise - 2.0 * first.slope - last.slope) / length
    d = (first.slope + last.slope - 2.0 * rise) / (length * length)
    return Cubic(first.s, first.height, first.slope, c, d)


def through_knots(knots: Sequence[Knot]) -> tuple[Cubic, ...]:
    """One cubic between each two knots."""
    return tuple(between(a, b) for a, b in pairwise(knots))


def ease(first: float, last: float, length: float, start: float = 0.0) -> tuple[Cubic, ...]:
    """From one value to another over a length, level at both ends."""
    if first == last:
        return (Cubic(start, first),)
    return (between(Knot(start, first), Knot(start + length, last)),)


def steepest(profile: Sequence[Cubic], length: float) -> float:
    """Greatest slope, up or down, at any of many places along a profile."""
    ends = [*(piece.s for piece in profile[1:]), length]
    samples = 8
    return max(
        abs(piece.slope(piece.s + (end - piece.s) * k / samples))
        for piece, end in zip(profile, ends, strict=True)
        for k in range(samples + 1)
    )


def hill(first: float, middle: float, last: float, length: float, limit: float = STEEPEST) -> tuple[Cubic, ...]:
    """From one height to another, level at both ends, over a height midway that gives way where it would be steep.

    Args:
        first: Height at the start, metres.
        middle: Wanted height midway.
        last: Height at the end, within reach of the first.
        length: Metres.
        limit: Greatest slope.
    """
    level = 0.5 * (first + last)
    bump = middle - level
    while abs(bump) > 0.05:
        slope = (last - first) / length
        profile = through_knots([Knot(0.0, first), Knot(0.5 * length, level + bump, slope), Knot(length, last)])
        if steepest(profile, length) <= limit:
            return profile
        bump *= 0.6
    return ease(first, last, length)


def reachable(length: float, limit: float = STEEPEST) -> float:
    """Greatest difference of height that `ease` can overcome on a length."""
    return limit * length / 1.5
