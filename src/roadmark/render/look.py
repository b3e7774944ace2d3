"""What colours depend on besides the scene, and what a block of hits is made of and lit by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roadmark.render.environment import EnvironmentIndex as Env
from roadmark.render.hits import (
    ALBEDO_B,
    ALBEDO_G,
    ALBEDO_R,
    BLOCK,
    BLUE,
    DX,
    DY,
    DZ,
    EMITTED_B,
    EMITTED_G,
    EMITTED_R,
    F0,
    GREEN,
    LENGTH,
    NX,
    NY,
    NZ,
    PLACED,
    PX,
    PY,
    PZ,
    RED,
    ROUGHNESS,
    SURFACE,
    T,
)
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.lighting import apply_fog
from roadmark.render.material_kinds import Material
from roadmark.render.materials import material_sample
from roadmark.render.packets import SceneArrays
from roadmark.render.tracks import track_at

f32 = np.float32

_LABELS, _COLOR, _VARIATION = 12, 13, 14  # scene.Surface, as plain numbers
_EMISSION, _PAINT = 2, 3  # scene.Attribute, as plain numbers
_CAR_PAINT = int(Material.CAR_PAINT)
_MARKING = int(Material.MARKING)


class Look(NamedTuple):
    """What colours depend on besides the scene.

    Attributes:
        env: Packed environment.
        noise: Noise table.
        linear: (256,) float32 linear value of an sRGB byte.
        lamps: (N, 12) float32 lamps in the kernels' frame.
        shift: (3,) float32 from the kernels' frame to the fixed one of patterns.
        reflections: `NO_MIRRORS`, `WATER_MIRRORS` or `ALL_MIRRORS`: which mirror images are traced.
        tracks: (R, C) uint8 cells of `tracks.WheelTracks`.
        corner: (2,) float32 their corner in the patterns' frame.
    """

    env: Array
    noise: Array
    linear: Array
    lamps: Array
    shift: Array
    reflections: int
    tracks: Array
    corner: Array


@device_function
def sample_block(scene: SceneArrays, look: Look, lanes: Array, marks: Array) -> None:
    """Set albedo, F0, ROUGHNESS and emission of the columns that hit something."""
    for k in range(BLOCK):
        if marks[SURFACE + k] < 0:
            continue
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        length = lanes[LENGTH + k]
        facing = -(nx * lanes[DX + k] + ny * lanes[DY + k] + nz * lanes[DZ + k]) / length
        distance = lanes[T + k] * length / np.sqrt(max(facing, f32(0.02)))
        ar, ag, ab, f0, roughness, er, eg, eb = sample_surface(
            scene, look, marks[SURFACE + k], marks[PLACED + k], lanes[PX + k], lanes[PY + k], lanes[PZ + k],
            nx, ny, nz, distance,
        )  # fmt: skip
        lanes[ALBEDO_R + k] = ar
        lanes[ALBEDO_G + k] = ag
        lanes[ALBEDO_B + k] = ab
        lanes[F0 + k] = f0
        lanes[ROUGHNESS + k] = roughness
        lanes[EMITTED_R + k] = er
        lanes[EMITTED_G + k] = eg
        lanes[EMITTED_B + k] = eb


@device_function_inlined
def sample_surface(
    scene: SceneArrays, look: Look, surface: Scalar, row: Scalar, x: Scalar, y: Scalar, z: Scalar,
    nx: Scalar, ny: Scalar, nz: Scalar, distance: Scalar,
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:  # fmt: skip
    """Material of a triangle's point: what `material_sample` returns."""
    word = np.int64(scene.surface_bits[surface, _LABELS])
    material = word & 255
    emitter = (word >> 16) & 255
    color = np.int64(scene.surface_bits[surface, _COLOR])
    red = color & 255
    green = (color >> 8) & 255
    blue = (color >> 16) & 255
    wx = x + look.shift[0]
    wy = y + look.shift[1]
    wz = z + look.shift[2]
    lx, ly, lz = wx, wy, wz
    glow = f32(0.0)
    if row > 0:
        m = scene.placements
        lx = m[row, 12] * x + m[row, 13] * y + m[row, 14] * z + m[row, 15]
        ly = m[row, 16] * x + m[row, 17] * y + m[row, 18] * z + m[row, 19]
        lz = m[row, 20] * x + m[row, 21] * y + m[row, 22] * z + m[row, 23]
        if material == _CAR_PAINT:
            red = np.int64(scene.attributes[row, _PAINT])
            green = np.int64(scene.attributes[row, _PAINT + 1])
            blue = np.int64(scene.attributes[row, _PAINT + 2])
        if emitter > 0 and (scene.attributes[row, _EMISSION] >> (emitter - 1)) & 1:
            glow = f32(1.0)
    wheels = f32(1.0)
    if look.env[Env.SNOW] + look.env[Env.SAND] > f32(0.0) and material <= _MARKING:
        wheels = track_at(look.tracks, look.corner, wx, wy)
    return material_sample(
        material, look.linear[red], look.linear[green], look.linear[blue],
        np.int64(scene.surface_bits[surface, _VARIATION]), lx, ly, lz, wx, wy, wz, nx, ny, nz, distance, glow,
        look.env, look.noise, wheels,
    )  # fmt: skip


@device_function
def add_air(look: Look, lanes: Array, marks: Array) -> None:
    """Put the air before RED, GREEN, BLUE of the columns that hit something."""
    env = look.env
    for k in range(BLOCK):
        inverse = f32(1.0) / lanes[LENGTH + k]
        r, g, b = apply_fog(
            lanes[RED + k], lanes[GREEN + k], lanes[BLUE + k], lanes[T + k] * lanes[LENGTH + k],
            lanes[DX + k] * inverse, lanes[DY + k] * inverse, lanes[DZ + k] * inverse, env,
        )  # fmt: skip
        hit = marks[SURFACE + k] >= 0
        lanes[RED + k] = r if hit else lanes[RED + k]
        lanes[GREEN + k] = g if hit else lanes[GREEN + k]
        lanes[BLUE + k] = b if hit else lanes[BLUE + k]
