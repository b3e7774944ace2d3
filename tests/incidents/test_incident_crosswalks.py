"""Drivers who ignore people on crosswalks: they are hit, or nearly, where they may walk, and nobody jaywalks."""

from functools import cache

import numpy as np
import pytest
from incident_samples import disagreement, plans_by_seed, town_scene

from roadmark.incidents import IncidentOptions, IncidentPlan, MissingElementError, Scene, incident
from roadmark.incidents.crosswalks import crosswalk_lanes

BOTH = pytest.mark.parametrize("name", ["pedestrian_collision", "near_miss"])


@cache
def heedless(name: str) -> list[tuple[Scene, IncidentPlan]]:
    scenes = [town_scene("t_junctions", seed) for seed in range(3)] + [town_scene("grid", 1)]
    found = plans_by_seed(scenes, name, range(40))
    return [(scene, plan) for scene, plan in found if plan.events[0].cause == "ignored a pedestrian on a crosswalk"]


@BOTH
def test_the_detector_finds_exactly_this_and_no_jaywalk(name):
    plans = heedless(name)
    assert len(plans) >= 5
    for scene, plan in plans:
        assert [event.kind for event in plan.events] == [name]
        assert disagreement(scene, plan) == ""


@BOTH
def test_it_happens_on_a_crosswalk_on_which_people_may_be(name):
    for scene, plan in heedless(name):
        person = plan.actors[1].actor
        outlines = scene.network.crosswalks
        frame = scene.clock.frame_at(plan.focus_time)
        apart = [np.hypot(*(outline[:, :2].mean(axis=0) - person.positions[frame, :2])) for outline in outlines]
        nearest = int(np.argmin(apart))
        outline = outlines[nearest][:, :2]
        reach = np.hypot(*(outline - outline.mean(axis=0)).T).max()
        assert apart[nearest] < reach
        if nearest in scene.signals.walks:
            assert float(scene.signals.walks[nearest].remaining(plan.focus_time)) > 0.0
        assert "crosswalk" in plan.events[0].caption


def test_people_step_down_from_the_kerb_and_up_again():
    _, plan = heedless("near_miss")[0]
    person = plan.actors[1].actor
    feet = person.positions[:, 2] - person.spec.blueprint.half_extents[2]
    assert np.abs(np.diff(feet)).max() < 0.05
    assert 0.08 < feet.max() - feet.min() < 0.6


def test_a_map_without_crosswalks_says_so():
    scene = town_scene("highway")
    with pytest.raises(MissingElementError, match="near_miss needs a crosswalk between sidewalks, and map highway"):
        crosswalk_lanes(scene, IncidentOptions(), "near_miss")
    with pytest.raises(MissingElementError, match="pedestrian_collision needs a road with a sidewalk"):
        incident("pedestrian_collision").plan(scene, IncidentOptions(), np.random.default_rng(0))
