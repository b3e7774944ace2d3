"""A driver brakes as hard as the tyres allow, to a standstill, and drives on after some seconds."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times, severity_of
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven

_BRAKING = {"light": (6.8, 7.2), "medium": (7.2, 7.9), "severe": (7.9, 8.5)}
"""m/s2, by severity."""
_STANDS = (1.5, 3.5)  # seconds


@register("sudden_stop", "a vehicle brakes hard to a stop for no visible reason")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a lane, a vehicle and where it brakes."""
    check_options(scene.network, options)
    lanes = open_lanes(scene.network, options, 40.0)
    need(lanes, "sudden_stop", "a lane of 40 m between junctions", scene.network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    spec = draw_vehicle(options, 0, rng)
    severity = severity_of(options, rng)
    strength = float(rng.uniform(*_BRAKING[severity]))
    speed = float(rng.uniform(8.5, min(15.0, max(lane.speed_limit, 9.0))))
    way = way_along(scene.network, lane, rng)
    room = speed**2 / (2.0 * strength) + 8.0
    if lane.length < room + 6.0:
        raise NoCourseError("the lane is too short to stop on")
    at = way.start_of(lane.index) + float(rng.uniform(3.0, lane.length - room))
    found, time = come(
        approaches(way, spec.blueprint, at, speed), heart_times(scene.clock, options, rng), scene.signals
    )  # fmt: skip
    table = found.timetable(time, scene.clock.duration).braked(time, strength).smoothed(0.24)
    drive = Drive(spec.blueprint, way.rail, table)
    began = table.speed_at(time - 0.2)
    if began < 7.5 or abs(table.speed_at(max(time - 1.2, 0.1)) - began) > 0.4:
        raise NoCourseError("too slow there for a sudden stop, or slowing down already")
    stops = time + began / strength
    until = min(stops + float(rng.uniform(*_STANDS)), scene.clock.duration)
    actor = driven(spec, drive, scene.clock, until=until, way=way)
    event = Event(
        "sudden_stop",
        time,
        stops,
        (Participant(0, "violator"),),
        way.place(float(table.at(stops))),
        cause="braked for no visible reason",
        caption=sentence(f"{named(spec)} brakes hard to a standstill for no visible reason"),
        measures={"speed": began, "braking": strength},
    )
    return IncidentPlan(
        "sudden_stop",
        (actor,),
        (event,),
        way.rail.position(float(table.at(stops))),
        time,
        measures={"severity": severity, "speed": began, "braking": strength},
    )
