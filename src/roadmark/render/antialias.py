"""Where colours need more than one sample: pixels on edges that a person would see."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.render.hits import SIDE
from roadmark.render.jit import Array, Scalar, device_function, kernel_with_memory
from roadmark.render.packets import LANES

f32 = np.float32

SHAPE_STEP = 40
"""Summed difference of two shading normals, in 1/127, that makes an edge: about 15 degrees."""

NO_PIXEL = -1
"""Fills the last packet of a block in the list of edges."""

DEPTH_STEP = 0.03
"""Second difference of inverse depth, as a share, that makes an edge: it is zero on any plane."""


def sample_offsets(count: int) -> NDArray[np.float32]:
    """(count, 2) float32 positions in a pixel that, with its centre, spread evenly: a golden-ratio lattice."""
    index = np.arange(1, count + 1)
    return np.stack([(0.5 + index / (count + 1)) % 1.0, (0.5 + index * 0.6180339887498949) % 1.0], axis=1).astype(
        np.float32
    )


@kernel_with_memory
def mark_edges(
    depth: Array, keys: Array, shape: Array, wanted: Array, edges: Array, counts: Array, first: int, last: int
) -> None:
    """List the pixels on visible edges in the rows `first` to `last - 1` of blocks, block by block.

    Args:
        depth: (H, W) float32.
        keys: (H, W) uint32 of the first pass.
        shape: (3, H, W) int8 of the first pass.
        wanted: (blocks,) uint8; the pixels of blocks of 0 are left out.
        edges: (rows of blocks, 16 W) int32, written: y << 16 | x, or `NO_PIXEL`.
        counts: (rows of blocks,) int32, written: how many.
        first: First row of blocks.
        last: Row after the last.
    """
    height, width = depth.shape
    flags = np.zeros((SIDE, width), np.uint8)
    inverse = np.zeros((3, width), np.float32)
    across = (width + SIDE - 1) // SIDE
    for by in range(first, last):
        row_wanted = wanted[by * across : (by + 1) * across]
        counts[by] = 0
        if not row_wanted.any():
            continue
        top = by * SIDE
        bottom = min(top + SIDE, height)
        _invert(depth, max(top - 1, 0), inverse[(top + 2) % 3])
        _invert(depth, top, inverse[top % 3])
        for y in range(top, bottom):
            up = max(y - 1, 0)
            down = min(y + 1, height - 1)
            _invert(depth, down, inverse[(y + 1) % 3])
            row = flags[y - top]
            _mark_keys(keys[y], keys[up], keys[down], row)
            _mark_shapes(shape[0, y], shape[1, y], shape[2, y], shape[0, down], shape[1, down], shape[2, down], row)
            _mark_steps(inverse[y % 3], inverse[(y + 2) % 3], inverse[(y + 1) % 3], row, up < y < down)
        counts[by] = _list_flags(flags, row_wanted, edges[by], top, bottom - top, width)


@device_function
def _invert(depth: Array, y: Scalar, row: Array) -> None:
    for x in range(row.shape[0]):
        row[x] = f32(1.0) / depth[y, x]


@device_function
def _mark_keys(key: Array, up: Array, down: Array, row: Array) -> None:
    """Start a row's flags: 1 where a neighbour belongs to another surface."""
    width = row.shape[0]
    for x in range(width):
        row[x] = (key[x] != up[x]) | (key[x] != down[x])
    for x in range(1, width):
        row[x] |= key[x] != key[x - 1]
    for x in range(width - 1):
        row[x] |= key[x] != key[x + 1]


@device_function
def _mark_shapes(nx: Array, ny: Array, nz: Array, ux: Array, uy: Array, uz: Array, row: Array) -> None:
    """Flag bends towards the right neighbour (in the same arrays) and the one below."""
    width = row.shape[0]
    limit = np.int16(SHAPE_STEP)
    for x in range(width):
        dx = abs(np.int16(nx[x]) - np.int16(ux[x]))
        dy = abs(np.int16(ny[x]) - np.int16(uy[x]))
        dz = abs(np.int16(nz[x]) - np.int16(uz[x]))
        row[x] |= dx + dy + dz > limit
    for x in range(width - 1):
        dx = abs(np.int16(nx[x]) - np.int16(nx[x + 1]))
        dy = abs(np.int16(ny[x]) - np.int16(ny[x + 1]))
        dz = abs(np.int16(nz[x]) - np.int16(nz[x + 1]))
        row[x] |= dx + dy + dz > limit


@device_function
def _mark_steps(here: Array, up: Array, down: Array, row: Array, inner: Scalar) -> None:
    """Flag steps of depth; `inner` says whether there are rows above and below."""
    width = row.shape[0]
    if inner:
        for x in range(width):
            twice = f32(2.0) * here[x]
            row[x] |= abs(twice - up[x] - down[x]) > f32(DEPTH_STEP) * twice
    for x in range(1, width - 1):
        twice = f32(2.0) * here[x]
        row[x] |= abs(twice - here[x - 1] - here[x + 1]) > f32(DEPTH_STEP) * twice


@device_function
def _list_flags(flags: Array, wanted: Array, edges: Array, top: Scalar, rows: Scalar, width: Scalar) -> Scalar:
    """List flagged pixels block by block, so that the samples of one call lie near each other; their number.

    Every block begins a new packet: where two surfaces lie equally far away, the one a ray finds may depend on the
    other rays of its packet, and must not on whether other blocks are wanted.
    """
    count = 0
    for left in range(0, width, SIDE):
        if not wanted[left // SIDE]:
            continue
        for y in range(rows):
            for x in range(left, min(left + SIDE, width)):
                if flags[y, x]:
                    edges[count] = ((top + y) << 16) | x
                    count += 1
        while count % LANES:
            edges[count] = NO_PIXEL
            count += 1
    return count
