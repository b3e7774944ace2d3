"""`Walk` and `CrosswalkWalk`: a person on a line, who comes along a sidewalk and crosses the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray
from roadmark.incidents.physics import Profile, Rail, Timetable
from roadmark.incidents.streets import CrossSection, Kerb, along_sidewalk

_STEP_DOWN = 0.3  # metres over which a foot goes from the kerb to the road


@dataclass(frozen=True, eq=False)
class Walk:
    """A person on a line.

    Attributes:
        blueprint: The person.
        rail: The line, at the height of the road beside the kerb.
        table: Where along it over time.
        kerbs: (metres along, metres up) of each step; negative goes down.
        lift: Metres that the first part is over the rail.
    """

    blueprint: Blueprint
    rail: Rail
    table: Timetable
    kerbs: tuple[tuple[float, float], ...]
    lift: float

    def poses(self, times: FloatArray) -> FloatArray:
        """(N, 6) x, y, z, roll, pitch, yaw of the capsule's centre at times (N,)."""
        places = self.table.at(np.asarray(times))
        out = np.zeros((len(places), 6))
        out[:, :3] = self.rail.position(places)
        up = np.full(len(places), self.lift)
        for kerb, step in self.kerbs:
            up += step * np.clip((places - kerb) / _STEP_DOWN + 0.5, 0.0, 1.0)
        out[:, 2] += up + self.blueprint.half_extents[2]
        out[:, 5] = np.unwrap(self.rail.heading(places))
        return out


@dataclass(frozen=True, eq=False)
class CrosswalkWalk:
    """A person who comes along a sidewalk and crosses by a crosswalk.

    Attributes:
        blueprint: The person.
        rail: The line, in plan.
        table: Where along it over time.
        along: (N,) metres along it, rising.
        heights: (N,) metres of the tread there.
    """

    blueprint: Blueprint
    rail: Rail
    table: Timetable
    along: FloatArray
    heights: FloatArray

    def poses(self, times: FloatArray) -> FloatArray:
        """(N, 6) x, y, z, roll, pitch, yaw of the capsule's centre at times (N,)."""
        places = self.table.at(np.asarray(times))
        out = np.zeros((len(places), 6))
        out[:, :2] = self.rail.position(places)[:, :2]
        out[:, 2] = np.interp(places, self.along, self.heights) + self.blueprint.half_extents[2]
        out[:, 5] = np.unwrap(self.rail.heading(places))
        return out


@dataclass(frozen=True, eq=False)
class WalkLine:
    """Where a person walks: along a sidewalk, then straight across.

    Attributes:
        rail: The line at road height.
        turns: Metres along it at which it leaves the sidewalk's middle.
        kerbs: Metres along it of the kerbs it goes down and up (or the far edge of the road).
        lifts: Metres that the sidewalks at its start and end are over the road.
        to_lane: Metres along it at which it is over the middle of the lane.
    """

    rail: Rail
    turns: float
    kerbs: tuple[float, float]
    lifts: tuple[float, float]
    to_lane: float


def line_across(section: CrossSection, near: Kerb, metres: float, *, forwards: bool) -> WalkLine:
    """The line of someone who comes along a sidewalk and crosses the road there.

    Args:
        section: The street.
        near: The sidewalk it comes from.
        metres: Along that sidewalk before crossing.
        forwards: Whether it comes in the direction of the road's stations.
    """
    before = along_sidewalk(near, section.station, metres if forwards else -metres)
    before[:, 2] -= near.lift
    far = section.kerbs.get(-near.side)
    offset = _offset(section, before[-1])
    if far is not None:
        end = _offset(section, far.middle)
        far_kerb, lift = far.edge, far.lift
    else:
        far_kerb = section.road[1] if near.side < 0 else section.road[0]
        end, lift = far_kerb - 1.5 * near.side, 0.0
    count = max(int(abs(end - offset)), 2)
    across = np.stack([section.across(at) for at in np.linspace(offset, end, count + 1)[1:]])
    rail = Rail.along(np.concatenate([before, across]))
    turns = float(np.hypot(*np.diff(before[:, :2], axis=0).T).sum())
    return WalkLine(
        rail,
        turns,
        (turns + abs(offset - near.edge), turns + abs(offset - far_kerb)),
        (near.lift, lift),
        turns + abs(offset),
    )


def walk(body: Blueprint, line: WalkLine, speed: float, at: float, time: float, duration: float) -> Walk:
    """Someone who walks a line and is at a place of it at a time; who stands at its start until then if need be."""
    table = stroll(line.rail, speed, at, time, duration)
    kerbs = ((line.kerbs[0], -line.lifts[0]), (line.kerbs[1], line.lifts[1]))
    return Walk(body, line.rail, table, kerbs, line.lifts[0])


def stroll(rail: Rail, speed: float, at: float, time: float, duration: float) -> Timetable:
    """Walking a rail at an even speed such that a place is passed at a time; standing at its start and end."""
    profile = Profile.of(np.array([0.0, rail.length]), np.array([speed, speed]))
    table = Timetable.of(profile, duration, at, time)
    return Timetable(table.times, np.clip(table.places, 0.05, rail.length - 0.05)).smoothed(0.6)


def _offset(section: CrossSection, point: FloatArray) -> float:
    left = np.array([-np.sin(section.heading), np.cos(section.heading)])
    return float((point[:2] - section.point[:2]) @ left)
