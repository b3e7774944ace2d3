"""What users ask of incidents, and what is said when it cannot be had."""

import numpy as np
import pytest
from incident_samples import disagreement, draw, network_of, plans_by_seed, scene_of, town_scene

from roadmark.errors import InputError
from roadmark.events import COLLISIONS, NON_COLLISIONS
from roadmark.incidents import INCIDENTS, IncidentOptions, MissingElementError, NoCourseError, Scene, incident
from roadmark.incidents.draws import CLOSING
from roadmark.incidents.oncoming import two_way_stretches
from roadmark.traffic import Clock, SignalPlan


def test_unknown_names_list_the_known_ones_with_the_closest():
    with pytest.raises(InputError, match=r"unknown incident 'rear_ends'; did you mean rear_end\? Known: .*jaywalk"):
        incident("rear_ends")
    with pytest.raises(InputError, match="unknown incident 'xyzzy'.*rear_end"):
        incident("xyzzy")


def test_every_incident_has_a_name_and_a_summary():
    kinds = {*COLLISIONS, *NON_COLLISIONS, "collision", "none"}
    assert set(INCIDENTS) == kinds
    assert all(one.summary and incident(name) is one for name, one in INCIDENTS.items())


@pytest.mark.parametrize("severity", ["light", "medium", "severe"])
@pytest.mark.parametrize("name", ["rear_end", "side_collision", "head_on", "pedestrian_collision", "cyclist_collision"])
def test_severity_decides_how_fast_they_meet(data_dir, name, severity):
    plan = draw(scene_of(data_dir, "Town04"), name, 5, IncidentOptions(severity=severity))
    low, high = CLOSING[severity]
    closing = plan.measures["relative_speed"] * (0.5 if name == "head_on" else 1.0)
    assert plan.measures["severity"] == severity
    assert low - 1.0 < closing < high + 1.0


@pytest.mark.parametrize("name", ["rear_end", "side_collision", "pedestrian_collision", "red_light", "jaywalk"])
def test_the_time_asked_for_is_that_of_the_contact_or_heart(data_dir, name):
    scene = scene_of(data_dir, "Town10HD")
    for seed in range(40):
        try:
            plan = incident(name).plan(scene, IncidentOptions(time=9.3), np.random.default_rng(seed))
            break
        except NoCourseError:
            continue
    assert plan.focus_time == pytest.approx(9.3, abs=0.12)


def test_times_outside_the_scenario_are_refused(data_dir):
    with pytest.raises(InputError, match=r"time 33\.0 s of the incident is outside the scenario's 20 s"):
        incident("red_light").plan(
            scene_of(data_dir, "Town01"), IncidentOptions(time=33.0), np.random.default_rng(0)
        )  # fmt: skip


@pytest.mark.parametrize("name", ["red_light", "side_collision", "blocked_junction", "none"])
def test_the_junction_asked_for_is_where_it_happens(data_dir, name):
    scene = scene_of(data_dir, "Town10HD")
    plan = draw(scene, name, 1, IncidentOptions(junction="189"))
    middles = [lane.path.position(0.5 * lane.length) for lane in scene.network.lanes if lane.junction == "189"]
    assert np.hypot(*(np.array(middles) - plan.focus)[:, :2].T).min() < 40.0


@pytest.mark.parametrize("name", ["rear_end", "sudden_stop", "stalled_vehicle", "jaywalk"])
def test_the_road_asked_for_is_where_it_happens(data_dir, name):
    scene = scene_of(data_dir, "Town01")
    road = max((lane for lane in scene.network.lanes if lane.junction is None), key=lambda lane: lane.length).key.road
    plan = draw(scene, name, 2, IncidentOptions(road=road))
    assert plan.events[0].place.road == road


def test_blueprints_are_taken_in_the_order_of_the_roles(data_dir):
    chosen = ("vehicle.audi.tt", "vehicle.mini.cooper_s")
    plan = draw(scene_of(data_dir, "Town01"), "rear_end", 1, IncidentOptions(blueprints=chosen))
    assert tuple(scripted.actor.spec.blueprint.id for scripted in plan.actors) == chosen
    assert "Audi TT" in plan.events[0].caption
    only = draw(scene_of(data_dir, "Town01"), "rear_end", 1, IncidentOptions(blueprints=chosen[:1]))
    assert only.actors[0].actor.spec.blueprint.id == chosen[0]


@pytest.mark.parametrize(
    ("name", "blueprints", "words"),
    [
        ("rear_end", ("vehicle.audi.tx",), "unknown blueprint"),
        ("rear_end", ("walker.pedestrian.0001",), "role 1: this incident needs a motor vehicle"),
        ("cyclist_collision", ("vehicle.audi.tt", "vehicle.audi.tt"), "role 2: this incident needs a bicycle"),
        ("pedestrian_collision", ("vehicle.audi.tt", "vehicle.audi.tt"), "role 2: this incident needs a walker"),
    ],
)
def test_blueprints_that_cannot_take_the_role_are_refused(data_dir, name, blueprints, words):
    with pytest.raises(InputError, match=words):
        draw(scene_of(data_dir, "Town01"), name, 0, IncidentOptions(blueprints=blueprints))


def test_maps_without_the_element_say_which_incident_needs_what(data_dir):
    network = network_of(data_dir, "Town01")
    dark = Scene(network, SignalPlan({}), Clock(30, 601))
    with pytest.raises(MissingElementError, match="red_light needs a traffic light at a junction, and map Town01"):
        draw(dark, "red_light", 0)
    bare = next(
        lane.key.road
        for lane in network_of(data_dir, "Town04").lanes
        if lane.junction is None and lane.speed_limit > 25.0 and lane.length > 60.0
    )
    with pytest.raises(MissingElementError, match=f"jaywalk needs a road with sidewalks on both sides.*{bare}"):
        draw(scene_of(data_dir, "Town04"), "jaywalk", 0, IncidentOptions(road=bare))


def test_junctions_and_roads_that_are_not_there_are_named(data_dir):
    scene = scene_of(data_dir, "Town01")
    with pytest.raises(MissingElementError, match="map Town01 has no junction 'x7'; it has 26, 54"):
        draw(scene, "side_collision", 0, IncidentOptions(junction="x7"))
    with pytest.raises(MissingElementError, match="has no road 'x7' with lanes"):
        draw(scene, "rear_end", 0, IncidentOptions(road="x7"))


def test_short_scenarios_leave_no_time_to_stall(data_dir):
    scene = scene_of(data_dir, "Town01", 0, 8)
    with pytest.raises(NoCourseError, match="cannot stand for"):
        incident("stalled_vehicle").plan(scene, IncidentOptions(), np.random.default_rng(0))


def test_a_wrong_way_needs_a_two_way_road_and_says_so_at_once():
    scene = town_scene("highway")
    both_ways = {scene.network.lanes[road.lanes[0]].key.road for road in two_way_stretches(scene.network)}
    one_way = next(
        lane.key.road for lane in scene.network.lanes if lane.key.road not in both_ways and not lane.junction
    )
    with pytest.raises(MissingElementError, match=f"wrong_way needs a two-way road of 40 m .* none on road {one_way}"):
        incident("wrong_way").plan(scene, IncidentOptions(road=one_way), np.random.default_rng(0))


def test_roads_of_several_sections_are_driven_on_their_wrong_side():
    scene = town_scene("crossing")
    # turn lanes begin on the way to the junction: no section of an arm is long enough, all together are 155 m
    assert max(lane.length for lane in scene.network.lanes) < 90.0
    assert max(road.length for road in two_way_stretches(scene.network)) > 130.0
    for seed in range(4):
        plan = draw(scene, "wrong_way", seed)
        assert disagreement(scene, plan) == ""


def test_who_runs_into_another_does_so_up_to_forty_centimetres_aside():
    offsets = []
    for _, plan in plans_by_seed([town_scene("crossing")], "rear_end", range(16)):  # its arms are straight
        frame = plan.contacts[0].first_frame - 1
        striking, struck = (actor.actor for actor in plan.actors)
        yaw = struck.rpy[frame, 2]
        offsets.append((striking.positions[frame] - struck.positions[frame])[:2] @ [-np.sin(yaw), np.cos(yaw)])
    assert len(offsets) >= 8
    assert np.abs(offsets).max() < 0.45
    assert np.min(offsets) < -0.1 < 0.1 < np.max(offsets)
