"""The state of a scenario at a time: exact, and as CARLA's replayer shows it."""

import log_samples as samples
import numpy as np
import pytest

from roadmark.errors import InputError
from roadmark.scenario import SignalState, read_log


def drive(tmp_path, xs_cm, times, yaws=None, extra=lambda i: ()):
    """A car at xs (cm) at the times."""
    path = tmp_path / "drive.log"
    yaws = yaws or [0.0] * len(xs_cm)
    frames = [
        samples.frame(
            i + 1,
            times[i + 1] - times[i] if i + 1 < len(times) else -1.0,
            times[i],
            *([samples.added(samples.CAR, samples.LIGHT)] if i == 0 else []),
            *([samples.positions((10, x, 0, 0, 0, 0, yaws[i]))] if x is not None else []),
            *extra(i),
        )
        for i, x in enumerate(xs_cm)
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    return read_log(path)


def x_at(scenario, time, mode="exact", **options):
    return float(scenario.state_at(time, mode, **options).find(10).pose.translation[0])


TIMES = [0.0, 0.1, 0.3, 0.4, 1.0]
PLACES = [0, 100, 300, 700, 1000]


def test_exact_interpolates_between_frames_of_any_distance(tmp_path):
    scenario = drive(tmp_path, PLACES, TIMES)
    for time, x in [(0.0, 0.0), (0.05, 0.5), (0.1, 1.0), (0.25, 2.5), (0.3, 3.0), (0.7, 8.5), (1.0, 10.0)]:
        assert x_at(scenario, time) == pytest.approx(x)
    assert x_at(scenario, -5.0) == 0.0
    assert x_at(scenario, 99.0) == 10.0


def test_carla_lags_one_recorded_frame(tmp_path):
    scenario = drive(tmp_path, PLACES, TIMES)
    # At t in frame k the replayer shows lerp(P[k-1], P[k], (t - e_k) / d_k); in the first frame there is no P[k-1].
    for time, x in [(0.0, 0.0), (0.05, 0.0), (0.1, 0.0), (0.2, 0.5), (0.3, 1.0), (0.35, 2.0), (0.4, 3.0), (0.7, 5.0)]:
        assert x_at(scenario, time, "carla") == pytest.approx(x)
    # The last frame has no duration and is never reached.
    assert x_at(scenario, 1.0, "carla") == pytest.approx(7.0)
    # From time factor 2 on there is no interpolation.
    assert x_at(scenario, 0.35, "carla", time_factor=2.0) == pytest.approx(1.0)


def test_carla_mode_with_gaps_in_a_track(tmp_path):
    scenario = drive(tmp_path, [0, None, 300, 700, 1000], TIMES)
    assert x_at(scenario, 0.2, "carla") == 0.0  # no position in frame 2: it stays
    assert x_at(scenario, 0.35, "carla") == 3.0  # none before in frame 3: the current one
    assert x_at(scenario, 0.2) == pytest.approx(2.0)  # exact: straight from 0 s to 0.3 s


def test_angles_turn_the_shorter_way(tmp_path):
    # CARLA yaw 170° to -170° is 20° further clockwise; FLU -170° to 170°, through 180°.
    scenario = drive(tmp_path, [0, 0], [0.0, 1.0], yaws=[170.0, -170.0])
    rotation = scenario.state_at(0.5).find(10).pose.rotation
    np.testing.assert_allclose(rotation[:, 0], [-1.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(np.rad2deg(scenario.state_at(0.5).find(10).yaw_rate), -20.0, rtol=1e-5)


def test_steps_hold_until_they_change(tmp_path):
    def light(i):
        state = [samples.packet(7, samples.rows("I?fb", (5, False, 0.0, 0 if i < 2 else 2)))]
        return [*state, samples.packet(10, samples.rows("II", (10, 8 * i)))] if i else state

    scenario = drive(tmp_path, PLACES, TIMES, extra=light)
    assert scenario.state_at(0.29).find(5).signal_state is SignalState.RED
    assert scenario.state_at(0.29999).find(5).signal_state is SignalState.GREEN  # the clock's rounding
    assert scenario.state_at(0.0).find(10).light_flags == 0
    assert scenario.state_at(0.35).find(10).light_flags == 16


def test_a_light_stands_where_it_was_added(tmp_path):
    light = drive(tmp_path, PLACES, TIMES).state_at(0.5).find(5)
    np.testing.assert_allclose(light.pose.translation, [10.0, 0.0, 0.1])
    np.testing.assert_allclose(light.pose.rotation[:, 0], [0.0, 1.0, 0.0], atol=1e-12)
    assert light.signal_state is None
    assert light.speed == 0.0


def test_vehicle_state(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    state = read_log(path).state_at(0.0)
    car, bike, walker = state.find(10), state.find(11), state.find(12)
    assert np.rad2deg(car.steer) == pytest.approx(-6.0)  # mean of the recorded 5° and 7° to the right
    np.testing.assert_allclose(np.rad2deg(car.wheel_rotation), [90.0, 92.0, 88.0, 88.0])
    assert (car.throttle, car.brake, car.reverse) == (1.0, 0.0, False)
    assert car.light_flags == 3
    assert np.rad2deg(bike.steer) == pytest.approx(-1.0)
    assert bike.reverse
    assert walker.walker_speed == 1.5
    assert car.speed == pytest.approx(np.sqrt(5.0))


@pytest.mark.parametrize(("physics", "largest"), [(True, 60.0), (False, 70.0)])
def test_steering_without_recorded_wheels(tmp_path, physics, largest):
    control = samples.packet(8, samples.rows("Ifff?i", (10, -0.5, 0.0, 0.0, False, 1)))
    extra = [control, samples.physics(10)] if physics else [control]
    scenario = drive(tmp_path, [0, 0], [0.0, 1.0], extra=lambda i: extra)
    assert np.rad2deg(scenario.state_at(0.5).find(10).steer) == pytest.approx(largest / 2)  # to the left


def test_actors_exist_from_their_spawn_to_their_removal(tmp_path):
    path = tmp_path / "a.log"
    bike = samples.positions((11, 0, 0, 0, 0, 0, 0))
    frames = [
        samples.frame(1, 1.0, 0.0),
        samples.frame(2, 1.0, 1.0, samples.added(samples.BIKE), bike),
        samples.frame(3, 1.0, 2.0, bike),
        samples.frame(4, -1.0, 3.0, samples.packet(3, samples.rows("I", (11,)))),
    ]
    path.write_bytes(samples.header() + b"".join(frames))
    scenario = read_log(path)
    there = {time: scenario.state_at(time).find(11) is not None for time in (0.0, 0.9, 1.0, 2.5, 2.99, 3.0)}
    assert there == {0.0: False, 0.9: False, 1.0: True, 2.5: True, 2.99: True, 3.0: False}
    assert scenario.state_at(2.5).source_frame == 3
    assert scenario.state_at(2.6).source_frame == 4


def test_sensors_are_not_part_of_the_scene(tmp_path):
    path = tmp_path / "a.log"
    sensor = (40, 5, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 55, "sensor.camera.rgb", ())
    path.write_bytes(samples.header() + samples.frame(1, -1.0, 0.0, samples.added(sensor)))
    assert read_log(path).state_at(0.0).actors == ()


def test_what_is_no_time_or_mode(tmp_path):
    scenario = drive(tmp_path, PLACES, TIMES)
    with pytest.raises(InputError, match="nan"):
        scenario.state_at(float("nan"))
    with pytest.raises(InputError, match="fancy"):
        scenario.state_at(0.0, "fancy")
