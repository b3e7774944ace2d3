"""A diamond interchange: ramps between the two carriageways of a highway and a street that passes over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roadmark.towns.arms import Arm, arm_of
from roadmark.towns.document import Lane, LaneKind, Mark, MarkKind, Road, Section, Town
from roadmark.towns.grades import Cubic, constant, ease
from roadmark.towns.joins import two_arcs
from roadmark.towns.junctions import LanePair, connect, open_junction
from roadmark.towns.plan import Path, Piece, PlanPose

RAMP_HEIGHT = 6.6
"""Metres of the crossing street over the highway: a deck of 1.2 m and 5.4 m for lorries."""
TERMINAL_CUT = 18.0
"""Metres from the middle of a ramp's junction with the street to the ends of its roads."""
TERMINAL_ASIDE = 57.0
"""Metres from a carriageway's reference line to the middle of that junction."""
NOSE = 285.0
"""Metres along the highway from the street to where its ramps are roads of their own."""
GORE = 68.0
"""Metres along the highway over which a ramp parts from it."""
_RAMP_STRAIGHT = 62.0
"""A ramp is straight within so many metres of the street."""
_LANE, _RAMP_LANE = 3.6, 4.0
_SHOULDER, _RAMP_SHOULDER, _LEFT_SHOULDER, _RAMP_LEFT_SHOULDER = 2.5, 1.5, 1.0, 0.5
_LEFT_EDGE, _GORE_EDGE = Mark(MarkKind.SOLID, color="yellow"), Mark(MarkKind.SOLID)


@dataclass(frozen=True)
class Carriageway:
    """One direction of a highway, past one interchange.

    Attributes:
        frame: Its reference line, the left border of its fast lane, where the street passes over it.
        lanes: Through lanes.
        median: Metres of the island to the left of its left shoulder; 0 where that belongs to the other direction.
        speed: Limit, m/s.
        ramp_speed: Limit on its ramps, m/s.
    """

    frame: PlanPose
    lanes: int
    median: float
    speed: float
    ramp_speed: float

    @property
    def terminal(self) -> PlanPose:
        """The middle of the junction of its ramps with the street, in driving direction."""
        return self.frame.beside(-TERMINAL_ASIDE)

    def road(self, town: Town, name: str, path: Path, elevation: tuple[Cubic, ...], *, auxiliary: bool) -> Road:
        """A stretch of it, with or without the lane that joins one interchange's on-ramp to the next one's off-ramp."""
        length = path.length
        count = self.lanes + auxiliary
        driving = [
            Lane(LaneKind.DRIVING, constant(_LANE), self._marks(k, count, length, auxiliary))
            for k in range(1, count + 1)
        ]
        right = (*driving, Lane(LaneKind.SHOULDER, constant(_SHOULDER)))
        left = [Lane(LaneKind.SHOULDER, constant(_LEFT_SHOULDER))]
        if self.median > 0.0:
            left.append(Lane(LaneKind.MEDIAN, constant(self.median)))
        section = Section(0.0, tuple(left), right, (Mark(MarkKind.SOLID, color="yellow"),))
        road = Road(town.new_id(), name, path, elevation, (section,), "motorway", self.speed)
        town.roads.append(road)
        return road

    def _marks(self, lane: int, count: int, length: float, auxiliary: bool) -> tuple[Mark, ...]:
        if lane == count:
            return (Mark(MarkKind.SOLID),)
        if auxiliary and lane == count - 1:
            return Mark(MarkKind.SOLID), Mark(MarkKind.BROKEN, 25.0), Mark(MarkKind.SOLID, length - 40.0)
        return (Mark(MarkKind.BROKEN),)

    def ramps(self, town: Town, name: str) -> tuple[Road, Road]:
        """The off-ramp and the on-ramp, as roads between their noses and the street."""
        off, on = self._ramp_path(-1.0), self._ramp_path(1.0)
        off = off.part(GORE, off.length)
        on = on.part(0.0, on.length - GORE)
        roads = []
        for label, path, heights in (("off", off, (0.0, RAMP_HEIGHT)), ("on", on, (RAMP_HEIGHT, 0.0))):
            right = (
                Lane(LaneKind.DRIVING, constant(_RAMP_LANE), (Mark(MarkKind.SOLID),)),
                Lane(LaneKind.SHOULDER, constant(_RAMP_SHOULDER)),
            )
            left = (Lane(LaneKind.SHOULDER, constant(_RAMP_LEFT_SHOULDER)),)
            section = Section(0.0, left, right, (Mark(MarkKind.SOLID, color="yellow"),))
            elevation = ease(*heights, path.length)
            roads.append(
                Road(town.new_id(), f"{name} {label}", path, elevation, (section,), "motorway", self.ramp_speed)
            )
        town.roads += roads
        return roads[0], roads[1]

    def _ramp_path(self, side: float) -> Path:
        """A ramp's left border, between the auxiliary lane and the street: the off-ramp (-1) or the on-ramp (+1)."""
        far = self.frame.ahead(side * (NOSE + GORE)).beside(-self.lanes * _LANE)
        aside = TERMINAL_ASIDE - 0.5 * _RAMP_LANE
        bend = self.frame.ahead(side * _RAMP_STRAIGHT).beside(-aside)
        straight = Piece(_RAMP_STRAIGHT - TERMINAL_CUT)
        if side < 0.0:
            curve = two_arcs(far, bend)
            return Path(far, (*curve.pieces, straight))
        curve = two_arcs(bend, far)
        return Path(self.frame.ahead(TERMINAL_CUT).beside(-aside), (straight, *curve.pieces))


def diverge(town: Town, name: str, before: Road, past: Road, ramp: Road) -> None:
    """The junction where a highway's rightmost lane becomes an off-ramp; `past` goes on without it."""
    arms = [arm_of(before, "end"), arm_of(past, "start"), arm_of(ramp, "start")]
    junction = open_junction(town, name, arms)
    main, on, off = arms
    through = len(on.exits)
    pairs: list[LanePair] = list(zip(main.inward[:through], on.outward[:through], strict=True))
    connect(town, junction, main, on, [*pairs, (None, on.outward[through])], _left(main, on), _LEFT_EDGE)
    connect(town, junction, main, off, list(zip(main.inward[through:], off.outward, strict=True)), (), _GORE_EDGE)


def merge(town: Town, name: str, past: Road, ramp: Road, after: Road) -> None:
    """The junction where an on-ramp becomes a highway's rightmost lane."""
    arms = [arm_of(past, "end"), arm_of(ramp, "end"), arm_of(after, "start")]
    junction = open_junction(town, name, arms)
    main, on, out = arms
    through = len(main.entries)
    pairs: list[LanePair] = list(zip(main.inward[:through], out.outward[:through], strict=True))
    connect(town, junction, main, out, [*pairs, (main.inward[through], None)], _left(main, out), _LEFT_EDGE)
    connect(town, junction, on, out, list(zip(on.inward, out.outward[through:], strict=True)), (), _GORE_EDGE)


def _left(origin: Arm, target: Arm) -> Sequence[LanePair]:
    return list(zip(origin.outward, target.inward, strict=True))
