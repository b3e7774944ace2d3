"""Reference lines in plan: straight lines, arcs and clothoids, one after another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

# The five-point Gauss-Legendre rule on [-1, 1].
_NODES = (-0.906179845938664, -0.538469310105683, 0.0, 0.538469310105683, 0.906179845938664)
_WEIGHTS = (0.236926885056189, 0.478628670499366, 0.568888888888889, 0.478628670499366, 0.236926885056189)
_PANEL = 0.4  # radians of turn per panel of the quadrature: its error stays below a nanometre


@dataclass(frozen=True)
class PlanPose:
    """A place in plan and a direction: x, y in metres (FLU), heading in radians."""

    x: float
    y: float
    heading: float

    def ahead(self, distance: float) -> PlanPose:
        """The pose some metres further on."""
        c, s = math.cos(self.heading), math.sin(self.heading)
        return PlanPose(self.x + distance * c, self.y + distance * s, self.heading)

    def beside(self, offset: float) -> PlanPose:
        """The pose some metres to the left (negative: to the right)."""
        c, s = math.cos(self.heading), math.sin(self.heading)
        return PlanPose(self.x - offset * s, self.y + offset * c, self.heading)

    def turned(self, angle: float) -> PlanPose:
        """The pose with its heading turned to the left."""
        return PlanPose(self.x, self.y, self.heading + angle)

    def reversed(self) -> PlanPose:
        """The pose looking the other way."""
        return self.turned(math.pi)

    def to_local(self, x: float, y: float) -> tuple[float, float]:
        """A place in world metres as (metres ahead, metres to the left)."""
        c, s = math.cos(self.heading), math.sin(self.heading)
        dx, dy = x - self.x, y - self.y
        return c * dx + s * dy, c * dy - s * dx


@dataclass(frozen=True)
class Piece:
    """A stretch whose curvature (1/m, left positive) changes linearly: a line, an arc or a clothoid."""

    length: float
    start: float = 0.0
    end: float = 0.0

    def curvature(self, ds: float) -> float:
        """Curvature at a distance from the piece's start."""
        return self.start + (self.end - self.start) * ds / self.length

    def after(self, pose: PlanPose, ds: float) -> PlanPose:
        """Where one is `ds` metres along the piece that starts at a pose."""
        if self.start == self.end:
            half = 0.5 * self.start * ds
            chord = ds * (math.sin(half) / half if abs(half) > 1e-9 else 1.0)
            moved = pose.turned(half).ahead(chord)
            return PlanPose(moved.x, moved.y, pose.heading + 2.0 * half)
        turn = self._turn(ds)
        panels = 1 + int((abs(self.start) + abs(self.end)) * ds / _PANEL)
        width = ds / panels
        x, y = pose.x, pose.y
        for panel in range(panels):
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                heading = pose.heading + self._turn((panel + 0.5 + 0.5 * node) * width)
                x += 0.5 * width * weight * math.cos(heading)
                y += 0.5 * width * weight * math.sin(heading)
        return PlanPose(x, y, pose.heading + turn)

    def _turn(self, ds: float) -> float:
        return ds * (self.start + 0.5 * (self.end - self.start) * ds / self.length)

    def part(self, first: float, last: float) -> Piece:
        """The stretch between two distances from its start."""
        return Piece(last - first, self.curvature(first), self.curvature(last))

    def reversed(self) -> Piece:
        """The same stretch driven the other way."""
        return Piece(self.length, -self.end, -self.start)


@dataclass(frozen=True)
class Path:
    """Pieces in a row from a pose on, without kinks."""

    start: PlanPose
    pieces: tuple[Piece, ...]

    @cached_property
    def length(self) -> float:
        """Metres."""
        return sum(piece.length for piece in self.pieces)

    @cached_property
    def starts(self) -> tuple[tuple[float, PlanPose], ...]:
        """Distance and pose at which each piece begins."""
        found = []
        s, pose = 0.0, self.start
        for piece in self.pieces:
            found.append((s, pose))
            s, pose = s + piece.length, piece.after(pose, piece.length)
        return tuple(found)

    def at(self, s: float) -> PlanPose:
        """The pose at a distance from the start; the last piece goes on beyond the end."""
        index = max((k for k, (begin, _) in enumerate(self.starts) if begin <= s), default=0)
        begin, pose = self.starts[index]
        return self.pieces[index].after(pose, s - begin)

    @property
    def end(self) -> PlanPose:
        """The pose at the end."""
        return self.at(self.length)

    def part(self, first: float, last: float) -> Path:
        """The stretch between two distances."""
        pieces = []
        for (begin, _), piece in zip(self.starts, self.pieces, strict=True):
            low, high = max(first - begin, 0.0), min(last - begin, piece.length)
            if high - low > 1e-6:
                pieces.append(piece.part(low, high))
        return Path(self.at(first), tuple(pieces))

    def reversed(self) -> Path:
        """The same line driven the other way."""
        return Path(self.end.reversed(), tuple(piece.reversed() for piece in reversed(self.pieces)))


def straight(start: PlanPose, length: float) -> Path:
    """A straight line."""
    return Path(start, (Piece(length),))


def through(points: Sequence[tuple[float, float]], radius: float, easing: float = 0.0) -> Path:
    """A line through corner points whose corners are rounded.

    Args:
        points: At least two; the corners' tangents must fit between them.
        radius: Metres, of every corner.
        easing: Metres of clothoid before and after each corner's arc.
    """
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(points)]
    lengths = [math.dist(a, b) for a, b in pairwise(points)]
    pieces: list[Piece] = []
    cut = 0.0
    for index, length in enumerate(lengths):
        corner: list[Piece] = []
        tangent = 0.0
        if index + 1 < len(lengths):
            turn = math.remainder(headings[index + 1] - headings[index], math.tau)
            corner, tangent = _corner(turn, radius, easing)
        pieces += [Piece(length - cut - tangent), *corner]
        cut = tangent
    return Path(PlanPose(*points[0], headings[0]), tuple(pieces))


def _corner(turn: float, radius: float, easing: float) -> tuple[list[Piece], float]:
    """The pieces of a rounded corner, and how far before the corner point they begin."""
    if abs(turn) < 1e-9:
        return [], 0.0
    bend = math.copysign(1.0 / radius, turn)
    easing = min(easing, 0.9 * abs(turn) * radius)
    arc = Piece(abs(turn) * radius - easing, bend, bend)
    pieces = [Piece(easing, 0.0, bend), arc, Piece(easing, bend, 0.0)] if easing > 0.0 else [arc]
    end = Path(PlanPose(0.0, 0.0, 0.0), tuple(pieces)).end
    return pieces, end.x - end.y / math.tan(turn) if abs(math.sin(turn)) > 1e-9 else end.x
