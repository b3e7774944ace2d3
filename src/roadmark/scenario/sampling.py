"""Output frames by time: which moments of a recording a clip of a given frame rate shows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import ConfigError
from roadmark.geometry import FloatArray
from roadmark.scenario.scenario import Scenario
from roadmark.scenario.state import nearest_frame

MAX_SAMPLES = 1_000_000


@dataclass(frozen=True, eq=False)
class SampleTimes:
    """Output frames.

    Attributes:
        times: (N,) seconds of the recording.
        source_index: (N,) index of the recorded frame nearest to each.
        source_frames: (N,) its recorded number.
    """

    times: FloatArray
    source_index: NDArray[np.int64]
    source_frames: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times)


def sample_times(
    scenario: Scenario, start: float, duration: float, fps: Fraction | int, *, time_factor: float = 1.0
) -> SampleTimes:
    """Evenly spaced output times over a recording whose own frames need not be.

    Frame i shows the recording at ``start + i * time_factor / fps``; nothing is skipped or doubled by counting
    frames, so the clip plays at `time_factor` times real speed whatever the recording's rate was.

    Args:
        scenario: The recording.
        start: Seconds; below 0 it counts from the end, as for CARLA's replayer.
        duration: Seconds of the recording to show; 0 or less means to its end. Cut at the end.
        fps: Output frames per second.
        time_factor: Seconds of recording per second of clip.

    Raises:
        ConfigError: The start lies beyond the end, or a number makes no sense.
    """
    rate = Fraction(fps)
    if rate <= 0 or not (np.isfinite(time_factor) and time_factor > 0.0):
        raise ConfigError(f"frames per second ({fps}) and time factor ({time_factor}) must be positive")
    if not (np.isfinite(start) and np.isfinite(duration)):
        raise ConfigError(f"start time {start} and duration {duration} must be finite")
    end = scenario.duration
    begin = start if start >= 0.0 else max(end + start, 0.0)
    if begin > end:
        raise ConfigError(f"start_time {start:g} s lies beyond the recording, which lasts {end:g} s")
    length = min(duration, end - begin) if duration > 0.0 else end - begin
    # Exact arithmetic: 5 s at 30 frames per second are 150 frames, however the floats round.
    step = Fraction(time_factor).limit_denominator(1_000_000) / rate
    count = max(1, -(-Fraction(length).limit_denominator(1_000_000) // step))
    if count > MAX_SAMPLES:
        raise ConfigError(f"{count} output frames are too many; lower target fps or duration")
    times = np.minimum(begin + np.array([float(i * step) for i in range(count)]), end)
    index = np.array([nearest_frame(scenario.times, time) for time in times.tolist()], dtype=np.int64)
    return SampleTimes(times, index, scenario.source_frames[index])
