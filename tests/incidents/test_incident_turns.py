"""Illegal turns: back in a junction, back on a road that is wide enough, and from a lane that does not lead there."""

from functools import cache

import numpy as np
import pytest
from incident_samples import disagreement, plans_by_seed, scene_of, town_scene

from roadmark.incidents import IncidentOptions, IncidentPlan, MissingElementError, Scene, incident
from roadmark.incidents.oncoming import oncoming
from roadmark.incidents.wrong_lane import from_wrong_lane, roads_onwards


@cache
def turns(kind: str) -> list[tuple[Scene, IncidentPlan]]:
    return plans_by_seed([town_scene(kind, seed) for seed in range(3)], "illegal_turn", range(24))


def of_kind(town: str, kind: str) -> list[tuple[Scene, IncidentPlan]]:
    return [(scene, plan) for scene, plan in turns(town) if plan.measures["kind"] == kind]


@pytest.mark.parametrize("town", ["t_junctions", "radial"])
def test_the_detector_finds_exactly_this(town):
    assert len(turns(town)) >= 18
    for scene, plan in turns(town):
        assert disagreement(scene, plan) == ""


def test_turning_back_on_a_road_ends_on_its_other_side():
    plans = of_kind("t_junctions", "u_turn")
    assert plans
    for scene, plan in plans:
        actor, event = plan.actors[0].actor, plan.events[0]
        first, last = (scene.clock.frame_at(time) for time in (max(event.start - 3.5, 0.0), event.end))
        turned = np.degrees(np.unwrap(actor.rpy[:, 2])[last] - np.unwrap(actor.rpy[:, 2])[first])
        assert turned == pytest.approx(180.0, abs=25.0)
        strips = scene.network.road_map.strips()
        found = scene.network.road_map.locate(actor.positions[[first, last]]).strip_index
        before, after = (strips[index] for index in found)
        assert before.key.road == after.key.road
        assert before.direction == -after.direction
        assert event.caption.endswith("makes a U-turn across the centre line.")


def test_wide_enough_means_that_all_corners_stay_on_the_road():
    for scene, plan in of_kind("t_junctions", "u_turn"):
        actor, event = plan.actors[0].actor, plan.events[0]
        frames = np.arange(scene.clock.frame_at(event.start), scene.clock.frame_at(event.end))
        found = scene.network.road_map.locate(actor.positions[frames]).strip_index
        types = {scene.network.road_map.strips()[index].type for index in found.tolist() if index >= 0}
        assert (found >= 0).all()
        assert not types & {"sidewalk", "median", "none", "border"}


def test_a_turn_from_the_wrong_lane_leads_where_the_lane_does_not():
    plans = [*of_kind("radial", "wrong lane"), *of_kind("t_junctions", "wrong lane")]
    assert len(plans) >= 5
    for scene, plan in plans:
        event = plan.events[0]
        lane = next(one for one in scene.network.lanes if str(one.key) == event.place.lane)
        before = lane if lane.junction is None else scene.network.lanes[lane.predecessors[0]]
        end = plan.actors[0].actor.positions[scene.clock.frame_at(event.end)]
        index = int(scene.network.road_map.locate(end[None]).strip_index[0])
        road = scene.network.road_map.strips()[index].key.road
        side = np.sign(event.measures["turned"])
        assert event.sub_category == (
            "straight" if abs(event.measures["turned"]) < 30 else {1: "left", -1: "right"}[side]
        )
        assert " from the lane for " in event.caption
        drives = plan.actors[0].actor.positions[scene.clock.frame_at(max(event.start - 1.5, 0.0))]
        own = scene.network.road_map.strips()[int(scene.network.road_map.locate(drives[None]).strip_index[0])]
        lane = scene.network.lanes[scene.network.index[own.key]] if own.junction is None else before
        if lane.junction is None and lane.successors and scene.network.lanes[lane.successors[0]].junction is not None:
            assert road not in roads_onwards(scene.network, lane)


def test_narrow_roads_and_single_lanes_leave_the_junctions():
    scene = town_scene("grid")
    with pytest.raises(MissingElementError, match="illegal_turn needs a lane beside another one that turns elsewhere"):
        from_wrong_lane(scene, IncidentOptions(), np.random.default_rng(0))
    assert {plan.measures["kind"] for _, plan in turns("grid")} == {"u_turn at a junction"}


def test_roads_that_have_none_of_it_say_what_each_kind_needs(data_dir):
    scene = scene_of(data_dir, "Town04")
    one_way = next(
        lane
        for lane in scene.network.lanes
        if lane.junction is None and lane.length > 40.0 and oncoming(scene.network, lane) is None and lane.left is None
        and lane.right is None
    )  # fmt: skip
    with pytest.raises(MissingElementError, match="wide enough to turn back.*junction"):
        incident("illegal_turn").plan(scene, IncidentOptions(road=one_way.key.road), np.random.default_rng(0))
