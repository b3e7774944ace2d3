"""What every camera shares: the result of a projection and the grid of pixel centres.

Image coordinates are continuous: the origin is the top-left corner of the top-left pixel, and the centre of pixel
(i, j) is (i + 0.5, j + 0.5).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import GeometryError
from roadmark.geometry.rotations import FloatArray


class Projection(NamedTuple):
    """Where points fall in an image.

    Attributes:
        uv: (N, 2) pixels; NaN where the camera gives the point no pixel at all (behind a pinhole).
        depth: (N,) metres along the camera's z axis; negative behind it.
        valid: (N,) the point is in front of the lens: z > 0 for a pinhole, within the largest angle for an f-theta
            lens. It may still fall outside the image; see `inside`.
    """

    uv: FloatArray
    depth: FloatArray
    valid: NDArray[np.bool_]

    def inside(self, width: int, height: int) -> NDArray[np.bool_]:
        """(N,) which points are valid and fall on a pixel of a `width` x `height` image."""
        u, v = self.uv[:, 0], self.uv[:, 1]
        return np.asarray(self.valid & (u >= 0.0) & (u < width) & (v >= 0.0) & (v < height))


def pixel_centers(width: int, height: int) -> FloatArray:
    """(height * width, 2) centres (u, v) of all pixels, row by row."""
    v, u = np.mgrid[0:height, 0:width]
    return np.stack([u.ravel() + 0.5, v.ravel() + 0.5], axis=-1)


def check_image_size(width: int, height: int) -> None:
    """Raise `GeometryError` unless both sides are whole numbers of at least one pixel."""
    if not (int(width) == width and int(height) == height and width >= 1 and height >= 1):
        raise GeometryError(f"an image needs at least 1 x 1 whole pixels, not {width} x {height}")


def check_finite(**numbers: float) -> None:
    """Raise `GeometryError` naming the first number that is NaN or infinite."""
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise GeometryError(f"camera {name} must be a finite number, not {value}")
