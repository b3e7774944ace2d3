"""A vehicle drives far over the speed limit along a road."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.geometry import FloatArray
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times, severity_of
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import RATE, Drive
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven

_SHARE = {"light": (1.45, 1.6), "medium": (1.6, 1.8), "severe": (1.8, 2.1)}
"""Of the limit, by severity."""
_FACTOR, _MARGIN = 1.25, 2.0  # what counts as speeding: a quarter over the limit and 2 m/s more
_SHORTEST = 2.0  # seconds of it
_LANE = 60.0
_BEFORE, _AFTER = (50.0, 90.0), (15.0, 40.0)  # metres of it before and after its heart


@register("speeding", "a vehicle drives far over the speed limit")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a road, a vehicle and how fast it is."""
    clock = scene.clock
    check_options(scene.network, options)
    lanes = open_lanes(scene.network, options, _LANE)
    need(lanes, "speeding", "a lane of 60 m between junctions", scene.network, options)
    weights = np.array([lane.length for lane in lanes])
    lane = lanes[int(rng.choice(len(lanes), p=weights / weights.sum()))]
    spec = draw_vehicle(options, 0, rng)
    severity = severity_of(options, rng)
    speed = float(rng.uniform(*_SHARE[severity])) * lane.speed_limit
    if speed < _FACTOR * lane.speed_limit + _MARGIN + 0.8:
        raise NoCourseError("hardly too fast")
    way = way_along(scene.network, lane, rng, 120.0)
    at = way.start_of(lane.index) + 0.5 * lane.length
    first_fast, last_fast = at - float(rng.uniform(*_BEFORE)), at + float(rng.uniform(*_AFTER))

    def wished(distance: FloatArray) -> FloatArray:
        fast = (distance > first_fast) & (distance < last_fast)
        return np.where(fast, speed, 0.95 * way.limits(distance))

    share = speed / lane.speed_limit + 0.01
    found, time = come(
        approaches(way, spec.blueprint, at, wished, limit=share), heart_times(clock, options, rng), scene.signals
    )  # fmt: skip
    drive = Drive(spec.blueprint, way.rail, found.timetable(time, clock.duration).smoothed())
    times = np.arange(clock.count) / clock.fps
    places = drive.table.at(times)
    speeds = np.gradient(drive.table.places, 1.0 / RATE)
    fast = np.interp(times, drive.table.times, speeds) > _FACTOR * way.limits(places) + _MARGIN
    heart = clock.frame_at(time)
    if not fast[heart]:
        raise NoCourseError("not fast enough there")
    slow = np.flatnonzero(~fast)
    first = int(slow[slow < heart].max(initial=-1)) + 1
    last = int(slow[slow > heart].min(initial=clock.count)) - 1
    if (last - first) / clock.fps < _SHORTEST or fast[:first].any() or fast[last + 1 :].any():
        raise NoCourseError("not too fast for long enough, or more than once")
    calm = np.flatnonzero(np.interp(times, drive.table.times, speeds)[last:] < 1.02 * way.limits(places[last:]))
    until = float(times[last + int(calm[0])]) if len(calm) else None
    actor = driven(spec, drive, clock, until=until, way=way)
    last = min(last, len(actor.actor.positions) - 1)
    limit = lane.speed_limit
    top = drive.table.speed_at(time)
    event = Event(
        "speeding",
        float(times[first]),
        float(times[last]),
        (Participant(0, "violator"),),
        way.place(at),
        cause="drove too fast",
        caption=sentence(f"{named(spec)} speeds at {top * 3.6:.0f} km/h where {limit * 3.6:.0f} km/h are allowed"),
        measures={"speed": top, "limit": limit},
    )
    return IncidentPlan(
        "speeding",
        (actor,),
        (event,),
        way.rail.position(at),
        time,
        measures={"severity": severity, "speed": top, "limit": limit},
    )
