"""Where the street lamps of a place are: from the pixels of poles."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.geometry import Camera, FloatArray, pixel_centers
from roadmark.relight.buffers import ViewBuffers

_CELL = 0.25  # metres: poles are told apart on a grid of the ground
_REACH = 90.0
_LOWEST, _HIGHEST = 5.0, 14.0  # metres above the ground: shorter poles carry signs, taller ones wires
_ARM = 0.8
_SAME = 2.0
_FEWEST = 12  # pixels


def find_street_lamps(
    camera: Camera, frames: Iterable[ViewBuffers], ground: float, *, depth_is_range: bool = False
) -> FloatArray:
    """Heads of street lamps.

    A lamp is an upright thing of the class of poles, 5 to 14 m tall, that carries no traffic light; its head is the end
    of its arm, or its top where it has none.

    Args:
        camera: Of all frames.
        frames: A few frames with depth and classes, spread over the clip: what is hidden in one is seen in another.
        ground: World height of the road.
        depth_is_range: Whether depth is the distance along the ray.

    Returns:
        (N, 3) world positions, ascending in x.
    """
    rays = camera.rays(pixel_centers(camera.width, camera.height).reshape(-1, 2)).reshape(
        camera.height, camera.width, 3
    )
    heads: list[FloatArray] = []
    for frame in frames:
        if frame.depth is None or frame.semantic is None:
            continue
        for head in _heads_of_frame(frame, rays, ground, depth_is_range):
            if all(np.linalg.norm(head - other) > _SAME for other in heads):
                heads.append(head)
    return np.array(sorted(heads, key=tuple)).reshape(-1, 3)


def _heads_of_frame(frame: ViewBuffers, rays: FloatArray, ground: float, depth_is_range: bool) -> list[FloatArray]:
    poles = _points(frame, rays, SemanticClass.POLE, depth_is_range)
    signals = _points(frame, rays, SemanticClass.TRAFFIC_LIGHT, depth_is_range)
    if not len(poles):
        return []
    corner = poles[:, :2].min(axis=0) - 4.0 * _CELL
    cells = np.floor((poles[:, :2] - corner) / _CELL).astype(np.int64)
    columns, rows = cells.max(axis=0) + 5
    raster = np.zeros((rows, columns), np.uint8)
    raster[cells[:, 1], cells[:, 0]] = 1
    labels = np.asarray(cv2.connectedComponents(cv2.dilate(raster, np.ones((3, 3), np.uint8)))[1], np.int32)
    of_point = labels[cells[:, 1], cells[:, 0]]
    carrying = _labels_near(signals, labels, corner)
    heads = []
    for label in range(1, int(labels.max()) + 1):
        points = poles[of_point == label]
        if label in carrying or len(points) < _FEWEST:
            continue
        head = _head(points, ground)
        if head is not None:
            heads.append(head)
    return heads


def _labels_near(points: FloatArray, labels: NDArray[np.int32], corner: FloatArray) -> set[int]:
    """Labels of the cells within half a metre of points."""
    found: set[int] = set()
    cells = np.floor((points[:, :2] - corner) / _CELL).astype(np.int64)
    for dy in (-2, 0, 2):
        for dx in (-2, 0, 2):
            moved = cells + np.array([dx, dy])
            inside = (moved >= 0).all(axis=1) & (moved < labels.shape[::-1]).all(axis=1)
            found |= set(labels[moved[inside, 1], moved[inside, 0]].tolist())
    return found - {0}


def _head(points: FloatArray, ground: float) -> FloatArray | None:
    """Head of one pole's points (N, 3); None where it is no lamp."""
    height = points[:, 2] - ground
    top = float(np.percentile(height, 99.5))
    if not _LOWEST < top < _HIGHEST:
        return None
    low = points[height < 0.55 * top]
    if len(low) < _FEWEST // 2:
        return None
    foot = np.median(low[:, :2], axis=0)
    upper = points[height > top - 1.5]
    out = np.linalg.norm(upper[:, :2] - foot, axis=1)
    reach = float(np.percentile(out, 98.0))
    if reach < _ARM:
        return np.array([*foot, ground + top - 0.1])
    end = upper[out > reach - 0.4]
    return np.array([*np.median(end[:, :2], axis=0), float(np.percentile(end[:, 2], 10.0)) - 0.08])


def _points(frame: ViewBuffers, rays: FloatArray, kind: SemanticClass, depth_is_range: bool) -> FloatArray:
    """(N, 3) world points of a class within reach."""
    if frame.depth is None or frame.semantic is None:
        return np.zeros((0, 3))
    mask = (frame.semantic == kind) & (frame.depth < _REACH)
    direction = rays[mask]
    distance = frame.depth[mask].astype(np.float64)
    if not depth_is_range:
        distance = distance / np.maximum(direction[:, 2], 1e-3)
    return frame.pose.apply(direction * distance[:, None])
