"""A vehicle hits a cyclist: where their lanes cross, or from behind."""

from __future__ import annotations

import numpy as np

from roadmark.incidents.draws import BICYCLES, closing_speed, draw_vehicle, heart_times, severity_of
from roadmark.incidents.following import catch_up, open_lanes, way_along
from roadmark.incidents.junctions import check_options, need
from roadmark.incidents.model import IncidentOptions, IncidentPlan, NoCourseError, Scene
from roadmark.incidents.rear_end import carry_out
from roadmark.incidents.registry import register
from roadmark.incidents.scripts import meet
from roadmark.incidents.side_collision import crossing_collision
from roadmark.traffic import ActorSpec

_FROM_BEHIND = 0.35
_FASTEST = 16.0
_SPEEDS = (3.5, 6.0)


@register("cyclist_collision", "a vehicle hits a cyclist")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a vehicle, a cyclist, and where they meet."""
    driver = draw_vehicle(options, 0, rng)
    specs = driver, draw_vehicle(options, 1, rng, BICYCLES, driver)
    if rng.random() < _FROM_BEHIND:
        return from_behind(scene, options, rng, specs)
    return crossing_collision(scene, options, rng, "cyclist_collision", specs, _SPEEDS)


def from_behind(
    scene: Scene, options: IncidentOptions, rng: np.random.Generator, specs: tuple[ActorSpec, ActorSpec]
) -> IncidentPlan:
    """A vehicle comes up behind a cyclist and does not see it in time."""
    check_options(scene.network, options)
    lanes = open_lanes(scene.network, options, 30.0)
    need(lanes, "cyclist_collision", "a lane of 30 m between junctions", scene.network, options)
    lane = lanes[int(rng.integers(len(lanes)))]
    closing, slow = closing_speed(severity_of(options, rng), rng), float(rng.uniform(*_SPEEDS))
    late = (float(rng.uniform(0.0, 0.5)), float(rng.uniform(6.0, 8.0)))
    if closing + slow + late[0] * late[1] > min(1.05 * lane.speed_limit, _FASTEST):
        raise NoCourseError("nobody drives so fast there")
    way = way_along(scene.network, lane, rng)
    at = way.start_of(lane.index) + float(rng.uniform(8.0, lane.length - 4.0))
    times = heart_times(scene.clock, options, rng)
    car, bicycle, time = catch_up(scene, way, specs, at, (closing + slow, slow), late, times)
    contact = meet(car, bicycle, time, scene.clock)
    return carry_out(scene, options, rng, way, specs, (car, bicycle), contact, "did not see the cyclist in time")
