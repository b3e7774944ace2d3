"""Packets of 16 rays: their memory layout, and the one place that decides which tracer follows them.

A packet is Embree 4's `RTCRayHit16` (embree4/rtcore_ray.h): 21 blocks of 16 words, viewed both as float32 and as
int32. The portable tracer reads and writes the same blocks, so kernels do not know which one they use. Lanes whose
`valid` word is 0 are left alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numpy.typing import NDArray

from roadmark.render.bvh import walk_scene
from roadmark.render.embree import INTERSECT_SYMBOL, OCCLUDED_SYMBOL
from roadmark.render.jit import Array, Scalar, device_function

LANES = 16
ORIGIN_X, ORIGIN_Y, ORIGIN_Z, NEAR = 0, 16, 32, 48
DIRECTION_X, DIRECTION_Y, DIRECTION_Z, TIME = 64, 80, 96, 112
FAR, MASK, RAY_ID, FLAGS = 128, 144, 160, 176
HIT_U, HIT_V, PRIMITIVE, GEOMETRY, INSTANCE = 240, 256, 272, 288, 304
WORDS = 464
"""Words of a packet: Embree's 336 and the portable tracer's two stacks."""

TRACER_PORTABLE = 0
TRACER_EMBREE = 1
CAMERA_MASK = 1
"""Bit of rays that leave the camera; hidden objects do not have it. Secondary rays have every bit."""

_signature = types.void(types.uintp, types.uintp, types.uintp, types.uintp)
_intersect16: Any = types.ExternalFunction(INTERSECT_SYMBOL, _signature)
_occluded16: Any = types.ExternalFunction(OCCLUDED_SYMBOL, _signature)

f32 = np.float32


class SceneArrays(NamedTuple):
    """Everything about the scene that kernels read.

    Attributes:
        tracer: `TRACER_PORTABLE` or `TRACER_EMBREE`.
        handle: Address of Embree's scene; 0 for the portable tracer.
        coherent: Address of Embree's arguments for camera and sun rays.
        incoherent: The same for other rays.
        surfaces: (T, 16) float32 triangle records of all meshes, see `scene.py`.
        surface_bits: The same memory as uint32.
        placements: (I, 24) float32 rigid transforms of instances: world_from_mesh (3, 4), mesh_from_world (3, 4).
        attributes: (I, 8) int32 of instances, see `scene.py`.
        top_nodes: (M, 8) float32 boxes of the tree over instances, `bvh.py`.
        top_links: The same memory as int32.
        order: (I,) int32 instances in the top tree's order.
        nodes: (N, 8) float32 boxes of all meshes' trees.
        node_links: The same memory as int32.
        corners: (T, 9) float32 triangle corners in the trees' order.
        corner_source: (T,) int32 triangle within its mesh, per row of `corners`.
        roots: (I, 3) int32 per instance: root node, first row of `corners`, mask.
    """

    tracer: int
    handle: int
    coherent: int
    incoherent: int
    surfaces: Array
    surface_bits: Array
    placements: Array
    attributes: Array
    top_nodes: Array
    top_links: Array
    order: Array
    nodes: Array
    node_links: Array
    corners: Array
    corner_source: Array
    roots: Array


def aligned_words(count: int) -> NDArray[np.float32]:
    """`count` zero words whose address is a multiple of 64, as Embree's packets need and cache lines like."""
    raw = np.zeros(count + 16, np.float32)
    start = (-raw.ctypes.data % 64) // 4
    return raw[start : start + count]


@device_function
def trace16(scene: SceneArrays, valid: Array, rays: Array, words: Array, arguments: Scalar) -> None:
    """Find the nearest hit of each valid lane: FAR, HIT_U, HIT_V, PRIMITIVE, INSTANCE; GEOMETRY stays -1 for none."""
    if scene.tracer == TRACER_EMBREE:
        _intersect16(valid.ctypes.data, scene.handle, rays.ctypes.data, arguments)
    else:
        for lane in range(LANES):
            if valid[lane] != 0:
                walk_scene(
                    lane, rays, words, scene.top_nodes, scene.top_links, scene.order, scene.nodes, scene.node_links,
                    scene.corners, scene.corner_source, scene.placements, scene.roots, False,
                )  # fmt: skip


@device_function
def occluded16(scene: SceneArrays, valid: Array, rays: Array, words: Array, arguments: Scalar) -> None:
    """Find whether anything lies between NEAR and FAR of each valid lane; FAR becomes negative where it does."""
    if scene.tracer == TRACER_EMBREE:
        _occluded16(valid.ctypes.data, scene.handle, rays.ctypes.data, arguments)
    else:
        for lane in range(LANES):
            if valid[lane] == 0:
                continue
            hit = walk_scene(
                lane, rays, words, scene.top_nodes, scene.top_links, scene.order, scene.nodes, scene.node_links,
                scene.corners, scene.corner_source, scene.placements, scene.roots, True,
            )  # fmt: skip
            if hit:
                rays[FAR + lane] = f32(-1.0)
