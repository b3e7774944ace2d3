"""Standing water that moves: rings of rain drops and small waves bend the mirror image that a picture shows of it.

Shading draws water at rest; this moves its image from frame to frame, so that a still camera's shading can be kept.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, Pose
from roadmark.render.environment import Environment
from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.frame import Frame
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.materials_ground import is_pool
from roadmark.render.noise import NOISE_SIZE, detail, floor_int, hash_cell, saturate, smooth_noise
from roadmark.render.rays import (
    CENTER_U,
    CENTER_V,
    DOWN,
    EYE,
    FORWARD,
    RADIUS_LIMIT,
    RIGHT,
    X_FROM_U,
    Y_FROM_V,
    camera_ray,
    pack_camera,
)

f32 = np.float32

_CELL = 0.4  # metres: one drop at a time rings in each
_RING_SPEED = 0.35  # m/s
_SWAY = 0.05  # metres by which a slope of one bends the image
_NO_CELL = -(1 << 30)
_LEVEL = 242  # of the normal's upward byte: flat ground


class Patterns(NamedTuple):
    """What the look of a scene's surfaces is drawn from.

    Attributes:
        noise: Table of `noise.noise_table`.
        origin: (3,) float64 world position of the patterns' zero.
    """

    noise: NDArray[np.float32]
    origin: NDArray[np.float64]


def moves(environment: Environment) -> bool:
    """Whether there is water that moves: under rain, or so much that the wind takes hold of it."""
    raining = environment.precipitation > 0.0 and environment.falling == "rain"
    return environment.puddles > 0.5 or (raining and environment.puddles > 0.0)


def stir_water(
    frame: Frame, camera: Camera, pose: Pose, environment: Environment, time: float, patterns: Patterns,
    paved: NDArray[np.bool_],
) -> NDArray[np.uint8]:  # fmt: skip
    """The picture of a rendered frame with its water moving.

    Args:
        frame: From `Renderer.render`.
        camera: Its camera.
        pose: world_from_camera.
        environment: Its environment.
        time: Seconds.
        patterns: Of the renderer.
        paved: (256,) semantic classes on which water stands.

    Returns:
        A new (H, W, 3) uint8 image.
    """
    packed = pack_camera(camera, pose, patterns.origin)
    drawn = frame.rgb.copy()
    env = environment.pack(packed.pixel_angle)
    rain = f32(environment.precipitation if environment.falling == "rain" else 0.0)
    bend_water(
        frame.rgb, drawn, frame.depth, frame.semantic, frame.normal, packed.view, packed.table, env, patterns.noise,
        paved, float(time), rain, np.empty((9, 4), np.float32), np.empty((3, camera.width), np.float32),
    )  # fmt: skip
    return drawn


@kernel
def bend_water(
    rgb: Array, drawn: Array, depth: Array, semantic: Array, normal: Array, view: Array, table: Array, env: Array,
    noise: Array, paved: Array, time: float, rain: Scalar, drops: Array, places: Array,
) -> None:  # fmt: skip
    """Write the pixels of `drawn` that show water.

    Args:
        rgb: (H, W, 3) uint8.
        drawn: The same, changed in place.
        depth: (H, W) float32.
        semantic: (H, W) uint8.
        normal: (H, W, 3) uint8 of `Frame`.
        view: Packed camera in the patterns' frame.
        table: Its radial table.
        env: Packed environment.
        noise: Noise table.
        paved: (256,) bool classes on which water stands.
        time: Seconds.
        rain: Rain in the air, 0..1.
        drops: (9, 4) float32, room for those around a pixel.
        places: (3, W) float32, room for where a row's pixels lie.
    """
    height, width = depth.shape
    edge = f32(1.0) - env[Env.PUDDLES]
    wide = saturate((env[Env.PUDDLES] - f32(0.5)) * f32(2.5))
    east = f32(time * 0.9 - math.floor(time * 0.9 / NOISE_SIZE) * NOISE_SIZE)
    south = f32(time * 0.5 - math.floor(time * 0.5 / NOISE_SIZE) * NOISE_SIZE)
    count = 0
    column = _NO_CELL
    row = _NO_CELL
    for y in range(height):
        _locate_row(view, table, depth[y], f32(y) + f32(0.5), places)
        for x in range(width):
            if normal[y, x, 2] < _LEVEL or not paved[semantic[y, x]]:
                continue
            px = places[0, x]
            py = places[1, x]
            away = places[2, x]
            fade = detail(f32(0.12), away * env[Env.PIXEL_ANGLE])
            if fade <= f32(0.0) or not is_pool(px, py, edge, noise):
                continue
            slope_x = f32(0.0)
            slope_y = f32(0.0)
            if rain > f32(0.0):
                if floor_int(px * f32(1.0 / _CELL)) != column or floor_int(py * f32(1.0 / _CELL)) != row:
                    column = floor_int(px * f32(1.0 / _CELL))
                    row = floor_int(py * f32(1.0 / _CELL))
                    count = _drops_around(column, row, time, rain, drops)
                slope_x, slope_y = _ring_slope(px, py, drops, count)
            if wide > f32(0.0):
                swell = smooth_noise(noise, px * f32(2.0) + east, py * f32(2.0) - south)
                chop = smooth_noise(noise, px * f32(5.0) - east, py * f32(5.0) + f32(77.0))
                slope_x += wide * (swell - f32(0.5))
                slope_y += wide * (chop - f32(0.5))
            sway = f32(_SWAY) / max(away * env[Env.PIXEL_ANGLE], f32(1e-6)) * fade
            u = min(max(int(f32(x) + f32(0.5) + sway * slope_x), 0), width - 1)
            v = min(max(int(f32(y) + f32(0.5) + sway * slope_y), 0), height - 1)
            if normal[v, u, 2] < _LEVEL or not paved[semantic[v, u]]:
                u = x
                v = y
            glint = f32(1.0) + f32(0.16) * fade * (slope_x + slope_y)
            for channel in range(3):
                value = f32(rgb[v, u, channel]) * glint + f32(0.5)
                drawn[y, x, channel] = np.uint8(min(value, f32(255.0)))


@device_function
def _locate_row(view: Array, table: Array, depth: Array, v: Scalar, places: Array) -> None:
    """Write x, y and distance from the eye of what a row shows; distances are infinite where no ray goes."""
    if view[RADIUS_LIMIT] > f32(0.0):
        for column in range(depth.shape[0]):
            dx, dy, dz, scale, seen = camera_ray(view, table, f32(column) + f32(0.5), v)
            along = depth[column] / scale
            places[0, column] = view[EYE] + dx * along
            places[1, column] = view[EYE + 1] + dy * along
            length = f32(math.sqrt(dx * dx + dy * dy + dz * dz))
            places[2, column] = along * length if seen else f32(np.inf)
        return
    # The same for a pinhole, without a branch per pixel.
    cu, xu, yv = view[CENTER_U], view[X_FROM_U], view[Y_FROM_V] * (v - view[CENTER_V])
    ex, ey = view[EYE], view[EYE + 1]
    rx, ry = view[RIGHT], view[RIGHT + 1]
    sx, sy = view[DOWN] * yv + view[FORWARD], view[DOWN + 1] * yv + view[FORWARD + 1]
    for column in range(depth.shape[0]):
        x = xu * (f32(column) + f32(0.5) - cu)
        places[0, column] = ex + (rx * x + sx) * depth[column]
        places[1, column] = ey + (ry * x + sy) * depth[column]
        places[2, column] = depth[column] * f32(math.sqrt(x * x + yv * yv + f32(1.0)))


@device_function
def _drops_around(column: int, row: int, time: float, rain: Scalar, drops: Array) -> int:
    """Write the drops that ring in a cell and in those around it: one per cell and about a second.

    Args:
        column: The cell.
        row: The cell.
        time: Seconds.
        rain: Share of the cells with a drop.
        drops: (9, 4) float32: world x and y, radius of the ring, its height.

    Returns:
        Their number.
    """
    count = 0
    for dc in range(-1, 2):
        for dr in range(-1, 2):
            c = column + dc
            r = row + dr
            pace = f32(0.9) + f32(0.6) * hash_cell(c, r, 51)
            beat = time * float(pace) + float(hash_cell(c, r, 52))
            number = int(beat)
            age = f32(beat - number)
            if hash_cell(c + 7919 * number, r, 53) > rain:
                continue
            drops[count, 0] = (f32(c) + hash_cell(c, r + 104729 * number, 54)) * f32(_CELL)
            drops[count, 1] = (f32(r) + hash_cell(c, r + 104729 * number, 55)) * f32(_CELL)
            drops[count, 2] = f32(_RING_SPEED) * age / pace
            drops[count, 3] = (f32(1.0) - age) * f32(2.4)
            count += 1
    return count


@device_function
def _ring_slope(px: Scalar, py: Scalar, drops: Array, count: int) -> tuple[Scalar, Scalar]:
    """Slope of the water where rings of drops run over it."""
    sx = f32(0.0)
    sy = f32(0.0)
    for drop in range(count):
        mx = drops[drop, 0] - px
        my = drops[drop, 1] - py
        distance = f32(math.sqrt(mx * mx + my * my)) + f32(1e-4)
        behind = (distance - drops[drop, 2]) * f32(1.0 / 0.045)
        if abs(behind) < f32(1.0):
            swell = behind * (f32(1.0) - behind * behind) * drops[drop, 3]
            sx += swell * mx / distance
            sy += swell * my / distance
    return sx, sy
