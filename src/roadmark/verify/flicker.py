"""Flicker: what changes from frame to frame although neither the camera nor anything else moved so."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Box3D, FloatArray
from roadmark.verify.frames import ComparedFrame
from roadmark.verify.outcomes import Measured, NotMeasured, Outcome
from roadmark.verify.pictures import Picture
from roadmark.verify.truth import FrameTruth

_COLUMNS = 100
"""Samples across the picture."""
_SKY_DEPTH = 1.0e4
_KEPT = 0.9
"""Share of samples that count, the most alike: what comes from behind something has no place in the frame before."""


class Flicker:
    """Mean change of gray at the same place of the same surface between consecutive frames, less the source's own.

    Surfaces are followed by their depth, the camera's poses and, on labelled objects, the motion of their boxes.
    """

    def __init__(self) -> None:
        self._result: list[float] = []
        self._source: list[float] = []

    def add(self, frame: ComparedFrame) -> None:
        """Compare a frame with the one before it, where there is one."""
        if frame.before is None:
            return
        now, places = _followed(frame.truth, frame.before.truth)
        if not len(now):
            return
        self._result.append(_change(frame.result, frame.before.result, now, places))
        self._source.append(_change(frame.source, frame.before.source, now, places))

    def outcomes(self) -> dict[str, Outcome]:
        """`flicker`, gray levels of 255; 0 for the source itself."""
        if not self._result:
            return {"flicker": NotMeasured("there are no two consecutive frames to compare")}
        return {"flicker": Measured(float(np.mean(self._result) - np.mean(self._source)))}


def _change(now: Picture, before: Picture, rows_columns: NDArray[np.int64], places: NDArray[np.float32]) -> float:
    current = now.smooth[rows_columns[:, 0], rows_columns[:, 1]].astype(np.float32)
    earlier = cv2.remap(before.smooth, places[:, 0], places[:, 1], cv2.INTER_LINEAR).reshape(-1)
    change = np.sort(np.abs(current - earlier))
    return float(change[: max(1, int(_KEPT * len(change)))].mean())


def _followed(now: FrameTruth, before: FrameTruth) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Samples of a frame, (N, 2) rows and columns, and where their surfaces were before, (N, 2) x and y."""
    height, width = now.depth.shape
    step = max(1, width // _COLUMNS)
    rows, columns = (grid.reshape(-1) for grid in np.mgrid[step // 2 : height : step, step // 2 : width : step])
    camera = now.frame.clip.camera
    depth = np.minimum(now.depth[rows, columns], _SKY_DEPTH).astype(np.float64)[:, None]
    rays = camera.rays(np.stack([columns + 0.5, rows + 0.5], axis=1))
    is_range = now.frame.clip.manifest.depth.measure == "range"
    points = now.pose.apply(rays * depth if is_range else rays / rays[:, 2:] * depth)
    _move_objects(points, now.instance[rows, columns], now, before)
    shown = camera.project(before.pose.inverse().apply(points))
    places = shown.uv - 0.5
    with np.errstate(invalid="ignore"):
        inside = shown.valid & (places >= 0).all(axis=1) & (places[:, 0] < width - 1) & (places[:, 1] < height - 1)
    return np.stack([rows, columns], axis=1)[inside], places[inside].astype(np.float32)


def _move_objects(points: FloatArray, ids: NDArray[np.uint16], now: FrameTruth, before: FrameTruth) -> None:
    """Put points on labelled objects where those were before; in place."""
    earlier = {label.actor_id: label.box for label in before.objects}
    for label in now.objects:
        own = ids == now.stored_id(label.actor_id)
        if own.any() and label.actor_id in earlier:
            points[own] = _moved(points[own], label.box, earlier[label.actor_id])


def _moved(points: FloatArray, box: Box3D, earlier: Box3D) -> FloatArray:
    return np.asarray((points - box.center) @ box.rotation @ earlier.rotation.T + earlier.center)
