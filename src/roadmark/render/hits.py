"""From a ray's hit to what labels and shading need, for packets inside a block of 16 x 16 pixels.

A block's rays are columns of two arrays: `lanes` (float32) and `marks` (int32), with the rows named below. Functions work on 16
columns from `base`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roadmark.render.jit import Array, Scalar, device_function
from roadmark.render.packets import (
    CAMERA_MASK,
    DIRECTION_X,
    DIRECTION_Y,
    DIRECTION_Z,
    FAR,
    HIT_U,
    HIT_V,
    INSTANCE,
    LANES,
    PRIMITIVE,
    WORDS,
    SceneArrays,
    aligned_words,
    occluded16,
    set_ray,
    trace16,
)
from roadmark.render.rays import EYE, camera_ray

BLOCK = 16
"""Pixels along a block's side."""

BLOCK_PIXELS = BLOCK * BLOCK

# Rows of `lanes`.
DX, DY, DZ = 0, 1, 2  # ray direction, not normalised
T, U, V = 3, 4, 5  # hit: distance in units of the direction, barycentric coordinates
PX, PY, PZ = 6, 7, 8  # hit point in the kernels' frame
FX, FY, FZ = 9, 10, 11  # facet normal, towards the eye
NX, NY, NZ = 12, 13, 14  # shading normal
SCALE = 15  # factor from distance to depth
SUN = 16  # sun visibility 0..1
OPEN = 17  # open share of the hemisphere 0..1
RED, GREEN, BLUE = 18, 19, 20  # radiance that reaches the eye
ALBEDO_R, ALBEDO_G, ALBEDO_B = 21, 22, 23
LANE_ROWS = 24

# Rows of `marks`.
SURFACE = 0  # row of the triangle's record, or one of the two values below
ROW = 1  # instance
MARK_ROWS = 2

NOTHING_HIT = -1
OUTSIDE_LENS = -2

LAMP_COLUMNS = 12

FIRST_SURFACE = 0  # scene.Attribute.FIRST_SURFACE, as a plain number
SURFACE_EPSILON = 1.0e-3  # secondary rays start this far off the surface, metres
DISTANCE_EPSILON = 3.0e-5  # and this far per metre from the eye
SUN_RANGE = 2000.0  # metres

f32 = np.float32


class Scratch(NamedTuple):
    """Working memory of one kernel call.

    Attributes:
        rays: (WORDS,) float32, a packet; its address is a multiple of 64.
        words: The same memory as int32.
        valid: (16,) int32, address likewise.
        lanes: (LANE_ROWS, 256) float32 of a block.
        marks: (MARK_ROWS, 256) int32 of a block.
        lamps: (N, 12) float32 lamps near the block.
        sums: (16, 3) int32.
    """

    rays: Array
    words: Array
    valid: Array
    lanes: Array
    marks: Array
    lamps: Array
    sums: Array


def new_scratch(lamps: int = 0) -> Scratch:
    """Working memory for a call with so many lamps in the scene."""
    rays = aligned_words(WORDS)
    return Scratch(
        rays=rays,
        words=rays.view(np.int32),
        valid=aligned_words(LANES).view(np.int32),
        lanes=aligned_words(LANE_ROWS * BLOCK_PIXELS).reshape(LANE_ROWS, BLOCK_PIXELS),
        marks=np.zeros((MARK_ROWS, BLOCK_PIXELS), np.int32),
        lamps=np.zeros((max(1, lamps), LAMP_COLUMNS), np.float32),
        sums=np.zeros((LANES, 3), np.int32),
    )


@device_function
def camera_packet(
    view: Array, table: Array, rays: Array, words: Array, valid: Array, lanes: Array, marks: Array, base: Scalar,
    lane: Scalar, u: Scalar, v: Scalar,
) -> None:  # fmt: skip
    """Aim one lane at a pixel position; lanes outside the lens become invalid."""
    dx, dy, dz, scale, inside = camera_ray(view, table, u, v)
    lanes[DX, base + lane] = dx
    lanes[DY, base + lane] = dy
    lanes[DZ, base + lane] = dz
    lanes[SCALE, base + lane] = scale
    valid[lane] = -1 if inside else 0
    set_ray(
        rays, words, lane, view[EYE], view[EYE + 1], view[EYE + 2], dx, dy, dz, f32(0.0), f32(np.inf), CAMERA_MASK
    )


@device_function
def trace_packet(
    scene: SceneArrays, rays: Array, words: Array, valid: Array, lanes: Array, marks: Array, base: Scalar,
) -> None:  # fmt: skip
    """Trace the packet's camera rays and note what each lane hit."""
    trace16(scene, valid, rays, words, scene.coherent)
    attributes = scene.attributes
    for lane in range(LANES):
        k = base + lane
        primitive = words[PRIMITIVE + lane]
        if valid[lane] == 0:
            marks[SURFACE, k] = OUTSIDE_LENS
        elif primitive < 0:
            marks[SURFACE, k] = NOTHING_HIT
        else:
            row = words[INSTANCE + lane]
            marks[ROW, k] = row
            marks[SURFACE, k] = attributes[row, FIRST_SURFACE] + primitive
            lanes[T, k] = rays[FAR + lane]
            lanes[U, k] = rays[HIT_U + lane]
            lanes[V, k] = rays[HIT_V + lane]


@device_function
def locate_hit(
    surfaces: Array, placements: Array, lanes: Array, marks: Array, k: Scalar, ex: Scalar, ey: Scalar, ez: Scalar
) -> None:
    """Compute the hit point and both normals of column `k`, whose ray starts at (ex, ey, ez)."""
    s = marks[SURFACE, k]
    row = marks[ROW, k]
    dx = lanes[DX, k]
    dy = lanes[DY, k]
    dz = lanes[DZ, k]
    t = lanes[T, k]
    u = lanes[U, k]
    v = lanes[V, k]
    lanes[PX, k] = ex + dx * t
    lanes[PY, k] = ey + dy * t
    lanes[PZ, k] = ez + dz * t
    w = f32(1.0) - u - v
    nx = surfaces[s, 0] * w + surfaces[s, 3] * u + surfaces[s, 6] * v
    ny = surfaces[s, 1] * w + surfaces[s, 4] * u + surfaces[s, 7] * v
    nz = surfaces[s, 2] * w + surfaces[s, 5] * u + surfaces[s, 8] * v
    fx = surfaces[s, 9]
    fy = surfaces[s, 10]
    fz = surfaces[s, 11]
    if row > 0:
        m00, m01, m02 = placements[row, 0], placements[row, 1], placements[row, 2]
        m10, m11, m12 = placements[row, 4], placements[row, 5], placements[row, 6]
        m20, m21, m22 = placements[row, 8], placements[row, 9], placements[row, 10]
        nx, ny, nz = m00 * nx + m01 * ny + m02 * nz, m10 * nx + m11 * ny + m12 * nz, m20 * nx + m21 * ny + m22 * nz
        fx, fy, fz = m00 * fx + m01 * fy + m02 * fz, m10 * fx + m11 * fy + m12 * fz, m20 * fx + m21 * fy + m22 * fz
    length = f32(1.0) / np.sqrt(nx * nx + ny * ny + nz * nz + f32(1.0e-20))
    if fx * dx + fy * dy + fz * dz > f32(0.0):
        length = -length
        fx = -fx
        fy = -fy
        fz = -fz
    lanes[FX, k] = fx
    lanes[FY, k] = fy
    lanes[FZ, k] = fz
    lanes[NX, k] = nx * length
    lanes[NY, k] = ny * length
    lanes[NZ, k] = nz * length


@device_function
def start_offset(lanes: Array, k: Scalar) -> Scalar:
    """How far off the surface a secondary ray of column `k` starts, metres: beyond the rounding of its hit point."""
    dx = lanes[DX, k]
    dy = lanes[DY, k]
    dz = lanes[DZ, k]
    return f32(SURFACE_EPSILON) + f32(DISTANCE_EPSILON) * lanes[T, k] * np.sqrt(dx * dx + dy * dy + dz * dz)


@device_function
def sun_packet(
    scene: SceneArrays, rays: Array, words: Array, valid: Array, lanes: Array, marks: Array, base: Scalar,
    sx: Scalar, sy: Scalar, sz: Scalar,
) -> None:  # fmt: skip
    """Set SUN of 16 columns: 1 where the sun (unit vector to it) shines on the facet."""
    wanted = 0
    for lane in range(LANES):
        k = base + lane
        valid[lane] = 0
        lanes[SUN, k] = f32(0.0)
        if marks[SURFACE, k] >= 0 and lanes[FX, k] * sx + lanes[FY, k] * sy + lanes[FZ, k] * sz > f32(0.0):
            offset = start_offset(lanes, k)
            valid[lane] = -1
            wanted += 1
            set_ray(
                rays, words, lane, lanes[PX, k] + lanes[FX, k] * offset, lanes[PY, k] + lanes[FY, k] * offset,
                lanes[PZ, k] + lanes[FZ, k] * offset, sx, sy, sz, f32(0.0), f32(SUN_RANGE), -1,
            )  # fmt: skip
    if wanted == 0:
        return
    occluded16(scene, valid, rays, words, scene.coherent)
    for lane in range(LANES):
        if valid[lane] != 0 and rays[FAR + lane] >= f32(0.0):
            lanes[SUN, base + lane] = f32(1.0)


@device_function
def ray_direction(rays: Array, lane: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Direction of a packet's lane."""
    return rays[DIRECTION_X + lane], rays[DIRECTION_Y + lane], rays[DIRECTION_Z + lane]
