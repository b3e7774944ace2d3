"""A vehicle breaks down in the middle of a junction and blocks it."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.approach import approaches, come
from roadmark.incidents.draws import draw_vehicle, heart_times
from roadmark.incidents.junctions import check_options, junction_lanes, need, way_through
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven, hazards
from roadmark.incidents.stalled_vehicle import STANDS

_SHORTEST = 10.0
_ROLLS = (1.6, 2.6)  # m/s2


@register("blocked_junction", "a vehicle comes to stand in a junction and blocks it")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a junction, a lane through it and a vehicle that stops on it."""
    network, clock = scene.network, scene.clock
    check_options(network, options)
    lanes = [
        lane
        for lane in junction_lanes(network, options)
        if lane.length > _SHORTEST and lane.predecessors and any(conflict.crossing for conflict in lane.conflicts)
    ]
    need(lanes, "blocked_junction", "a junction where lanes cross", network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    spec = draw_vehicle(options, 0, rng)
    way = way_through(network, lane.index, rng)
    stop = way.start_of(lane.index) + float(rng.uniform(0.4, 0.65)) * lane.length
    speed, rolling = float(rng.uniform(5.0, 7.0)), float(rng.uniform(*_ROLLS))
    lasts = speed / rolling
    times = heart_times(clock, options, rng)
    times = times[(times + STANDS < clock.duration) & (times - lasts > 0.3)]
    if not len(times):
        raise NoCourseError(f"it cannot stand for {STANDS} s before the scenario ends")
    # the last line is passed while it brakes: as if it went on at even speed, to be asked for green a little early
    fails_at = stop - 0.5 * speed * lasts
    found, fails = come(
        approaches(way, spec.blueprint, fails_at, speed, ahead=0.5 * speed * lasts), times - lasts, scene.signals
    )  # fmt: skip
    table = found.timetable(fails, clock.duration).braked(fails, rolling).smoothed()
    began = table.speed_at(fails - 0.2)
    stops = fails + began / rolling
    place = float(table.at(stops))
    if not stops + STANDS < clock.duration or way.lane_at(place).junction != lane.junction:
        raise NoCourseError("it does not stop in the junction in time")
    blinkers = hazards(clock.count, clock.frame_at(stops + 0.5))
    actor = driven(spec, Drive(spec.blueprint, way.rail, table), clock, blinkers=blinkers)
    event = Event(
        "blocked_junction",
        stops,
        clock.duration,
        (Participant(0, "violator"),),
        way.place(place),
        cause="broke down",
        caption=sentence(f"{named(spec)} breaks down in the middle of a junction and blocks it"),
        measures={"duration": clock.duration - stops},
    )
    return IncidentPlan(
        "blocked_junction", (actor,), (event,), way.rail.position(place), stops, measures={"speed": began}
    )
