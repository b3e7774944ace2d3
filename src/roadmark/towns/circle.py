"""A roundabout: a one-way ring around an island, with yield signs and splitter islands at its arms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from roadmark.towns.arms import Arm, LaneEnd, arm_of
from roadmark.towns.controls import add_crosswalk, add_sign
from roadmark.towns.document import Lane, LaneKind, Mark, MarkKind, Road, Section, Town
from roadmark.towns.grades import constant, ease
from roadmark.towns.junctions import add_way, connect, open_junction
from roadmark.towns.profiles import SHOULDER_WIDTH, StreetProfile
from roadmark.towns.rings import arc
from roadmark.towns.turns import Way

_RING_LANE = 4.6
_APRON = 1.6
"""Metres of the paved rim of the middle island."""
_SPLITTER = 1.1
"""Metres from the middle of an arm to each side of its splitter island, at the ring."""
_SPLITTER_LENGTH = 13.0
_CROSSWALK_AT = 14.6
_SPEED = 8.33


@dataclass(frozen=True)
class Circle:
    """The measures of a roundabout.

    Attributes:
        radius: Of the inner border of the ring's lane, metres.
        reach: Radians between the middle of an arm and where the ring's own roads begin.
    """

    radius: float
    reach: float

    @classmethod
    def for_arms(cls, count: int) -> Circle:
        """As small as so many arms allow."""
        return cls(22.0, math.radians(31.0)) if count <= 4 else cls(29.0, math.radians(25.0))

    @property
    def arm_start(self) -> float:
        """Metres from the middle at which arms end, so that one curve leads from each into the ring and out of it."""
        sine, cosine = math.sin(self.reach), math.cos(self.reach)
        tangent = (self.radius * sine - _SPLITTER) / cosine
        return self.radius * cosine + tangent * sine + tangent


def arm_sections(profile: StreetProfile, length: float) -> tuple[Section, ...]:
    """The sections of a street that begins at a roundabout: with a splitter island at its start."""
    first, *others = profile.sections(length)
    ring = replace(first, left=_splitter(first.left, 1), right=_splitter(first.right, -1), centre=_NO_MARK)
    marks = tuple(replace(mark, s=max(mark.s, _SPLITTER_LENGTH)) for mark in first.centre)
    on = replace(
        first, s=_SPLITTER_LENGTH, left=_after_splitter(first.left, 1), right=_after_splitter(first.right, -1),
        centre=marks,
    )  # fmt: skip
    return (ring, on, *others)


_NO_MARK = (Mark(MarkKind.NONE),)


def _splitter(lanes: Sequence[Lane], sign: int) -> tuple[Lane, ...]:
    island = Lane(LaneKind.MEDIAN, ease(_SPLITTER, 0.0, _SPLITTER_LENGTH))
    moved = [replace(lane, predecessor=None, successor=sign * k) for k, lane in enumerate(lanes, start=1)]
    return (island, *(replace(lane, marks=lane.marks[:1]) for lane in moved))


def _after_splitter(lanes: Sequence[Lane], sign: int) -> tuple[Lane, ...]:
    return tuple(
        replace(
            lane,
            predecessor=sign * (k + 1),
            marks=tuple(replace(mark, s=max(mark.s, _SPLITTER_LENGTH)) for mark in lane.marks[-1:]),
            widths=tuple(replace(cubic, s=_SPLITTER_LENGTH) for cubic in lane.widths),
        )
        for k, lane in enumerate(lanes, start=1)
    )


def build_circle(town: Town, circle: Circle, angles: Sequence[float], roads: Sequence[Road], sidewalk: float) -> None:
    """Join roads that begin around the origin in a roundabout.

    Args:
        town: Gets the ring and its junctions.
        circle: Its measures.
        angles: Directions of the roads, ascending, radians.
        roads: They begin `circle.arm_start` from the origin, looking outwards, with the sections of `arm_sections`.
        sidewalk: Width of their pavements.
    """
    height = roads[0].elevation[0].a
    ring = []
    for k, angle in enumerate(angles):
        path = arc(circle.radius, angle + circle.reach, angles[(k + 1) % len(angles)] - circle.reach)
        right = (
            Lane(LaneKind.DRIVING, constant(_RING_LANE), (Mark(MarkKind.SOLID),)),
            Lane(LaneKind.SHOULDER, constant(SHOULDER_WIDTH)),
            Lane(LaneKind.SIDEWALK, constant(sidewalk)),
        )
        left = (Lane(LaneKind.MEDIAN, constant(_APRON)),)
        section = Section(0.0, left, right, (Mark(MarkKind.SOLID),))
        ring.append(Road(town.new_id(), "roundabout", path, constant(height), (section,), "town", _SPEED))
    town.roads += ring
    for k, road in enumerate(roads):
        _join(town, k, arm_of(road, "start"), arm_of(ring[k - 1], "end"), arm_of(ring[k], "start"))


def _join(town: Town, number: int, arm: Arm, before: Arm, after: Arm) -> None:
    """One arm's junction: round the ring, into it and out of it."""
    junction = open_junction(town, f"roundabout {number}", [arm, before, after])
    round_lanes = [(before.entries[0], after.exits[0])]
    apron = list(zip(before.outward, after.inward, strict=True))
    connect(town, junction, before, after, round_lanes, apron, Mark(MarkKind.SOLID))
    add_way(town, junction, arm, after, _corner(arm, after))
    add_way(town, junction, before, arm, _corner(before, arm))
    add_sign(town, arm, yields=True)
    add_crosswalk(town, arm, _CROSSWALK_AT)


def _corner(origin: Arm, target: Arm) -> Way:
    entry: LaneEnd = origin.entries[0]
    return Way(0, 1, entry, target.exits[0], corner=True)
