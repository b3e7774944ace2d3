"""Whether boxes in space overlap: leaning people and fallen bicycles are no rectangles in plan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import Blueprint
from roadmark.geometry import FloatArray, rotation_from_rpy


def boxes_overlap(one: Blueprint, first: FloatArray, other: Blueprint, second: FloatArray) -> NDArray[np.bool_]:
    """(N,) whether two actors' boxes share space, by the 15 separating axes.

    Args:
        one: The first's blueprint.
        first: (N, 6) its x, y, z, roll, pitch, yaw.
        other: The second's blueprint.
        second: (N, 6) the same of the second.
    """
    turns = rotation_from_rpy(first[:, 3:]), rotation_from_rpy(second[:, 3:])
    halves = np.array(one.half_extents), np.array(other.half_extents)
    middles = [
        poses[:, :3] + turn @ np.array(body.center_offset)
        for poses, turn, body in zip((first, second), turns, (one, other), strict=True)
    ]
    apart = middles[1] - middles[0]
    axes = [turn[:, :, k] for turn in turns for k in range(3)]
    axes += [np.cross(turns[0][:, :, i], turns[1][:, :, j]) for i in range(3) for j in range(3)]
    overlap = np.ones(len(first), np.bool_)
    for axis in axes:
        reach = sum(
            np.abs(np.einsum("nk,nkj->nj", axis, turn)) @ half for turn, half in zip(turns, halves, strict=True)
        )
        overlap &= np.abs((apart * axis).sum(axis=1)) <= reach + 1e-9
    return overlap


def half_height(body: Blueprint, rpy: FloatArray) -> FloatArray:
    """(N,) metres from a box's middle to its lowest corner at orientations (N, 3)."""
    return np.asarray(np.abs(rotation_from_rpy(rpy)[:, 2, :]) @ np.array(body.half_extents))
