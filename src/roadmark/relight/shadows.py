"""Shadows of a new sun: what the camera sees of things, and the vehicles' boxes, seen from the sun.

A shadow map as a renderer's, but filled with the picture's own points: nothing behind the camera or beyond the
picture's borders casts a shadow, and of most things only the side that the camera sees does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from roadmark.geometry import Box3D, FloatArray
from roadmark.relight.ground import is_ground
from roadmark.relight.images import KIND_BITS, Floats, Kind, Picture, Place
from roadmark.render.kernels import Array, Scalar, camera_ray, device_function_inlined, f32, kernel, saturate

TEXEL = 0.125
"""Metres across the light of the map's cells."""

_REACH = 80.0  # metres from the camera within which things cast and take shadows
_FADE = 15.0
_BIAS = 0.4  # metres along the light
_EMPTY = -1e9
_SKY = int(Kind.SKY)


class SunMap(NamedTuple):
    """The world seen from the sun, for kernels.

    Attributes:
        nearest: (R, C) float32 distance towards the sun of the first thing there; very small where there is nothing.
        axes: (3, 3) float32 rows: across the light and level, across it and upward, towards the sun.
        corner: (2,) float32 place of the first cell along the first two axes.
        eye: (3,) float32 camera.
    """

    nearest: Floats
    axes: Floats
    corner: Floats
    eye: Floats


def no_sun_map() -> SunMap:
    """A map that nothing reads."""
    return SunMap(
        np.zeros((1, 1), np.float32), np.eye(3, dtype=np.float32), np.zeros(2, np.float32), np.zeros(3, np.float32)
    )


class SunShadows:
    """Makes sun maps, in memory that is used again.

    Args:
        direction: (3,) unit vector to the sun, above the horizon.
    """

    def __init__(self, direction: Sequence[float]) -> None:
        towards = np.asarray(direction, np.float64)
        level = np.cross([0.0, 0.0, 1.0], towards)
        if np.linalg.norm(level) < 1e-6:
            level = np.array([1.0, 0.0, 0.0])
        level /= np.linalg.norm(level)
        self._axes = np.stack([level, np.cross(towards, level), towards])
        half = _REACH + 20.0
        flat = abs(self._axes[1, 2])  # how much of a height shows from the sun
        deep = np.hypot(self._axes[1, 0], self._axes[1, 1])
        columns = int(2.0 * half / TEXEL)
        rows = int((2.0 * half * deep + 70.0 * flat) / TEXEL)
        self._nearest = np.empty((rows, columns), np.float32)
        self._low = np.array([-half, -half * deep - 35.0 * flat])

    def of_frame(self, picture: Picture, place: Place, boxes: Sequence[Box3D], origin: FloatArray) -> SunMap:
        """The map of a frame.

        Args:
            picture: Its buffers.
            place: The camera.
            boxes: Of vehicles, in the world.
            origin: (3,) world position of the kernels' zero.
        """
        eye = place.camera[:3].astype(np.float64)
        across = self._axes[:2] @ (eye + origin) + self._low
        # Cells lie still in the world, so that edges of shadows do not crawl when the camera moves.
        corner = np.floor(across / TEXEL) * TEXEL - self._axes[:2] @ origin
        sun_map = SunMap(
            self._nearest, self._axes.astype(np.float32), corner.astype(np.float32), eye.astype(np.float32)
        )
        self._nearest.fill(_EMPTY)
        splat_picture(picture, place, sun_map)
        points = [_box_points(box) - origin for box in boxes]
        if points:
            splat_points(np.concatenate(points).astype(np.float32), sun_map)
        return sun_map


def _box_points(box: Box3D) -> FloatArray:
    """Points on a vehicle's body and, above it, a narrower cabin."""
    length, width, height = box.size
    body = _block_points(length, width, 0.18 * height, 0.6 * height)
    cabin_length = 0.62 * length if height < 2.0 else 0.97 * length
    cabin = _block_points(cabin_length, 0.84 * width, 0.6 * height, 0.97 * height)
    local = np.concatenate([body, cabin]) - [0.0, 0.0, 0.5 * height]
    return np.asarray(local @ box.rotation.T + box.center)


def _block_points(length: float, width: float, low: float, high: float) -> FloatArray:
    step = 0.6 * TEXEL
    x = np.linspace(-0.5 * length, 0.5 * length, max(2, int(length / step)))
    y = np.linspace(-0.5 * width, 0.5 * width, max(2, int(width / step)))
    z = np.linspace(low, high, max(2, int((high - low) / step)))
    sheets = [np.stack(np.meshgrid(x, y, [high]), -1)]
    sheets += [np.stack(np.meshgrid(x, [side], z), -1) for side in (y[0], y[-1])]
    sheets += [np.stack(np.meshgrid([end], y, z), -1) for end in (x[0], x[-1])]
    return np.concatenate([sheet.reshape(-1, 3) for sheet in sheets])


@device_function_inlined
def _splat(sun_map: SunMap, x: Scalar, y: Scalar, z: Scalar, half: int) -> None:
    axes = sun_map.axes
    column = int((axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z - sun_map.corner[0]) * f32(1.0 / TEXEL))
    row = int((axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z - sun_map.corner[1]) * f32(1.0 / TEXEL))
    along = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
    rows, columns = sun_map.nearest.shape
    for r in range(max(row, 0), min(row + half + 1, rows)):
        for c in range(max(column, 0), min(column + half + 1, columns)):
            sun_map.nearest[r, c] = max(sun_map.nearest[r, c], along)


@kernel
def splat_picture(picture: Picture, place: Place, sun_map: SunMap) -> None:
    """Enter every point that the camera sees, but for the ground's."""
    height, width = picture.depth.shape
    pixel = place.table[1, 0] if place.table.shape[0] > 1 else f32(1.0) / place.lens[2]
    for row in range(height):
        for column in range(width):
            kind = picture.kinds[row, column] & KIND_BITS
            if kind == _SKY or is_ground(kind):
                continue
            dx, dy, dz, scale, _seen = camera_ray(
                place.camera, place.table, f32(column) + f32(0.5), f32(row) + f32(0.5)
            )
            t = picture.depth[row, column] / scale
            if not t < f32(_REACH + 20.0):
                continue
            half = min(int(t * pixel * f32(1.4 / TEXEL)), 3)
            _splat(sun_map, place.camera[0] + t * dx, place.camera[1] + t * dy, place.camera[2] + t * dz, half)


@kernel
def splat_points(points: Array, sun_map: SunMap) -> None:
    """Enter points (N, 3) of the kernels' frame."""
    for row in range(points.shape[0]):
        _splat(sun_map, points[row, 0], points[row, 1], points[row, 2], 0)


@device_function_inlined
def sunlit(sun_map: SunMap, x: Scalar, y: Scalar, z: Scalar) -> Scalar:
    """Share 0..1 of the sun that reaches a point of the kernels' frame: nine cells around it, the middle ones more."""
    axes = sun_map.axes
    away_x, away_y = x - sun_map.eye[0], y - sun_map.eye[1]
    away = away_x * away_x + away_y * away_y
    if away > f32(_REACH * _REACH):
        return f32(1.0)
    u = (axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z - sun_map.corner[0]) * f32(1.0 / TEXEL) - f32(0.5)
    v = (axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z - sun_map.corner[1]) * f32(1.0 / TEXEL) - f32(0.5)
    along = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z + f32(_BIAS)
    column, row = int(u), int(v)
    rows, columns = sun_map.nearest.shape
    if row < 1 or column < 1 or row + 2 >= rows or column + 2 >= columns:
        return f32(1.0)
    fu, fv = u - f32(column), v - f32(row)
    hidden = f32(0.0)
    for i in range(-1, 3):
        # A box three cells wide, moved by the fraction of a cell.
        wv = f32(1.0) - fv if i == -1 else (fv if i == 2 else f32(1.0))
        for j in range(-1, 3):
            wu = f32(1.0) - fu if j == -1 else (fu if j == 2 else f32(1.0))
            if sun_map.nearest[row + i, column + j] > along:
                hidden += wu * wv
    hidden *= f32(1.0 / 9.0)
    fade = saturate((f32(_REACH * _REACH) - away) * f32(1.0 / (_FADE * _REACH)))
    return f32(1.0) - hidden * fade
