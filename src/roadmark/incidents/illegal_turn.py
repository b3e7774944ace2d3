"""A vehicle makes a U-turn where there is none to be made: in a junction, back onto the road it came from."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.junctions import RUN_UP, check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import Oncoming, oncoming
from roadmark.incidents.physics import Drive, Rail
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.traffic import LEFT, Network, NetworkLane

_RADIUS = 5.4
"""Metres: what cars turn in with the wheel hard over."""
_SPEED = 3.6  # m/s in the turn
_CRUISE = (7.0, 10.0)
_TURNED = np.radians(15.0)  # off the lane's heading: the turn has begun
_WIDEST = 2.0 * _RADIUS + 9.0


@register("illegal_turn", "a vehicle makes a U-turn in a junction that has none")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a road that leads into a junction, and a vehicle that turns back there."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    lanes = [lane for lane in network.lanes if _turns_back(network, lane, options)]
    need(lanes, "illegal_turn", "a two-way road that leads into a junction without U-turns", network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    other = oncoming(network, lane)
    assert other is not None
    spec = draw_vehicle(options, 0, rng)
    way, first, last = _there_and_back(network, lane, other, rng)
    cruise = float(rng.uniform(*_CRUISE))

    def wished(distance: FloatArray) -> FloatArray:
        return np.where((distance > first - 2.0) & (distance < last + 1.0), _SPEED, cruise)

    at = 0.5 * (first + last)
    found, time = come(approaches(way, spec.blueprint, at, wished), heart_times(clock, options, rng), scene.signals)
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    times = clock.times
    yaw = drive.poses(times)[:, 5]
    places = drive.table.at(times)
    turning = np.flatnonzero(
        (places > first - 3.0) & (np.abs(yaw - yaw[np.searchsorted(places, first - 3.0)]) > _TURNED)
    )
    done = drive.table.when(last + 1.0)
    if not len(turning) or not done + 1.0 < clock.duration:
        raise NoCourseError("the scenario ends before the turn does")
    blinkers = np.zeros(clock.count, np.int8)
    blinkers[(places > first - 25.0) & (places < last - 2.0)] = LEFT
    until = drive.table.when(last + 6.0)
    actor = driven(spec, drive, clock, until=until if until < clock.duration else None, blinkers=blinkers)
    event = Event(
        "illegal_turn",
        float(times[turning[0]]),
        done,
        (Participant(0, "violator"),),
        way.place(first),
        "u_turn",
        cause="turned back where it must not",
        caption=sentence(f"{named(spec)} makes a U-turn in the middle of a junction"),
        measures={"turned": float(np.degrees(yaw[clock.frame_at(done)] - yaw[turning[0]]))},
    )
    return IncidentPlan("illegal_turn", (actor,), (event,), way.rail.position(at), time, measures={"speed": _SPEED})


def _turns_back(network: Network, lane: NetworkLane, options: IncidentOptions) -> bool:
    """Whether a lane leads into a junction, is the innermost, and has an oncoming lane it is not connected with."""
    if lane.junction is not None or lane.left is not None or not lane.predecessors or lane.length < 12.0:
        return False
    junctions = {network.lanes[way].junction for way in lane.successors}
    if len(junctions) != 1 or None in junctions:
        return False
    if options.junction not in junctions | {None} or options.road not in {None, lane.key.road}:
        return False
    other = oncoming(network, lane)
    if other is None or not 2.5 < other.offset < _WIDEST or other.lane.length < 12.0:
        return False
    if not any(network.lanes[way].junction in junctions for way in other.lane.predecessors):
        return False
    reached = {follower for way in lane.successors for follower in network.lanes[way].successors}
    return all(network.lanes[index].key.road != lane.key.road for index in reached)


def _there_and_back(
    network: Network, lane: NetworkLane, other: Oncoming, rng: np.random.Generator
) -> tuple[Way, float, float]:
    """A way in, around and out again, with the metres along it at which the turn begins and ends."""
    route = network.route((*lead_in(network, lane.index, RUN_UP, rng), lane.index))
    out = network.route((other.lane.index, *lead_out(network, other.lane.index, 60.0, rng)))
    start, heading = route.path.points[-1], float(route.path.heading(route.path.length))
    ahead = np.array([np.cos(heading), np.sin(heading), 0.0])
    left = np.array([-ahead[1], ahead[0], 0.0])
    back = out.path.points[0] - start
    level = max(float(back @ ahead), 0.0) + 1.0  # metres into the junction at which both lanes have been left
    turn = _loop(float(back @ left))
    points = start + (level + turn[:, :1]) * ahead + turn[:, 1:] * left
    points[:, 2] = np.linspace(start[2], out.path.points[0, 2], len(points))
    whole = np.concatenate([route.path.points, points, out.path.points[1:]])
    whole = whole[np.concatenate([[True], np.hypot(*np.diff(whole[:, :2], axis=0).T) > 0.05])]
    rail = Rail.along(whole)
    first = route.path.length + level
    length = float(np.hypot(*np.diff(turn, axis=0).T).sum())
    last = first + length + level
    lanes = (*route.lanes, *out.lanes)
    starts = np.concatenate([route.starts, out.starts + last])
    joined = type(route)(lanes, type(route.path)(whole), starts)
    return Way(network, joined, rail), first, last


def _loop(offset: float) -> FloatArray:
    """(N, 2) metres ahead and to the left of a turn back that ends `offset` to the left: swing out, around, and in."""
    radius = max(_RADIUS, 0.5 * offset)
    swing = float(np.arccos(min((0.5 * offset + radius) / (2.0 * radius), 1.0)))
    headings = np.concatenate([
        np.linspace(0.0, -swing, max(int(swing / 0.1), 1) + 1)[1:],
        np.linspace(-swing, np.pi + swing, int((np.pi + 2.0 * swing) / 0.1))[1:],
        np.linspace(np.pi + swing, np.pi, max(int(swing / 0.1), 1) + 1)[1:],
    ])  # fmt: skip
    turned = np.diff(np.concatenate([[0.0], headings]))
    middle = headings - 0.5 * turned
    steps = 2.0 * radius * np.sin(0.5 * np.abs(turned))
    return np.cumsum(np.stack([steps * np.cos(middle), steps * np.sin(middle)], axis=1), axis=0)
