"""One vehicle behind another in a lane: the first brakes, the second notices late."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.incidents.approach import Approach, approaches
from roadmark.incidents.junctions import RUN_UP
from roadmark.incidents.model import IncidentOptions, NoCourseError, Scene
from roadmark.incidents.physics import Drive, front_end, rear_end
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.scenario import SignalState
from roadmark.traffic import ActorSpec, Network, NetworkLane

_STEP = 0.005
_LONGEST = 8.0  # seconds from the first's braking to the contact
_HEADWAY = (0.45, 2.6)  # seconds between the two before
_DELAY = (0.9, 3.4)  # seconds by which someone distracted brakes late; later, most would have looked up
_SHORTEST_LANE = 25.0
_SHARP = 0.02  # rad/m: bends in which nobody follows so closely


@dataclass(frozen=True)
class Chase:
    """How two that follow one another brake.

    Attributes:
        speed: m/s of both before.
        leader: m/s2 of the first.
        delay: Seconds that the second brakes later.
        follower: m/s2 of the second.
        gap: Metres between bumpers before.
        lasts: Seconds from the first's braking to the contact, or to the end of the second's braking.
    """

    speed: float
    leader: float
    delay: float
    follower: float
    gap: float
    lasts: float


def chase_to_contact(closing: float, speeds: tuple[float, float], rng: np.random.Generator) -> Chase:
    """Draw braking such that the second meets the first with a closing speed.

    Args:
        closing: m/s.
        speeds: m/s of both before, from and to.
        rng: What chance comes from.

    Raises:
        NoCourseError: Not at this speed.
    """
    after = np.arange(0.0, _LONGEST, _STEP)
    for _ in range(24):
        speed = float(rng.uniform(*speeds))
        leader, follower = float(rng.uniform(3.8, 5.2)), float(rng.uniform(5.5, 8.0))
        delay = float(rng.uniform(*_DELAY))
        first = np.maximum(speed - leader * after, 0.0)
        second = np.where(after < delay, speed, np.maximum(speed - follower * (after - delay), 0.0))
        met = np.flatnonzero(second - first >= closing)
        if not len(met):
            continue
        row = int(met[0] if rng.random() < 0.5 else met[-1])
        gap = float((second - first)[:row].sum() * _STEP)
        if _HEADWAY[0] < gap / speed < _HEADWAY[1] and gap > 2.0:
            return Chase(speed, leader, delay, follower, gap, float(after[row]))
    raise NoCourseError(f"no braking from {speeds[1]:.1f} m/s meets at {closing:.1f} m/s")


def chase_to_miss(speeds: tuple[float, float], rng: np.random.Generator) -> Chase:
    """Draw braking such that the second stops just behind the first, by emergency braking in the last moment.

    Raises:
        NoCourseError: Not at these speeds.
    """
    for _ in range(24):
        speed, leader = float(rng.uniform(*speeds)), float(rng.uniform(4.2, 5.2))
        follower, spare = float(rng.uniform(7.2, 8.6)), float(rng.uniform(0.5, 1.2))
        delay = float(rng.uniform(1.0, 2.4))
        gap = speed * delay + 0.5 * speed**2 * (1.0 / follower - 1.0 / leader) + spare
        first, second = speed - leader * delay, speed
        apart = gap - 0.5 * leader * min(delay, speed / leader) ** 2
        if first < 0.0:
            apart = gap - (speed * delay - 0.5 * speed**2 / leader)
        closing = second - max(first, 0.0)
        left = apart / max(closing, 0.1)
        if _HEADWAY[0] < gap / speed < _HEADWAY[1] and 0.35 < left < 0.85 and closing**2 / (2.0 * apart) > 5.0:
            return Chase(speed, leader, delay, follower, gap, delay)
    raise NoCourseError(f"no late braking from {speeds[1]:.1f} m/s stops in time")


def open_lanes(network: Network, options: IncidentOptions, shortest: float = _SHORTEST_LANE) -> list[NetworkLane]:
    """Lanes between junctions, long enough, that a user's options allow."""
    found = []
    for lane in network.lanes:
        if lane.junction is not None or lane.type == "biking" or lane.length < shortest or not lane.predecessors:
            continue
        near = {network.lanes[index].junction for index in (*lane.successors, *lane.predecessors)}
        if options.road not in {None, lane.key.road} or (options.junction is not None and options.junction not in near):
            continue
        found.append(lane)
    return found


def way_along(
    network: Network, lane: NetworkLane, rng: np.random.Generator, behind: float = 60.0, run_up: float = RUN_UP
) -> Way:
    """A way that drives a lane between junctions, with metres before and behind it."""
    before = lead_in(network, lane.index, run_up, rng)
    return Way.through(network, [*before, lane.index, *lead_out(network, lane.index, behind, rng)])


def light_at_end(way: Way, lane: NetworkLane, scene: Scene) -> tuple[float, str] | None:
    """The stop line at a lane's end with its light, if it has a program."""
    begins = way.start_of(lane.index)
    for place, light, _ in way.stops:
        if light in scene.signals.programs and begins < place <= begins + lane.length + 0.5:
            assert light is not None
            return place, light
    return None


def follow(
    scene: Scene,
    way: Way,
    specs: tuple[ActorSpec, ActorSpec],
    chase: Chase,
    brakes_at: float,
    times: FloatArray,
    red: str | None,
) -> tuple[Drive, Drive, float]:
    """Drives of the second and the first of a chase.

    Args:
        scene: Where and when.
        way: Of both.
        specs: The second (who follows) and the first (who leads).
        chase: How they brake.
        brakes_at: Metres along the way at which the first's origin is when it brakes.
        times: Seconds at which they may meet.
        red: The light for which the first brakes, if any.

    Returns:
        The second's and the first's drive, and when they meet.

    Raises:
        NoCourseError: Lights and ways do not allow it.
    """
    bodies = specs[0].blueprint, specs[1].blueprint
    behind = rear_end(bodies[1]) + chase.gap + front_end(bodies[0])
    starts = times - chase.lasts
    fine = starts > 0.5
    if red is not None:
        fine &= _stops_for(scene, red, starts)
    stands_back = rear_end(bodies[1]) + 2.2 + front_end(bodies[0])
    firsts = approaches(way, bodies[1], brakes_at, chase.speed)
    seconds = approaches(way, bodies[0], brakes_at - behind, chase.speed, behind=stands_back)
    for first, second in zip(firsts, seconds, strict=False):
        if (first.waits is None) != (second.waits is None) or first.waits_for != second.waits_for:
            continue
        _check_bends(way, second.at, brakes_at)
        both = fine & first.possible(starts, scene.signals) & second.possible(starts, scene.signals)
        if both.any():
            time = float(times[int(np.argmax(both))])
            return _drives(scene, way, (second, first), chase, time)
    raise NoCourseError("lights and ways do not let both be there")


def catch_up(
    scene: Scene,
    way: Way,
    specs: tuple[ActorSpec, ActorSpec],
    at: float,
    speeds: tuple[float, float],
    late: tuple[float, float],
    times: FloatArray,
) -> tuple[Drive, Drive, float]:
    """Drives of a faster second who comes up behind a steady first, and when its front is at the other's back.

    Args:
        scene: Where and when.
        way: Of both.
        specs: The second and the first.
        at: Metres along the way of the first's origin then.
        speeds: m/s of both then.
        late: Seconds before at which the second brakes, and by how many m/s2.
        times: Seconds at which that may be.

    Raises:
        NoCourseError: Lights and ways do not allow it.
    """
    bodies = specs[0].blueprint, specs[1].blueprint
    own = at - rear_end(bodies[1]) - front_end(bodies[0])
    before = speeds[0] + late[0] * late[1]
    brakes_at = own - (before * late[0] - 0.5 * late[1] * late[0] ** 2)
    _check_bends(way, brakes_at, at)
    duration = scene.clock.duration
    for first in approaches(way, bodies[1], at, speeds[1]):
        for second in approaches(way, bodies[0], brakes_at, before):
            both = first.possible(times, scene.signals) & second.possible(times - late[0], scene.signals)
            if both.any():
                time = float(times[int(np.argmax(both))])
                table = second.timetable(time - late[0], duration).braked(time - late[0], late[1]).smoothed()
                ahead = Drive(bodies[1], way.rail, first.timetable(time, duration).smoothed())
                return Drive(bodies[0], way.rail, table), ahead, time
    raise NoCourseError("lights and ways do not let both be there")


def _drives(
    scene: Scene, way: Way, comes: tuple[Approach, Approach], chase: Chase, time: float
) -> tuple[Drive, Drive, float]:
    start, duration = time - chase.lasts, scene.clock.duration
    second = comes[0].timetable(start, duration).braked(start + chase.delay, chase.follower)
    first = comes[1].timetable(start, duration).braked(start, chase.leader)
    drives = [
        Drive(come.blueprint, way.rail, table.smoothed())
        for come, table in zip(comes, (second, first), strict=True)
    ]  # fmt: skip
    return drives[0], drives[1], time


def _stops_for(scene: Scene, light: str, starts: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether drivers brake for a light from some seconds on: it is yellow or red by then, and red soon."""
    program = scene.signals.programs[light]
    now, soon = program.states(starts), program.states(starts + 3.0)
    return np.asarray((now != SignalState.GREEN) & (soon == SignalState.RED) & (program.elapsed(starts) > 0.6))


def _check_bends(way: Way, first: float, last: float) -> None:
    places = np.arange(first, last + 12.0, 1.0)
    if np.abs(way.rail.curvature(places)).max() > _SHARP:
        raise NoCourseError("the road bends where they meet")
