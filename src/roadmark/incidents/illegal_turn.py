"""A vehicle turns where it must not: back onto the road it came from, or from a lane that does not lead there."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import islice

import numpy as np

from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.following import open_lanes
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, MissingElementError, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import oncoming
from roadmark.incidents.physics import Drive
from roadmark.incidents.registry import Planner, register
from roadmark.incidents.scripts import driven
from roadmark.incidents.u_turns import TurnBack, in_junction, on_road, turns_in_junction, turns_on_road
from roadmark.incidents.wrong_lane import from_wrong_lane, roads_onwards
from roadmark.traffic import LEFT, Network, NetworkLane

_SPEED = 3.6  # m/s in the turn
_CRUISE = (7.0, 10.0)
_TURNED = np.radians(15.0)  # off the lane's heading: the turn has begun
_WIDEST = 20.0
_FROM_JUNCTION = 22.0  # metres between a turn on the road and the junctions
_LONG_ROAD = 2.0 * _FROM_JUNCTION + 16.0


@register("illegal_turn", "a vehicle turns back where it must not, or turns from a lane that does not lead there")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw one of three kinds: a U-turn in a junction, one on the road, or a turn from the wrong lane."""
    check_options(scene.network, options)
    kinds: tuple[Planner, ...] = (_in_junction, _on_road, from_wrong_lane)
    missing: list[str] = []
    for number in rng.permutation(len(kinds)).tolist():
        try:
            found: IncidentPlan = kinds[number](scene, options, rng)
            return found
        except MissingElementError as error:
            missing.append(str(error))
    raise MissingElementError("; ".join(sorted(missing)))


def _in_junction(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Back onto its road in the middle of a junction."""
    network = scene.network
    lanes = [lane for lane in network.lanes if _turns_back(network, lane, options)]
    need(lanes, "illegal_turn", "a two-way road that leads into a junction without U-turns", network, options)
    order = [lanes[int(number)] for number in rng.permutation(len(lanes))]
    roomy = list(islice((lane for lane in order if turns_in_junction(network, lane.index)), 1))
    need(roomy, "illegal_turn", "a junction with room to turn back", network, options)
    lane = roomy[0]
    other = oncoming(network, lane)
    assert other is not None
    junction = network.lanes[lane.successors[0]].junction
    turn = in_junction(network, lane, other, rng)
    return _carry_out(scene, options, turn, junction, rng)


def _on_road(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Over the centre line of a road, far from junctions."""
    network = scene.network
    roomy = _wide_roads(network)
    lanes = [lane for lane in open_lanes(network, options, _LONG_ROAD) if lane.index in roomy]
    need(lanes, "illegal_turn", "a two-way road of 60 m that is wide enough to turn back", network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    other = oncoming(network, lane)
    assert other is not None
    at = float(rng.uniform(_FROM_JUNCTION, lane.length - _FROM_JUNCTION - 10.0))
    turn = on_road(network, lane, other, at, rng)
    return _carry_out(scene, options, turn, None, rng)


@lru_cache(8)
def _wide_roads(network: Network) -> frozenset[int]:
    """Innermost lanes of undivided roads with room to turn back in their middle."""
    found = set()
    for lane in network.lanes:
        if lane.junction is not None or lane.left is not None or lane.length < _LONG_ROAD or lane.type == "biking":
            continue
        other = oncoming(network, lane)
        if other is None or not other.open or other.offset < 0.0:
            continue
        if turns_on_road(network, lane.index, 0.5 * lane.length):
            found.add(lane.index)
    return frozenset(found)


def _carry_out(
    scene: Scene, options: IncidentOptions, turn: TurnBack, junction: str | None, rng: np.random.Generator
) -> IncidentPlan:
    """The plan of a vehicle that turns back, in a junction or on a road."""
    clock, way = scene.clock, turn.way
    spec = draw_vehicle(options, 0, rng)
    cruise = float(rng.uniform(*_CRUISE))
    first, last, enters = turn.first, turn.last, turn.enters

    def wished(distance: FloatArray) -> FloatArray:
        return np.where((distance > first - 2.0) & (distance < last + 1.0), _SPEED, cruise)

    at = 0.5 * (first + last)
    found, time = come(approaches(way, spec.blueprint, at, wished), heart_times(clock, options, rng), scene.signals)
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    times = clock.times
    yaw = drive.poses(times)[:, 5]
    places = drive.table.at(times)
    # it may swing out to the right first: the turn begins when it is off its lane's heading to the left for good
    straight = float(yaw[np.searchsorted(places, first - 3.0, side="right") - 1])
    turning = np.flatnonzero((places > first - 3.0) & (np.minimum.accumulate(yaw[::-1])[::-1] > straight + _TURNED))
    done = drive.table.when(enters + 0.5)
    if not len(turning) or not done + 1.0 < clock.duration:
        raise NoCourseError("the scenario ends before the turn does")
    blinkers = np.zeros(clock.count, np.int8)
    blinkers[(places > first - 25.0) & (places < last - 2.0)] = LEFT
    until = drive.table.when(enters + 12.0)
    actor = driven(spec, drive, clock, until=until if until < clock.duration else None, blinkers=blinkers)
    where = "across the centre line" if junction is None else "in the middle of a junction"
    event = Event(
        "illegal_turn",
        float(times[turning[0]]),
        done,
        (Participant(0, "violator"),),
        replace(way.place(first), junction=junction),
        "u_turn",
        cause="turned back where it must not",
        caption=sentence(f"{named(spec)} makes a U-turn {where}"),
        measures={"turned": float(np.degrees(yaw[clock.frame_at(done)] - yaw[turning[0]]))},
    )
    return IncidentPlan(
        "illegal_turn",
        (actor,),
        (event,),
        way.rail.position(at),
        time,
        measures={"speed": _SPEED, "kind": "u_turn" if junction is None else "u_turn at a junction"},
    )


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
    return lane.key.road not in roads_onwards(network, lane)
