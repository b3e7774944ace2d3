"""Mirror images: rays from shining surfaces, and what they show."""

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
    OX,
    OY,
    OZ,
    PLACED,
    PX,
    PY,
    PZ,
    RED,
    ROUGHNESS,
    SHOWN,
    SUN,
    SURFACE,
    Scratch,
    T,
    locate_block,
    start_offset,
    step_off,
    sun_block,
    trace_block,
)
from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.lamps import add_lamps
from roadmark.render.lighting import direct_radiance
from roadmark.render.look import Look, add_air, sample_block
from roadmark.render.materials_ground import water_tilt
from roadmark.render.packets import SceneArrays
from roadmark.render.sky import sky_radiance

f32 = np.float32

LEAST_F0 = 0.015
"""Surfaces that mirror less head-on show no mirror image."""

MIRROR_ROUGHNESS = 0.4
"""Rougher surfaces get the mirror image of a typical street instead of a traced one."""

NO_MIRRORS, WATER_MIRRORS, ALL_MIRRORS = 0, 1, 2
"""Values of `Look.reflections`: no mirror images, those in standing water, those in everything smooth."""

WATER_F0 = 0.035
"""Smooth surfaces that face up and mirror no more than this head-on are water."""

LEVEL = 0.9
"""Upward part of a normal from which water stays on a surface."""

LEAST_LIFT = 0.02
"""Cosine between a mirror ray and the facet it leaves, at least."""

MIRROR_OPENNESS = 0.7
"""Open share of the hemisphere assumed for things seen in a mirror."""


@device_function
def aim_mirrors(
    scene: SceneArrays, look: Look, mirror: Array, mirror_marks: Array, lanes: Array, marks: Array, shared: Scalar,
    again: Scalar,
) -> Scalar:  # fmt: skip
    """Aim rays from the mirroring surfaces of a block into their mirror directions; the number of rays.

    Args:
        scene: What is there.
        look: Which surfaces mirror.
        mirror: Rays, written.
        mirror_marks: The same.
        lanes: Block, sampled.
        marks: Block.
        shared: Whether two by two pixels of a tiled block have one ray, that of the first which mirrors; see `ray_of`.
        again: Whether columns may show what their pixels' samples before showed.
    """
    count = 0
    for k in range(BLOCK):
        mirror_marks[SURFACE + k] = NO_RAY
    if not again:
        for k in range(BLOCK):
            mirror_marks[SHOWN + k] = 0
    for k in range(BLOCK):
        if marks[SURFACE + k] < 0 or lanes[F0 + k] <= f32(LEAST_F0) or lanes[ROUGHNESS + k] > f32(MIRROR_ROUGHNESS):
            continue
        ray = ray_of(k, shared)
        if mirror_marks[SHOWN + ray]:
            continue
        water = lanes[F0 + k] <= f32(WATER_F0) and lanes[NZ + k] > f32(LEVEL)
        if look.reflections == WATER_MIRRORS and not water:
            continue
        inverse = f32(1.0) / lanes[LENGTH + k]
        dx = lanes[DX + k] * inverse
        dy = lanes[DY + k] * inverse
        dz = lanes[DZ + k] * inverse
        fx, fy, fz = facet_towards(scene, marks[SURFACE + k], marks[PLACED + k], dx, dy, dz)
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        if water:
            tilt_x, tilt_y = water_tilt(
                lanes[PX + k] + look.shift[0], lanes[PY + k] + look.shift[1], lanes[T + k] * lanes[LENGTH + k],
                look.env, look.noise,
            )  # fmt: skip
            nx += tilt_x
            ny += tilt_y
        twice = f32(2.0) * (dx * nx + dy * ny + dz * nz)
        rx = dx - twice * nx
        ry = dy - twice * ny
        rz = dz - twice * nz
        # The bent normal of a smooth surface may mirror into the facet itself: lift such rays off it.
        lift = max(f32(LEAST_LIFT) - (rx * fx + ry * fy + rz * fz), f32(0.0))
        rx += fx * lift
        ry += fy * lift
        rz += fz * lift
        inverse = f32(1.0) / np.sqrt(rx * rx + ry * ry + rz * rz)
        offset = start_offset(lanes[T + k] * lanes[LENGTH + k])
        mirror[OX + ray] = lanes[PX + k] + fx * offset
        mirror[OY + ray] = lanes[PY + k] + fy * offset
        mirror[OZ + ray] = lanes[PZ + k] + fz * offset
        mirror[DX + ray] = rx * inverse
        mirror[DY + ray] = ry * inverse
        mirror[DZ + ray] = rz * inverse
        mirror[LENGTH + ray] = f32(1.0)
        mirror_marks[SURFACE + ray] = NOTHING_HIT
        mirror_marks[SHOWN + ray] = 1
        count += 1
    return count


@device_function_inlined
def ray_of(k: Scalar, shared: Scalar) -> Scalar:
    """The column of the mirror ray that serves column k: its own, or that of its two by two pixels.

    Shared rays stand side by side, four tiles of four by four pixels in a packet.
    """
    return (k >> 4) * 4 + ((k >> 2) & 2) + ((k >> 1) & 1) if shared else k


@device_function_inlined
def facet_towards(
    scene: SceneArrays, surface: Scalar, row: Scalar, dx: Scalar, dy: Scalar, dz: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Facet normal of a triangle in the kernels' frame, against the direction (dx, dy, dz)."""
    fx, fy, fz = scene.surfaces[surface, 9], scene.surfaces[surface, 10], scene.surfaces[surface, 11]
    m = scene.placements
    nx = m[row, 0] * fx + m[row, 1] * fy + m[row, 2] * fz
    ny = m[row, 4] * fx + m[row, 5] * fy + m[row, 6] * fz
    nz = m[row, 8] * fx + m[row, 9] * fy + m[row, 10] * fz
    side = f32(-1.0) if nx * dx + ny * dy + nz * dz > f32(0.0) else f32(1.0)
    return nx * side, ny * side, nz * side


@device_function
def trace_mirrors(scene: SceneArrays, look: Look, scratch: Scratch, sun: Array, shadows: Scalar) -> None:
    """Set RED, GREEN, BLUE of the mirror rays: what a mirror shows, without mirrors in mirrors."""
    lanes, marks = scratch.mirror_lanes, scratch.mirror_marks
    trace_block(scene, scratch.rays, scratch.words, scratch.valid, lanes, marks, -1, scene.incoherent)
    locate_block(scene.surfaces, scene.placements, lanes, marks)
    if shadows:
        # The start points have served; their place takes those of the sun rays.
        step_off(lanes, lanes)
        sun_block(scene, scratch.sun_rays, scratch.sun_words, scratch.valid, lanes, marks, lanes, sun)
    else:
        for k in range(BLOCK):
            lanes[SUN + k] = f32(0.0)
    sample_block(scene, look, lanes, marks)
    for k in range(BLOCK):
        if marks[SURFACE + k] == NO_RAY:
            continue
        dx = lanes[DX + k]
        dy = lanes[DY + k]
        dz = lanes[DZ + k]
        if marks[SURFACE + k] == NOTHING_HIT:
            r, g, b = sky_radiance(dx, dy, dz, look.env, look.noise)
        else:
            r, g, b = direct_radiance(
                lanes[ALBEDO_R + k], lanes[ALBEDO_G + k], lanes[ALBEDO_B + k], lanes[F0 + k], lanes[ROUGHNESS + k],
                lanes[EMITTED_R + k], lanes[EMITTED_G + k], lanes[EMITTED_B + k],
                lanes[NX + k], lanes[NY + k], lanes[NZ + k], -dx, -dy, -dz,
                lanes[SUN + k], f32(MIRROR_OPENNESS), f32(0.0), f32(0.0), f32(0.0), look.env,
            )  # fmt: skip
        lanes[RED + k] = r
        lanes[GREEN + k] = g
        lanes[BLUE + k] = b
    add_lamps(look, scratch, lanes, marks, False)
    add_air(look, lanes, marks)
