"""A vehicle breaks down: it rolls out in its lane and stands with its hazard lights on."""

from __future__ import annotations

import numpy as np

from roadmark.incidents.breakdowns import break_down
from roadmark.incidents.draws import draw_vehicle
from roadmark.incidents.following import open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.physics import front_end
from roadmark.incidents.registry import register

_FREE_AHEAD = 20.0  # metres to the next junction or light
_ROLLS = (1.0, 1.6)  # m/s2 of a car that rolls out
_ARRIVES = 4.5  # seconds before it stands from which on cameras see it come


@register("stalled_vehicle", "a vehicle breaks down in its lane")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a lane, a vehicle and where it comes to stand."""
    network = scene.network
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
    speeds = float(rng.uniform(6.0, 9.0)), float(rng.uniform(*_ROLLS))
    down = break_down(scene, options, spec, way, stop, speeds, rng)
    if not begins + 6.0 < down.place < begins + last + 2.0:
        raise NoCourseError("it does not come to stand where it should")
    return IncidentPlan(
        "stalled_vehicle",
        (down.actor(scene, warns=down.fails + 1.0),),
        (down.event(scene, "stalled_vehicle", "breaks down and stands in its lane with its hazard lights on"),),
        way.rail.position(down.place),
        down.stops,
        window=(_ARRIVES, 1.0),
        measures={"speed": down.speed},
    )
