"""Rigs on vehicles: where their cameras sit and look, and clips from them, f-theta lenses and labels included."""

import math

import numpy as np
import pytest
from simulate_samples import Mover, at, going, make_plan, sensor, write_cameras, write_log, write_map

from roadmark.clip import Clip
from roadmark.errors import ConfigError, InputError
from roadmark.geometry import FThetaCamera, PinholeCamera
from roadmark.scenario import read_log
from roadmark.simulate import RIGS, rig_cameras, run_simulation, write_camera_file

EGO = 24
"""The Audi TT of the sample scenario, northbound behind the collision."""


@pytest.fixture(scope="module")
def ego(demo_files):
    scenario = read_log(demo_files.recording)
    return next(actor for actor in scenario.actors.values() if actor.id == EGO)


@pytest.mark.parametrize("rig", RIGS)
def test_cameras_sit_within_the_body_and_follow_it(rig, ego):
    half, center = ego.bounding_box.half_extents, ego.bounding_box.center
    for setup in rig_cameras(rig, ego):
        assert setup.follow == EGO
        assert setup.pose.parent == "actor"
        assert (
            np.abs(setup.pose.translation - center) <= half + 0.01
        ).all()  # the catalogue's box, this much from the recorded


def test_the_surround_rig_looks_everywhere(ego):
    cameras = rig_cameras("surround", ego)
    assert [camera.name for camera in cameras] == [
        "camera_front_wide_120fov",
        "camera_cross_left_120fov",
        "camera_cross_right_120fov",
        "camera_rear_left_70fov",
        "camera_rear_right_70fov",
    ]
    seen = np.zeros(360, dtype=bool)
    for camera in cameras:
        assert isinstance(camera.camera, FThetaCamera)
        fov = 2 * math.degrees(math.acos(camera.camera.rays([[1920.0, 540.0]])[0, 2]))
        assert f"{fov:.0f}fov" in camera.name
        forward = camera.pose.rotation[:, 2]
        yaw = math.degrees(math.atan2(forward[1], forward[0]))
        off = (np.arange(360) - yaw + 180.0) % 360.0 - 180.0
        seen |= np.abs(off) <= fov / 2
    assert np.count_nonzero(~seen) < 20  # a gap right behind, as such rigs have without a rear camera


def test_rigs_say_what_they_need(ego, demo_files):
    with pytest.raises(ConfigError, match="no rig is called 'roof'; use one of dashcam, front_wide, surround"):
        rig_cameras("roof", ego)
    walker = next(actor for actor in read_log(demo_files.recording).actors.values() if actor.id == 40)
    with pytest.raises(InputError, match="actor 40 .* is no vehicle"):
        rig_cameras("dashcam", walker)


@pytest.fixture(scope="module")
def clips(demo_files, ego, tmp_path_factory):
    """Two frames of two cameras of the surround rig and of the dashcam, around the contact."""
    folder = tmp_path_factory.mktemp("rig")
    cameras = [
        *rig_cameras("surround", ego, width=480, height=270)[:2],
        *rig_cameras("dashcam", ego, width=480, height=270),
    ]
    write_camera_file(folder / "rig.yaml", cameras)
    plan = make_plan(
        folder / "clip",
        recorder_filename=demo_files.recording,
        xodr_path=demo_files.xodr,
        camera_config=folder / "rig.yaml",
        start_time=2.5,
        duration=0.2,
        target_fps=10,
        area_threshold=20.0,
    )
    assert all(camera.follow == EGO for camera in plan.cameras)
    assert "on actor 24" in plan.describe()
    return dict(
        zip([camera.name for camera in cameras], [Clip.open(r.path) for r in run_simulation(plan)], strict=True)
    )


def test_clips_from_a_rig_move_with_their_vehicle(clips, demo_files, ego):
    scenario = read_log(demo_files.recording)
    placed = {setup.name: setup for setup in rig_cameras("surround", ego, width=480, height=270)}
    for name in ("camera_front_wide_120fov", "camera_cross_left_120fov"):
        clip = clips[name]
        assert isinstance(clip.camera, FThetaCamera)
        assert clip.verify() == []
        for frame in clip:
            body = scenario.state_at(frame.time).find(EGO).pose
            np.testing.assert_allclose(frame.pose.translation, body.apply(placed[name].pose.translation), atol=1e-6)
            assert EGO not in np.unique(frame.instance())  # it does not see itself
        moved = clip[1].pose.translation - clip[0].pose.translation
        assert np.linalg.norm(moved) == pytest.approx(0.9, abs=0.01)  # 9 m/s for a tenth of a second
    assert isinstance(clips["dashcam"].camera, PinholeCamera)


def seen_points(clip, frame, rows, columns):
    """(N, 3) world points that pixels show, from depth along z and the lens's rays."""
    rays = clip.camera.rays(np.stack([columns + 0.5, rows + 0.5], axis=1))
    return frame.pose.apply(rays * (frame.depth()[rows, columns].astype(np.float64) / rays[:, 2])[:, None])


def test_labels_fit_what_an_ftheta_lens_shows(clips):
    """Every labelled object's 3D box, projected through the lens, holds the pixels that its instance image has."""
    checked = 0
    for clip in (clips["camera_front_wide_120fov"], clips["camera_cross_left_120fov"]):
        for frame in clip:
            for label in frame.labels().objects:
                rows, columns = np.nonzero(frame.instance() == label.actor_id)
                assert len(rows) == label.pixels
                assert label.bbox_2d == (columns.min(), rows.min(), columns.max(), rows.max())
                points = seen_points(clip, frame, rows, columns)
                inside = label.box.contains(points, tolerance=0.1)
                assert inside.mean() > 0.97, (label.category, inside.mean())
                checked += 1
    assert checked >= 8


def test_the_front_wide_camera_sees_the_collision_ahead(clips):
    ids = {label.actor_id for label in clips["camera_front_wide_120fov"][1].labels().objects}
    assert {20, 21} <= ids


def inputs(folder, *entries, role="hero"):
    movers = [Mover(5, going(1.75, -30.0, math.pi / 2, 8.0), role=role), Mover(6, at(1.75, 4.0, math.pi / 2))]
    return {
        "recorder_filename": write_log(folder / "a.log", movers, np.arange(0.0, 1.05, 0.05)),
        "xodr_path": write_map(folder),
        "camera_config": write_cameras(folder / "c.yaml", *entries),
    }


@pytest.mark.usefixtures("bare_town")
def test_fixed_and_riding_cameras_share_a_run(tmp_path):
    """One camera rides on the hero, one on actor 6, one stands still."""
    entries = [
        sensor((0.4, 0.0, 1.2), name="ego") | {"follow": "hero"},
        sensor((-6.0, 0.0, 3.0), pitch=10, name="chase") | {"follow": 6},
        sensor((8.0, -20.0, 6.0), yaw=120, pitch=15, name="street"),
    ]
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path, *entries), duration=0.2, target_fps=10, area_threshold=4)
    assert [camera.follow for camera in plan.cameras] == [5, 6, None]
    ego, chase, street = (Clip.open(result.path) for result in run_simulation(plan))
    np.testing.assert_allclose(ego[1].pose.translation, [1.75, -30.0 + 8.0 * 0.1 + 0.4, 1.2], atol=1e-5)
    np.testing.assert_allclose(chase[1].pose.translation, [1.75, 4.0 - 6.0, 3.0], atol=1e-5)
    np.testing.assert_allclose(street[1].pose.translation, [8.0, -20.0, 6.0], atol=1e-9)
    assert {label.actor_id for label in ego[0].labels().objects} == {6}
    assert {label.actor_id for label in chase[0].labels().objects} == {6}  # seen from behind it
    assert {label.actor_id for label in street[0].labels().objects} == {6}


@pytest.mark.parametrize(
    ("follow", "options", "message"),
    [
        ("hero", {"role": "autopilot"}, "camera ego: follow = hero: .*no such actor; give an actor's id"),
        (9, {}, "camera ego: follow = 9: .*no such moving actor; it has 5, 6"),
    ],
)
def test_cameras_follow_only_who_is_there(tmp_path, follow, options, message):
    files = inputs(tmp_path, sensor((0.4, 0.0, 1.2), name="ego") | {"follow": follow}, **options)
    with pytest.raises(ConfigError, match=message):
        make_plan(tmp_path / "clip", **files)


def test_a_hero_that_is_ignored_cannot_be_followed(tmp_path):
    files = inputs(tmp_path, sensor((0.4, 0.0, 1.2), name="ego") | {"follow": "hero"})
    with pytest.raises(ConfigError, match="left, as ignore_hero takes it away"):
        make_plan(tmp_path / "clip", **files, ignore_hero=True)


@pytest.mark.usefixtures("bare_town")
def test_beyond_a_hemisphere_depth_is_the_range(tmp_path):
    """A lens of 200 degrees: the clip says that its depth is along the rays, and it is."""
    lens = {"model": "ftheta", "angle_from_pixel": [0.0, math.radians(100.0) / 160.0], "max_angle": 100.0}
    entry = sensor((-8.0, 0.0, 4.0), pitch=60, size=(320, 320), name="fisheye") | {"follow": 6, "lens": lens}
    (result,) = run_simulation(make_plan(tmp_path / "clip", **inputs(tmp_path, entry), duration=0.1, target_fps=10))
    clip = Clip.open(result.path)
    assert clip.manifest.depth.measure == "range"
    frame = clip[0]
    # straight down from 4 m: 30 degrees below the axis, 48 pixels
    assert frame.depth()[208, 160] == pytest.approx(4.0, abs=0.1)
