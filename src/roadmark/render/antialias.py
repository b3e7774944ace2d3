"""Third pass: pixels on visible edges get extra samples of their colour; labels keep the one at the pixel's centre."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.render.hits import (
    BLOCK,
    BLUE,
    GREEN,
    OPEN,
    RED,
    SURFACE,
    Scratch,
    camera_packet,
    locate_hit,
    sun_packet,
    trace_packet,
)
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.packets import LANES, SceneArrays
from roadmark.render.rays import EYE
from roadmark.render.shading import Look, lamps_near, shade_packet
from roadmark.render.tone import tone_map
from roadmark.render.trace import HitBuffers

f32 = np.float32

SHAPE_STEP = 40
"""Summed difference of two shading normals, in 1/127, that makes an edge: about 15 degrees."""

DEPTH_STEP = 0.03
"""Second difference of inverse depth, as a share, that makes an edge: it is zero on any plane."""


def sample_offsets(count: int) -> NDArray[np.float32]:
    """(count, 2) float32 positions in a pixel that, with its centre, spread evenly: a rotated golden-ratio lattice."""
    index = np.arange(1, count + 1)
    return np.stack([(0.5 + index / (count + 1)) % 1.0, (0.5 + index * 0.6180339887498949) % 1.0], axis=1).astype(np.float32)


@kernel
def mark_edges(depth: Array, buffers: HitBuffers, edges: Array, counts: Array, first: int, last: int) -> None:
    """List the pixels on visible edges in the rows `first` to `last - 1` of blocks, block by block.

    Args:
        depth: (H, W) float32.
        buffers: Keys and shapes of the first pass.
        edges: (rows of blocks, 16 W) int32, written: y << 16 | x.
        counts: (rows of blocks,) int32, written: how many.
        first: First row of blocks.
        last: Row after the last.
    """
    height, width = depth.shape
    across = (width + BLOCK - 1) // BLOCK
    for by in range(first, last):
        count = 0
        for bx in range(across):
            for y in range(by * BLOCK, min(by * BLOCK + BLOCK, height)):
                for x in range(bx * BLOCK, min(bx * BLOCK + BLOCK, width)):
                    if _is_edge(depth, buffers.keys, buffers.shape, y, x, height, width):
                        edges[by, count] = (y << 16) | x
                        count += 1
        counts[by] = count


@device_function
def _is_edge(depth: Array, keys: Array, shape: Array, y: Scalar, x: Scalar, height: Scalar, width: Scalar) -> Scalar:
    left = max(x - 1, 0)
    right = min(x + 1, width - 1)
    up = max(y - 1, 0)
    down = min(y + 1, height - 1)
    key = keys[y, x]
    if keys[y, left] != key or keys[y, right] != key or keys[up, x] != key or keys[down, x] != key:
        return True
    if key == 0:
        return False
    if _shape_step(shape, y, x, y, right) > SHAPE_STEP or _shape_step(shape, y, x, down, x) > SHAPE_STEP:
        return True
    twice = f32(2.0) / depth[y, x]
    limit = f32(DEPTH_STEP) * twice
    if left < x < right and abs(twice - f32(1.0) / depth[y, left] - f32(1.0) / depth[y, right]) > limit:
        return True
    return up < y < down and abs(twice - f32(1.0) / depth[up, x] - f32(1.0) / depth[down, x]) > limit


@device_function
def _shape_step(shape: Array, y0: Scalar, x0: Scalar, y1: Scalar, x1: Scalar) -> Scalar:
    return (
        abs(np.int32(shape[y0, x0, 0]) - np.int32(shape[y1, x1, 0]))
        + abs(np.int32(shape[y0, x0, 1]) - np.int32(shape[y1, x1, 1]))
        + abs(np.int32(shape[y0, x0, 2]) - np.int32(shape[y1, x1, 2]))
    )


@kernel
def antialias_rows(
    scene: SceneArrays,
    look: Look,
    view: Array,
    table: Array,
    sun: Array,
    shadows: bool,
    offsets: Array,
    edges: Array,
    counts: Array,
    openness: Array,
    rgb: Array,
    scratch: Scratch,
    first: int,
    last: int,
) -> None:
    """Add samples to the listed pixels: the mean of their display colours and the first sample's.

    Args:
        scene: What is there.
        look: Light, air and patterns.
        view: Packed camera.
        table: Its radial table.
        sun: (3,) float32 unit vector to the sun.
        shadows: Whether to cast sun rays.
        offsets: (K, 2) float32 positions in the pixel.
        edges: From `mark_edges`.
        counts: From `mark_edges`.
        openness: (H, W) uint8; a single pixel where occlusion is off.
        rgb: (H, W, 3) uint8, changed in place.
        scratch: Working memory.
        first: First row of blocks.
        last: Row after the last.
    """
    rays, words, valid, lanes, marks = scratch.rays, scratch.words, scratch.valid, scratch.lanes, scratch.marks
    near_lamps = scratch.lamps
    total = scratch.sums
    with_occlusion = openness.shape[0] == rgb.shape[0] and openness.shape[1] == rgb.shape[1]
    samples = offsets.shape[0]
    for by in range(first, last):
        for begin in range(0, counts[by], LANES):
            members = min(LANES, counts[by] - begin)
            for lane in range(LANES):
                pixel = edges[by, begin + min(lane, members - 1)]
                for channel in range(3):
                    total[lane, channel] = rgb[pixel >> 16, pixel & 0xFFFF, channel]
            for sample in range(samples):
                for lane in range(LANES):
                    pixel = edges[by, begin + min(lane, members - 1)]
                    x = pixel & 0xFFFF
                    y = pixel >> 16
                    lanes[OPEN, lane] = f32(openness[y, x]) * f32(1.0 / 255.0) if with_occlusion else f32(1.0)
                    camera_packet(
                        view, table, rays, words, valid, lanes, marks, 0, lane,
                        f32(x) + offsets[sample, 0], f32(y) + offsets[sample, 1],
                    )  # fmt: skip
                    if lane >= members:
                        valid[lane] = 0
                trace_packet(scene, rays, words, valid, lanes, marks, 0)
                for lane in range(LANES):
                    if marks[SURFACE, lane] >= 0:
                        locate_hit(scene.surfaces, scene.placements, lanes, marks, lane, view[EYE], view[EYE + 1], view[EYE + 2])
                if shadows:
                    sun_packet(scene, rays, words, valid, lanes, marks, 0, sun[0], sun[1], sun[2])
                lamps = lamps_near(look.lamps, near_lamps, lanes, marks, 0, LANES)
                shade_packet(scene, look, near_lamps, lamps, rays, words, valid, lanes, marks, 0)
                for lane in range(members):
                    r, g, b = tone_map(lanes[RED, lane], lanes[GREEN, lane], lanes[BLUE, lane], look.env)
                    total[lane, 0] += r
                    total[lane, 1] += g
                    total[lane, 2] += b
            for lane in range(members):
                pixel = edges[by, begin + lane]
                for channel in range(3):
                    rgb[pixel >> 16, pixel & 0xFFFF, channel] = (total[lane, channel] + (samples + 1) // 2) // (samples + 1)
