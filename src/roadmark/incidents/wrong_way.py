"""A vehicle turns into the lanes of oncoming traffic, or changes over to them, and drives there for some seconds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.following import open_lanes
from roadmark.incidents.junctions import RUN_UP, check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.oncoming import TwoWay, bent, two_way_stretches
from roadmark.incidents.physics import Drive, eased
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven
from roadmark.incidents.ways import Way, lead_in, lead_out
from roadmark.traffic import Network

_SPEEDS = (7.0, 10.0)  # m/s
_SHORTEST, _LONGEST = 4.2, 7.0  # seconds of it
_STAYS = _SHORTEST + 0.6  # seconds between changing over and changing back at least
_MOST = 1.6 * _LONGEST  # seconds of it where only the next junction ends it
_CHANGES, _FROM_START = 26.0, 4.0  # metres in which it changes over or back, and before it does so first
_TURNED = 3.0  # metres behind a junction at which it is on the wrong side
_BEHIND = 90.0  # metres of way after the road
_SEEN = 1.8  # seconds on the wrong side at which cameras look
NEEDS = "a two-way road of 40 m between junctions, or, where only a line divides it, one of 65 to 90 m"


@dataclass(frozen=True)
class _Course:
    """How a stretch of road can be driven on its wrong side.

    Attributes:
        road: Where.
        turns_in: Whether it takes the wrong side at a junction, else it changes over.
        turns_out: Whether it leaves it at a junction.
        speeds: Slowest and fastest, m/s.
    """

    road: TwoWay
    turns_in: bool
    turns_out: bool
    speeds: tuple[float, float]


@register("wrong_way", "a vehicle drives against the traffic")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a two-way road and a vehicle that takes its wrong side."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    allowed = {lane.index for lane in open_lanes(network, options, 0.0)}
    roads = [road for road in two_way_stretches(network) if allowed & set(road.lanes)]
    courses = {road: ways for road in roads if (ways := list(_courses(network, road)))}
    need(list(courses), "wrong_way", NEEDS, network, options)
    ways_to_do_it = list(courses.values())[int(rng.integers(len(courses)))]
    weights = np.array([7.0 if one.turns_in else 3.0 for one in ways_to_do_it])
    course = ways_to_do_it[int(rng.choice(len(weights), p=weights / weights.sum()))]
    spec = draw_vehicle(options, 0, rng)
    speed = float(rng.uniform(*course.speeds))
    way, over, back = _way(network, course, speed, rng)
    at = over + _SEEN * speed
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
    actor = driven(spec, drive, clock, until=joins if joins < clock.duration else None, way=way)
    words = "turns into the oncoming lane and drives" if course.turns_in else "changes to the oncoming lane and drives"
    event = Event(
        "wrong_way",
        start,
        end,
        (Participant(0, "violator"),),
        way.place(float(drive.table.at(start))),
        cause="turned into the wrong side of the road" if course.turns_in else "drove on the wrong side of the road",
        caption=sentence(f"{named(spec)} {words} against the traffic"),
        measures={"duration": end - start, "length": float(drive.table.at(end) - drive.table.at(start))},
    )
    return IncidentPlan(
        "wrong_way",
        (actor,),
        (event,),
        way.rail.position(at),
        time,
        window=(2.5, 2.2),
        measures={"speed": speed, "duration": end - start},
    )


def _courses(network: Network, road: TwoWay) -> Iterator[_Course]:
    """Every way to take the wrong side of a road and to leave it that there is room for."""
    if not network.lanes[road.lanes[0]].predecessors:
        return
    for turns_in in (True, False):
        for turns_out in (True, False):
            if not (road.after_junction if turns_in else road.open) or not (
                road.before_junction if turns_out else road.open
            ):
                continue
            room = road.length - _begins(turns_in) - (0.0 if turns_out else _CHANGES)
            slowest = max(room / _MOST, _SPEEDS[0]) if turns_out else _SPEEDS[0]
            fastest = min(room / _STAYS, _SPEEDS[1])
            if slowest < fastest:
                yield _Course(road, turns_in, turns_out, (slowest, fastest))


def _begins(turns_in: bool) -> float:
    """Metres along the road from which on the wrong side is taken at the earliest."""
    return _TURNED if turns_in else _FROM_START + _CHANGES


def _way(network: Network, course: _Course, speed: float, rng: np.random.Generator) -> tuple[Way, float, float]:
    """The way on the wrong side, and metres along it from which on and until when it is not in its own lane."""
    road = course.road
    before, after = lead_in(network, road.lanes[0], RUN_UP, rng), lead_out(network, road.lanes[-1], _BEHIND, rng)
    way = Way.through(network, [*before, *road.lanes, *after])
    begins = way.start_of(road.lanes[0])
    ends = begins + road.length
    room = road.length - _begins(course.turns_in) - (0.0 if course.turns_out else _CHANGES)
    stays = room if course.turns_out else min(float(rng.uniform(_STAYS, _LONGEST)) * speed, room)
    if course.turns_in:
        over = (begins - _in_junction(way, begins - 1.0, 25.0), begins + _TURNED)
    else:
        spare = 0.0 if course.turns_out else float(rng.uniform(0.0, room - stays))
        over = (begins + _FROM_START + spare, begins + _FROM_START + _CHANGES + spare)
    if course.turns_out:
        back = (ends - 2.0, ends + max(_in_junction(way, ends + 1.0, 60.0), 15.0))
    else:
        back = (over[1] + stays, over[1] + stays + _CHANGES)
    at = way.route.path.distances
    return bent(way, road.offset * (eased(at, *over) - eased(at, *back))), over[1], back[1]


def _in_junction(way: Way, at: float, most: float) -> float:
    """Metres of a way's lane in a junction, in which it changes sides.

    Raises:
        NoCourseError: The lane there is in no junction.
    """
    lane = way.lane_at(at)
    if lane.junction is None:
        raise NoCourseError("the way leads past the junction at which it would change sides")
    return min(lane.length, most)


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
