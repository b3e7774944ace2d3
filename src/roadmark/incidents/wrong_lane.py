"""A vehicle turns from a lane that does not lead there, across the lane beside it that does."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.junctions import RUN_UP, allowed, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive, Rail, eased, shifted
from roadmark.incidents.scripts import driven
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.traffic import Network, NetworkLane, Path, Route

_SHORT_ROAD = 30.0  # metres: whoever comes to such a piece of road comes to what is behind it
_SHORTEST = 12.0  # metres of the lane that is turned from
_CRUISE = (6.5, 9.5)  # m/s
_TURNED = np.radians(15.0)
_STRAIGHT = np.radians(30.0)
_OUT = 60.0


def from_wrong_lane(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw two lanes side by side before a junction, and a vehicle that takes a turn of the other one.

    Raises:
        MissingElementError: No lane has a neighbour with another turn.
        NoCourseError: This draw does not work out.
    """
    network, clock = scene.network, scene.clock
    pairs = [(one, two) for one, two in _wrong_turns(network) if allowed(network, network.lanes[two], options)]
    lanes = [network.lanes[one] for one, _ in pairs]
    need(lanes, "illegal_turn", "a lane beside another one that turns elsewhere", network, options)
    lane, turn = (network.lanes[index] for index in pairs[int(rng.integers(len(pairs)))])
    spec = draw_vehicle(options, 0, rng)
    way, begins, enters = _course(network, lane, turn, rng)
    at = 0.5 * (begins + enters)
    ways_to_come = approaches(way, spec.blueprint, at, float(rng.uniform(*_CRUISE)), ahead=enters - at)
    found, time = come(ways_to_come, heart_times(clock, options, rng), scene.signals)
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    times, places = clock.times, drive.table.at(clock.times)
    yaw = drive.poses(times)[:, 5]
    inside = np.flatnonzero((places > begins - 1.0) & (places < enters + 1.0))
    done = drive.table.when(enters + 0.5)
    if not len(inside) or not done + 1.0 < clock.duration:
        raise NoCourseError("the scenario ends before the turn does")
    turned = float(yaw[inside[-1]] - yaw[inside[0]])
    begun = np.flatnonzero(np.abs(yaw[inside] - yaw[inside[0]]) > _TURNED)
    start = float(times[inside[int(begun[0]) if len(begun) else 0]])
    name = "straight" if abs(turned) < _STRAIGHT else "left" if turned > 0.0 else "right"
    until = drive.table.when(enters + 12.0)
    actor = driven(spec, drive, clock, until=until if until < clock.duration else None, way=way)
    does = {"straight": "goes straight on", "left": "turns left", "right": "turns right"}[name]
    event = Event(
        "illegal_turn",
        start,
        done,
        (Participant(0, "violator"),),
        way.place(begins),
        name,
        cause="turned from the wrong lane",
        caption=sentence(f"{named(spec)} {does} from {_lane_for(network, lane)}"),
        measures={"turned": float(np.degrees(turned))},
    )
    measures = {"kind": "wrong lane"}
    return IncidentPlan("illegal_turn", (actor,), (event,), way.rail.position(at), time, measures=measures)


def roads_onwards(network: Network, lane: NetworkLane) -> set[str]:
    """Roads between junctions that a lane's traffic can come to next, short pieces of road passed."""
    found: set[str] = set()
    waiting, seen = list(lane.successors), set(lane.successors)
    while waiting:
        at = network.lanes[waiting.pop()]
        further = list(at.successors)
        if at.junction is None:
            found.add(at.key.road)
            if network.road_map.road_geometry[at.key.road].length > _SHORT_ROAD:
                continue
            same = [one for one in network.lanes if one.key.road == at.key.road]
            further += [index for one in same for index in one.successors]
        waiting += [index for index in further if index not in seen]
        seen.update(further)
    return found


@lru_cache(8)
def _wrong_turns(network: Network) -> tuple[tuple[int, int], ...]:
    """Lanes that lead into a junction, each with a turn that only the lane beside it has."""
    found = []
    for lane in network.lanes:
        if lane.junction is not None or lane.length < _SHORTEST or not lane.predecessors or lane.type == "biking":
            continue
        own = [network.lanes[index] for index in lane.successors]
        if not own or any(one.junction is None for one in own):
            continue
        reaches = roads_onwards(network, lane)
        beside = [network.lanes[index] for index in (lane.left, lane.right) if index is not None]
        for turn in (network.lanes[index] for one in beside for index in one.successors):
            out = [network.lanes[index] for index in turn.successors]
            if turn.junction != own[0].junction or len(out) != 1 or out[0].junction is not None:
                continue
            # with lights of their own one lane stands while the other goes
            if out[0].key.road not in reaches and {one.signal for one in own} == {turn.signal}:
                found.append((lane.index, turn.index))
    return tuple(found)


def _course(
    network: Network, lane: NetworkLane, turn: NetworkLane, rng: np.random.Generator
) -> tuple[Way, float, float]:
    """Along a lane and over to another one's turn: the way, where the turn begins, and where it is out of it."""
    route = network.route((*lead_in(network, lane.index, RUN_UP, rng), lane.index))
    out = network.route((turn.index, *lead_out(network, turn.index, _OUT, rng)))
    if len(out.lanes) < 2:
        raise NoCourseError("the turn leads nowhere")
    begins = route.path.length
    heading = float(lane.path.heading(lane.length))
    offset = lane.path.points[-1] - out.path.points[0]
    aside = float(offset[1] * np.cos(heading) - offset[0] * np.sin(heading))
    eases = eased(out.path.distances, 0.0, 0.9 * turn.length)
    points = shifted(out.path.points, aside * (1.0 - eases))
    whole = np.concatenate([route.path.points, points])
    whole = whole[np.concatenate([[True], np.hypot(*np.diff(whole[:, :2], axis=0).T) > 0.05])]
    path = Path(whole)
    driven_to = path.distances[int(np.argmin(((whole - out.path.position(turn.length)) ** 2).sum(axis=1)))]
    longer = float(driven_to) - begins - turn.length
    starts = np.concatenate([[begins], begins + out.starts[1:] + longer])
    joined = Route((*route.lanes, *out.lanes), path, np.concatenate([route.starts, starts]))
    return Way(network, joined, Rail.along(whole)), begins, float(driven_to)


def _lane_for(network: Network, lane: NetworkLane) -> str:
    """The lane in words: by where it leads."""
    turns = {network.lanes[index].turn for index in lane.successors}
    words = {"left": "turning left", "right": "turning right", "straight": "going straight on"}
    where = [words[turn] for turn in ("left", "straight", "right") if turn in turns]
    return f"the lane for {' and '.join(where)}" if where else "a lane that does not lead there"
