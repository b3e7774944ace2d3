"""Labels, the hits that later passes need, and occlusion rays of one block."""

from __future__ import annotations

from typing import NamedTuple

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
    F0,
    FX,
    FY,
    FZ,
    GREEN,
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
    SCALE,
    SUN,
    SURFACE,
    T,
    column_x,
    column_y,
)
from roadmark.render.jit import Array, Scalar, device_function
from roadmark.render.packets import (
    DIRECTION_X,
    DIRECTION_Y,
    DIRECTION_Z,
    FAR,
    LANES,
    ORIGIN_X,
    ORIGIN_Y,
    ORIGIN_Z,
    SceneArrays,
    occluded16,
)

f32 = np.float32
OCCLUSION_RANGE = 4.0
"""Metres within which things take sky light from a surface."""

UNLIT = 8
"""Rows of `HitBuffers.unlit`."""

_LABELS, _VARIATION, _OBJECT_ID, _MARK = 12, 14, 1, 6  # scene.Surface and scene.Attribute, as plain numbers


class FrameImages(NamedTuple):
    """Images the kernels write, (H, W, ...); types as in `Frame`. A single pixel stands for one that is not wanted."""

    rgb: Array
    depth: Array
    semantic: Array
    instance: Array
    normal: Array
    sun_visibility: Array
    albedo: Array


class HitBuffers(NamedTuple):
    """What the later passes need of the first.

    Attributes:
        marks: (blocks, 512) int32: SURFACE and PLACED of every pixel.
        hits: (blocks, 5, 256) float32: T, shading normal, sun visibility.
        keys: (H, W) uint32, different where a person would see an edge between two surfaces; 0 is the sky.
        shape: (3, H, W) int8 shading normal * 127.
        occlusion: (H, W) uint8: 1 where the pixel's one occlusion ray got away.
        openness: (H, W) uint8: filtered occlusion, open share of the hemisphere * 255.
        unlit: (blocks, 8, 256) float32: radiance before lamps and air, albedo, F0, ROUGHNESS; a single block where
            they are not kept.
    """

    marks: Array
    hits: Array
    keys: Array
    shape: Array
    occlusion: Array
    openness: Array
    unlit: Array


@device_function
def store_hits(lanes: Array, marks: Array, buffers: HitBuffers, block: Scalar) -> None:
    """Keep a block's hits for the shading pass."""
    for k in range(2 * BLOCK):
        buffers.marks[block, k] = marks[SURFACE + k]
    for k in range(BLOCK):
        buffers.hits[block, 0, k] = lanes[T + k]
        buffers.hits[block, 1, k] = lanes[NX + k]
        buffers.hits[block, 2, k] = lanes[NY + k]
        buffers.hits[block, 3, k] = lanes[NZ + k]
        buffers.hits[block, 4, k] = lanes[SUN + k]


@device_function
def load_hits(lanes: Array, marks: Array, buffers: HitBuffers, block: Scalar) -> None:
    """Bring back what `store_hits` kept, of aimed rays, and hit points."""
    for k in range(2 * BLOCK):
        marks[SURFACE + k] = buffers.marks[block, k]
    for k in range(BLOCK):
        lanes[T + k] = buffers.hits[block, 0, k]
        lanes[NX + k] = buffers.hits[block, 1, k]
        lanes[NY + k] = buffers.hits[block, 2, k]
        lanes[NZ + k] = buffers.hits[block, 3, k]
        lanes[SUN + k] = buffers.hits[block, 4, k]
    for k in range(BLOCK):
        lanes[PX + k] = lanes[OX + k] + lanes[DX + k] * lanes[T + k]
        lanes[PY + k] = lanes[OY + k] + lanes[DY + k] * lanes[T + k]
        lanes[PZ + k] = lanes[OZ + k] + lanes[DZ + k] * lanes[T + k]


@device_function
def store_unlit(lanes: Array, buffers: HitBuffers, block: Scalar) -> None:
    """Keep what lamps will shine on: a block's colours before them, and what it is made of."""
    unlit = buffers.unlit[block]
    for k in range(BLOCK):
        unlit[0, k] = lanes[RED + k]
        unlit[1, k] = lanes[GREEN + k]
        unlit[2, k] = lanes[BLUE + k]
        unlit[3, k] = lanes[ALBEDO_R + k]
        unlit[4, k] = lanes[ALBEDO_G + k]
        unlit[5, k] = lanes[ALBEDO_B + k]
        unlit[6, k] = lanes[F0 + k]
        unlit[7, k] = lanes[ROUGHNESS + k]


@device_function
def load_unlit(lanes: Array, buffers: HitBuffers, block: Scalar) -> None:
    """Bring back what `store_unlit` kept."""
    unlit = buffers.unlit[block]
    for k in range(BLOCK):
        lanes[RED + k] = unlit[0, k]
        lanes[GREEN + k] = unlit[1, k]
        lanes[BLUE + k] = unlit[2, k]
        lanes[ALBEDO_R + k] = unlit[3, k]
        lanes[ALBEDO_G + k] = unlit[4, k]
        lanes[ALBEDO_B + k] = unlit[5, k]
        lanes[F0 + k] = unlit[6, k]
        lanes[ROUGHNESS + k] = unlit[7, k]


@device_function
def write_labels(
    scene: SceneArrays, lanes: Array, marks: Array, sky_semantic: Scalar, images: FrameImages, x0: Scalar, y0: Scalar
) -> None:
    """Write a block's label images."""
    height, width = images.depth.shape
    for k in range(BLOCK):
        x = x0 + column_x(k)
        y = y0 + column_y(k)
        if x >= width or y >= height:
            continue
        surface = marks[SURFACE + k]
        if surface < 0:
            images.depth[y, x] = f32(np.inf)
            images.semantic[y, x] = sky_semantic if surface == NOTHING_HIT else 0
            images.instance[y, x] = 0
            images.sun_visibility[y, x] = 0
            images.normal[y, x, 0] = 0
            images.normal[y, x, 1] = 0
            images.normal[y, x, 2] = 0
            continue
        images.depth[y, x] = lanes[T + k] * lanes[SCALE + k]
        images.semantic[y, x] = (scene.surface_bits[surface, _LABELS] >> np.uint32(8)) & np.uint32(255)
        images.instance[y, x] = scene.attributes[marks[PLACED + k], _OBJECT_ID]
        images.sun_visibility[y, x] = np.int32(f32(255.0) * lanes[SUN + k])
        images.normal[y, x, 0] = np.int32(lanes[FX + k] * f32(127.5) + f32(128.0))
        images.normal[y, x, 1] = np.int32(lanes[FY + k] * f32(127.5) + f32(128.0))
        images.normal[y, x, 2] = np.int32(lanes[FZ + k] * f32(127.5) + f32(128.0))


@device_function
def write_edge_keys(
    scene: SceneArrays, lanes: Array, marks: Array, keys: Array, shape: Array, x0: Scalar, y0: Scalar
) -> None:
    """Write what tells a block's visible edges."""
    height, width = keys.shape
    for k in range(BLOCK):
        x = x0 + column_x(k)
        y = y0 + column_y(k)
        if x >= width or y >= height:
            continue
        surface = marks[SURFACE + k]
        if surface < 0:
            keys[y, x] = 0
            shape[0, y, x] = 0
            shape[1, y, x] = 0
            shape[2, y, x] = 0
            continue
        look = scene.surface_bits[surface, _LABELS] & np.uint32(0xFF00FF)
        variation = scene.surface_bits[surface, _VARIATION]
        mark = scene.attributes[marks[PLACED + k], _MARK]
        key = np.int64(mark) * 73856093 ^ np.int64(look) * 19349663 ^ np.int64(variation) * 83492791
        lit = 1 if lanes[SUN + k] > f32(0.0) else 0
        keys[y, x] = ((key & 0x3FFFFFFF) << 1) | lit | 0x80000000
        shape[0, y, x] = np.int32(lanes[NX + k] * f32(127.0))
        shape[1, y, x] = np.int32(lanes[NY + k] * f32(127.0))
        shape[2, y, x] = np.int32(lanes[NZ + k] * f32(127.0))


@device_function
def occlusion_block(
    scene: SceneArrays, rays: Array, words: Array, valid: Array, lanes: Array, marks: Array, starts: Array,
    sphere: Array, image: Array, x0: Scalar, y0: Scalar,
) -> None:  # fmt: skip
    """One short ray per pixel of a block. Pixels whose place in their 4 x 4 tile agrees share a direction and a packet.

    Args:
        scene: What is there.
        rays: A packet.
        words: The same memory.
        valid: Its lanes.
        lanes: Block, located.
        marks: Block.
        starts: Where rays start, from `step_off`.
        sphere: (16, 3) float32 points on the unit sphere, added to the normal.
        image: (H, W) uint8, written.
        x0: Left column of the block.
        y0: Top row.
    """
    height, width = image.shape
    for k in range(BLOCK):
        x = x0 + column_x(k)
        y = y0 + column_y(k)
        if x < width and y < height:
            image[y, x] = 1
    for pattern in range(LANES):
        ox = sphere[pattern, 0]
        oy = sphere[pattern, 1]
        oz = sphere[pattern, 2]
        wanted = 0
        for lane in range(LANES):
            there = marks[SURFACE + lane * LANES + pattern] >= 0
            valid[lane] = -1 if there else 0
            wanted += 1 if there else 0
        if wanted == 0:
            continue
        for lane in range(LANES):
            k = lane * LANES + pattern
            rays[ORIGIN_X + lane] = starts[OX + k]
            rays[ORIGIN_Y + lane] = starts[OY + k]
            rays[ORIGIN_Z + lane] = starts[OZ + k]
            rays[DIRECTION_X + lane] = lanes[NX + k] + ox
            rays[DIRECTION_Y + lane] = lanes[NY + k] + oy
            rays[DIRECTION_Z + lane] = lanes[NZ + k] + oz
            rays[FAR + lane] = f32(OCCLUSION_RANGE)
        occluded16(scene, valid, rays, words, scene.incoherent)
        for lane in range(LANES):
            if valid[lane] != 0 and rays[FAR + lane] < f32(0.0):
                k = lane * LANES + pattern
                x = x0 + column_x(k)
                y = y0 + column_y(k)
                if x < width and y < height:
                    image[y, x] = 0
