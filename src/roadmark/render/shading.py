"""Second pass: hits become colours. One function shades a packet; the first sample and the extra ones of edges both use it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roadmark.render.hits import (
    ALBEDO_B,
    ALBEDO_G,
    ALBEDO_R,
    BLOCK,
    BLOCK_PIXELS,
    BLUE,
    DX,
    DY,
    DZ,
    GREEN,
    LAMP_COLUMNS,
    NOTHING_HIT,
    NX,
    NY,
    NZ,
    OPEN,
    PX,
    PY,
    PZ,
    RED,
    ROW,
    SCALE,
    SUN,
    SURFACE,
    T,
    U,
    Scratch,
    V,
    locate_hit,
)
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.lighting import apply_fog, spot_lights, surface_radiance
from roadmark.render.materials import Material, material_sample
from roadmark.render.packets import LANES, SceneArrays
from roadmark.render.rays import EYE, camera_ray
from roadmark.render.sky import sky_radiance
from roadmark.render.tone import tone_map
from roadmark.render.trace import HitBuffers

f32 = np.float32

_LABELS, _COLOR, _VARIATION = 12, 13, 14  # scene.Surface, as plain numbers
_EMISSION, _PAINT = 2, 3  # scene.Attribute, as plain numbers
_CAR_PAINT = int(Material.CAR_PAINT)

class Look(NamedTuple):
    """What colours depend on besides the scene.

    Attributes:
        env: Packed environment.
        noise: Noise table.
        linear: (256,) float32 linear value of an sRGB byte.
        lamps: (N, 12) float32 lamps in the kernels' frame.
        shift: (3,) float32 from the kernels' frame to the fixed one of patterns.
        reflections: Whether mirror images are traced.
    """

    env: Array
    noise: Array
    linear: Array
    lamps: Array
    shift: Array
    reflections: bool


@kernel
def shade_blocks(
    scene: SceneArrays,
    look: Look,
    view: Array,
    table: Array,
    buffers: HitBuffers,
    sun_visibility: Array,
    openness: Array,
    rgb: Array,
    albedo: Array,
    scratch: Scratch,
    first: int,
    last: int,
) -> None:
    """Shade the rows `first` to `last - 1` of blocks.

    Args:
        scene: What is there.
        look: Light, air and patterns.
        view: Packed camera.
        table: Its radial table.
        buffers: Hits of the first pass.
        sun_visibility: (H, W) uint8.
        openness: (H, W) uint8 open share of the hemisphere * 255; a single pixel where occlusion is off.
        rgb: (H, W, 3) uint8, written.
        albedo: (H, W, 3) uint8, written; a single pixel where not wanted.
        scratch: Working memory.
        first: First row of blocks.
        last: Row after the last.
    """
    height, width = rgb.shape[0], rgb.shape[1]
    across = (width + BLOCK - 1) // BLOCK
    rays, words, valid, lanes, marks = scratch.rays, scratch.words, scratch.valid, scratch.lanes, scratch.marks
    near_lamps = scratch.lamps
    with_occlusion = openness.shape[0] == height and openness.shape[1] == width
    with_albedo = albedo.shape[0] == height and albedo.shape[1] == width
    for by in range(first, last):
        for bx in range(across):
            block = by * across + bx
            for k in range(BLOCK_PIXELS):
                tile = k >> 4
                x = bx * BLOCK + (tile & 3) * 4 + (k & 3)
                y = by * BLOCK + (tile >> 2) * 4 + ((k >> 2) & 3)
                dx, dy, dz, scale, _ = camera_ray(view, table, f32(x) + f32(0.5), f32(y) + f32(0.5))
                lanes[DX, k] = dx
                lanes[DY, k] = dy
                lanes[DZ, k] = dz
                lanes[SCALE, k] = scale
                lanes[T, k] = buffers.hits[block, 0, k]
                lanes[U, k] = buffers.hits[block, 1, k]
                lanes[V, k] = buffers.hits[block, 2, k]
                marks[SURFACE, k] = buffers.marks[block, SURFACE, k]
                marks[ROW, k] = buffers.marks[block, ROW, k]
                inside = x < width and y < height
                lanes[SUN, k] = f32(1.0) if inside and sun_visibility[y, x] > 0 else f32(0.0)
                lanes[OPEN, k] = f32(openness[y, x]) * f32(1.0 / 255.0) if inside and with_occlusion else f32(1.0)
                if marks[SURFACE, k] >= 0:
                    locate_hit(scene.surfaces, scene.placements, lanes, marks, k, view[EYE], view[EYE + 1], view[EYE + 2])
            lamps = lamps_near(look.lamps, near_lamps, lanes, marks, 0, BLOCK_PIXELS)
            for base in range(0, BLOCK_PIXELS, LANES):
                shade_packet(scene, look, near_lamps, lamps, rays, words, valid, lanes, marks, base)
                for lane in range(LANES):
                    k = base + lane
                    x = bx * BLOCK + ((base >> 4) & 3) * 4 + (lane & 3)
                    y = by * BLOCK + (base >> 6) * 4 + (lane >> 2)
                    if x < width and y < height:
                        r, g, b = tone_map(lanes[RED, k], lanes[GREEN, k], lanes[BLUE, k], look.env)
                        rgb[y, x, 0] = r
                        rgb[y, x, 1] = g
                        rgb[y, x, 2] = b
                        if with_albedo:
                            for channel in range(3):
                                albedo[y, x, channel] = encoded(lanes[ALBEDO_R + channel, k])


@device_function
def encoded(value: Scalar) -> Scalar:
    """SRGB byte of a linear value."""
    x = min(max(value, f32(0.0)), f32(1.0))
    y = f32(12.92) * x if x <= f32(0.0031308) else f32(1.055) * x ** f32(1.0 / 2.4) - f32(0.055)
    return np.int32(f32(255.0) * y + f32(0.5))


@device_function
def lamps_near(lamps: Array, near: Array, lanes: Array, marks: Array, begin: Scalar, end: Scalar) -> Scalar:
    """Copy the lamps that reach the box around some columns' hit points to `near`; their number."""
    count = lamps.shape[0]
    if count == 0:
        return 0
    low_x = low_y = low_z = f32(np.inf)
    high_x = high_y = high_z = f32(-np.inf)
    for k in range(begin, end):
        if marks[SURFACE, k] >= 0:
            low_x = min(low_x, lanes[PX, k])
            low_y = min(low_y, lanes[PY, k])
            low_z = min(low_z, lanes[PZ, k])
            high_x = max(high_x, lanes[PX, k])
            high_y = max(high_y, lanes[PY, k])
            high_z = max(high_z, lanes[PZ, k])
    found = 0
    for i in range(count):
        x = max(max(low_x - lamps[i, 0], lamps[i, 0] - high_x), f32(0.0))
        y = max(max(low_y - lamps[i, 1], lamps[i, 1] - high_y), f32(0.0))
        z = max(max(low_z - lamps[i, 2], lamps[i, 2] - high_z), f32(0.0))
        if x * x + y * y + z * z < lamps[i, 11] * lamps[i, 11]:
            for column in range(LAMP_COLUMNS):
                near[found, column] = lamps[i, column]
            found += 1
    return found


@device_function
def shade_packet(
    scene: SceneArrays, look: Look, near_lamps: Array, lamps: Scalar, rays: Array, words: Array, valid: Array, lanes: Array,
    marks: Array, base: Scalar,
) -> None:  # fmt: skip
    """Compute RED, GREEN, BLUE and albedo of 16 located columns."""
    for lane in range(LANES):
        k = base + lane
        dx = lanes[DX, k]
        dy = lanes[DY, k]
        dz = lanes[DZ, k]
        length = np.sqrt(dx * dx + dy * dy + dz * dz)
        inverse = f32(1.0) / length
        dx *= inverse
        dy *= inverse
        dz *= inverse
        valid[lane] = 0
        if marks[SURFACE, k] < 0:
            r = g = b = f32(0.0)
            if marks[SURFACE, k] == NOTHING_HIT:
                r, g, b = sky_radiance(dx, dy, dz, look.env, look.noise)
            lanes[ALBEDO_R, k] = f32(0.0)
            lanes[ALBEDO_G, k] = f32(0.0)
            lanes[ALBEDO_B, k] = f32(0.0)
        else:
            nx = lanes[NX, k]
            ny = lanes[NY, k]
            nz = lanes[NZ, k]
            distance = lanes[T, k] * length
            facing = max(-(nx * dx + ny * dy + nz * dz), f32(0.02))
            ar, ag, ab, f0, roughness, er, eg, eb = sample_surface(
                scene, look, marks[SURFACE, k], marks[ROW, k], lanes[PX, k], lanes[PY, k], lanes[PZ, k],
                nx, ny, nz, distance / np.sqrt(facing),
            )  # fmt: skip
            sr, sg, sb = spot_lights(lanes[PX, k], lanes[PY, k], lanes[PZ, k], nx, ny, nz, near_lamps, 0, lamps)
            r, g, b = surface_radiance(
                ar, ag, ab, f0, roughness, er, eg, eb, nx, ny, nz, -dx, -dy, -dz, lanes[SUN, k], lanes[OPEN, k],
                sr, sg, sb, look.env,
            )  # fmt: skip
            r, g, b = apply_fog(r, g, b, distance, dx, dy, dz, look.env)
            lanes[ALBEDO_R, k] = ar
            lanes[ALBEDO_G, k] = ag
            lanes[ALBEDO_B, k] = ab
        lanes[RED, k] = r
        lanes[GREEN, k] = g
        lanes[BLUE, k] = b


@device_function
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
    return material_sample(
        material, look.linear[red], look.linear[green], look.linear[blue],
        np.int64(scene.surface_bits[surface, _VARIATION]), lx, ly, lz, wx, wy, wz, nx, ny, nz, distance, glow,
        look.env, look.noise,
    )  # fmt: skip
