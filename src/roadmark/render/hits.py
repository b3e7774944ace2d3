"""Rays and hits of a block of 256 pixels, and the steps from one to the other.

A block's rays are columns of two flat arrays: `lanes` (float32) and `marks` (int32), whose rows of 256 begin at the
offsets named below. Everything works on whole blocks, so that the compiler knows every address and uses vector
instructions. The same steps serve 16 x 16 pixels of an image, 256 scattered pixels that want extra samples, and
mirror rays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roadmark.render.jit import Array, Scalar, device_function, device_function_inlined
from roadmark.render.packets import (
    DIRECTION_X,
    DIRECTION_Y,
    DIRECTION_Z,
    FAR,
    FLAGS,
    GEOMETRY,
    HIT_U,
    HIT_V,
    INSTANCE,
    LANES,
    MASK,
    NEAR,
    ORIGIN_X,
    ORIGIN_Y,
    ORIGIN_Z,
    PRIMITIVE,
    RAY_ID,
    TIME,
    WORDS,
    SceneArrays,
    aligned_words,
    occluded16,
    trace16,
)
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
)

SIDE = 16
"""Pixels along a block's side."""

BLOCK = SIDE * SIDE
PACKETS = BLOCK // LANES

# Rows of `lanes`.
PIXEL_U, PIXEL_V = 0 * BLOCK, 1 * BLOCK  # position in the image
# The ray, in the kernels' frame; its direction is not normalised.
OX, OY, OZ = 2 * BLOCK, 3 * BLOCK, 4 * BLOCK
DX, DY, DZ = 5 * BLOCK, 6 * BLOCK, 7 * BLOCK
# The hit: distance in units of the direction, barycentric coordinates; its point, facet normal and shading normal.
T, U, V = 8 * BLOCK, 9 * BLOCK, 10 * BLOCK
PX, PY, PZ = 11 * BLOCK, 12 * BLOCK, 13 * BLOCK
FX, FY, FZ = 14 * BLOCK, 15 * BLOCK, 16 * BLOCK
NX, NY, NZ = 17 * BLOCK, 18 * BLOCK, 19 * BLOCK
SCALE, LENGTH = 20 * BLOCK, 21 * BLOCK  # factors from distance to depth and to metres
SUN, OPEN = 22 * BLOCK, 23 * BLOCK  # sun visibility, open share of the hemisphere
# Radiance towards the ray's start, and what the surface is made of.
RED, GREEN, BLUE = 24 * BLOCK, 25 * BLOCK, 26 * BLOCK
ALBEDO_R, ALBEDO_G, ALBEDO_B = 27 * BLOCK, 28 * BLOCK, 29 * BLOCK
F0, ROUGHNESS = 30 * BLOCK, 31 * BLOCK
EMITTED_R, EMITTED_G, EMITTED_B = 32 * BLOCK, 33 * BLOCK, 34 * BLOCK
LANE_WORDS = 35 * BLOCK

# Rows of `marks`.
SURFACE = 0 * BLOCK  # row of the triangle's record, or one of the two values below
PLACED = 1 * BLOCK  # row of the instance
SHOWN = 2 * BLOCK  # of mirror rays: 1 where RED, GREEN, BLUE hold what a mirror shows
MARK_WORDS = 3 * BLOCK

NOTHING_HIT = -1
NO_RAY = -2

_FIRST_SURFACE = 0  # scene.Attribute.FIRST_SURFACE, as a plain number
SURFACE_EPSILON = 1.0e-3  # secondary rays start this far off the surface, metres
DISTANCE_EPSILON = 3.0e-5  # and this far per metre from the ray's start
LEAST_FACING = 0.03  # cosine between a shading normal and the way to the eye
SUN_RANGE = 2000.0  # metres

f32 = np.float32


class Scratch(NamedTuple):
    """Working memory of one kernel call.

    Attributes:
        rays: (WORDS,) float32, a packet for nearest hits; its address is a multiple of 64.
        words: The same memory as int32.
        sun_rays: (WORDS,) float32, a packet towards the sun.
        sun_words: The same memory as int32.
        valid: (16,) int32, address likewise.
        lanes: (LANE_WORDS,) float32 of a block.
        marks: (MARK_WORDS,) int32 of a block.
        mirror_lanes: The same for rays that start on the block's surfaces.
        mirror_marks: The same.
        block_near: (N,) int32 rows of the lamps near the block.
        near: The same of a packet.
        sums: (768,) int32.
        spans: (384,) float32 bounds of 16 columns, see `bounds`.
    """

    rays: Array
    words: Array
    sun_rays: Array
    sun_words: Array
    valid: Array
    lanes: Array
    marks: Array
    mirror_lanes: Array
    mirror_marks: Array
    block_near: Array
    near: Array
    sums: Array
    spans: Array


def new_packet() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """A packet whose constant words are set: rays from 0, for all masks."""
    rays = aligned_words(WORDS)
    words = rays.view(np.int32)
    rays[NEAR : NEAR + LANES] = 0.0
    rays[TIME : TIME + LANES] = 0.0
    words[MASK : MASK + LANES] = -1
    words[RAY_ID : RAY_ID + LANES] = np.arange(LANES)
    words[FLAGS : FLAGS + LANES] = 0
    return rays, words


def new_scratch(lamps: int = 0) -> Scratch:
    """Working memory for a call with so many lamps in the scene."""
    rays, words = new_packet()
    sun_rays, sun_words = new_packet()
    return Scratch(
        rays=rays,
        words=words,
        sun_rays=sun_rays,
        sun_words=sun_words,
        valid=aligned_words(LANES).view(np.int32),
        lanes=aligned_words(LANE_WORDS),
        marks=aligned_words(MARK_WORDS).view(np.int32),
        mirror_lanes=aligned_words(LANE_WORDS),
        mirror_marks=aligned_words(MARK_WORDS).view(np.int32),
        block_near=np.zeros(max(1, lamps), np.int32),
        near=np.zeros(max(1, lamps), np.int32),
        sums=np.zeros(3 * BLOCK, np.int32),
        spans=np.zeros(24 * LANES, np.float32),
    )


@device_function_inlined
def column_x(k: Scalar) -> Scalar:
    """X of a block's column: packets are tiles of 4 x 4 pixels."""
    return ((k >> 4) & 3) * 4 + (k & 3)


@device_function_inlined
def column_y(k: Scalar) -> Scalar:
    """Y of a block's column."""
    return (k >> 6) * 4 + ((k >> 2) & 3)


@device_function
def pixel_centers(lanes: Array, x0: Scalar, y0: Scalar) -> None:
    """Point the columns at the centres of the 16 x 16 pixels from (x0, y0)."""
    for k in range(BLOCK):
        lanes[PIXEL_U + k] = f32(x0 + column_x(k)) + f32(0.5)
        lanes[PIXEL_V + k] = f32(y0 + column_y(k)) + f32(0.5)


@device_function
def aim_block(view: Array, table: Array, lanes: Array, marks: Array) -> None:
    """Set rays, SCALE and LENGTH from pixel positions, and SURFACE to what there is before tracing."""
    for k in range(BLOCK):
        lanes[OX + k] = view[EYE]
        lanes[OY + k] = view[EYE + 1]
        lanes[OZ + k] = view[EYE + 2]
    if view[RADIUS_LIMIT] > f32(0.0):
        for k in range(BLOCK):
            dx, dy, dz, scale, inside = camera_ray(view, table, lanes[PIXEL_U + k], lanes[PIXEL_V + k])
            lanes[DX + k] = dx
            lanes[DY + k] = dy
            lanes[DZ + k] = dz
            lanes[SCALE + k] = scale
            lanes[LENGTH + k] = f32(1.0)
            marks[SURFACE + k] = NOTHING_HIT if inside else NO_RAY
        return
    # The same as `camera_ray` for a pinhole, without a branch per pixel.
    cu, cv, xu, yv = view[CENTER_U], view[CENTER_V], view[X_FROM_U], view[Y_FROM_V]
    rx, ry, rz = view[RIGHT], view[RIGHT + 1], view[RIGHT + 2]
    ux, uy, uz = view[DOWN], view[DOWN + 1], view[DOWN + 2]
    fx, fy, fz = view[FORWARD], view[FORWARD + 1], view[FORWARD + 2]
    for k in range(BLOCK):
        x = xu * (lanes[PIXEL_U + k] - cu)
        y = yv * (lanes[PIXEL_V + k] - cv)
        lanes[DX + k] = rx * x + ux * y + fx
        lanes[DY + k] = ry * x + uy * y + fy
        lanes[DZ + k] = rz * x + uz * y + fz
        lanes[SCALE + k] = f32(1.0)
        lanes[LENGTH + k] = np.sqrt(x * x + y * y + f32(1.0))
    for k in range(BLOCK):
        marks[SURFACE + k] = NOTHING_HIT


@device_function
def trace_block(
    scene: SceneArrays,
    rays: Array,
    words: Array,
    valid: Array,
    lanes: Array,
    marks: Array,
    mask: Scalar,
    arguments: Scalar,
) -> Scalar:
    """Trace the columns that have a ray; sets SURFACE, PLACED, T, U, V. The number of hits is returned."""
    hits = 0
    for lane in range(LANES):
        words[MASK + lane] = mask
    for packet in range(PACKETS):
        base = packet * LANES
        wanted = 0
        for lane in range(LANES):
            there = marks[SURFACE + base + lane] != NO_RAY
            valid[lane] = -1 if there else 0
            wanted += 1 if there else 0
        if wanted == 0:
            continue
        for lane in range(LANES):
            rays[ORIGIN_X + lane] = lanes[OX + base + lane]
            rays[ORIGIN_Y + lane] = lanes[OY + base + lane]
            rays[ORIGIN_Z + lane] = lanes[OZ + base + lane]
            rays[DIRECTION_X + lane] = lanes[DX + base + lane]
            rays[DIRECTION_Y + lane] = lanes[DY + base + lane]
            rays[DIRECTION_Z + lane] = lanes[DZ + base + lane]
            rays[FAR + lane] = f32(np.inf)
        for lane in range(LANES):
            words[PRIMITIVE + lane] = -1
            words[GEOMETRY + lane] = -1
            words[INSTANCE + lane] = -1
        trace16(scene, valid, rays, words, arguments)
        for lane in range(LANES):
            lanes[T + base + lane] = rays[FAR + lane]
            lanes[U + base + lane] = rays[HIT_U + lane]
            lanes[V + base + lane] = rays[HIT_V + lane]
        for lane in range(LANES):
            if valid[lane] != 0 and words[GEOMETRY + lane] != -1:
                row = words[INSTANCE + lane]
                marks[PLACED + base + lane] = row
                marks[SURFACE + base + lane] = scene.attributes[row, _FIRST_SURFACE] + words[PRIMITIVE + lane]
                hits += 1
    return hits


@device_function
def locate_block(surfaces: Array, placements: Array, lanes: Array, marks: Array) -> None:
    """Compute hit points and both normals, turned towards the ray's start, of the columns that hit something."""
    for k in range(BLOCK):
        lanes[PX + k] = lanes[OX + k] + lanes[DX + k] * lanes[T + k]
        lanes[PY + k] = lanes[OY + k] + lanes[DY + k] * lanes[T + k]
        lanes[PZ + k] = lanes[OZ + k] + lanes[DZ + k] * lanes[T + k]
    for k in range(BLOCK):
        s = marks[SURFACE + k]
        if s < 0:
            continue
        u = lanes[U + k]
        v = lanes[V + k]
        w = f32(1.0) - u - v
        nx = surfaces[s, 0] * w + surfaces[s, 3] * u + surfaces[s, 6] * v
        ny = surfaces[s, 1] * w + surfaces[s, 4] * u + surfaces[s, 7] * v
        nz = surfaces[s, 2] * w + surfaces[s, 5] * u + surfaces[s, 8] * v
        fx = surfaces[s, 9]
        fy = surfaces[s, 10]
        fz = surfaces[s, 11]
        row = marks[PLACED + k]
        if row > 0:
            m00, m01, m02 = placements[row, 0], placements[row, 1], placements[row, 2]
            m10, m11, m12 = placements[row, 4], placements[row, 5], placements[row, 6]
            m20, m21, m22 = placements[row, 8], placements[row, 9], placements[row, 10]
            nx, ny, nz = m00 * nx + m01 * ny + m02 * nz, m10 * nx + m11 * ny + m12 * nz, m20 * nx + m21 * ny + m22 * nz
            fx, fy, fz = m00 * fx + m01 * fy + m02 * fz, m10 * fx + m11 * fy + m12 * fz, m20 * fx + m21 * fy + m22 * fz
        lanes[FX + k] = fx
        lanes[FY + k] = fy
        lanes[FZ + k] = fz
        lanes[NX + k] = nx
        lanes[NY + k] = ny
        lanes[NZ + k] = nz
    for k in range(BLOCK):
        nx = lanes[NX + k]
        ny = lanes[NY + k]
        nz = lanes[NZ + k]
        fx = lanes[FX + k]
        fy = lanes[FY + k]
        fz = lanes[FZ + k]
        away = fx * lanes[DX + k] + fy * lanes[DY + k] + fz * lanes[DZ + k] > f32(0.0)
        side = f32(-1.0) if away else f32(1.0)
        length = side / np.sqrt(nx * nx + ny * ny + nz * nz + f32(1.0e-20))
        lanes[FX + k] = fx * side
        lanes[FY + k] = fy * side
        lanes[FZ + k] = fz * side
        # A shading normal that looks away from the eye would mirror what is behind the surface.
        nx *= length
        ny *= length
        nz *= length
        inverse = f32(1.0) / lanes[LENGTH + k]
        dx = lanes[DX + k] * inverse
        dy = lanes[DY + k] * inverse
        dz = lanes[DZ + k] * inverse
        bend = max(nx * dx + ny * dy + nz * dz + f32(LEAST_FACING), f32(0.0))
        nx -= dx * bend
        ny -= dy * bend
        nz -= dz * bend
        length = f32(1.0) / np.sqrt(nx * nx + ny * ny + nz * nz)
        lanes[NX + k] = nx * length
        lanes[NY + k] = ny * length
        lanes[NZ + k] = nz * length


@device_function_inlined
def start_offset(distance: Scalar) -> Scalar:
    """How far off a surface secondary rays start, beyond the rounding of a hit point `distance` metres away."""
    return f32(SURFACE_EPSILON) + f32(DISTANCE_EPSILON) * distance


@device_function
def step_off(lanes: Array, starts: Array) -> None:
    """Write points just off the surfaces, beyond the rounding of the hit points, as ray origins of `starts`."""
    for k in range(BLOCK):
        offset = start_offset(lanes[T + k] * lanes[LENGTH + k])
        starts[OX + k] = lanes[PX + k] + lanes[FX + k] * offset
        starts[OY + k] = lanes[PY + k] + lanes[FY + k] * offset
        starts[OZ + k] = lanes[PZ + k] + lanes[FZ + k] * offset


@device_function
def sun_block(
    scene: SceneArrays, rays: Array, words: Array, valid: Array, lanes: Array, marks: Array, starts: Array, sun: Array
) -> None:
    """Set SUN: 1 where the sun shines on the facet. Rays start at `starts`, from `step_off`."""
    sx, sy, sz = sun[0], sun[1], sun[2]
    for lane in range(LANES):
        rays[DIRECTION_X + lane] = sx
        rays[DIRECTION_Y + lane] = sy
        rays[DIRECTION_Z + lane] = sz
    for packet in range(PACKETS):
        base = packet * LANES
        wanted = 0
        for lane in range(LANES):
            facing = lanes[FX + base + lane] * sx + lanes[FY + base + lane] * sy + lanes[FZ + base + lane] * sz
            there = marks[SURFACE + base + lane] >= 0 and facing > f32(0.0)
            valid[lane] = -1 if there else 0
            wanted += 1 if there else 0
        if wanted > 0:
            for lane in range(LANES):
                rays[ORIGIN_X + lane] = starts[OX + base + lane]
                rays[ORIGIN_Y + lane] = starts[OY + base + lane]
                rays[ORIGIN_Z + lane] = starts[OZ + base + lane]
                rays[FAR + lane] = f32(SUN_RANGE)
            occluded16(scene, valid, rays, words, scene.coherent)
        for lane in range(LANES):
            lit = valid[lane] != 0 and rays[FAR + lane] >= f32(0.0)
            lanes[SUN + base + lane] = f32(1.0) if lit else f32(0.0)
