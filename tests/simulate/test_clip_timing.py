"""Clips play at true speed whatever the recording's rate, and every pose belongs to its time."""

import math
from fractions import Fraction

import numpy as np
import pytest
from simulate_samples import Mover, going, make_plan, sensor, simulate, spying, write_cameras, write_log, write_map

from roadmark.errors import ConfigError
from roadmark.media import video_info
from roadmark.simulate import frame_rate

pytestmark = pytest.mark.usefixtures("bare_town")

SPEED = 10.0
CAR = Mover(5, going(20.0, -1.75, 0.0, SPEED))


def inputs(tmp_path, times, movers=(CAR,)):
    return {
        "recorder_filename": write_log(tmp_path / "a.log", movers, times),
        "xodr_path": write_map(tmp_path),
        "camera_config": write_cameras(
            tmp_path / "c.yaml", sensor((10.0, 0.0, 6.0), pitch=20, size=(160, 96), name="only")
        ),
        "area_threshold": 1.0,
    }


def positions(clip):
    """x of the car's box in every frame, metres."""
    return np.array([[label.box.center[0] for label in frame.labels().objects] for frame in clip])[:, 0]


@pytest.mark.parametrize(
    ("recorded", "target", "factor"), [(20, 30, 1.0), (50, 30, 1.0), (10, 30, 1.0), (20, 30, 2.0), (50, 20, 0.5)]
)
def test_clips_play_at_true_speed(tmp_path, recorded, target, factor):
    # Defects: 20 recorded frames per second were encoded at 30; of 50, every second was kept and called 30.
    times = [k / recorded for k in range(recorded // 2 + 1)]  # half a second
    (clip,) = simulate(
        tmp_path / "clip", **inputs(tmp_path, times), target_fps=target, duration=0.4, time_factor=factor
    )
    frames = round(0.4 / factor * target)
    assert len(clip) == frames
    for name in clip.manifest.videos:
        info = video_info(clip.video(name))
        assert (info.frames, info.fps) == (frames, Fraction(target))
        assert info.frames / info.fps == pytest.approx(0.4 / factor)  # seconds of video
    expected = np.arange(frames) * factor / target
    np.testing.assert_allclose([frame.time for frame in clip], expected, atol=1e-9)
    np.testing.assert_allclose(positions(clip), 20.0 + SPEED * expected, atol=1e-4)
    # what one sees move in a second of video is what moved in `factor` seconds
    speed = np.diff(positions(clip)) * float(clip.fps)
    np.testing.assert_allclose(speed, SPEED * factor, atol=1e-2)
    np.testing.assert_allclose([frame.labels().objects[0].speed for frame in clip], SPEED, atol=1e-2)


def test_recordings_with_varying_steps_do_not_drift(tmp_path):
    # Defect: frames were taken by the average step. Here the steps grow from 5 ms to 95 ms.
    steps = np.linspace(0.005, 0.095, 20)
    times = np.concatenate([[0.0], np.cumsum(steps)])
    (clip,) = simulate(
        tmp_path / "clip", **inputs(tmp_path, times.tolist()), target_fps=20, duration=0.8, generate_videos=False
    )
    np.testing.assert_allclose(positions(clip), 20.0 + SPEED * np.arange(16) / 20.0, atol=1e-4)
    sources = [frame.source_frame for frame in clip]
    nearest = [int(np.argmin(np.abs(times - frame.time))) + 1 for frame in clip]
    assert sources == nearest


def test_carla_replay_lags_by_one_recorded_frame(tmp_path):
    times = [k / 10 for k in range(11)]
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path, times), replay="carla", target_fps=20, duration=0.5)
    found = [plan.scenario.state_at(float(t), "carla").find(5).pose.translation[0] for t in plan.sample.times]
    (clip,) = simulate(
        tmp_path / "clip", **inputs(tmp_path, times), replay="carla", target_fps=20, duration=0.5,
        generate_videos=False,
    )  # fmt: skip
    np.testing.assert_allclose(positions(clip), found, atol=1e-4)
    # in the first recorded interval there is nothing before it; after that everything is 0.1 s late
    expected = 20.0 + SPEED * np.maximum(np.arange(10) / 20.0 - 0.1, 0.0)
    np.testing.assert_allclose(positions(clip), expected, atol=1e-4)
    assert clip.source("render.json").read_text().count('"replay": "carla"') == 1


def test_negative_starts_count_from_the_end(tmp_path):
    times = [k / 10 for k in range(11)]
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path, times), start_time=-0.3, target_fps=10)
    np.testing.assert_allclose(plan.sample.times, [0.7, 0.8, 0.9], atol=1e-9)
    with pytest.raises(ConfigError, match=r"start_time 5 s lies beyond the recording, which lasts 1 s"):
        make_plan(tmp_path / "clip", **inputs(tmp_path, times), start_time=5.0)


def test_broadcast_rates_are_exact():
    assert frame_rate(29.97) == Fraction(2997, 100) or frame_rate(29.97) == Fraction(30000, 1001)
    assert frame_rate(30000 / 1001) == Fraction(30000, 1001)
    assert frame_rate(12.5) == Fraction(25, 2)
    for value in (0.0, -1.0, 1001.0, math.nan):
        with pytest.raises(ConfigError):
            frame_rate(value)


def test_wheels_roll_as_far_as_the_car_moves(tmp_path):
    # A point on the tyre: between two frames the wheel turns by distance / radius.
    times = [k / 20 for k in range(11)]
    with spying() as spy:
        simulate(tmp_path / "clip", **inputs(tmp_path, times), target_fps=20, duration=0.2, generate_videos=False)
    wheels = [
        [i.transform for i in shot.actors[0].instances if i.mesh is not shot.actors[0].instances[0].mesh]
        for shot in spy.shots
    ]
    radius = shot_radius(spy.shots[0])
    for before, after in zip(wheels, wheels[1:], strict=False):
        turn = before[0][:, :3].T @ after[0][:, :3]
        angle = math.acos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
        assert angle == pytest.approx(SPEED / 20 / radius, rel=0.02)
    # the wheel's centre stays at the height of its radius
    assert wheels[0][0][2, 3] == pytest.approx(radius, abs=0.02)


def shot_radius(shot):
    (radius,) = {wheel.radius for wheel in shot.actors[0].blueprint.wheels}
    return radius
