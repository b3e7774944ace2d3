"""Hits become colours, block by block."""

from __future__ import annotations

import numpy as np

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
    NO_RAY,
    NOTHING_HIT,
    NX,
    NY,
    NZ,
    OPEN,
    RED,
    ROUGHNESS,
    SHOWN,
    SUN,
    SURFACE,
    Scratch,
    column_x,
    column_y,
)
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.lamps import add_lamps
from roadmark.render.lighting import (
    direct_radiance,
    fresnel,
    reflected_environment,
)
from roadmark.render.look import Look, add_air, sample_block
from roadmark.render.mirrors import (
    ALL_MIRRORS,
    LEAST_F0,
    LEVEL,
    MIRROR_ROUGHNESS,
    NO_MIRRORS,
    WATER_F0,
    WATER_MIRRORS,
    aim_mirrors,
    ray_of,
    trace_mirrors,
)
from roadmark.render.packets import SceneArrays
from roadmark.render.sky import sky_radiance
from roadmark.render.tone import tone_map
from roadmark.render.trace import FrameImages

f32 = np.float32


@device_function
def shade_block(
    scene: SceneArrays, look: Look, scratch: Scratch, lanes: Array, marks: Array, sun: Array, shadows: Scalar,
    tiled: Scalar, again: Scalar,
) -> None:  # fmt: skip
    """Compute RED, GREEN, BLUE before lamps and air, albedo, F0 and ROUGHNESS of a block.

    SUN, OPEN, hit points and normals are known. `tiled` says that columns lie in tiles: two by two pixels of water then
    share a mirror ray. `again` says that the call before had other samples of the same pixels: they share one, too.
    """
    shared = tiled and look.reflections == WATER_MIRRORS
    sample_block(scene, look, lanes, marks)
    if look.reflections != NO_MIRRORS:
        mirrors = aim_mirrors(
            scene, look, scratch.mirror_lanes, scratch.mirror_marks, lanes, marks, shared,
            again and look.reflections == WATER_MIRRORS,
        )  # fmt: skip
        if mirrors > 0:
            trace_mirrors(scene, look, scratch, sun, shadows)
    for k in range(BLOCK):
        inverse = f32(1.0) / lanes[LENGTH + k]
        dx = lanes[DX + k] * inverse
        dy = lanes[DY + k] * inverse
        dz = lanes[DZ + k] * inverse
        if marks[SURFACE + k] < 0:
            r = g = b = f32(0.0)
            if marks[SURFACE + k] == NOTHING_HIT:
                r, g, b = sky_radiance(dx, dy, dz, look.env, look.noise)
            lanes[RED + k] = r
            lanes[GREEN + k] = g
            lanes[BLUE + k] = b
            continue
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        f0 = lanes[F0 + k]
        roughness = lanes[ROUGHNESS + k]
        r, g, b = direct_radiance(
            lanes[ALBEDO_R + k], lanes[ALBEDO_G + k], lanes[ALBEDO_B + k], f0, roughness,
            lanes[EMITTED_R + k], lanes[EMITTED_G + k], lanes[EMITTED_B + k], nx, ny, nz, -dx, -dy, -dz,
            lanes[SUN + k], lanes[OPEN + k], f32(0.0), f32(0.0), f32(0.0), look.env,
        )  # fmt: skip
        if f0 > f32(LEAST_F0):
            ray = ray_of(k, shared)
            water = f0 <= f32(WATER_F0) and nz > f32(LEVEL)
            traced = look.reflections == ALL_MIRRORS or (look.reflections == WATER_MIRRORS and water)
            if traced and roughness <= f32(MIRROR_ROUGHNESS) and scratch.mirror_marks[SHOWN + ray]:
                share = fresnel(f0, roughness, -(nx * dx + ny * dy + nz * dz))
                r += share * scratch.mirror_lanes[RED + ray]
                g += share * scratch.mirror_lanes[GREEN + ray]
                b += share * scratch.mirror_lanes[BLUE + ray]
            else:
                mr, mg, mb = reflected_environment(f0, roughness, nx, ny, nz, -dx, -dy, -dz, lanes[OPEN + k], look.env)
                r += mr
                g += mg
                b += mb
        lanes[RED + k] = r
        lanes[GREEN + k] = g
        lanes[BLUE + k] = b


@device_function
def light_block(look: Look, scratch: Scratch, lanes: Array, marks: Array) -> None:
    """Finish the colours of a shaded block: the light of lamps, and the air before them."""
    add_lamps(look, scratch, lanes, marks, True)
    add_air(look, lanes, marks)


@device_function
def write_colors(
    lanes: Array, marks: Array, look: Look, images: FrameImages, with_albedo: Scalar, x0: Scalar, y0: Scalar
) -> None:
    """Write a block's display colours."""
    height, width = images.depth.shape
    for k in range(BLOCK):
        x = x0 + column_x(k)
        y = y0 + column_y(k)
        if x >= width or y >= height:
            continue
        r, g, b = tone_map(lanes[RED + k], lanes[GREEN + k], lanes[BLUE + k], look.env)
        there = marks[SURFACE + k] != NO_RAY
        images.rgb[y, x, 0] = r if there else 0
        images.rgb[y, x, 1] = g if there else 0
        images.rgb[y, x, 2] = b if there else 0
        if with_albedo:
            hit = marks[SURFACE + k] >= 0
            images.albedo[y, x, 0] = encoded(lanes[ALBEDO_R + k]) if hit else 0
            images.albedo[y, x, 1] = encoded(lanes[ALBEDO_G + k]) if hit else 0
            images.albedo[y, x, 2] = encoded(lanes[ALBEDO_B + k]) if hit else 0


@device_function_inlined
def encoded(value: Scalar) -> Scalar:
    """SRGB byte of a linear value."""
    x = min(max(value, f32(0.0)), f32(1.0))
    y = f32(12.92) * x if x <= f32(0.0031308) else f32(1.055) * x ** f32(1.0 / 2.4) - f32(0.055)
    return np.int32(f32(255.0) * y + f32(0.5))
