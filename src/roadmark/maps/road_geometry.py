"""Roads as OpenDRIVE describes them: reference line, profiles, lane sections, lanes and their marks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.maps.plan_view import PlanView
from roadmark.maps.profiles import FLAT, ZERO, LateralShape, PiecewiseCubic

Array = NDArray[np.float64]


@dataclass(frozen=True)
class MarkLine:
    """One line of a road mark whose pattern the file gives in detail.

    Attributes:
        length, space: Visible and invisible length in metres; `space` 0 is a solid line.
        t_offset: Lateral offset from the lane boundary in metres, left positive.
        s_offset: Start of the pattern from the start of the mark in metres.
        width: Width in metres; 0 where the file leaves it to the mark.
        color: Colour, or "" where the file leaves it to the mark.
    """

    length: float
    space: float
    t_offset: float
    s_offset: float
    width: float
    color: str


@dataclass(frozen=True)
class RoadMark:
    """A road mark on the outer boundary of a lane, from `s` (absolute, metres) to the next one."""

    s: float
    kind: str
    color: str
    weight: str
    width: float
    height: float
    material: str
    lane_change: str
    lines: tuple[MarkLine, ...] = ()


@dataclass(frozen=True, eq=False)
class Lane:
    """One lane of a lane section; all distances are absolute along the road.

    Attributes:
        id: Positive left, negative right of the reference line, 0 the centre line.
        type: `driving`, `sidewalk`, `shoulder`, ... as in the file.
        width: Width in metres, or None where the lane is given by its outer border.
        border: Offset of the outer border from the reference line, or None.
        height: (K, 3) start, inner and outer height over the road surface in metres.
        level: Whether the lane stays horizontal across, whatever the superelevation.
        predecessor, successor: Lane ids in the linked road or section.
        marks: Road marks on its outer boundary, ascending.
        speeds: (start, limit in m/s) pairs.
        direction: `standard`, `reversed` or `both` (OpenDRIVE 1.8).
    """

    id: int
    type: str
    width: PiecewiseCubic | None
    border: PiecewiseCubic | None
    height: Array
    level: bool
    predecessor: int | None
    successor: int | None
    marks: tuple[RoadMark, ...]
    speeds: tuple[tuple[float, float], ...] = ()
    direction: str = "standard"


@dataclass(frozen=True, eq=False)
class LaneSection:
    """A stretch of a road with a constant set of lanes, from `s` to `end` in metres.

    Attributes:
        s, end: Where it starts and ends along the road.
        lanes: By id, the centre lane 0 included.
    """

    s: float
    end: float
    lanes: dict[int, Lane]

    def side(self, sign: int) -> list[Lane]:
        """Lanes of one side (+1 left, -1 right) from the reference line outwards."""
        return [self.lanes[k] for k in sorted((k for k in self.lanes if k * sign > 0), key=abs)]


@dataclass(frozen=True)
class RoadLink:
    """What a road's end joins: a road at its start or end, or a junction."""

    kind: Literal["road", "junction"]
    id: str
    contact: str


@dataclass(frozen=True, eq=False)
class Road:
    """One road.

    Attributes:
        id, name: As in the file.
        length: Metres.
        junction: Id of the junction it belongs to, or None.
        left_hand_traffic: Whether traffic keeps to the left.
        plan: The reference line.
        elevation: Height in metres.
        superelevation: Roll in radians, positive where the left side is higher.
        crossfall: Fall away from the reference line in radians, (left, right).
        shape: Height of the cross section over the superelevated plane.
        lane_offset: Shift of lane 0 from the reference line in metres.
        sections: Lane sections, ascending.
        predecessor, successor: Links at either end.
        speeds: (start, limit in m/s or None, road type) entries.
    """

    id: str
    name: str
    length: float
    junction: str | None
    left_hand_traffic: bool
    plan: PlanView
    elevation: PiecewiseCubic = ZERO
    superelevation: PiecewiseCubic = ZERO
    crossfall: tuple[PiecewiseCubic, PiecewiseCubic] = (ZERO, ZERO)
    shape: LateralShape = FLAT
    lane_offset: PiecewiseCubic = ZERO
    sections: tuple[LaneSection, ...] = ()
    predecessor: RoadLink | None = None
    successor: RoadLink | None = None
    speeds: tuple[tuple[float, float | None, str], ...] = field(default=())

    def section_at(self, s: float) -> int:
        """Index of the lane section that holds `s`."""
        starts = [section.s for section in self.sections]
        return max(int(np.searchsorted(starts, s, side="right")) - 1, 0)

    def speed_limit(self, s: float) -> float | None:
        """Speed limit in m/s at `s`, or None where the file gives none."""
        limit = None
        for start, value, _ in self.speeds:
            if start <= s + 1e-9:
                limit = value
        return limit

    def heading(self, s: Array) -> Array:
        """Heading of the reference line in radians at distances `s` (N,)."""
        return self.plan.evaluate(np.asarray(s, dtype=np.float64))[2]

    def surface(self, s: Array, t: Array) -> Array:
        """Points of the road surface.

        Args:
            s: (N,) metres along the reference line.
            t: (N,) or (K, N) metres to its left, measured in the superelevated cross section.

        Returns:
            (N, 3) or (K, N, 3) world FLU metres.
        """
        s, t = np.asarray(s, dtype=np.float64), np.asarray(t, dtype=np.float64)
        x, y, heading, _ = self.plan.evaluate(s)
        roll = self.superelevation.value(s)
        across, up = t * np.cos(roll), t * np.sin(roll)
        z = self.elevation.value(s) + up
        left, right = self.crossfall
        if not (left.is_zero and right.is_zero):
            fall = np.where(t > 0.0, left.value(s), right.value(s))
            z = z - np.abs(t) * np.sin(fall)
        if self.shape.sections:
            rows = [self.shape.value(s, row) for row in np.atleast_2d(t)]
            z = z + np.reshape(rows, t.shape)
        return np.stack([x - across * np.sin(heading), y + across * np.cos(heading), z], axis=-1)

    def lane_edges(self, section: LaneSection, s: Array) -> dict[int, Array]:
        """Lateral offset t of the outer edge of every lane (lane 0: the lane offset) at distances `s`, each (N,)."""
        # Offsets and widths may jump where the next section starts: its start is not this section's end.
        s = np.clip(s, section.s, max(section.end - 1e-9 * max(section.end, 1.0), section.s))
        edges = {0: self.lane_offset.value(s)}
        for sign in (1, -1):
            t = edges[0]
            for lane in section.side(sign):
                if lane.width is not None:
                    t = t + sign * np.maximum(lane.width.value(s), 0.0)
                elif lane.border is not None:
                    # Some writers give right borders unsigned; an edge never lies inside the lane before it.
                    outer = sign * np.abs(lane.border.value(s)) + edges[0]
                    t = np.maximum(t, outer) if sign > 0 else np.minimum(t, outer)
                edges[lane.id] = t
        return edges

    def lane_direction(self, lane: int, section: LaneSection) -> int:
        """+1 where traffic on a lane runs along increasing s, else -1."""
        along = 1 if (lane > 0) == self.left_hand_traffic else -1
        reversed_lane = lane in section.lanes and section.lanes[lane].direction == "reversed"
        return -along if reversed_lane else along
