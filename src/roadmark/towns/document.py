"""The parts of an OpenDRIVE 1.4 document that towns are made of, as typed values.

Lanes of a side are listed from the reference line outwards; their ids follow from their place: 1, 2, ... to the left,
-1, -2, ... to the right. Distances are metres along the road, heights and offsets metres, angles radians.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from roadmark.towns.grades import Cubic
from roadmark.towns.plan import Path

Contact = Literal["start", "end"]


class LaneKind(StrEnum):
    """Lane types in use."""

    DRIVING = "driving"
    SHOULDER = "shoulder"
    PARKING = "parking"
    SIDEWALK = "sidewalk"
    MEDIAN = "median"


class MarkKind(StrEnum):
    """Road marks in use."""

    NONE = "none"
    BROKEN = "broken"
    SOLID = "solid"
    DOUBLE = "solid solid"


@dataclass(frozen=True)
class Mark:
    """A road mark on a lane's outer border from `s` (absolute) on; only broken marks may be crossed."""

    kind: MarkKind
    s: float = 0.0
    color: Literal["white", "yellow"] = "white"


@dataclass(frozen=True)
class Lane:
    """A lane of a section.

    Attributes:
        kind: Its type.
        widths: Width profile, absolute distances.
        marks: On its outer border, ascending.
        predecessor, successor: Lane ids in the section or road before and after, None where it begins or ends.
    """

    kind: LaneKind
    widths: tuple[Cubic, ...]
    marks: tuple[Mark, ...] = ()
    predecessor: int | None = None
    successor: int | None = None

    def width(self, s: float) -> float:
        """Metres at a distance."""
        piece = max((cubic for cubic in self.widths if cubic.s <= s + 1e-9), key=lambda cubic: cubic.s)
        return piece.value(s)


@dataclass(frozen=True)
class Section:
    """A lane section from `s` on."""

    s: float
    left: tuple[Lane, ...]
    right: tuple[Lane, ...]
    centre: tuple[Mark, ...] = (Mark(MarkKind.NONE),)

    def side(self, sign: int) -> tuple[Lane, ...]:
        """Lanes to the left (+1) or right (-1)."""
        return self.left if sign > 0 else self.right


@dataclass(frozen=True)
class RoadEnd:
    """An end of a road, as a link's target."""

    road: int
    contact: Contact


@dataclass(frozen=True)
class JunctionEnd:
    """A junction, as a link's target."""

    junction: int


Link = RoadEnd | JunctionEnd | None


@dataclass(frozen=True)
class Crosswalk:
    """A rectangle across a road: centre at (s, 0), so long along the road and so far to both sides of it."""

    id: int
    s: float
    length: float
    left: float
    right: float


@dataclass(frozen=True)
class Signal:
    """A traffic light or a sign.

    Attributes:
        id, name, type: As OpenDRIVE has them; dynamic ones change.
        s, t, z_offset: Where its lower edge is.
        orientation: `+` for traffic along increasing s, else `-`.
        lanes: First and last lane it governs.
        value: Number on it, None without.
        width, height: Metres.
    """

    id: int
    name: str
    type: str
    dynamic: bool
    s: float
    t: float
    z_offset: float
    orientation: Literal["+", "-"]
    lanes: tuple[int, int]
    width: float
    height: float
    value: float | None = None


@dataclass
class Road:
    """A road; junctions fill in its links, crosswalks and signals."""

    id: int
    name: str
    path: Path
    elevation: tuple[Cubic, ...]
    sections: tuple[Section, ...]
    kind: str
    speed: float
    junction: int | None = None
    predecessor: Link = None
    successor: Link = None
    crosswalks: list[Crosswalk] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)


@dataclass(frozen=True)
class Connection:
    """A way through a junction: lanes of the incoming road to lanes of the connecting road."""

    incoming: int
    connecting: int
    lanes: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Controller:
    """Signals that are green together; `sequence` is the place in the junction's cycle."""

    id: int
    name: str
    sequence: int
    signals: tuple[int, ...]


@dataclass
class Junction:
    """A junction."""

    id: int
    name: str
    connections: list[Connection] = field(default_factory=list)
    controllers: list[Controller] = field(default_factory=list)


@dataclass
class Town:
    """A whole document in the making."""

    name: str
    roads: list[Road] = field(default_factory=list)
    junctions: list[Junction] = field(default_factory=list)
    _ids: int = 0

    def new_id(self) -> int:
        """An id that nothing else in the document has."""
        self._ids += 1
        return self._ids
