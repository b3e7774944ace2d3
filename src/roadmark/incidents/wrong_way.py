"""A vehicle turns into the lanes of oncoming traffic, or changes over to them, and drives there for some seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import Oncoming, bent, oncoming
from roadmark.incidents.physics import Drive, eased
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven
from roadmark.incidents.ways import Way
from roadmark.traffic import NetworkLane

_SPEEDS = (7.0, 10.0)  # m/s
_SHORTEST, _LONGEST = 4.2, 7.0  # seconds of it
_RETURNS = 26.0  # metres in which it comes back to its lane


@register("wrong_way", "a vehicle drives against the traffic")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a two-way road and a vehicle that takes its wrong side."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    lanes = [lane for lane in open_lanes(network, options, 45.0) if oncoming(network, lane) is not None]
    need(lanes, "wrong_way", "a two-way road of 45 m between junctions", network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    other = oncoming(network, lane)
    assert other is not None
    spec = draw_vehicle(options, 0, rng)
    speed = float(rng.uniform(*_SPEEDS))
    way, at, back, turned = _course(way_along(network, lane, rng, 90.0), lane, other, speed, rng)
    ways_to_come = approaches(way, spec.blueprint, at, speed, ahead=back - at + 3.0)
    found, time = come(ways_to_come, heart_times(clock, options, rng), scene.signals)
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    wrong = _against(scene, drive)
    if not len(wrong) or (wrong[-1] - wrong[0]) / clock.fps < _SHORTEST:
        raise NoCourseError("not on the wrong side for long enough")
    start, end = float(wrong[0] / clock.fps), float(wrong[-1] / clock.fps)
    if end > clock.duration - 0.5 or len(wrong) != wrong[-1] - wrong[0] + 1:
        raise NoCourseError("the scenario ends before it is back in its lane")
    joins = drive.table.when(back + 2.0)
    until = joins if joins < clock.duration else None
    actor = driven(spec, drive, clock, until=until, way=way)
    words = "turns into the oncoming lane and drives" if turned else "changes to the oncoming lane and drives"
    event = Event(
        "wrong_way",
        start,
        end,
        (Participant(0, "violator"),),
        way.place(float(drive.table.at(start))),
        cause="turned into the wrong side of the road" if turned else "drove on the wrong side of the road",
        caption=sentence(f"{named(spec)} {words} against the traffic"),
        measures={"duration": end - start, "length": float(drive.table.at(end) - drive.table.at(start))},
    )
    return IncidentPlan(
        "wrong_way",
        (actor,),
        (event,),
        way.rail.position(at),
        time,
        measures={"speed": speed, "duration": end - start},
    )


def _course(
    way: Way, lane: NetworkLane, other: Oncoming, speed: float, rng: np.random.Generator
) -> tuple[Way, float, float, bool]:
    """The way on the wrong side, the middle of that, where it is back, and whether it turns into it at the junction."""
    begins = way.start_of(lane.index)
    ends = begins + lane.length
    before = way.lane_at(begins - 1.0)
    turns = before.junction is not None and (rng.random() < 0.7 or not other.open)
    over = (
        (begins - min(before.length, 25.0), begins + 3.0)
        if turns
        else (begins + 4.0, begins + 4.0 + _RETURNS)
    )  # fmt: skip
    stays = float(rng.uniform(_SHORTEST + 0.6, _LONGEST)) * speed
    if other.open and over[1] + stays + _RETURNS < ends:
        back = (over[1] + stays, over[1] + stays + _RETURNS)
    else:
        after = way.lane_at(ends + 1.0)
        if after.junction is None or not over[1] + stays < ends + 3.0 < over[1] + 1.6 * _LONGEST * speed:
            raise NoCourseError("no junction at which it could come back to its lane")
        back = (ends - 2.0, ends + max(after.length, 15.0))
    at = way.route.path.distances
    offsets = other.offset * (eased(at, *over) - eased(at, *back))
    return bent(way, offsets), 0.5 * (over[1] + min(back[0], ends)), back[1], bool(turns)


def _against(scene: Scene, drive: Drive) -> NDArray[np.int64]:
    """Frames in which a vehicle is on a lane, outside junctions, and faces against it."""
    clock, road_map = scene.clock, scene.network.road_map
    times = clock.times
    times = times[drive.table.at(times) < drive.rail.length]
    poses = drive.poses(times)
    found = road_map.locate(poses[:, :3])
    strips = road_map.strips()
    wrong = np.zeros(len(times), np.bool_)
    for row, index in enumerate(np.asarray(found.strip_index).tolist()):
        if index < 0 or strips[index].junction is not None or strips[index].type != "driving":
            continue
        wrong[row] = np.cos(poses[row, 5] - found.heading[row]) < -0.5
    return np.flatnonzero(wrong)
