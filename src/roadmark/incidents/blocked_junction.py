"""A vehicle breaks down in the middle of a junction and blocks it."""

from __future__ import annotations

import numpy as np

from roadmark.incidents.breakdowns import break_down
from roadmark.incidents.draws import draw_vehicle
from roadmark.incidents.junctions import check_options, junction_lanes, need, way_through
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.registry import register

_SHORTEST = 10.0
_ROLLS = (1.6, 2.6)  # m/s2


@register("blocked_junction", "a vehicle comes to stand in a junction and blocks it")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a junction, a lane through it and a vehicle that stops on it."""
    network = scene.network
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
    speeds = float(rng.uniform(5.0, 7.0)), float(rng.uniform(*_ROLLS))
    down = break_down(scene, options, spec, way, stop, speeds, rng, passes_lights=True)
    if way.lane_at(down.place).junction != lane.junction:
        raise NoCourseError("it does not stop in the junction")
    return IncidentPlan(
        "blocked_junction",
        (down.actor(scene, warns=down.stops + 0.5),),
        (down.event(scene, "blocked_junction", "breaks down in the middle of a junction and blocks it"),),
        way.rail.position(down.place),
        down.stops,
        measures={"speed": down.speed},
    )
