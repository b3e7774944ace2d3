"""First pass: camera rays, labels, sun shadows and occlusion rays, block by block; leaves hits for the shading pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roadmark.render.hits import (
    BLOCK,
    BLOCK_PIXELS,
    FX,
    FY,
    FZ,
    NOTHING_HIT,
    NX,
    NY,
    NZ,
    PX,
    PY,
    PZ,
    ROW,
    SCALE,
    SUN,
    SURFACE,
    T,
    U,
    Scratch,
    V,
    camera_packet,
    locate_hit,
    start_offset,
    sun_packet,
    trace_packet,
)
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.packets import FAR, LANES, SceneArrays, occluded16, set_ray
from roadmark.render.rays import EYE

f32 = np.float32
OCCLUSION_RANGE = 4.0
"""Metres within which things take sky light from a surface."""

_LABELS, _VARIATION, _OBJECT_ID = 12, 14, 1  # scene.Surface and scene.Attribute, as plain numbers


class LabelImages(NamedTuple):
    """Images the first pass writes, (H, W, ...); types as in `Frame`."""

    depth: Array
    semantic: Array
    instance: Array
    normal: Array
    sun_visibility: Array


class HitBuffers(NamedTuple):
    """What the later passes need of the first.

    Attributes:
        marks: (blocks, MARK_ROWS, 256) int32: SURFACE and ROW of every pixel, block by block.
        hits: (blocks, 3, 256) float32: T, U, V.
        keys: (H, W) uint32, different where a person would see an edge between two surfaces; 0 is the sky.
        shape: (H, W, 3) int8 shading normal * 127.
        occlusion: (H, W) uint8: 1 where the pixel's one occlusion ray got away.
    """

    marks: Array
    hits: Array
    keys: Array
    shape: Array
    occlusion: Array


@kernel
def trace_blocks(
    scene: SceneArrays,
    view: Array,
    table: Array,
    sun: Array,
    sphere: Array,
    shadows: bool,
    occlusion: bool,
    sky_semantic: int,
    labels: LabelImages,
    buffers: HitBuffers,
    scratch: Scratch,
    first: int,
    last: int,
) -> None:
    """Trace the rows `first` to `last - 1` of blocks.

    Args:
        scene: What is there.
        view: Packed camera.
        table: Its radial table.
        sun: (3,) float32 unit vector to the sun.
        sphere: (K, 16, 3) float32 points on the unit sphere: directions of occlusion rays, added to the normal.
        shadows: Whether to cast sun rays.
        occlusion: Whether to cast occlusion rays.
        sky_semantic: Class where nothing is hit.
        labels: Written.
        buffers: Written.
        scratch: Working memory.
        first: First row of blocks.
        last: Row after the last.
    """
    height, width = labels.depth.shape
    across = (width + BLOCK - 1) // BLOCK
    rays, words, valid, lanes, marks = scratch.rays, scratch.words, scratch.valid, scratch.lanes, scratch.marks
    ex, ey, ez = view[EYE], view[EYE + 1], view[EYE + 2]
    for by in range(first, last):
        for bx in range(across):
            hit = 0
            for tile in range(BLOCK):
                base = tile * LANES
                x0 = bx * BLOCK + (tile & 3) * 4
                y0 = by * BLOCK + (tile >> 2) * 4
                for lane in range(LANES):
                    camera_packet(
                        view, table, rays, words, valid, lanes, marks, base, lane,
                        f32(x0 + (lane & 3)) + f32(0.5), f32(y0 + (lane >> 2)) + f32(0.5),
                    )  # fmt: skip
                trace_packet(scene, rays, words, valid, lanes, marks, base)
                for lane in range(LANES):
                    if marks[SURFACE, base + lane] >= 0:
                        hit += 1
                        locate_hit(scene.surfaces, scene.placements, lanes, marks, base + lane, ex, ey, ez)
                if shadows:
                    sun_packet(scene, rays, words, valid, lanes, marks, base, sun[0], sun[1], sun[2])
                for lane in range(LANES):
                    x = x0 + (lane & 3)
                    y = y0 + (lane >> 2)
                    if x < width and y < height:
                        _write_labels(scene, lanes, marks, base + lane, sky_semantic, labels, buffers, y, x)
            if occlusion and hit > 0:
                _occlusion_rays(
                    scene, rays, words, valid, lanes, marks, sphere, by * across + bx, buffers.occlusion, by * BLOCK, bx * BLOCK
                )
            block = by * across + bx
            for k in range(BLOCK_PIXELS):
                buffers.marks[block, SURFACE, k] = marks[SURFACE, k]
                buffers.marks[block, ROW, k] = marks[ROW, k]
                buffers.hits[block, 0, k] = lanes[T, k]
                buffers.hits[block, 1, k] = lanes[U, k]
                buffers.hits[block, 2, k] = lanes[V, k]


@device_function
def _write_labels(
    scene: SceneArrays, lanes: Array, marks: Array, k: Scalar, sky_semantic: Scalar, labels: LabelImages,
    buffers: HitBuffers, y: Scalar, x: Scalar,
) -> None:  # fmt: skip
    surface = marks[SURFACE, k]
    if surface < 0:
        labels.depth[y, x] = f32(np.inf)
        labels.semantic[y, x] = sky_semantic if surface == NOTHING_HIT else 0
        labels.instance[y, x] = 0
        labels.sun_visibility[y, x] = 0
        for axis in range(3):
            labels.normal[y, x, axis] = 0
            buffers.shape[y, x, axis] = 0
        buffers.keys[y, x] = 0
        buffers.occlusion[y, x] = 1
        return
    row = marks[ROW, k]
    lit = lanes[SUN, k] > f32(0.0)
    word = np.int64(scene.surface_bits[surface, _LABELS])
    labels.depth[y, x] = lanes[T, k] * lanes[SCALE, k]
    labels.semantic[y, x] = (word >> 8) & 255
    labels.instance[y, x] = scene.attributes[row, _OBJECT_ID]
    labels.sun_visibility[y, x] = 255 if lit else 0
    for axis in range(3):
        labels.normal[y, x, axis] = np.int32(lanes[FX + axis, k] * f32(127.5) + f32(128.0))
        buffers.shape[y, x, axis] = np.int32(lanes[NX + axis, k] * f32(127.0))
    variation = np.int64(scene.surface_bits[surface, _VARIATION])
    key = (np.int64(row) * 73856093) ^ ((word & 0xFF00FF) * 19349663) ^ (variation * 83492791)
    buffers.keys[y, x] = ((key & 0x3FFFFFFF) << 1) | (1 if lit else 0) | 0x80000000
    buffers.occlusion[y, x] = 1


@device_function
def _occlusion_rays(
    scene: SceneArrays, rays: Array, words: Array, valid: Array, lanes: Array, marks: Array, sphere: Array, block: Scalar,
    image: Array, y0: Scalar, x0: Scalar,
) -> None:  # fmt: skip
    """One short ray per pixel of a block. Pixels whose place in their 4 x 4 tile agrees share a direction and a packet."""
    height, width = image.shape
    rotation = block % sphere.shape[0]
    for pattern in range(LANES):
        ox = sphere[rotation, pattern, 0]
        oy = sphere[rotation, pattern, 1]
        oz = sphere[rotation, pattern, 2]
        wanted = 0
        for lane in range(LANES):
            k = lane * LANES + pattern
            valid[lane] = 0
            if marks[SURFACE, k] >= 0:
                offset = start_offset(lanes, k)
                valid[lane] = -1
                wanted += 1
                set_ray(
                    rays, words, lane, lanes[PX, k] + lanes[FX, k] * offset, lanes[PY, k] + lanes[FY, k] * offset,
                    lanes[PZ, k] + lanes[FZ, k] * offset, lanes[NX, k] + ox, lanes[NY, k] + oy, lanes[NZ, k] + oz,
                    f32(0.0), f32(OCCLUSION_RANGE), -1,
                )  # fmt: skip
        if wanted == 0:
            continue
        occluded16(scene, valid, rays, words, scene.incoherent)
        for lane in range(LANES):
            if valid[lane] != 0 and rays[FAR + lane] < f32(0.0):
                y = y0 + (lane >> 2) * 4 + (pattern >> 2)
                x = x0 + (lane & 3) * 4 + (pattern & 3)
                if y < height and x < width:
                    image[y, x] = 0
