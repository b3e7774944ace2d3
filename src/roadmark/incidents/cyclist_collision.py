"""A vehicle hits a cyclist: where their lanes cross, or from behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from roadmark.incidents.draws import BICYCLES, draw_vehicle
from roadmark.incidents.model import IncidentOptions, IncidentPlan, Scene
from roadmark.incidents.rear_end import rear_collision
from roadmark.incidents.registry import register
from roadmark.incidents.side_collision import crossing_collision

_FROM_BEHIND = 0.3
_SPEEDS = (3.5, 6.0)


@register("cyclist_collision", "a vehicle hits a cyclist")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a vehicle, a cyclist, and where they meet."""
    specs = draw_vehicle(options, 0, rng), draw_vehicle(options, 1, rng, BICYCLES)
    if rng.random() < _FROM_BEHIND:
        found = rear_collision(scene, options, rng, "cyclist_collision", specs)
    else:
        found = crossing_collision(scene, options, rng, "cyclist_collision", specs, _SPEEDS)
    return replace(found, name="cyclist_collision")
