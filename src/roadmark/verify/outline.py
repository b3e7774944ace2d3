"""An object as samples of a frame: its own outline, what surrounds it, and its inside."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.clip import ObjectLabel
from roadmark.verify.truth import FrameTruth

BAND = 12
"""Pixels on both sides of an outline that are looked at."""
OUTLINE_WIDTH = 1.2
"""Standard deviation of an outline in a picture, pixels."""
MAX_SAMPLES = 500
"""Samples of an outline's surroundings, and of an inside: more say nothing new."""
OCCLUDER_GAP = 0.5
"""Metres by which a neighbour must be nearer to be in front, not the ground the object stands on."""
_FAR = np.float32(1e9)


@dataclass(frozen=True, eq=False)
class Samples:
    """Pixels of a frame.

    Attributes:
        rows: (N,) int32.
        columns: (N,) int32.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, image: NDArray[np.generic]) -> NDArray[np.float32]:
        """(N,) values of an image (H, W)."""
        return image[self.rows, self.columns].astype(np.float32)


@dataclass(frozen=True, eq=False)
class Outline:
    """Where an object's evidence is looked for.

    Attributes:
        around: Samples on both sides of the outline.
        expected: (N,) how close each is to the outline: 1 on it, 0 away from it.
        inside: Samples of the object's inside.
        on: Samples on the outline itself.
        off: Samples beside it, inside and outside.
        depth: Median depth, metres.
        window: Rows and columns of the frame that hold all samples.
        mask: (h, w) the object's pixels in the window.
    """

    around: Samples
    expected: NDArray[np.float32]
    inside: Samples
    on: Samples
    off: Samples
    depth: float
    window: tuple[slice, slice]
    mask: NDArray[np.bool_]


def object_outline(truth: FrameTruth, label: ObjectLabel) -> Outline | None:
    """The outline of a labelled object; None where too few of its pixels are left to see.

    Parts of the outline where something nearer covers the object are left out: that edge stays when the object goes.
    """
    height, width = truth.instance.shape
    left, top, right, bottom = label.bbox_2d
    window = np.s_[
        max(0, top - BAND) : min(height, bottom + 1 + BAND), max(0, left - BAND) : min(width, right + 1 + BAND)
    ]
    mask = truth.instance[window] == truth.stored_id(label.actor_id)
    if not mask.any():
        return None
    inner = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 3)
    outer = cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 3)
    distance = np.where(mask, inner, outer) - 0.5
    depth = np.minimum(truth.depth[window], _FAR)
    near = (distance < BAND) & ~_covered(mask, outer, depth)
    around = _samples(near, window)
    inside = mask & (distance > 1.5)
    if inside.sum() < 20:
        inside = mask
    if len(around) < 40:
        return None
    distances = distance[around.rows - window[0].start, around.columns - window[1].start]
    expected = np.exp(-0.5 * (distances / OUTLINE_WIDTH) ** 2).astype(np.float32)
    return Outline(
        around,
        expected,
        _samples(inside, window),
        _samples(near & (distance <= 1.5), window),
        _samples(near & (distance > 3.0), window),
        float(np.median(depth[mask])),
        window,
        mask,
    )


def _covered(mask: NDArray[np.bool_], outer: NDArray[np.float32], depth: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Pixels close to where something in front cuts the object off."""
    touching = ~mask & (outer < 1.5)
    own = cv2.erode(np.where(mask, depth, _FAR).astype(np.float32), np.ones((3, 3), np.uint8))
    in_front = touching & (depth < own - np.maximum(OCCLUDER_GAP, 0.03 * own))
    if not in_front.any():
        return np.zeros(mask.shape, np.bool_)
    return cv2.dilate(in_front.view(np.uint8), np.ones((9, 9), np.uint8)) > 0


def _samples(where: NDArray[np.bool_], window: tuple[slice, slice]) -> Samples:
    """At most `MAX_SAMPLES` pixels of a window's mask, evenly spread over it in reading order."""
    places = np.flatnonzero(where)
    if len(places) > MAX_SAMPLES:
        places = places[(np.arange(MAX_SAMPLES) * len(places)) // MAX_SAMPLES]
    rows, columns = np.divmod(places, where.shape[1])
    return Samples((rows + window[0].start).astype(np.int32), (columns + window[1].start).astype(np.int32))
