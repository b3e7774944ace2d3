"""Single rays from anywhere to anywhere: what lies first on the way from one point to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.render.hits import Scratch
from roadmark.render.jit import Array, kernel
from roadmark.render.packets import (
    DIRECTION_X,
    DIRECTION_Y,
    DIRECTION_Z,
    FAR,
    GEOMETRY,
    INSTANCE,
    LANES,
    MASK,
    ORIGIN_X,
    ORIGIN_Y,
    ORIGIN_Z,
    PRIMITIVE,
    SceneArrays,
    trace16,
)

f32 = np.float32


@dataclass(frozen=True, eq=False)
class Probe:
    """What rays met.

    Attributes:
        distance: (N,) float64 metres to the first surface, infinite where there is none.
        object_id: (N,) its object id, 0 for the static mesh, -1 where there is none.
        instance: (N,) index of the instance met, -1 for the static mesh, -2 where there is none.
    """

    distance: NDArray[np.float64]
    object_id: NDArray[np.int32]
    instance: NDArray[np.int32]


@kernel
def probe_rays(scene: SceneArrays, given: Array, distance: Array, rows: Array, scratch: Scratch) -> None:
    """Find the first hit of every ray.

    Args:
        scene: What is there.
        given: (N, 6) float32 starts in the kernels' frame and unit directions.
        distance: (N,) float32, written; infinite for no hit.
        rows: (N,) int32, written: row of the instance met, -1 for no hit.
        scratch: Working memory.
    """
    rays, words, valid = scratch.rays, scratch.words, scratch.valid
    for lane in range(LANES):
        words[MASK + lane] = -1
    for first in range(0, given.shape[0], LANES):
        for lane in range(LANES):
            row = min(first + lane, given.shape[0] - 1)
            valid[lane] = -1 if first + lane < given.shape[0] else 0
            rays[ORIGIN_X + lane] = given[row, 0]
            rays[ORIGIN_Y + lane] = given[row, 1]
            rays[ORIGIN_Z + lane] = given[row, 2]
            rays[DIRECTION_X + lane] = given[row, 3]
            rays[DIRECTION_Y + lane] = given[row, 4]
            rays[DIRECTION_Z + lane] = given[row, 5]
            rays[FAR + lane] = f32(np.inf)
            words[PRIMITIVE + lane] = -1
            words[GEOMETRY + lane] = -1
            words[INSTANCE + lane] = -1
        trace16(scene, valid, rays, words, scene.incoherent)
        for lane in range(LANES):
            if valid[lane] != 0:
                met = words[GEOMETRY + lane] != -1
                distance[first + lane] = rays[FAR + lane] if met else f32(np.inf)
                rows[first + lane] = words[INSTANCE + lane] if met else -1
