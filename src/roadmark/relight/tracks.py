"""Where wheels have rolled: the paths of a clip's vehicles, drawn on a map of the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.relight.images import Floats
from roadmark.render.kernels import Scalar, device_function_inlined, f32

CELL = 0.125
"""Metres of the map's cells."""

_LARGEST = 2400  # cells
_SHORTEST = 2.0  # metres; what moves less leaves no track
_TYRE = 0.3  # metres


@dataclass(frozen=True, eq=False)
class WheelPath:
    """Where a vehicle drove.

    Attributes:
        points: (N, 2) world x, y of its centre, in order.
        gauge: Metres between its left and right wheels.
    """

    points: FloatArray
    gauge: float = 1.6


class TrackMap(NamedTuple):
    """The map, for kernels.

    Attributes:
        cells: (R, C) uint8, 255 where wheels have rolled.
        corner: (2,) float32 x, y of its first cell's corner in the kernels' frame.
    """

    cells: NDArray[np.uint8]
    corner: Floats


class TrackPicture:
    """The map in the world.

    Args:
        paths: Of all vehicles.
    """

    def __init__(self, paths: Sequence[WheelPath]) -> None:
        lines = [line for path in paths for line in _wheel_lines(path)]
        if not lines:
            self.cells = np.zeros((1, 1), np.uint8)
            self.corner = np.zeros(2)
            return
        points = np.concatenate(lines)
        half = 0.5 * _LARGEST * CELL
        middle = np.median(points, axis=0)
        low = np.floor(np.maximum(points.min(axis=0) - 1.0, middle - half))
        high = np.minimum(points.max(axis=0) + 1.0, middle + half)
        columns, rows = np.maximum(np.ceil((high - low) / CELL), 1.0).astype(np.int64)
        self.cells = np.zeros((rows, columns), np.uint8)
        self.corner = low
        for line in lines:
            pixels = np.round((line - low) / CELL * 8.0 - 4.0).astype(np.int32)
            thick = max(1, round(_TYRE / CELL))
            cv2.polylines(self.cells, [pixels], False, 255, thick, cv2.LINE_AA, 3)
        self.cells = np.asarray(cv2.GaussianBlur(self.cells, (0, 0), 0.9), np.uint8)

    def placed(self, origin: FloatArray) -> TrackMap:
        """The map in a frame whose zero is at `origin`."""
        return TrackMap(self.cells, (self.corner - origin[:2]).astype(np.float32))


def _wheel_lines(path: WheelPath) -> list[FloatArray]:
    """Left and right wheels' lines, drawn out beyond both ends: the vehicle came from somewhere and went on."""
    points = np.asarray(path.points, np.float64)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    keep = np.concatenate([[True], steps > 0.02])
    points = points[keep]
    if len(points) < 2 or np.linalg.norm(points.max(axis=0) - points.min(axis=0)) < _SHORTEST:
        return []
    tangent = np.gradient(points, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    before, after = _run_up(steps[0]), _run_up(steps[-1])
    points = np.concatenate([[points[0] - before * tangent[0]], points, [points[-1] + after * tangent[-1]]])
    tangent = np.concatenate([tangent[:1], tangent, tangent[-1:]])
    side = 0.5 * path.gauge * np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    return [points + side, points - side]


def _run_up(step: float) -> float:
    """Metres that a track is drawn out beyond an end where the vehicle moved by `step` from frame to frame."""
    return min(15.0, 60.0 * float(step))


@device_function_inlined
def track_at(tracks: TrackMap, x: Scalar, y: Scalar) -> Scalar:
    """How much wheels have cleared a place in the kernels' frame, 0..1."""
    column = int((x - tracks.corner[0]) * f32(1.0 / CELL))
    row = int((y - tracks.corner[1]) * f32(1.0 / CELL))
    if row < 0 or column < 0 or row >= tracks.cells.shape[0] or column >= tracks.cells.shape[1]:
        return f32(0.0)
    return f32(tracks.cells[row, column]) * f32(1.0 / 255.0)
