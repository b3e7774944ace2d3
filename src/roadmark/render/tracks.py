"""Where wheels roll: a map of the ground that snow and sand are thinner in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.render.jit import Array, Scalar, device_function_inlined
from roadmark.render.noise import floor_int

CELL = 0.2
"""Metres of the map's cells."""
GAUGE = 1.55
"""Metres between a vehicle's left and right wheels."""

_TYRE = 0.36  # metres that wheels of many vehicles take
_LARGEST = 2048  # cells along a side
_FRACTION_BITS = 4
_OUTSIDE = 0.25  # how much wheels roll where the map does not reach

f32 = np.float32


@dataclass(frozen=True, eq=False)
class WheelTracks:
    """The map.

    Attributes:
        cells: (R, C) uint8, 255 where all wheels roll; row 0 is the lowest y.
        corner: (2,) world x, y of the corner of its first cell.
    """

    cells: NDArray[np.uint8]
    corner: NDArray[np.float64]

    @classmethod
    def along(cls, paths: Iterable[ArrayLike], center: ArrayLike) -> WheelTracks:
        """Tracks left and right of paths.

        Args:
            paths: (N, 2) or (N, 3) world metres each, the middle between the wheels.
            center: (2,) or (3,) place around which the map is made, 200 m to every side.
        """
        half = 0.5 * _LARGEST * CELL
        corner = np.floor(np.asarray(center, np.float64)[:2] - half)
        cells = np.zeros((_LARGEST, _LARGEST), np.uint8)
        for path in paths:
            for line in _wheel_lines(np.asarray(path, np.float64)[:, :2]):
                near = (np.abs(line - corner - half) < 2.0 * half).all(axis=1)
                pixels = np.round(((line[near] - corner) / CELL - 0.5) * 2**_FRACTION_BITS).astype(np.int32)
                if len(pixels) > 1:
                    cv2.polylines(cells, [pixels], False, 255, round(_TYRE / CELL), cv2.LINE_AA, _FRACTION_BITS)
        return cls(np.asarray(cv2.GaussianBlur(cells, (0, 0), 1.0), np.uint8), corner)

    @classmethod
    def everywhere(cls) -> WheelTracks:
        """Wheels roll all over the road: for scenes without lanes."""
        return cls(np.full((1, 1), 255, np.uint8), np.zeros(2))


def _wheel_lines(path: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    path = path[np.concatenate([[True], steps > 0.05])] if len(path) else path
    if len(path) < 2:
        return []
    tangent = np.gradient(path, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    side = 0.5 * GAUGE * np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    return [path + side, path - side]


@device_function_inlined
def track_at(cells: Array, corner: Array, x: Scalar, y: Scalar) -> Scalar:
    """How much wheels roll at a place, 0..1, bilinear.

    Args:
        cells: (R, C) uint8 of `WheelTracks`.
        corner: (2,) float32 its corner, in the frame of the place.
        x: Metres.
        y: Metres.
    """
    rows, columns = cells.shape
    if rows == 1:
        return f32(1.0)
    u = (x - corner[0]) * f32(1.0 / CELL) - f32(0.5)
    v = (y - corner[1]) * f32(1.0 / CELL) - f32(0.5)
    column = floor_int(u)
    row = floor_int(v)
    if row < 0 or column < 0 or row >= rows - 1 or column >= columns - 1:
        return f32(_OUTSIDE)
    fu = u - f32(column)
    fv = v - f32(row)
    low = f32(cells[row, column]) + (f32(cells[row, column + 1]) - f32(cells[row, column])) * fu
    high = f32(cells[row + 1, column]) + (f32(cells[row + 1, column + 1]) - f32(cells[row + 1, column])) * fu
    return (low + (high - low) * fv) * f32(1.0 / 255.0)
