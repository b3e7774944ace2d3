"""Cross sections of streets: how many lanes of which kind, and how they change along a street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roadmark.towns.document import Lane, LaneKind, Mark, MarkKind, Section
from roadmark.towns.grades import Cubic, constant, ease

LANE_WIDTH = 3.5
SHOULDER_WIDTH = 0.5
SIDEWALK_WIDTH = 3.0
PARKING_WIDTH = 2.3
_TAPER = 7.0
"""Metres over which a parking bay opens."""
_BAY_BEFORE, _BAY_AFTER = 26.0, 16.0
"""A bay keeps so far from the junction its traffic drives to, and from the one it comes from."""
_LEAST_BAY = 25.0
_SOLID_BEFORE, _SOLID_AFTER = 28.0, 12.0
"""Marks are solid so far before and after a junction."""


@dataclass(frozen=True)
class StreetProfile:
    """The cross section of a street with traffic both ways.

    Attributes:
        lanes: Driving lanes per direction.
        parking: Whether there are parking bays (left, right), as seen along the street.
        sidewalk: Metres of pavement on both sides; 0 for none.
    """

    lanes: int = 1
    parking: tuple[bool, bool] = (False, False)
    sidewalk: float = SIDEWALK_WIDTH
    lane_width: float = LANE_WIDTH
    shoulder: float = SHOULDER_WIDTH

    @property
    def carriageway(self) -> float:
        """Metres from the reference line to the kerb, at junctions."""
        return self.lanes * self.lane_width + self.shoulder

    @property
    def half_width(self) -> float:
        """Metres from the reference line to the outer edge, at junctions."""
        return self.carriageway + self.sidewalk

    def sections(self, length: float) -> tuple[Section, ...]:
        """The lane sections of a street of a length."""
        bays = {sign: self._bay(sign, length) for sign in (1, -1)}
        breaks = sorted({0.0, *(s for bay in bays.values() for s in bay)})
        before, after = _solid_ends(length)
        centre = _centre_marks(self.lanes, before, length - before)
        dividers = {
            1: _divider_marks(before, length - after),
            -1: _divider_marks(after, length - before),
        }
        sections = []
        for index, start in enumerate(breaks):
            end = breaks[index + 1] if index + 1 < len(breaks) else length
            links = (index > 0, index + 1 < len(breaks))
            sides = {
                sign: self._side(sign, bays[sign], _within(dividers[sign], start, end), start, end, links)
                for sign in (1, -1)
            }
            sections.append(Section(start, sides[1], sides[-1], _within(centre, start, end)))
        return tuple(sections)

    def _bay(self, sign: int, length: float) -> tuple[float, ...]:
        """Where a side's parking bay begins to open, is open, begins to close and is closed; empty without one."""
        if not self.parking[0 if sign > 0 else 1]:
            return ()
        first, last = (_BAY_BEFORE, _BAY_AFTER) if sign > 0 else (_BAY_AFTER, _BAY_BEFORE)
        if length - first - last < _LEAST_BAY:
            return ()
        return first, first + _TAPER, length - last - _TAPER, length - last

    def _side(
        self, sign: int, bay: tuple[float, ...], divider: tuple[Mark, ...], start: float, end: float,
        links: tuple[bool, bool],
    ) -> tuple[Lane, ...]:  # fmt: skip
        lanes = [(LaneKind.DRIVING, constant(self.lane_width), divider)] * (self.lanes - 1)
        lanes.append((LaneKind.DRIVING, constant(self.lane_width), (Mark(MarkKind.SOLID, start),)))
        kind, widths = self._kerb_lane(bay, start, end)
        lanes.append((kind, widths, ()))
        if self.sidewalk > 0.0:
            lanes.append((LaneKind.SIDEWALK, constant(self.sidewalk), ()))
        return tuple(
            Lane(kind, widths, marks, sign * k if links[0] else None, sign * k if links[1] else None)
            for k, (kind, widths, marks) in enumerate(lanes, start=1)
        )

    def _kerb_lane(self, bay: tuple[float, ...], start: float, end: float) -> tuple[LaneKind, tuple[Cubic, ...]]:
        """The lane between traffic and kerb: a narrow shoulder, or a parking bay."""
        if not bay or end <= bay[0] + 1e-9 or start >= bay[3] - 1e-9:
            return LaneKind.SHOULDER, constant(self.shoulder)
        opening = ease(self.shoulder, PARKING_WIDTH, _TAPER, bay[0])[0]
        closing = ease(PARKING_WIDTH, self.shoulder, _TAPER, bay[2])[0]
        if start >= bay[2] - 1e-9:
            return LaneKind.SHOULDER, (_moved(closing, start),)
        if start >= bay[1] - 1e-9:
            return LaneKind.PARKING, constant(PARKING_WIDTH)
        return LaneKind.SHOULDER, (_moved(opening, start),)


def _moved(cubic: Cubic, start: float) -> Cubic:
    """The same cubic counted from a later distance."""
    ds = start - cubic.s
    bend = cubic.c + 3.0 * cubic.d * ds
    return Cubic(start, cubic.value(start), cubic.slope(start), bend, cubic.d)


def _solid_ends(length: float) -> tuple[float, float]:
    """Metres of solid marks before the junction that traffic drives to, and after the one it comes from."""
    scale = min(1.0, 0.6 * length / (_SOLID_BEFORE + _SOLID_AFTER))
    return _SOLID_BEFORE * scale, _SOLID_AFTER * scale


def _divider_marks(first: float, last: float) -> tuple[Mark, ...]:
    return Mark(MarkKind.SOLID), Mark(MarkKind.BROKEN, first), Mark(MarkKind.SOLID, last)


def _centre_marks(lanes: int, first: float, last: float) -> tuple[Mark, ...]:
    if lanes > 1:
        return (Mark(MarkKind.DOUBLE, color="yellow"),)
    if last <= first:
        return (Mark(MarkKind.SOLID, color="yellow"),)
    return (
        Mark(MarkKind.SOLID, color="yellow"),
        Mark(MarkKind.BROKEN, first, "yellow"),
        Mark(MarkKind.SOLID, last, "yellow"),
    )


def _within(marks: Sequence[Mark], start: float, end: float) -> tuple[Mark, ...]:
    """Those marks that a section shows, the first from its start on."""
    running = [mark for mark in marks if mark.s <= start + 1e-9][-1]
    later = [mark for mark in marks if start + 1e-9 < mark.s < end - 1e-9]
    return Mark(running.kind, start, running.color), *later
