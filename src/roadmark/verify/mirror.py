"""Whether level ground mirrors what stands behind it, as water does."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.verify.pictures import Picture
from roadmark.verify.truth import FrameTruth

_SAMPLES = 1500
_STEPS = np.geomspace(0.5, 120.0, 48)
"""Metres along a mirrored ray at which the depth image is asked."""
_LEVEL = 0.97
_REACH = 60.0
"""Metres: what is farther mirrors at angles at which every road shines."""
_GROUND = (SemanticClass.ROADS, SemanticClass.ROAD_LINES, SemanticClass.SIDEWALKS, SemanticClass.GROUND)
_BLUR = 9
"""Pixels: ripples blur a reflection, and wet asphalt more."""


def mirror_correlation(picture: Picture, truth: FrameTruth) -> float:
    """Correlation of the ground's brightness with that of what it would mirror, each less its surroundings' mean.

    Rays are mirrored at the ground and followed through the depth image; those that leave the picture do not count.

    Returns:
        In [-1, 1]; NaN where too little of what the ground would mirror is in the picture.
    """
    rows, columns = _ground(truth)
    if len(rows) < 200:
        return float("nan")
    camera, depth = truth.frame.clip.camera, truth.depth
    rays = camera.rays(np.stack([columns + 0.5, rows + 0.5], axis=1))
    up = truth.pose.rotation.T @ np.array([0.0, 0.0, 1.0])  # in the camera's axes
    if truth.frame.clip.manifest.depth.measure == "range":
        points = rays * depth[rows, columns][:, None]
    else:
        points = rays / rays[:, 2:] * depth[rows, columns][:, None]
    mirrored = rays - 2.0 * (rays @ up)[:, None] * up
    seen = _followed(points, mirrored, truth)
    valid = seen[:, 0] >= 0
    if valid.sum() < 150:
        return float("nan")
    smooth = cv2.blur(picture.gray, (_BLUR, _BLUR))
    local = cv2.blur(picture.gray, (161, 41)).astype(np.float32)
    ground = smooth[rows[valid], columns[valid]].astype(np.float32) - local[rows[valid], columns[valid]]
    mirror = smooth[seen[valid, 1], seen[valid, 0]].astype(np.float32)
    mirror = mirror - float(mirror.mean())
    if ground.std() < 0.5 or mirror.std() < 0.5:
        return 0.0
    return float(np.corrcoef(ground, mirror)[0, 1])


def _ground(truth: FrameTruth) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of samples of level ground."""
    level = np.isin(truth.semantic, _GROUND) & (truth.up > _LEVEL) & (truth.depth < _REACH)
    places = np.flatnonzero(level)
    if len(places) > _SAMPLES:
        places = places[(np.arange(_SAMPLES) * len(places)) // _SAMPLES]
    rows, columns = np.divmod(places, level.shape[1])
    return rows, columns


def _followed(points: NDArray[np.float64], directions: NDArray[np.float64], truth: FrameTruth) -> NDArray[np.int64]:
    """(N, 2) pixel x, y at which rays meet what the depth image shows, -1 where they leave it unmet."""
    camera, depth = truth.frame.clip.camera, truth.depth
    height, width = depth.shape
    met = np.full((len(points), 2), -1, np.int64)
    open_rays = np.arange(len(points))
    for step in _STEPS:
        if not open_rays.size:
            break
        at = points[open_rays] + step * directions[open_rays]
        shown = camera.project(at)
        with np.errstate(invalid="ignore"):
            inside = shown.valid & (shown.uv >= 0).all(axis=1) & (shown.uv[:, 0] < width) & (shown.uv[:, 1] < height)
        open_rays, pixels = open_rays[inside], shown.uv[inside].astype(np.int64)
        surface = depth[pixels[:, 1], pixels[:, 0]]
        behind = at[inside, 2] > surface
        last = np.isinf(surface) & (step == _STEPS[-1])
        found = behind | last
        met[open_rays[found]] = pixels[found]
        open_rays = open_rays[~found]
    return met
