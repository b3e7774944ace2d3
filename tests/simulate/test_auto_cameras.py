"""Automatic surveillance cameras, in the sample crossing's town and in a real map's."""

import math
from dataclasses import replace

import numpy as np
import pytest
from simulate_samples import make_plan
from view_samples import CONTACT, STRIKING, STRUCK, lane_collision

from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.maps import load_opendrive
from roadmark.scenario import read_log
from roadmark.simulate import (
    NoViewError,
    ViewOptions,
    load_cameras,
    place_cameras,
    run_simulation,
    write_camera_file,
)
from roadmark.simulate.sight import town_sight
from roadmark.simulate.view_sites import CARRIAGEWAY
from sample_crossing.script import CONTACT as DEMO_CONTACT
from sample_crossing.script import RUNNER
from sample_crossing.script import STRUCK as DEMO_STRUCK

FOCUS = np.array([2.0, 1.0, 0.8])
SMALL = ViewOptions(width=640, height=360)


@pytest.fixture(scope="module")
def demo(demo_files):
    return read_log(demo_files.recording), load_opendrive(demo_files.xodr)


def place(demo, count=1, seed=0, options=SMALL, actors=(RUNNER, DEMO_STRUCK), when=DEMO_CONTACT):
    return place_cameras(*demo, FOCUS, when, list(actors), count, np.random.default_rng(seed), options)


def test_the_simulation_sees_what_was_promised(demo, demo_files, tmp_path):
    """Shares and boxes found before any town was grown for a camera are those of the labels."""
    cameras = place(demo, 3, options=ViewOptions(width=960, height=540))
    write_camera_file(tmp_path / "auto.yaml", [camera.setup for camera in cameras])
    plan = make_plan(
        tmp_path / "clip",
        recorder_filename=demo_files.recording,
        xodr_path=demo_files.xodr,
        camera_config=tmp_path / "auto.yaml",
        start_time=DEMO_CONTACT,
        duration=0.1,
        target_fps=10,
        generate_videos=False,
    )
    assert [camera.name for camera in plan.cameras] == ["view_0", "view_1", "view_2"]
    for camera, result in zip(cameras, run_simulation(plan), strict=True):
        labels = {label.actor_id: label for label in Clip.open(result.path)[0].labels().objects}
        for actor in camera.actors:
            label = labels[actor.actor_id]
            assert label.truncation == 0.0
            # a sample of the pixels was looked at
            assert label.visible_fraction == pytest.approx(actor.visible, abs=0.03)
            assert label.visible_fraction >= 0.58
            assert label.bbox_2d[1] == pytest.approx(actor.bounds[1], abs=2)


def bearing(camera):
    x, y, _ = camera.setup.pose.translation - FOCUS
    return math.degrees(math.atan2(y, x))


def test_cameras_hang_where_operators_hang_them(demo):
    _, road_map = demo
    strips = road_map.strips()
    town = town_sight(road_map, 0, FOCUS)
    for seed in range(4):
        for camera in place(demo, 2, seed):
            pose = camera.setup.pose
            assert 4.5 <= camera.height <= 10.0
            assert 10.0 <= camera.pitch <= 40.0
            assert 50.0 <= camera.fov <= 95.0
            forward, right = pose.rotation[:, 2], pose.rotation[:, 0]
            assert math.degrees(math.asin(-forward[2])) == pytest.approx(camera.pitch, abs=1e-9)
            assert right[2] == pytest.approx(0.0, abs=1e-12)  # upright
            assert math.degrees(setup_fov(camera)) == pytest.approx(camera.fov)
            below = road_map.locate(pose.translation[None, :2]).strip_index[0]
            assert below < 0 or strips[below].type not in CARRIAGEWAY
            # nothing above it up to the sky, nothing within arm's length
            around = pose.translation + np.array([[0, 0, 1], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
            assert (town.renderer.probe(pose.translation[None], around).distance > [25, 0.2, 0.2, 0.2, 0.2]).all()
            assert camera.score <= 1.0
            assert camera.tries >= 50


def setup_fov(camera):
    return 2.0 * math.atan(camera.setup.camera.width / (2.0 * camera.setup.camera.fx))


def test_everything_promised_about_the_actors_holds(demo):
    for camera in place(demo, 3, options=ViewOptions()):
        for actor in camera.actors:
            assert actor.visible >= 0.6
            assert actor.inside >= 0.98
            assert actor.height >= 24
            assert actor.pixels >= 0.001 * 1920 * 1080 or actor.height >= 0.04 * 1080
        assert camera.window_visible >= 0.25
        assert camera.measures["actors"][0]["actor_id"] == RUNNER


def test_cameras_look_from_different_sides_and_names_differ(demo):
    cameras = place(demo, 3)
    assert [camera.setup.name for camera in cameras] == ["view_0", "view_1", "view_2"]
    turns = [
        abs(math.remainder(bearing(one) - bearing(other), 360.0))
        for index, one in enumerate(cameras)
        for other in cameras[:index]
    ]
    assert min(turns) >= 30.0
    assert cameras[0].score == max(camera.score for camera in cameras)


def test_the_same_generator_places_the_same_cameras(demo):
    first, again, other = place(demo, 2, 5), place(demo, 2, 5), place(demo, 2, 6)
    assert [camera.measures for camera in first] == [camera.measures for camera in again]
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.setup.pose.matrix, two.setup.pose.matrix)
    assert [camera.measures for camera in first] != [camera.measures for camera in other]


def test_files_bring_back_the_placed_cameras(demo, tmp_path):
    cameras = place(demo, 2)
    write_camera_file(tmp_path / "auto.yaml", cameras)
    for placed, read in zip(cameras, load_cameras(tmp_path / "auto.yaml"), strict=True):
        assert (read.name, read.sensors) == (placed.setup.name, placed.setup.sensors)
        np.testing.assert_allclose(read.pose.matrix, placed.setup.pose.matrix, atol=1e-9)
        assert read.camera.fx == pytest.approx(placed.setup.camera.fx, abs=1e-6)


def test_a_low_sun_stays_out_of_the_lens(demo):
    """With the sun low in the direction of the best view, cameras look elsewhere."""
    free = place(demo, options=SMALL)[0].setup.pose.rotation[:, 2]
    sun = np.array([free[0], free[1], 0.3]) / np.linalg.norm([free[0], free[1], 0.3])
    shone = place(demo, options=ViewOptions(width=640, height=360, sun=tuple(sun.tolist())))[0]
    away = math.degrees(math.acos(float(shone.setup.pose.rotation[:, 2] @ sun)))
    before = math.degrees(math.acos(float(free @ sun)))
    assert away > before
    assert shone.parts["sun"] > 0.5


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (ViewOptions(distances=(190.0, 200.0)), "no roadside is near enough"),
        (ViewOptions(before=2.6, after=2.4, fovs=(50.0, 52.0), distances=(9.0, 14.0)), "move too far"),
        (ViewOptions(min_visible=1.01), "actors are hidden"),
        (ViewOptions(min_height=800.0), "too small or half hidden"),
        (ViewOptions(apart=320.0), "too few directions"),
    ],
)
def test_without_a_view_the_reason_is_said(demo, options, reason):
    with pytest.raises(NoViewError, match=reason) as caught:
        place(demo, 2, options=options)
    assert caught.value.left["places"] < 400


def test_the_face_of_the_incidents_light_is_in_the_picture_where_it_can(demo):
    _, road_map = demo
    lights = [signal for signal in road_map.signals if signal.dynamic]
    town = town_sight(road_map, 0, FOCUS)
    shown = {True: 0, False: 0}
    for light in lights:
        faces, looks = town.light_faces((light.id,))
        for asked in shown:
            options = replace(SMALL, signals=(light.id,) if asked else ())
            (camera,) = place(demo, options=options)
            eye, lens = camera.setup.pose.translation, camera.setup.camera
            seen = lens.project(camera.setup.pose.inverse().apply(faces))
            inside = seen.inside(lens.width, lens.height)
            faced = ((eye - faces) * looks).sum(axis=1) > 0.0
            shown[asked] += bool((inside & faced).any())
    assert len(lights) == 4
    assert shown[True] >= 3  # one cannot be read from anywhere that sees the collision
    assert shown[False] < shown[True]


def test_someone_who_is_not_there_cannot_be_looked_at(demo):
    with pytest.raises(InputError, match="no actor 999"):
        place(demo, actors=(RUNNER, 999))


@pytest.mark.parametrize("seed", range(3))
def test_collisions_anywhere_in_a_real_town_find_a_camera(data_dir, seed):
    road_map = load_opendrive(data_dir / "carla" / "xodr" / "Town10HD.xodr")
    scenario, focus = lane_collision(road_map, np.random.default_rng(seed))
    (camera,) = place_cameras(scenario, road_map, focus, CONTACT, [STRIKING, STRUCK], 1, np.random.default_rng(seed))
    assert {actor.actor_id for actor in camera.actors} == {STRIKING, STRUCK}
    assert camera.distance == pytest.approx(np.linalg.norm(camera.setup.pose.translation - focus))
    assert 9.0 <= camera.distance <= 60.0
