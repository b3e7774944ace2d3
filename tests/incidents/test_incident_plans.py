"""Every incident on three maps over many seeds: what its courses and events must hold."""

import numpy as np
import pytest
from incident_samples import CRASHES, FPS, SEEDS, TOWNS, draw, forces, plan_of, poses, scene_of

from roadmark.events import COLLISIONS
from roadmark.incidents import INCIDENTS
from roadmark.incidents.physics import boxes_overlap
from roadmark.incidents.physics.boxes import half_height

NAMES = tuple(name for name in INCIDENTS if name not in {"none", "collision"})
EVERYWHERE = pytest.mark.parametrize("town", TOWNS)
EVERY_KIND = pytest.mark.parametrize("name", NAMES)


@EVERYWHERE
@EVERY_KIND
def test_events_are_those_of_the_incident_at_times_of_the_scenario(data_dir, town, name):
    for seed in SEEDS:
        plan = plan_of(data_dir, town, name, seed)
        kinds = [event.kind for event in plan.events]
        assert plan.name == name
        assert name in kinds
        assert set(kinds) <= {name, "red_light", "jaywalk"}
        clock = scene_of(data_dir, town, seed % 3).clock
        for event in plan.events:
            assert 0.0 <= event.start <= event.end <= clock.duration + 1e-9
            assert all(0 <= one < len(plan.actors) for one in event.actor_ids)
            assert event.caption.endswith(".")
            assert event.caption[0].isupper()
        assert 0.3 * clock.duration < plan.focus_time < 0.65 * clock.duration


@EVERYWHERE
@EVERY_KIND
def test_courses_are_what_tyres_allow_until_a_contact(data_dir, town, name):
    for seed in SEEDS:
        plan = plan_of(data_dir, town, name, seed)
        until = min((contact.first_frame for contact in plan.contacts), default=10**9)
        for scripted in plan.actors:
            actor = scripted.actor
            assert np.isfinite(actor.positions).all()
            along, across = (values[: max(until - 2, 0)] for values in forces(actor))
            assert np.abs(along).max(initial=0.0) < 9.0 + 1e-6
            assert np.abs(across).max(initial=0.0) < 8.0 + 1e-6
            steps = np.hypot(*np.diff(actor.positions[:, :2], axis=0).T) * FPS
            assert steps.max() < 46.0
            turned = np.abs(np.diff(np.unwrap(actor.rpy[:, 2])))
            if actor.spec.blueprint.kind == "vehicle":
                assert turned.max() * FPS < 8.0


@EVERYWHERE
@EVERY_KIND
def test_velocities_are_the_change_of_places(data_dir, town, name):
    for seed in SEEDS:
        plan = plan_of(data_dir, town, name, seed)
        first = [contact.first_frame for contact in plan.contacts]
        for scripted in plan.actors:
            actor = scripted.actor
            moved = (actor.positions[2:, :2] - actor.positions[:-2, :2]) * FPS / 2.0
            off = np.hypot(*(moved - actor.velocity[1:-1, :2]).T)
            for frame in first:
                off[max(frame - 4, 0) : frame + 30] = 0.0
            assert off.max() < 0.35


@EVERYWHERE
@pytest.mark.parametrize("name", CRASHES)
def test_boxes_overlap_in_contact_frames_and_never_before(data_dir, town, name):
    for seed in SEEDS:
        plan = plan_of(data_dir, town, name, seed)
        (contact,) = plan.contacts
        one, other = contact.actors
        bodies = [scripted.actor.spec.blueprint for scripted in plan.actors]
        touching = boxes_overlap(bodies[one], poses(plan, one), bodies[other], poses(plan, other))
        assert not touching[: contact.first_frame].any()
        assert touching[contact.first_frame]
        assert touching[contact.last_frame]
        event = next(event for event in plan.events if event.category == "collision")
        assert event.sub_category == name
        assert event.contact is not None
        # on slopes the boxes in space touch a little after their shadows
        assert contact.first_frame - 1.1 <= event.contact * FPS <= contact.first_frame


@EVERYWHERE
@pytest.mark.parametrize("name", CRASHES)
def test_all_who_collide_come_to_rest_on_the_ground(data_dir, town, name):
    for seed in SEEDS:
        plan = plan_of(data_dir, town, name, seed)
        event = next(event for event in plan.events if event.category == "collision")
        clock = scene_of(data_dir, town, seed % 3).clock
        for scripted in plan.actors:
            actor = scripted.actor
            assert actor.end == clock.count
            assert not scripted.joins_traffic
            assert actor.speed[-1] < 0.02
            after = actor.speed[clock.frame_at(event.end) + 2 :]
            assert after.max(initial=0.0) < 0.15
            body = actor.spec.blueprint
            if body.kind == "walker":
                ground = actor.positions[clock.frame_at(event.contact) - 1, 2] - body.half_extents[2]
                lowest = actor.positions[:, 2] - half_height(body, actor.rpy)
                assert lowest[clock.frame_at(event.contact) :].min() > ground - 0.02


@EVERYWHERE
def test_struck_people_lie_and_struck_cyclists_have_fallen(data_dir, town):
    for name in ("pedestrian_collision", "cyclist_collision"):
        for seed in SEEDS:
            actor = plan_of(data_dir, town, name, seed).actors[1].actor
            roll, pitch = actor.rpy[-1, :2]
            assert np.cos(roll) * np.cos(pitch) < 0.15
            assert np.abs(actor.rpy[0, :2]).max() < 0.15


@EVERYWHERE
def test_a_red_light_is_red_when_its_line_is_crossed(data_dir, town):
    for seed in SEEDS:
        plan = plan_of(data_dir, town, "red_light", seed)
        assert plan.events[0].measures["red_since"] >= 0.6
        assert plan.actors[0].joins_traffic


@EVERYWHERE
def test_measures_say_what_the_kinds_ask_for(data_dir, town):
    for seed in SEEDS:
        event = plan_of(data_dir, town, "speeding", seed).events[0]
        assert event.measures["speed"] > 1.25 * event.measures["limit"] + 2.0
        event = plan_of(data_dir, town, "wrong_way", seed).events[0]
        assert event.measures["duration"] > 4.0
        plan = plan_of(data_dir, town, "near_miss", seed)
        event = next(event for event in plan.events if event.kind == "near_miss")
        assert 0.0 < event.measures["time_to_collision"] < 1.0
        assert 0.1 < event.measures["closest"] < 2.6
        event = plan_of(data_dir, town, "stalled_vehicle", seed).events[0]
        assert event.measures["duration"] > 6.5
        event = plan_of(data_dir, town, "blocked_junction", seed).events[0]
        assert event.place.junction is not None


@EVERYWHERE
def test_a_broken_down_vehicle_warns_and_a_violator_drives_on(data_dir, town):
    for seed in SEEDS:
        blinkers = plan_of(data_dir, town, "stalled_vehicle", seed).actors[0].actor.blinkers
        assert blinkers is not None
        assert blinkers[-1] == 2
        assert blinkers[0] != 2


def test_the_same_seed_gives_the_same_courses(data_dir):
    scene = scene_of(data_dir, "Town01", 1)
    for name in NAMES:
        once, again = draw(scene, name, 3), draw(scene, name, 3)
        assert [event.caption for event in once.events] == [event.caption for event in again.events]
        for one, other in zip(once.actors, again.actors, strict=True):
            assert one.actor.positions.tobytes() == other.actor.positions.tobytes()


def test_collision_draws_every_kind(data_dir):
    scene = scene_of(data_dir, "Town10HD")
    assert {draw(scene, "collision", seed).name for seed in range(30)} == set(COLLISIONS)


def test_none_looks_at_a_busy_junction_and_scripts_nothing(data_dir):
    plan = plan_of(data_dir, "Town10HD", "none", 0)
    assert (plan.actors, plan.events) == ((), ())
    assert plan.measures["junction"] in {"23", "134", "189", "468", "532", "664", "719", "841", "895"}
