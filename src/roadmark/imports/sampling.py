"""Samples at any times become even frames."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from roadmark.geometry import FloatArray

SAME_TIME = 1e-6
"""Seconds within which a sample is a frame's own."""


def frames_within(times: FloatArray, fps: int) -> tuple[int, int]:
    """The first frame and the one after the last between a first and a last time, in seconds from frame 0."""
    first = int(np.ceil((times[0] - SAME_TIME) * fps))
    last = int(np.floor((times[-1] + SAME_TIME) * fps))
    return max(first, 0), last + 1


def resampled(times: FloatArray, values: FloatArray, wanted: FloatArray) -> FloatArray:
    """(M, K) values at wanted times, from samples (N, K) at times that grow (N,).

    Between samples they follow monotone cubics (Fritsch and Carlson 1980), which keep a standing actor standing; a
    sample at a wanted time is taken as it is.
    """
    if len(times) == 1:
        return np.repeat(values, len(wanted), axis=0)
    at = np.clip(wanted, times[0], times[-1])
    smooth = np.asarray(PchipInterpolator(times, values)(at), np.float64)
    near = np.clip(np.searchsorted(times, wanted), 1, len(times) - 1)
    near -= wanted - times[near - 1] < times[near] - wanted
    same = np.abs(times[near] - wanted) <= SAME_TIME
    smooth[same] = values[near[same]]
    return smooth


def held(times: FloatArray, values: FloatArray, wanted: FloatArray) -> FloatArray:
    """(M,) the value of the last sample at or before each wanted time."""
    return np.asarray(values[np.clip(np.searchsorted(times, wanted + SAME_TIME, side="right") - 1, 0, None)])
