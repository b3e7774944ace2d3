"""What a junction sees of the roads that meet in it: their ends, with lanes in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from roadmark.towns.document import Contact, JunctionEnd, Lane, LaneKind, Road
from roadmark.towns.plan import PlanPose


@dataclass(frozen=True)
class LaneEnd:
    """A lane at the end of a road.

    Attributes:
        id: Its id.
        kind: Its type.
        inner, outer: Distances of its borders from the reference line, metres.
    """

    id: int
    kind: LaneKind
    inner: float
    outer: float

    @property
    def width(self) -> float:
        """Metres."""
        return self.outer - self.inner


@dataclass(frozen=True, eq=False)
class Arm:
    """A road's end at a junction.

    Attributes:
        road: The road.
        contact: Which of its ends.
        pose: Of its reference line there, looking out of the junction.
        height: Metres.
        slope: Rise per metre on the way out.
        inward, outward: Lanes of the side whose traffic drives into the junction, and out of it, from the reference
            line outwards; none where the road has no traffic that way.
    """

    road: Road
    contact: Contact
    pose: PlanPose
    height: float
    slope: float
    inward: tuple[LaneEnd, ...]
    outward: tuple[LaneEnd, ...]

    @cached_property
    def entries(self) -> tuple[LaneEnd, ...]:
        """Driving lanes into the junction, from the outermost (the driver's right) inwards."""
        return _driving(self.inward)

    @cached_property
    def exits(self) -> tuple[LaneEnd, ...]:
        """Driving lanes out of the junction, from the outermost (the driver's right) inwards."""
        return _driving(self.outward)

    def entry_pose(self, lane: LaneEnd) -> PlanPose:
        """The left border of a lane into the junction, in driving direction."""
        return self.pose.beside(lane.inner).reversed()

    def exit_pose(self, lane: LaneEnd) -> PlanPose:
        """The left border of a lane out of the junction, in driving direction."""
        return self.pose.beside(-lane.inner)


def _driving(lanes: Sequence[LaneEnd]) -> tuple[LaneEnd, ...]:
    return tuple(lane for lane in reversed(lanes) if lane.kind is LaneKind.DRIVING)


def arm_of(road: Road, contact: Contact) -> Arm:
    """The end of a road as a junction there sees it."""
    at_end = contact == "end"
    s = road.path.length if at_end else 0.0
    section = road.sections[-1 if at_end else 0]
    piece = max((cubic for cubic in road.elevation if cubic.s <= s + 1e-9), key=lambda cubic: cubic.s)
    pose = road.path.end.reversed() if at_end else road.path.start
    into = -1 if at_end else 1
    slope = piece.slope(s) * (-1.0 if at_end else 1.0)
    return Arm(
        road, contact, pose, piece.value(s), slope,
        _ends(section.side(into), into, s), _ends(section.side(-into), -into, s),
    )  # fmt: skip


def _ends(lanes: Sequence[Lane], sign: int, s: float) -> tuple[LaneEnd, ...]:
    found = []
    inner = 0.0
    for index, lane in enumerate(lanes, start=1):
        outer = inner + lane.width(s)
        found.append(LaneEnd(sign * index, lane.kind, inner, outer))
        inner = outer
    return tuple(found)


def link_to_junction(arm: Arm, junction: int) -> None:
    """Say on the road which junction the arm's end belongs to."""
    if arm.contact == "end":
        arm.road.successor = JunctionEnd(junction)
    else:
        arm.road.predecessor = JunctionEnd(junction)
