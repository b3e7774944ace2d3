"""Velocities, distances and interpolation on recorded samples, which need not be evenly spaced."""

from __future__ import annotations

import numpy as np

from roadmark.geometry import FloatArray, rotation_from_rpy, wrap_angle


def central_differences(times: FloatArray, values: FloatArray) -> FloatArray:
    """Rates of change by the difference of both neighbours, one-sided at the ends.

    Args:
        times: (N,) seconds, not decreasing.
        values: (N, K).

    Returns:
        (N, K) per second; 0 where the neighbours have the same time.
    """
    if len(times) < 2:
        return np.zeros_like(values)
    after = np.minimum(np.arange(len(times)) + 1, len(times) - 1)
    before = np.maximum(np.arange(len(times)) - 1, 0)
    span = (times[after] - times[before])[:, None]
    return np.divide(values[after] - values[before], span, out=np.zeros_like(values), where=span > 0.0)


def travelled(positions: FloatArray, rpy: FloatArray, *, along_heading: bool) -> FloatArray:
    """Signed distance since the first sample.

    Args:
        positions: (N, 3) metres.
        rpy: (N, 3) radians.
        along_heading: Count what lies along the mean heading of both ends (a rolling wheel; jitter and sideways slip
            cancel out), else the whole step with the sign of that part (a walk).

    Returns:
        (N,) metres; falls while the actor goes backwards.
    """
    if len(positions) < 2:
        return np.zeros(len(positions))
    steps = np.diff(positions, axis=0)
    forward = rotation_from_rpy(rpy)[:, :, 0]
    heading = forward[1:] + forward[:-1]
    length = np.linalg.norm(heading, axis=1)
    along = np.einsum("ij,ij->i", steps, heading) / np.where(length > 1e-9, length, 1.0)
    if not along_heading:
        along = np.copysign(np.linalg.norm(steps, axis=1), along)
    return np.concatenate([[0.0], np.cumsum(along)])


def interpolate_rpy(before: FloatArray, after: FloatArray, fraction: FloatArray | float) -> FloatArray:
    """Angles between two, each the shorter way round, as CARLA's replayer does.

    Args:
        before: (..., 3) radians.
        after: (..., 3) radians.
        fraction: 0 gives `before`, 1 `after`; broadcast against them.

    Returns:
        (..., 3) radians.
    """
    return before + wrap_angle(after - before) * fraction
