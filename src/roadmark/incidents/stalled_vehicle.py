"""A vehicle breaks down: it rolls out in its lane and stands with its hazard lights on."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive, front_end
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven, hazards

STANDS = 6.8
"""Seconds that it stands at least; the detector asks for 6."""
_FREE_AHEAD = 20.0  # metres to the next junction or light
_ROLLS = (1.0, 1.6)  # m/s2 of a car that rolls out
_ARRIVES = 4.5  # seconds before it stands from which on cameras see it come


@register("stalled_vehicle", "a vehicle breaks down in its lane")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a lane, a vehicle and where it comes to stand."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    lanes = open_lanes(network, options, 45.0)
    need(lanes, "stalled_vehicle", "a lane of 45 m between junctions", network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    spec = draw_vehicle(options, 0, rng)
    way = way_along(network, lane, rng)
    reach = front_end(spec.blueprint)
    last = lane.length - _FREE_AHEAD - reach
    if last < 8.0:
        raise NoCourseError("no place to break down far from junctions")
    begins = way.start_of(lane.index)
    stop = begins + float(rng.uniform(8.0, last))
    if any(
        one.first < stop - begins + reach + _FREE_AHEAD and one.last > stop - begins - 6.0 for one in lane.crossings
    ):
        raise NoCourseError("a crosswalk is near")
    if any(abs(line - stop) < _FREE_AHEAD + reach for line, _, _ in way.stops if line > stop):
        raise NoCourseError("a light is near")
    speed, rolling = float(rng.uniform(6.0, 9.0)), float(rng.uniform(*_ROLLS))
    lasts = speed / rolling
    fails_at = stop - 0.5 * speed * lasts
    times = heart_times(clock, options, rng)
    times = times[(times + STANDS < clock.duration) & (times - lasts > 0.3)]
    if not len(times):
        raise NoCourseError(f"it cannot stand for {STANDS} s before the scenario ends")
    found, fails = come(approaches(way, spec.blueprint, fails_at, speed), times - lasts, scene.signals)
    table = found.timetable(fails, clock.duration).braked(fails, rolling).smoothed()
    began = table.speed_at(fails - 0.2)
    stops = fails + began / rolling
    place = float(table.at(stops))
    if not stops + STANDS < clock.duration or not begins + 6.0 < place < begins + last + 2.0:
        raise NoCourseError("it does not come to stand where it should")
    warns = clock.frame_at(fails + 1.0)
    drive = Drive(spec.blueprint, way.rail, table)
    actor = driven(spec, drive, clock, blinkers=hazards(clock.count, warns))
    event = Event(
        "stalled_vehicle",
        stops,
        clock.duration,
        (Participant(0, "violator"),),
        way.place(place),
        cause="broke down",
        caption=sentence(f"{named(spec)} breaks down and stands in its lane with its hazard lights on"),
        measures={"duration": clock.duration - stops},
    )
    return IncidentPlan(
        "stalled_vehicle",
        (actor,),
        (event,),
        way.rail.position(place),
        stops,
        window=(_ARRIVES, 1.0),
        measures={"speed": began},
    )
