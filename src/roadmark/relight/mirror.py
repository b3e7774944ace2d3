"""The mirror image of everything visible in a level sheet of water, at half the picture's size.

Every pixel's point is mirrored about the water's level and thrown back into the picture (forward splatting with a depth
buffer): exact for what the camera sees; what it does not see (undersides, things beyond the borders) cannot appear.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from roadmark.relight.images import KIND_BITS, Effect, Floats, Kind, Light, Picture, Place
from roadmark.relight.lens import project
from roadmark.relight.sampling import bilinear
from roadmark.render.kernels import Array, camera_ray, f32, kernel, sky_radiance

STEP = 2
"""Pixels of the picture per cell of the mirror image."""

BLURRED_STEP = 2 * STEP
"""The same of the blurred one."""

_ROAD, _PAVEMENT, _SOIL = int(Kind.ROAD), int(Kind.PAVEMENT), int(Kind.SOIL)
_SKY_STEP = 4  # cells of the mirror image per cell of the sky's
_EMPTY = 1e9
_LARGEST_HOLE = 7  # cells
_BRIGHTEST = 6.0


class MirrorImage(NamedTuple):
    """What water shows.

    Attributes:
        sharp: (h, w, 3) float32 radiance in still water.
        blurred: (h / 2, w / 2, 3) float32 radiance on a wet road, smeared towards the eye.
    """

    sharp: Floats
    blurred: Floats


class Mirror:
    """Makes mirror images, in memory that is used again.

    Args:
        width: Of the picture.
        height: Of the picture.
    """

    def __init__(self, width: int, height: int) -> None:
        shape = (-(-height // STEP), -(-width // STEP))
        self._image = np.empty((*shape, 3), np.float32)
        self._depth = np.empty(shape, np.float32)
        self._last = np.empty(shape[1], np.int32)
        self._sky = np.empty((-(-shape[0] // _SKY_STEP), -(-shape[1] // _SKY_STEP), 3), np.float32)

    def of_frame(self, radiance: Floats, picture: Picture, place: Place, light: Light) -> MirrorImage:
        """The mirror image of a shaded frame; valid until the next call."""
        level = max(light.effects[Effect.WATER_LEVEL], light.effects[Effect.GROUND])
        self._depth.fill(_EMPTY)
        splat_mirrored(radiance, picture.depth, picture.kinds, place, np.float32(level), self._image, self._depth)
        mirror_sky(place, light, self._sky)
        fill_holes(self._image, self._depth, self._last, self._sky)
        np.minimum(self._image, np.float32(_BRIGHTEST), out=self._image)
        height, width = self._depth.shape
        small = cv2.resize(self._image, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA)
        tall = max(1, small.shape[0] // 13)
        blurred = cv2.blur(cv2.blur(small, (1, tall)), (3, max(1, tall // 2)))
        return MirrorImage(self._image, np.asarray(blurred, np.float32))


@kernel
def splat_mirrored(
    radiance: Array, depth: Array, kinds: Array, place: Place, level: np.float32, image: Array, nearest: Array
) -> None:
    """Throw every second pixel's mirrored point into `image`; `nearest` keeps the depth of what is there."""
    view = place.camera
    height, width = depth.shape
    for row in range(0, height, STEP):
        for column in range(0, width, STEP):
            kind = kinds[row, column] & KIND_BITS
            if kind in (_ROAD, _PAVEMENT, _SOIL):
                continue
            dx, dy, dz, scale, _seen = camera_ray(view, place.table, f32(column) + f32(0.5), f32(row) + f32(0.5))
            t = depth[row, column] / scale
            if not t < f32(1e8):
                continue
            z = view[2] + t * dz
            if z < level + f32(0.02):
                continue
            x, y = t * dx, t * dy
            z = f32(2.0) * level - z - view[2]
            forward = view[9] * x + view[10] * y + view[11] * z
            u, v, seen = project(
                place.lens, view[3] * x + view[4] * y + view[5] * z, view[6] * x + view[7] * y + view[8] * z, forward
            )
            if not seen:
                continue
            at_row, at_column = int(v * f32(1.0 / STEP)), int(u * f32(1.0 / STEP))
            if v < f32(0.0) or u < f32(0.0) or at_row >= image.shape[0] or at_column >= image.shape[1]:
                continue
            away = x * x + y * y + z * z
            if away < nearest[at_row, at_column]:
                nearest[at_row, at_column] = away
                for channel in range(3):
                    image[at_row, at_column, channel] = radiance[row, column, channel]


@kernel
def fill_holes(image: Array, nearest: Array, last: Array, sky: Array) -> None:
    """Close small holes from above; what stays empty shows the sky.

    Args:
        image: (h, w, 3) float32.
        nearest: (h, w) float32 what `splat_mirrored` wrote.
        last: (w,) int32 scratch memory.
        sky: What `mirror_sky` wrote.
    """
    height, width = nearest.shape
    for column in range(width):
        last[column] = -1
    for row in range(height):
        for column in range(width):
            if nearest[row, column] < f32(_EMPTY):
                above = last[column]
                if above >= 0 and 1 < row - above <= _LARGEST_HOLE:
                    for hole in range(above + 1, row):
                        for channel in range(3):
                            image[hole, column, channel] = image[above, column, channel]
                        nearest[hole, column] = nearest[above, column]
                last[column] = row
    step = f32(1.0 / _SKY_STEP)
    for row in range(height):
        for column in range(width):
            if nearest[row, column] >= f32(_EMPTY):
                r, g, b = bilinear(sky, (f32(column) + f32(0.5)) * step, (f32(row) + f32(0.5)) * step)
                image[row, column, 0] = r
                image[row, column, 1] = g
                image[row, column, 2] = b


@kernel
def mirror_sky(place: Place, light: Light, sky: Array) -> None:
    """The sky's mirror image alone, in cells of `_SKY_STEP` cells of the mirror image.

    Args:
        place: The camera.
        light: For the sky.
        sky: (h, w, 3) float32, written.
    """
    side = f32(STEP * _SKY_STEP)
    for row in range(sky.shape[0]):
        for column in range(sky.shape[1]):
            dx, dy, dz, _scale, _seen = camera_ray(
                place.camera, place.table, (f32(column) + f32(0.5)) * side, (f32(row) + f32(0.5)) * side
            )
            inverse = f32(1.0) / f32(math.sqrt(dx * dx + dy * dy + dz * dz))
            r, g, b = sky_radiance(dx * inverse, dy * inverse, abs(dz) * inverse, light.target, light.noise)
            sky[row, column, 0] = r
            sky[row, column, 1] = g
            sky[row, column, 2] = b
