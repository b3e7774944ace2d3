"""Output frames by time."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.errors import ConfigError
from roadmark.scenario import Scenario, sample_times


def recording(times) -> Scenario:
    times = np.array(times, dtype=float)
    return Scenario("Town01", times, np.arange(1, len(times) + 1), {})


TWENTY_FPS = recording(np.arange(201) * 0.05000000074505806)  # single-precision 0.05 added up, as CARLA does


def test_the_seeds_clip():
    samples = sample_times(TWENTY_FPS, 0.0, 5.0, 30)
    assert len(samples) == 150
    np.testing.assert_allclose(samples.times, np.arange(150) / 30.0, atol=1e-12)


def test_the_recordings_own_rate_gives_its_own_frames():
    samples = sample_times(TWENTY_FPS, 2.0, 4.0, 20)
    assert samples.source_frames.tolist() == list(range(41, 121))
    assert samples.source_index.tolist() == list(range(40, 120))


def test_higher_rates_repeat_and_lower_ones_skip_source_frames_but_never_time():
    assert sample_times(TWENTY_FPS, 0.0, 0.2, 40).source_frames.tolist() == [1, 1, 2, 2, 3, 3, 4, 4]
    assert sample_times(TWENTY_FPS, 0.0, 0.4, 10).source_frames.tolist() == [1, 3, 5, 7]


def test_uneven_recordings_use_the_nearest_frame():
    samples = sample_times(recording([0.0, 0.1, 0.5, 1.0]), 0.0, 0.0, 4)
    assert samples.times.tolist() == [0.0, 0.25, 0.5, 0.75]
    assert samples.source_index.tolist() == [0, 1, 2, 2]


def test_start_from_the_end_and_to_the_end():
    assert sample_times(TWENTY_FPS, -2.0, 0.0, 10).times[0] == pytest.approx(8.0, abs=1e-6)
    assert len(sample_times(TWENTY_FPS, -2.0, -1.0, 10)) == 20
    assert sample_times(TWENTY_FPS, -99.0, 1.0, 10).times[0] == 0.0
    assert len(sample_times(TWENTY_FPS, 9.0, 50.0, 10)) == 10  # the end is at 10.0000001 s


def test_time_factor_and_broken_rates():
    np.testing.assert_allclose(sample_times(TWENTY_FPS, 0.0, 1.0, 10, time_factor=2.0).times, [0.0, 0.2, 0.4, 0.6, 0.8])
    ntsc = sample_times(TWENTY_FPS, 0.0, 2.0, Fraction(30000, 1001))
    assert len(ntsc) == 60
    assert ntsc.times[1] == pytest.approx(1001 / 30000)


def test_a_recording_of_one_frame():
    assert sample_times(recording([0.0]), 0.0, 5.0, 30).times.tolist() == [0.0]


@pytest.mark.parametrize(
    ("start", "duration", "fps", "factor", "message"),
    [
        (11.0, 1.0, 30, 1.0, "lies beyond"),
        (0.0, 1.0, 0, 1.0, "must be positive"),
        (0.0, 1.0, 30, 0.0, "must be positive"),
        (0.0, 1.0, 30, float("nan"), "must be positive"),
        (float("nan"), 1.0, 30, 1.0, "finite"),
        (0.0, float("inf"), 30, 1.0, "finite"),
        (0.0, 1.0, 10**9, 1.0, "too many"),
    ],
)
def test_what_makes_no_sense(start, duration, fps, factor, message):
    with pytest.raises(ConfigError, match=message):
        sample_times(TWENTY_FPS, start, duration, fps, time_factor=factor)


@given(
    st.floats(0.0, 9.0),
    st.floats(0.01, 5.0),
    st.integers(1, 120),
)
def test_samples_are_evenly_spaced_inside_what_was_asked(start, duration, fps):
    samples = sample_times(TWENTY_FPS, start, duration, fps)
    assert samples.times[0] == start
    assert (samples.times <= min(start + duration, TWENTY_FPS.duration) + 1e-6).all()
    np.testing.assert_allclose(np.diff(samples.times), 1.0 / fps, atol=1e-9)
    assert (np.abs(TWENTY_FPS.times[samples.source_index] - samples.times) <= 0.0251).all()
