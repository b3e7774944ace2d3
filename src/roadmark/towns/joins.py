"""Lines that lead from one pose to another without a kink: what connects lanes in junctions."""

from __future__ import annotations

import math

from roadmark.errors import GeometryError
from roadmark.towns.plan import Path, Piece, PlanPose

_STRAIGHT = 1e-7  # radians and metres that make no difference
_LEAST = 1e-6


def join(start: PlanPose, end: PlanPose) -> Path:
    """The line from one pose to another: straight, a straight and an arc, or two arcs.

    Raises:
        GeometryError: The two poses are at one place.
    """
    along, aside = start.to_local(end.x, end.y)
    turn = math.remainder(end.heading - start.heading, math.tau)
    if math.hypot(along, aside) < _LEAST:
        raise GeometryError("two lanes that are to be joined meet already")
    if abs(turn) < _STRAIGHT and abs(aside) < _STRAIGHT:
        return Path(start, (Piece(along),))
    return _line_and_arc(start, along, aside, turn) or two_arcs(start, end)


def _line_and_arc(start: PlanPose, along: float, aside: float, turn: float) -> Path | None:
    """A straight and an arc, or an arc and a straight, where the two directions cross in between."""
    if not 0.05 < abs(turn) < 3.0:
        return None
    after = aside / math.sin(turn)  # from where the directions cross to the end
    before = along - after * math.cos(turn)
    tangent = min(before, after)
    if tangent < 0.5:
        return None
    bend = math.copysign(math.tan(abs(turn) / 2.0) / tangent, turn)
    arc = Piece(abs(turn / bend), bend, bend)
    pieces = (Piece(before - tangent), arc, Piece(after - tangent))
    return Path(start, tuple(piece for piece in pieces if piece.length > _LEAST))


def two_arcs(start: PlanPose, end: PlanPose) -> Path:
    """The biarc with equal tangents (Bolton, Computer-Aided Design 7, 1975)."""
    tangents = [(math.cos(pose.heading), math.sin(pose.heading)) for pose in (start, end)]
    (ax, ay), (bx, by) = tangents
    vx, vy = end.x - start.x, end.y - start.y
    both = vx * (ax + bx) + vy * (ay + by)
    spread = 2.0 * (1.0 - (ax * bx + ay * by))
    square = vx * vx + vy * vy
    reach = square / (2.0 * both) if spread < 1e-12 else (math.sqrt(both * both + spread * square) - both) / spread
    middle = (0.5 * (start.x + end.x + reach * (ax - bx)), 0.5 * (start.y + end.y + reach * (ay - by)))
    first = _arc(*start.to_local(*middle))
    back = _arc(*end.reversed().to_local(*middle)).reversed()
    return Path(start, (first, back))


def _arc(along: float, aside: float) -> Piece:
    """The arc that leaves straight ahead and passes a point."""
    square = along * along + aside * aside
    bend = 2.0 * aside / square
    angle = 2.0 * math.atan2(aside, along)
    length = angle / bend if abs(bend) > 1e-9 else math.sqrt(square)
    return Piece(length, bend, bend)
