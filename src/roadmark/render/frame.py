"""What one render gives: colours and labels of every pixel, and how large an object would be if it stood alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Frame:
    """All images of one camera at one time; each (H, W, ...) and C-contiguous.

    Labels (everything but `rgb`) are sampled at pixel centres and never anti-aliased.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB.
        depth: (H, W) float32 metres along the camera's z axis, or along the ray where `depth_is_range`; inf is no hit.
        semantic: (H, W) uint8 class.
        instance: (H, W) uint16 object id, 0 for the static scene and the sky.
        normal: (H, W, 3) uint8, round((n + 1) / 2 * 255) of the facet's unit normal in the world, turned towards the
            camera; 0 where nothing was hit.
        depth_is_range: Whether depth is the distance along the ray (cameras that see a hemisphere or more).
        sun_visibility: (H, W) uint8, 255 where the sun shines on the surface, 0 in shadow or turned away; with `aov`.
        albedo: (H, W, 3) uint8 sRGB diffuse colour without light; with `aov`.
        triangle: (H, W) int32 triangle within its mesh, -1 for none; with `aov`.
        instance_index: (H, W) int32 position in `instances` of what was hit, -1 static scene, -2 none; with `aov`.
    """

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    semantic: NDArray[np.uint8]
    instance: NDArray[np.uint16]
    normal: NDArray[np.uint8]
    depth_is_range: bool = False
    sun_visibility: NDArray[np.uint8] | None = None
    albedo: NDArray[np.uint8] | None = None
    triangle: NDArray[np.int32] | None = None
    instance_index: NDArray[np.int32] | None = None


@dataclass(frozen=True)
class Silhouette:
    """The pixels an object would cover if nothing stood before it.

    Attributes:
        pixels: Pixels inside the image.
        total: Pixels including those beyond the image's edges (within three times its size).
        bounds: (xmin, ymin, xmax, ymax) of the pixels inside the image, inclusive; None where there are none.
    """

    pixels: int
    total: int
    bounds: tuple[int, int, int, int] | None
