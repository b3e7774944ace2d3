"""Quiet traffic: nothing is scripted; the place to look at is a busy junction."""

from __future__ import annotations

import numpy as np

from roadmark.incidents.draws import heart_times
from roadmark.incidents.junctions import check_options, junction_lanes
from roadmark.incidents.model import IncidentOptions, IncidentPlan, MissingElementError, Scene
from roadmark.incidents.registry import register


@register("none", "quiet traffic")
def plan(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    """Draw a junction; those where more lanes cross come more often."""
    network = scene.network
    check_options(network, options)
    time = float(heart_times(scene.clock, options, rng)[0])
    busy: dict[str, int] = {}
    for lane in junction_lanes(network, options):
        assert lane.junction is not None
        busy[lane.junction] = busy.get(lane.junction, 0) + len(lane.conflicts)
    if not busy:
        road = [lane for lane in network.lanes if options.road in {None, lane.key.road}]
        if not road:
            raise MissingElementError(f"map {network.road_map.name} has no lane for traffic")
        lane = road[int(rng.integers(len(road)))]
        return IncidentPlan("none", (), (), lane.path.position(0.5 * lane.length), time)
    weights = np.array(list(busy.values()), dtype=np.float64) + 1.0
    junction = list(busy)[int(rng.choice(len(busy), p=weights / weights.sum()))]
    lanes = [lane for lane in network.lanes if lane.junction == junction]
    middles = np.array([lane.path.position(0.5 * lane.length) for lane in lanes])
    return IncidentPlan("none", (), (), middles.mean(axis=0), time, measures={"junction": junction})
