"""The kernels of a frame: trace and shade blocks, find edges, sample edges again."""

from __future__ import annotations

import numpy as np

from roadmark.render.antialias import NO_PIXEL
from roadmark.render.hits import (
    BLOCK,
    BLUE,
    DX,
    DY,
    DZ,
    FX,
    FY,
    FZ,
    GREEN,
    LENGTH,
    NO_RAY,
    NX,
    NY,
    NZ,
    OPEN,
    PIXEL_U,
    PIXEL_V,
    PX,
    PY,
    PZ,
    RED,
    SIDE,
    SUN,
    SURFACE,
    Scratch,
    T,
    aim_block,
    column_x,
    column_y,
    locate_block,
    pixel_centers,
    start_offset,
    step_off,
    sun_block,
    trace_block,
)
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.look import Look
from roadmark.render.mirrors import NO_MIRRORS
from roadmark.render.packets import CAMERA_MASK, SceneArrays
from roadmark.render.shading import shade_block, write_colors
from roadmark.render.tone import tone_map
from roadmark.render.trace import (
    FrameImages,
    HitBuffers,
    load_hits,
    occlusion_block,
    store_hits,
    write_edge_keys,
    write_labels,
)

f32 = np.float32

# What a call of `render_blocks` does; bits.
TRACE = 1  # labels and hits
SHADOWS = 2  # with sun rays
OCCLUSION = 4  # with occlusion rays, whose result a later call shades with
EDGES = 8  # with what tells visible edges
SHADE = 16  # colours
ALBEDO = 32  # with the image of albedo
BOUNDS = 64  # with the bounds of what is seen

_DIRECTIONS, _MIRRORED, _HIGHLIGHTS, _ALL_BOUNDS = 6, 12, 18, 24  # columns of bounds, as in `still`


@kernel
def render_blocks(
    scene: SceneArrays,
    look: Look,
    view: Array,
    table: Array,
    sun: Array,
    sphere: Array,
    work: int,
    sky_semantic: int,
    wanted: Array,
    axes: Array,
    bounds: Array,
    images: FrameImages,
    buffers: HitBuffers,
    scratch: Scratch,
    first: int,
    last: int,
) -> None:
    """Trace, shade or both: the rows `first` to `last - 1` of blocks.

    Args:
        scene: What is there.
        look: Light, air and patterns.
        view: Packed camera.
        table: Its radial table.
        sun: (3,) float32 unit vector to the sun.
        sphere: (16, 3) float32 directions of occlusion rays, added to the normal.
        work: The bits above. Without `TRACE`, hits of an earlier call are shaded, with filtered occlusion.
        sky_semantic: Class where nothing is hit.
        wanted: (blocks,) uint8; blocks of 0 are left as they are.
        axes: (3, 3) float32 from `still.sun_axes`.
        bounds: (blocks, 24) float32, written with `BOUNDS`: what is seen, along the axes, see `still.BLOCK_BOUNDS`.
        images: Written.
        buffers: Written while tracing, read while shading only.
        scratch: Working memory.
        first: First row of blocks.
        last: Row after the last.
    """
    lanes, marks = scratch.lanes, scratch.marks
    across = (images.depth.shape[1] + SIDE - 1) // SIDE
    for by in range(first, last):
        for bx in range(across):
            x0 = bx * SIDE
            y0 = by * SIDE
            block = by * across + bx
            if not wanted[block]:
                continue
            pixel_centers(lanes, x0, y0)
            aim_block(view, table, lanes, marks)
            if work & TRACE:
                for k in range(BLOCK):
                    lanes[OPEN + k] = f32(1.0)
                    lanes[SUN + k] = f32(0.0)
                _find_hits(scene, scratch, lanes, marks, sun, work & SHADOWS)
                write_labels(scene, lanes, marks, sky_semantic, images, x0, y0)
                if work & BOUNDS:
                    _write_bounds(lanes, marks, axes, bounds[block])
                if work & EDGES:
                    write_edge_keys(scene, lanes, marks, buffers.keys, buffers.shape, x0, y0)
                if work & OCCLUSION:
                    step_off(lanes, scratch.mirror_lanes)
                    occlusion_block(
                        scene, scratch.sun_rays, scratch.sun_words, scratch.valid, lanes, marks, scratch.mirror_lanes,
                        sphere, buffers.occlusion, x0, y0,
                    )  # fmt: skip
                if not work & SHADE:
                    store_hits(lanes, marks, buffers, block)
            else:
                load_hits(lanes, marks, buffers, block)
                _load_openness(lanes, buffers.openness, x0, y0)
            if work & SHADE:
                shade_block(scene, look, scratch, lanes, marks, sun, work & SHADOWS, True)
                write_colors(lanes, marks, look, images, work & ALBEDO, x0, y0)
                if work & BOUNDS and look.reflections != NO_MIRRORS:
                    _clear_bounds(bounds[block], _DIRECTIONS, _HIGHLIGHTS)
                    for k in range(BLOCK):
                        _widen_mirrored(scratch.mirror_lanes, scratch.mirror_marks, k, axes, bounds[block])


@device_function
def _find_hits(scene: SceneArrays, scratch: Scratch, lanes: Array, marks: Array, sun: Array, shadows: Scalar) -> None:
    """Trace a block's camera rays, and its sun rays."""
    hits = trace_block(scene, scratch.rays, scratch.words, scratch.valid, lanes, marks, CAMERA_MASK, scene.coherent)
    if hits > 0:
        locate_block(scene.surfaces, scene.placements, lanes, marks)
        if shadows:
            step_off(lanes, scratch.mirror_lanes)
            sun_block(
                scene, scratch.sun_rays, scratch.sun_words, scratch.valid, lanes, marks, scratch.mirror_lanes, sun
            )


@device_function
def _write_bounds(lanes: Array, marks: Array, axes: Array, bounds: Array) -> None:
    """Write the bounds of where a block's secondary rays start."""
    _clear_bounds(bounds, 0, _DIRECTIONS)
    _clear_bounds(bounds, _HIGHLIGHTS, _ALL_BOUNDS)
    for k in range(BLOCK):
        if marks[SURFACE + k] >= 0:
            _widen(lanes, k, axes, bounds)


@device_function
def _clear_bounds(bounds: Array, first: Scalar, last: Scalar) -> None:
    for column in range(first, last, 2):
        bounds[column] = f32(np.inf)
        bounds[column + 1] = f32(-np.inf)


@device_function
def _widen(lanes: Array, k: Scalar, axes: Array, bounds: Array) -> None:
    """Take the point where a column's secondary rays start into bounds, and its mirror direction if it faces up."""
    offset = start_offset(lanes[T + k] * lanes[LENGTH + k])
    x = lanes[PX + k] + lanes[FX + k] * offset
    y = lanes[PY + k] + lanes[FY + k] * offset
    z = lanes[PZ + k] + lanes[FZ + k] * offset
    for axis in range(3):
        along = axes[axis, 0] * x + axes[axis, 1] * y + axes[axis, 2] * z
        bounds[2 * axis] = min(bounds[2 * axis], along)
        bounds[2 * axis + 1] = max(bounds[2 * axis + 1], along)
    nx, ny, nz = lanes[NX + k], lanes[NY + k], lanes[NZ + k]
    if nz <= f32(0.49):  # as in `shade_block`, and a little less
        return
    inverse = f32(1.0) / lanes[LENGTH + k]
    dx, dy, dz = lanes[DX + k] * inverse, lanes[DY + k] * inverse, lanes[DZ + k] * inverse
    twice = f32(2.0) * (dx * nx + dy * ny + dz * nz)
    for axis in range(3):
        mirrored = axes[axis, 0] * (dx - twice * nx)
        mirrored += axes[axis, 1] * (dy - twice * ny)
        mirrored += axes[axis, 2] * (dz - twice * nz)
        low = _HIGHLIGHTS + 2 * axis
        bounds[low] = min(bounds[low], mirrored)
        bounds[low + 1] = max(bounds[low + 1], mirrored)


@device_function
def _widen_mirrored(mirror: Array, mirror_marks: Array, k: Scalar, axes: Array, bounds: Array) -> None:
    """Take a column's mirror ray, and what it hit, into bounds."""
    surface = mirror_marks[SURFACE + k]
    if surface == NO_RAY:
        return
    for axis in range(3):
        ax, ay, az = axes[axis, 0], axes[axis, 1], axes[axis, 2]
        along = ax * mirror[DX + k] + ay * mirror[DY + k] + az * mirror[DZ + k]
        low = _DIRECTIONS + 2 * axis
        bounds[low] = min(bounds[low], along - f32(1e-4))
        bounds[low + 1] = max(bounds[low + 1], along + f32(1e-4))
        if surface >= 0:
            along = ax * mirror[PX + k] + ay * mirror[PY + k] + az * mirror[PZ + k]
            low = _MIRRORED + 2 * axis
            bounds[low] = min(bounds[low], along - f32(0.01))
            bounds[low + 1] = max(bounds[low + 1], along + f32(0.01))


@device_function
def _load_openness(lanes: Array, openness: Array, x0: Scalar, y0: Scalar) -> None:
    height, width = openness.shape
    for k in range(BLOCK):
        x = x0 + column_x(k)
        y = y0 + column_y(k)
        lanes[OPEN + k] = f32(openness[y, x]) * f32(1.0 / 255.0) if x < width and y < height else f32(1.0)


@kernel
def sample_edges(
    scene: SceneArrays,
    look: Look,
    view: Array,
    table: Array,
    sun: Array,
    work: int,
    offsets: Array,
    edges: Array,
    counts: Array,
    axes: Array,
    bounds: Array,
    images: FrameImages,
    buffers: HitBuffers,
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
        work: `SHADOWS`, `OCCLUSION` and `BOUNDS` count.
        offsets: (K, 2) float32 positions in the pixel.
        edges: From `mark_edges`.
        counts: From `mark_edges`.
        axes: As of `render_blocks`.
        bounds: The same, widened with `BOUNDS`.
        images: Colours are changed in place.
        buffers: Filtered occlusion is read.
        scratch: Working memory.
        first: First row of edges.
        last: Row after the last.
    """
    lanes, marks, sums = scratch.lanes, scratch.marks, scratch.sums
    samples = offsets.shape[0]
    rgb = images.rgb
    across = (images.depth.shape[1] + SIDE - 1) // SIDE
    for row in range(first, last):
        for begin in range(0, counts[row], BLOCK):
            members = min(BLOCK, counts[row] - begin)
            for k in range(members):
                pixel = max(edges[row, begin + k], 0)
                x = pixel & 0xFFFF
                y = pixel >> 16
                for channel in range(3):
                    sums[3 * k + channel] = rgb[y, x, channel]
                lanes[OPEN + k] = f32(buffers.openness[y, x]) * f32(1.0 / 255.0) if work & OCCLUSION else f32(1.0)
            for sample in range(samples):
                for k in range(members):
                    pixel = max(edges[row, begin + k], 0)
                    lanes[PIXEL_U + k] = f32(pixel & 0xFFFF) + offsets[sample, 0]
                    lanes[PIXEL_V + k] = f32(pixel >> 16) + offsets[sample, 1]
                aim_block(view, table, lanes, marks)
                for k in range(BLOCK):
                    lanes[SUN + k] = f32(0.0)
                for k in range(BLOCK):
                    if k >= members or edges[row, begin + k] == NO_PIXEL:
                        marks[SURFACE + k] = NO_RAY
                _find_hits(scene, scratch, lanes, marks, sun, work & SHADOWS)
                if work & BOUNDS:
                    for k in range(members):
                        if marks[SURFACE + k] >= 0:
                            x = edges[row, begin + k] & 0xFFFF
                            _widen(lanes, k, axes, bounds[row * across + x // SIDE])
                shade_block(scene, look, scratch, lanes, marks, sun, work & SHADOWS, False)
                if work & BOUNDS and look.reflections != NO_MIRRORS:
                    for k in range(members):
                        x = max(edges[row, begin + k], 0) & 0xFFFF
                        block = row * across + x // SIDE
                        _widen_mirrored(scratch.mirror_lanes, scratch.mirror_marks, k, axes, bounds[block])
                for k in range(members):
                    if marks[SURFACE + k] != NO_RAY:
                        r, g, b = tone_map(lanes[RED + k], lanes[GREEN + k], lanes[BLUE + k], look.env)
                        sums[3 * k] += r
                        sums[3 * k + 1] += g
                        sums[3 * k + 2] += b
            for k in range(members):
                pixel = edges[row, begin + k]
                if pixel == NO_PIXEL:
                    continue
                for channel in range(3):
                    rgb[pixel >> 16, pixel & 0xFFFF, channel] = (sums[3 * k + channel] + (samples + 1) // 2) // (
                        samples + 1
                    )
