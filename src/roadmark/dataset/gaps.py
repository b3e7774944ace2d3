"""How near two boxes come to each other, exactly, over all frames at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roadmark.dataset.tracks import BoolArray, FloatArray, LabelTracks

Pairs = NDArray[np.int64]

BLOCK = 1 << 18
"""Frames times pairs looked at together: bounds memory, whatever the clip's length and traffic."""


class UprightBoxes(NamedTuple):
    """K boxes turned by yaw alone.

    Attributes:
        center: (K, 3) metres.
        yaw: (K,) radians.
        size: (K, 3) length, width, height in metres.
    """

    center: FloatArray
    yaw: FloatArray
    size: FloatArray


def least_gaps(tracks: LabelTracks, pairs: Pairs, when: BoolArray, *, within: float = np.inf) -> FloatArray:
    """Least distance between the surfaces of each pair's boxes, taken upright.

    Most frames are ruled out by spheres around and within the boxes.

    Args:
        tracks: The objects.
        pairs: (P, 2) positions among the objects.
        when: (F, P) frames that count; both are labelled there.
        within: Metres beyond which a distance does not matter.

    Returns:
        (P,) metres, 0 where boxes touch, inf where no frame counts; more than `within` may be inf, too.
    """
    gaps = np.full(len(pairs), np.inf)
    for block in pair_blocks(len(tracks.times), len(pairs)):
        gaps[block] = _least_gaps(tracks, pairs[block], when[:, block], within)
    return gaps


def pair_blocks(frames: int, pairs: int) -> Iterator[slice]:
    """Parts of the pairs that are looked at together."""
    step = max(1, BLOCK // max(frames, 1))
    return (slice(start, start + step) for start in range(0, pairs, step))


def _least_gaps(tracks: LabelTracks, pairs: Pairs, when: BoolArray, within: float) -> FloatArray:
    first, second = pairs.T
    axes = np.moveaxis(tracks.center, -1, 0)  # axis by axis is several times faster
    apart = np.sqrt(sum((axis[:, first] - axis[:, second]) ** 2 for axis in axes))
    outer = 0.5 * np.linalg.norm(tracks.size, axis=-1)
    inner = 0.5 * np.min(tracks.size, axis=-1)
    least = np.where(when, apart - outer[:, first] - outer[:, second], np.inf)
    most = np.where(when, apart - inner[:, first] - inner[:, second], np.inf)
    frames, columns = np.nonzero(when & (least <= np.minimum(np.min(most, axis=0), within) + 1e-9))
    gaps = np.full(len(pairs), np.inf)
    found = box_gaps(_boxes(tracks, frames, first[columns]), _boxes(tracks, frames, second[columns]))
    np.minimum.at(gaps, columns, found)
    return gaps


def box_gaps(boxes: UprightBoxes, others: UprightBoxes) -> FloatArray:
    """Distance between the surfaces of boxes, row by row: (K,) metres, 0 where they overlap or touch."""
    height = np.abs(boxes.center[:, 2] - others.center[:, 2]) - 0.5 * (boxes.size[:, 2] + others.size[:, 2])
    gaps: FloatArray = np.hypot(_outline_gaps(boxes, others), np.maximum(height, 0.0))
    return gaps


def _outline_gaps(boxes: UprightBoxes, others: UprightBoxes) -> FloatArray:
    """Distance seen from above: 0 unless an axis of one parts the two, else that of the nearest corner (K,)."""
    here, parted_here = _nearest_corner(boxes, others)
    there, parted_there = _nearest_corner(others, boxes)
    return np.where(parted_here | parted_there, np.minimum(here, there), 0.0)


def _nearest_corner(boxes: UprightBoxes, others: UprightBoxes) -> tuple[FloatArray, BoolArray]:
    """Least distance of a box's corners to the other one, and whether an axis of that one parts them; both (K,)."""
    offset = boxes.center - others.center
    along, across = _turned(offset[:, 0], offset[:, 1], -others.yaw)
    length, width = 0.5 * boxes.size[:, :2].T
    corners = np.array([1, 1, -1, -1])[:, None] * length, np.array([1, -1, -1, 1])[:, None] * width  # (4, K) each
    x, y = _turned(corners[0], corners[1], boxes.yaw - others.yaw)
    beyond_x, parted_x = _beyond(x + along, 0.5 * others.size[:, 0])
    beyond_y, parted_y = _beyond(y + across, 0.5 * others.size[:, 1])
    return np.sqrt(np.min(beyond_x**2 + beyond_y**2, axis=0)), parted_x | parted_y


def _beyond(places: FloatArray, half: FloatArray) -> tuple[FloatArray, BoolArray]:
    """How far corners (4, K) are beyond a box along one of its axes, and whether all are on one side of it (K,)."""
    return np.maximum(np.abs(places) - half, 0.0), (places.min(axis=0) > half) | (places.max(axis=0) < -half)


def _turned(x: FloatArray, y: FloatArray, angle: FloatArray) -> tuple[FloatArray, FloatArray]:
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * x - sin * y, sin * x + cos * y


def _boxes(tracks: LabelTracks, frames: NDArray[np.int64], objects: NDArray[np.int64]) -> UprightBoxes:
    return UprightBoxes(tracks.center[frames, objects], tracks.yaw[frames, objects], tracks.size[frames, objects])
