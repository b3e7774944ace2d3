"""Collision events: exact times, one per contact, in the right frames."""

import json

import pytest
from simulate_samples import (
    SOMETHING_FIXED,
    Mover,
    at,
    make_plan,
    sensor,
    simulate,
    write_cameras,
    write_log,
    write_map,
)

from roadmark.clip import Clip
from roadmark.scenario import read_log
from roadmark.simulate.events import collision_events
from sample_crossing.script import CONTACT

pytestmark = pytest.mark.usefixtures("bare_town")

TIMES = [round(0.05 * k, 9) for k in range(41)]  # 2 s at 20 frames per second
MOVERS = [
    Mover(5, at(30.0, -1.75)),
    Mover(6, at(36.0, -1.75)),
    Mover(7, at(42.0, -1.75), "walker.pedestrian.0001", None, kind=2, height=0.93),
    Mover(8, at(48.0, -1.75), "static.prop.barrel", None, kind=0),
    Mover(9, at(54.0, -1.75), "traffic.unknown", None, kind=3),
]


def plan_of(tmp_path, collisions, **options):
    return make_plan(
        tmp_path / "clip",
        recorder_filename=write_log(tmp_path / "a.log", MOVERS, TIMES, collisions=collisions),
        xodr_path=write_map(tmp_path),
        camera_config=write_cameras(tmp_path / "c.yaml", sensor((20.0, 0.0, 5.0), pitch=20)),
        **options,
    )


def events_of(tmp_path, collisions, actor_ids=None, **options):
    plan = plan_of(tmp_path, collisions, **options)
    return collision_events(plan.scenario, plan.sample, time_factor=plan.settings.time_factor, actor_ids=actor_ids)


def test_two_collisions_within_a_second_are_both_kept_with_their_own_times(tmp_path):
    # Defects: whole seconds, and a dictionary by start time that kept one of them.
    events = events_of(tmp_path, {21: [(5, 6)], 22: [(5, 6)], 26: [(6, 7)], 27: [(7, 6)]}, target_fps=20)
    assert [event.actor_ids for event in events] == [(5, 6), (6, 7)]
    assert [(event.start_time, event.end_time) for event in events] == [
        (pytest.approx(1.05), pytest.approx(1.10)),
        (pytest.approx(1.30), pytest.approx(1.35)),
    ]
    assert [(event.first_frame, event.last_frame) for event in events] == [(21, 22), (26, 27)]
    assert [event.sub_category for event in events] == ["vehicle_vehicle", "vehicle_walker"]
    assert events[1].caption == "Vehicle 6 collides with pedestrian 7."


def test_a_pair_that_meets_twice_has_two_events(tmp_path):
    # 0.2 s and less apart is one contact (the recorder drops single frames), more is another.
    events = events_of(tmp_path, {4: [(5, 6)], 8: [(6, 5)], 20: [(5, 6)]}, target_fps=20)
    assert [(event.first_frame, event.last_frame) for event in events] == [(4, 8), (20, 20)]


def test_events_are_in_the_frames_that_show_them_whatever_the_rate(tmp_path):
    collisions = {21: [(5, 6)], 22: [(5, 6)], 23: [(5, 6)]}  # 1.05 to 1.15 s
    for fps, frames in ((10, (11, 11)), (20, (21, 23)), (40, (42, 46)), (3, (3, 3))):
        (event,) = events_of(tmp_path, collisions, target_fps=fps)
        assert (event.first_frame, event.last_frame) == frames
        assert (event.start_time, event.end_time) == (pytest.approx(1.05), pytest.approx(1.15))


def test_times_count_from_the_clips_start_at_its_speed(tmp_path):
    (event,) = events_of(tmp_path, {30: [(5, 6)]}, target_fps=20, start_time=0.5, time_factor=2.0)
    assert event.start_time == pytest.approx((1.5 - 0.5) / 2.0)
    # frame i shows 0.5 + 0.1 i
    assert (event.first_frame, event.last_frame) == (10, 10)
    assert event.attributes["recorded_start"] == pytest.approx(1.5)


def test_events_outside_the_clip_are_left_out_and_those_across_its_borders_are_cut(tmp_path):
    collisions = {2: [(5, 6)], **{k: [(6, 7)] for k in range(9, 13)}, 35: [(5, 7)]}
    (event,) = events_of(tmp_path, collisions, target_fps=20, start_time=0.5, duration=0.5)
    assert event.actor_ids == (6, 7)
    assert (event.start_time, event.first_frame) == (0.0, 0)
    assert event.end_time == pytest.approx(0.1)
    assert event.attributes["recorded_start"] == pytest.approx(0.45)


def test_a_contact_after_the_last_frame_belongs_to_the_clip_while_that_frame_is_shown(tmp_path):
    # 10 frames per second from 0 to 1 s: the last frame, 0.9 s, is shown until 1 s.
    collisions = {19: [(5, 6)], 20: [(6, 7)]}  # 0.95 and 1.0 s
    (event,) = events_of(tmp_path, collisions, target_fps=10, duration=1.0)
    assert event.actor_ids == (5, 6)
    assert (event.start_time, event.first_frame, event.last_frame) == (pytest.approx(0.95), 9, 9)
    (cut,) = events_of(tmp_path, {k: [(5, 6)] for k in range(17, 30)}, target_fps=10, duration=1.0)
    assert (cut.start_time, cut.end_time) == (pytest.approx(0.85), pytest.approx(1.0))
    assert (cut.first_frame, cut.last_frame) == (9, 9)


def test_every_kind_of_partner_has_words(tmp_path):
    collisions = {4: [(5, 8)], 14: [(5, 9)], 24: [(5, SOMETHING_FIXED)]}
    events = events_of(tmp_path, collisions, target_fps=20)
    assert [event.caption for event in events] == [
        "Vehicle 5 collides with barrel 8.",
        "Vehicle 5 collides with traffic light 9.",
        "Vehicle 5 collides with something that is no actor.",
    ]
    assert [event.actor_ids for event in events] == [(5, 8), (5, 9), (5,)]


ALL = [(5, 6), (6, 7), (5,)]


@pytest.mark.parametrize(
    ("wanted", "found"), [(None, ALL), ((), ALL), ((7,), [(6, 7)]), ((5, 6), ALL), ((5,), [(5, 6), (5,)]), ((99,), [])]
)
def test_listed_actors_choose_the_collisions_they_take_part_in(tmp_path, wanted, found):
    collisions = {4: [(5, 6)], 14: [(6, 7)], 24: [(5, SOMETHING_FIXED)]}
    events = events_of(tmp_path, collisions, actor_ids=wanted, target_fps=20)
    assert [event.actor_ids for event in events] == found


def test_the_clip_holds_the_events_and_marks_the_frames(tmp_path):
    plan_options = {"target_fps": 20, "start_time": 1.0, "duration": 0.3, "generate_videos": False, "overlays": True}
    log = write_log(tmp_path / "a.log", MOVERS, TIMES, collisions={22: [(5, 6)], 24: [(6, 7)]})
    common = {
        "recorder_filename": log,
        "xodr_path": write_map(tmp_path),
        "camera_config": write_cameras(tmp_path / "c.yaml", sensor((20.0, 0.0, 5.0), pitch=20)),
    }
    (clip,) = simulate(tmp_path / "clip", **common, **plan_options)
    written = json.loads((clip.path / "events_collision.json").read_text())
    assert [(e["event_id"], e["objects"], e["category"]) for e in written] == [
        ("event_000001", ["5", "6"], "collision"),
        ("event_000002", ["6", "7"], "collision"),
    ]
    assert [e["start_time"] for e in written] == [pytest.approx(0.1), pytest.approx(0.2)]
    marked = [[e["event_id"] for e in json.loads(f.file("odvg").read_text())["events"]] for f in clip]
    assert marked == [[], [], ["event_000001"], [], ["event_000002"], []]
    assert [event.first_frame for event in Clip.open(clip.path).events()] == [2, 4]
    (quiet,) = simulate(tmp_path / "quiet", **common, **plan_options, collision_actor_ids=(99,))
    assert json.loads((quiet.path / "events_collision.json").read_text()) == []
    (off,) = simulate(tmp_path / "off", **common, **plan_options, detect_collisions=False)
    assert not (off.path / "events_collision.json").exists()
    assert not (off.path / "rgb_with_collisions").exists()
    assert off.events() == []


def test_the_built_in_collision_is_where_the_script_has_it(scene):
    scenario = read_log(scene.plan.recording)
    assert [collision.start for collision in scenario.collisions] == pytest.approx([CONTACT] * 2)
    for clip, result in zip(scene.clips.values(), scene.results, strict=True):
        (event,) = [event for event in clip.events() if event.category == "collision"]
        assert result.events == 1
        assert event.start_time == pytest.approx(CONTACT - 2.0, abs=1e-6)
        assert (event.first_frame, event.last_frame) == (6, 7)  # 2.6 and 2.7 s; contact ends at 2.7
        assert event.actor_ids == (20, 21)
