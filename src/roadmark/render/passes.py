"""The kernels of a frame: trace and shade blocks, find edges, sample edges again."""

from __future__ import annotations

import numpy as np

from roadmark.render.antialias import NO_PIXEL
from roadmark.render.bounds import (
    ALL_BOUNDS,
    DIRECTIONS,
    HIGHLIGHTS,
    POINTS,
    clear_bounds,
    clear_spans,
    merge_spans,
    span_mirrored,
    span_points,
)
from roadmark.render.hits import (
    BLOCK,
    BLUE,
    GREEN,
    NO_RAY,
    OPEN,
    PIXEL_U,
    PIXEL_V,
    RED,
    SIDE,
    SUN,
    SURFACE,
    Scratch,
    aim_block,
    column_x,
    column_y,
    locate_block,
    pixel_centers,
    step_off,
    sun_block,
    trace_block,
)
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.look import Look
from roadmark.render.mirrors import NO_MIRRORS
from roadmark.render.packets import CAMERA_MASK, LANES, SceneArrays
from roadmark.render.shading import light_block, shade_block, write_colors
from roadmark.render.tone import tone_map
from roadmark.render.trace import (
    FrameImages,
    HitBuffers,
    load_hits,
    load_unlit,
    occlusion_block,
    store_hits,
    store_unlit,
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
KEEP = 128  # and keep what lamps shine on

RELIT = 2
"""Of `wanted`: blocks that only other lamps shine on; the rest of their shading was kept."""


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
        wanted: (blocks,) uint8; blocks of 0 are left as they are, those of `RELIT` are lit again by lamps.
        axes: (3, 3) float32 from `still.sun_axes`.
        bounds: (blocks, 24) float32, written with `BOUNDS`: what is seen, along the axes, columns as in `bounds`.
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
                    _bound_points(scratch, axes, bounds[block])
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
                anew = wanted[block] != RELIT
                if anew:
                    shade_block(scene, look, scratch, lanes, marks, sun, work & SHADOWS, True, False)
                    if work & KEEP:
                        store_unlit(lanes, buffers, block)
                else:
                    load_unlit(lanes, buffers, block)
                light_block(look, scratch, lanes, marks)
                write_colors(lanes, marks, look, images, work & ALBEDO, x0, y0)
                if anew and work & BOUNDS and look.reflections != NO_MIRRORS:
                    _bound_mirrored(scratch, axes, bounds[block])


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
def _bound_points(scratch: Scratch, axes: Array, bounds: Array) -> None:
    """Write the bounds of where a block's secondary rays start."""
    clear_spans(scratch.spans)
    for base in range(0, BLOCK, LANES):
        span_points(scratch.lanes[base:], scratch.marks[base:], axes, scratch.spans)
    for first in (POINTS, HIGHLIGHTS):
        clear_bounds(bounds, first, first + 6)
        merge_spans(scratch.spans, bounds, first, first + 6)


@device_function
def _bound_mirrored(scratch: Scratch, axes: Array, bounds: Array) -> None:
    """Write the bounds of a block's mirror rays and of what they hit."""
    clear_spans(scratch.spans)
    for base in range(0, BLOCK, LANES):
        span_mirrored(scratch.mirror_lanes[base:], scratch.mirror_marks[base:], axes, scratch.spans)
    clear_bounds(bounds, DIRECTIONS, HIGHLIGHTS)
    merge_spans(scratch.spans, bounds, DIRECTIONS, HIGHLIGHTS)


@device_function
def _widen_bounds(scratch: Scratch, edges: Array, members: Scalar, mirrors: Scalar, axes: Array, bounds: Array) -> None:
    """Take the hits of edge samples into the bounds of their blocks, and their mirror rays.

    Args:
        scratch: Holds the samples; a packet's belong to one block.
        edges: Their pixels.
        members: How many.
        mirrors: Whether mirror rays were aimed.
        axes: As of `render_blocks`.
        bounds: Of the blocks of one row.
    """
    for base in range(0, members, LANES):
        pixel = edges[base]  # of a packet, the first is never `NO_PIXEL`
        row = bounds[(pixel & 0xFFFF) // SIDE]
        clear_spans(scratch.spans)
        span_points(scratch.lanes[base:], scratch.marks[base:], axes, scratch.spans)
        merge_spans(scratch.spans, row, POINTS, DIRECTIONS)
        merge_spans(scratch.spans, row, HIGHLIGHTS, ALL_BOUNDS)
        if mirrors:
            span_mirrored(scratch.mirror_lanes[base:], scratch.mirror_marks[base:], axes, scratch.spans)
            merge_spans(scratch.spans, row, DIRECTIONS, HIGHLIGHTS)


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
                shade_block(scene, look, scratch, lanes, marks, sun, work & SHADOWS, False, sample > 0)
                light_block(look, scratch, lanes, marks)
                if work & BOUNDS:
                    mirrors = look.reflections != NO_MIRRORS
                    _widen_bounds(scratch, edges[row, begin:], members, mirrors, axes, bounds[row * across :])
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
