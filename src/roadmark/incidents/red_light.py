"""A vehicle drives over its stop line long after the light has turned red, and nobody is hurt."""

from __future__ import annotations

import numpy as np

from roadmark.events import Event, Participant
from roadmark.incidents.approach import Approach, approaches
from roadmark.incidents.draws import draw_vehicle, heart_times, severity_of
from roadmark.incidents.junctions import check_options, junction_lanes, lit_lane, need, stop_before, way_through
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.names import named, sentence
from roadmark.incidents.physics import Drive, front_end
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import driven
from roadmark.scenario import SignalState

_RED_SINCE = {"light": (0.7, 2.0), "medium": (2.0, 5.0), "severe": (5.0, 60.0)}
"""Seconds of red at the line, by severity."""
_STILL_RED = 1.0


@register("red_light", "a vehicle runs a red light")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a junction with lights, a vehicle and a moment of red."""
    network = scene.network
    check_options(network, options)
    lit = [lane for lane in junction_lanes(network, options) if lit_lane(network, scene.signals, lane)]
    need(lit, "red_light", "a traffic light at a junction", network, options)
    lane = lit[int(rng.integers(len(lit)))]
    way = way_through(network, lane.index, rng)
    spec = draw_vehicle(options, 0, rng)
    line, light = stop_before(way, lane)
    cruise = float(rng.uniform(8.0, 14.0))
    place = line - front_end(spec.blueprint)
    severity = severity_of(options, rng)
    approach, time = _moment(
        scene, options, approaches(way, spec.blueprint, place, cruise, runs=line), light, severity, rng
    )
    drive = Drive(spec.blueprint, way.rail, approach.timetable(time, scene.clock.duration).smoothed())
    out = drive.table.when(way.start_of(lane.index) + lane.length)
    crosses = drive.table.when(place)
    if not out < scene.clock.duration:
        raise NoCourseError("it does not leave the junction in time")
    actor = driven(spec, drive, scene.clock, until=out + 1.0, way=way)
    since = float(scene.signals.programs[light].elapsed(crosses))
    speed = drive.table.speed_at(crosses)
    event = Event(
        "red_light",
        crosses,
        out,
        (Participant(0, "violator"),),
        way.place(line),
        cause="ignored the light",
        caption=sentence(f"{named(spec)} drives through a red light"),
        measures={"red_since": since, "speed": speed},
    )
    return IncidentPlan(
        "red_light",
        (actor,),
        (event,),
        way.rail.position(line + 6.0),
        crosses,
        window=(2.0, 1.5),
        signals=(light,),
        measures={"severity": severity, "red_since": since, "speed": speed},
    )


def _moment(
    scene: Scene,
    options: IncidentOptions,
    ways_to_come: list[Approach],
    light: str,
    severity: str,
    rng: np.random.Generator,
) -> tuple[Approach, float]:
    """A second at which the light has been red as long as the severity says, and a way to be there then."""
    times = heart_times(scene.clock, options, rng)
    program = scene.signals.programs[light]
    since = program.elapsed(times)
    low, high = _RED_SINCE[severity]
    fine = (program.states(times) == SignalState.RED) & (program.states(times + _STILL_RED) == SignalState.RED)
    fine &= (since >= low) & (since <= (high if options.severity is not None else 60.0))
    for approach in ways_to_come:
        found = times[fine & approach.possible(times, scene.signals)]
        if len(found):
            return approach, float(found[0])
    raise NoCourseError(f"light {light} is not red as wished when anyone could be there")
