"""How an actor comes to a place at a time, by the rules: at its speed, through green lights, or from a red one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray
from roadmark.incidents.model import NoCourseError
from roadmark.incidents.physics import GRID, Profile, Timetable, front_end, reachable
from roadmark.incidents.ways import Way
from roadmark.scenario import SignalState
from roadmark.traffic import SignalPlan


@dataclass(frozen=True)
class Style:
    """How a driver drives, m/s2.

    Attributes:
        acceleration: Speeding up.
        braking: Where nothing is urgent.
        lateral: In bends.
    """

    acceleration: float = 1.8
    braking: float = 2.2
    lateral: float = 2.6


CALM = Style()
_BEFORE_LINE = 0.7  # metres between a waiting front and its line
_REACTION = (0.5, 2.6)  # seconds after green at which the first car leaves
_LATE_YELLOW = 1.0  # seconds of yellow during which drivers still go
_SLOWER = 1.5  # seconds that someone who slows down beyond the place may take longer to the lights there
_AT_SIGN = {"stop": 2.5, "yield": 6.0}  # m/s at the line

Speeds = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Approach:
    """One way to come to a place.

    Attributes:
        way: Along what.
        blueprint: The vehicle.
        at: Metres along the way of the place, of the vehicle's origin.
        profile: Its speeds.
        waits: Where it stands at first, None if it moves all along.
        waits_for: The light it waits for.
        passes: (seconds before the place at which the front is at a line, light) of all lights it must not run.
        later: Seconds it leaves after someone before it.
    """

    way: Way
    blueprint: Blueprint
    at: float
    profile: Profile
    waits: float | None
    waits_for: str | None
    passes: tuple[tuple[float, str], ...]
    later: float = 0.0

    @property
    def takes(self) -> float:
        """Seconds from its first place, or from leaving the light, to the place."""
        first = self.profile.distance[0] if self.waits is None else self.waits
        return self.profile.time_at(self.at) - self.profile.time_at(float(first))

    def possible(self, times: FloatArray, signals: SignalPlan) -> NDArray[np.bool_]:
        """(N,) whether it can be at the place at times (N,)."""
        leaves = times - self.takes
        fine = leaves <= 0.0 if self.waits is None else leaves > 0.3
        for before, light in self.passes:
            fine &= _may_pass(signals, light, times - before)
        if self.waits_for is not None:
            fine &= _leaves_on_green(signals, self.waits_for, leaves - self.later)
        return np.asarray(fine)

    def timetable(self, time: float, duration: float) -> Timetable:
        """Where it is over time if it is at the place at `time`."""
        table = Timetable.of(self.profile, duration, self.at, time)
        if self.waits is None:
            return table
        places = np.where(table.times <= time - self.takes, self.waits, np.maximum(table.places, self.waits))
        return Timetable(table.times, places)


def approaches(
    way: Way,
    blueprint: Blueprint,
    at: float,
    cruise: float | Speeds,
    *,
    runs: float | None = None,
    behind: float = 0.0,
    ahead: float = 0.0,
    limit: float = 1.06,
    style: Style = CALM,
) -> list[Approach]:
    """Every way to come to a place: on the move first, then from the lights before it, the last first.

    Args:
        way: Along what.
        blueprint: The vehicle.
        at: Metres along the way of the place, of the vehicle's origin.
        cruise: m/s where bends, limits and signs allow it; or a function of distances along the way.
        runs: Metres along the way of a stop line it does not heed.
        behind: Metres that it stands farther back at lights, for someone before it.
        ahead: Metres beyond the place within which lights must be green as well, whether it goes on or slows down.
        limit: Share of the speed limits that it keeps to.
        style: How hard it accelerates, brakes and bends.
    """
    front = front_end(blueprint)
    lines = [
        (line - front, light, sign)
        for line, light, sign in way.stops
        if runs is None or abs(line - runs) > 0.5
    ]  # fmt: skip
    lights = [(place, light) for place, light, _ in lines if light is not None and place < at + ahead]
    found = []
    for stop in (None, *range(len(lights) - 1, -1, -1)):
        waits = None if stop is None else lights[stop][0] - _BEFORE_LINE - behind
        if waits is not None and (waits < 8.0 or at - waits < 6.0):
            continue
        profile = _profile(way, cruise, limit, style, lines, waits)
        arrival = profile.time_at(at)
        passes = [
            (arrival - profile.time_at(place), light)
            for row, (place, light) in enumerate(lights)
            if stop is None or row >= stop
        ]
        passes += [(before - _SLOWER, light) for before, light in passes if before < 0.0]
        light = None if stop is None else lights[stop][1]
        found.append(Approach(way, blueprint, at, profile, waits, light, tuple(passes), 1.2 if behind else 0.0))
    return found


def come(found: list[Approach], times: FloatArray, signals: SignalPlan) -> tuple[Approach, float]:
    """The first way to come that some time allows, and the first such time.

    Raises:
        NoCourseError: None does.
    """
    for approach in found:
        fine = approach.possible(times, signals)
        if fine.any():
            return approach, float(times[int(np.argmax(fine))])
    raise NoCourseError("the lights do not let the vehicle be there")


def _profile(
    way: Way,
    cruise: float | Speeds,
    limit: float,
    style: Style,
    lines: list[tuple[float, str | None, str]],
    waits: float | None,
) -> Profile:
    distance = np.arange(0.0, way.length + GRID, GRID)
    bend = np.abs(way.rail.curvature(distance))
    wished = cruise(distance) if callable(cruise) else np.full(len(distance), cruise)
    cap = np.minimum(wished, limit * way.limits(distance))
    cap = np.minimum(cap, np.sqrt(style.lateral / np.maximum(bend, 1e-4)))
    for place, _, sign in lines:
        if sign in _AT_SIGN:
            cap[np.abs(distance - place) < 1.0] = np.minimum(_AT_SIGN[sign], cap[np.abs(distance - place) < 1.0])
    if waits is not None:
        cap[int(np.argmin(np.abs(distance - waits)))] = 0.0
    return Profile.of(distance, np.maximum(reachable(distance, cap, style.acceleration, style.braking), 0.0))


def _may_pass(signals: SignalPlan, light: str, times: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether a front may cross a light's line at times (N,); before the scenario it does not matter."""
    if light not in signals.programs:
        return np.ones(len(times), np.bool_)
    states, since = signals.states(light, times), signals.programs[light].elapsed(times)
    open_now = (states == SignalState.GREEN) | ((states == SignalState.YELLOW) & (since < _LATE_YELLOW))
    dark = (states == SignalState.OFF) | (states == SignalState.UNKNOWN)
    return np.asarray(open_now | dark | (times < -0.5))


def _leaves_on_green(signals: SignalPlan, light: str, leaves: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether someone who stood at a light from the start leaves it when it turns green."""
    if light not in signals.programs:
        return np.zeros(len(leaves), np.bool_)
    program = signals.programs[light]
    since = program.elapsed(leaves)
    turned = leaves - since
    fine = (program.states(leaves) == SignalState.GREEN) & (since >= _REACTION[0]) & (since <= _REACTION[1])
    fine &= turned > 0.0
    step = 0.5
    for row in np.flatnonzero(fine):
        waiting = np.arange(0.0, turned[row] - 0.01, step)
        fine[row] = not (program.states(waiting) == SignalState.GREEN).any()
    return np.asarray(fine)
