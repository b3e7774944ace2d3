"""Cameras: pixels to directions and back, in the camera's RDF frame.

Image coordinates are continuous: the origin is the top-left corner of the top-left pixel, and the centre of pixel
(i, j) is (i + 0.5, j + 0.5). A camera is a `PinholeCamera` or an `FThetaCamera`: frozen, hashable, with the same
methods `project`, `rays`, `resized` and `cropped`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from roadmark.errors import GeometryError
from roadmark.geometry.ftheta import FThetaCamera
from roadmark.geometry.projection import Projection, check_finite, check_image_size, pixel_centers
from roadmark.geometry.rotations import FloatArray, rows

__all__ = ["Camera", "FThetaCamera", "PinholeCamera", "Projection", "pixel_centers"]


@dataclass(frozen=True)
class PinholeCamera:
    """A pinhole without distortion: ``u = fx x / z + cx``, ``v = fy y / z + cy``.

    Attributes:
        width: Pixels.
        height: Pixels.
        fx: Focal length along u, pixels, > 0.
        fy: Focal length along v, pixels, > 0.
        cx: Principal point, continuous pixels (the image's middle is width / 2).
        cy: Principal point, continuous pixels.

    Raises:
        GeometryError: Empty image, non-finite numbers or focal lengths <= 0.
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def __post_init__(self) -> None:
        check_image_size(self.width, self.height)
        check_finite(fx=self.fx, fy=self.fy, cx=self.cx, cy=self.cy)
        if self.fx <= 0.0 or self.fy <= 0.0:
            raise GeometryError(f"focal lengths must be > 0 pixels, got fx={self.fx}, fy={self.fy}")

    @classmethod
    def from_fov(cls, width: int, height: int, fov: float) -> PinholeCamera:
        """A camera with square pixels and centred axis, as CARLA's: ``f = W / (2 tan(fov / 2))``.

        Args:
            width: Pixels.
            height: Pixels.
            fov: Horizontal field of view in radians, in (0, pi).

        Examples:
            >>> round(PinholeCamera.from_fov(1920, 1080, math.pi / 2).fx, 9)
            960.0
        """
        if not 0.0 < fov < math.pi:
            raise GeometryError(f"the field of view must lie between 0 and 180 degrees, not {math.degrees(fov):g}")
        focal = width / (2.0 * math.tan(fov / 2.0))
        return cls(width, height, focal, focal, width / 2.0, height / 2.0)

    @property
    def fov(self) -> tuple[float, float]:
        """Horizontal and vertical field of view in radians: the angles between opposite borders through the axis."""
        horizontal = math.atan(self.cx / self.fx) + math.atan((self.width - self.cx) / self.fx)
        vertical = math.atan(self.cy / self.fy) + math.atan((self.height - self.cy) / self.fy)
        return horizontal, vertical

    @property
    def matrix(self) -> FloatArray:
        """(3, 3) intrinsic matrix K for continuous pixel coordinates."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])

    def project(self, points: ArrayLike) -> Projection:
        """Project points (N, 3), RDF metres. Points with z <= 0 get NaN pixels and are not valid."""
        x, y, depth = rows(points, 3, "points").T
        valid = depth > 0.0
        z = np.where(valid, depth, np.nan)
        uv = np.stack([self.fx * x / z + self.cx, self.fy * y / z + self.cy], axis=-1)
        return Projection(uv, depth.copy(), valid)

    def rays(self, uv: ArrayLike) -> FloatArray:
        """Unit directions (N, 3), RDF, of continuous pixel coordinates (N, 2), inside the image or not."""
        pixels = rows(uv, 2, "pixels")
        rays = np.ones((len(pixels), 3))
        rays[:, 0] = (pixels[:, 0] - self.cx) / self.fx
        rays[:, 1] = (pixels[:, 1] - self.cy) / self.fy
        return np.asarray(rays / np.linalg.norm(rays, axis=1, keepdims=True))

    def resized(self, width: int, height: int) -> PinholeCamera:
        """The camera of the whole image scaled to `width` x `height`, exact for any aspect."""
        check_image_size(width, height)
        sx, sy = width / self.width, height / self.height
        return PinholeCamera(width, height, self.fx * sx, self.fy * sy, self.cx * sx, self.cy * sy)

    def cropped(self, x0: float, y0: float, width: int, height: int) -> PinholeCamera:
        """The camera of the part whose top-left corner is (x0, y0); it may reach over the border."""
        return PinholeCamera(width, height, self.fx, self.fy, self.cx - x0, self.cy - y0)


Camera = PinholeCamera | FThetaCamera
"""What projects: every function that takes a camera takes either."""
