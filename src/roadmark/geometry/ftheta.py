"""The f-theta lens of NVIDIA's vehicle rigs: pixel radius as a polynomial of the angle off the axis, or the reverse.

Source of the model and its vector: specs/av-grounding.md section 4. One polynomial is authoritative (the one the
calibration stores); the other direction is its exact inverse, found by Newton's method to machine precision, not a
second fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from roadmark.errors import GeometryError
from roadmark.geometry import polynomials
from roadmark.geometry.projection import Projection, check_finite, check_image_size
from roadmark.geometry.rotations import FloatArray, rows

Direction = Literal["angle_from_pixel", "pixel_from_angle"]


@dataclass(frozen=True)
class FThetaCamera:
    """An f-theta (equidistant-like, wide-angle) camera.

    With t the angle between a ray and the optical axis and r the radius in pixels before the linear terms: r is a
    polynomial of t or t one of r, and ``(u, v) = [[c, d], [e, 1]] @ (r x, r y) / |(x, y)| + (cx, cy)``. Beyond
    `max_angle` the radius continues linearly, so that every point gets a pixel and box extents stay sensible, but such
    points are not valid.

    Attributes:
        width: Pixels.
        height: Pixels.
        cx: Principal point in continuous pixels (pixel centres at +0.5), unlike in the vector of the files.
        cy: Principal point in continuous pixels.
        polynomial: 6 coefficients from the constant term (which is 0) up.
        direction: What the polynomial gives: "angle_from_pixel" (radians of pixels, the "backward" kind) or
            "pixel_from_angle" (pixels of radians, "forward").
        c: Linear term, u from x.
        d: Linear term, u from y.
        e: Linear term, v from x.
        max_angle: Largest valid angle in radians; 0 takes the angle of the image corner farthest off the axis.

    Raises:
        GeometryError: Numbers that are no such camera, or a polynomial that does not rise throughout the image.
    """

    width: int
    height: int
    cx: float
    cy: float
    polynomial: tuple[float, ...]
    direction: Direction = "angle_from_pixel"
    c: float = 1.0
    d: float = 0.0
    e: float = 0.0
    max_angle: float = 0.0

    def __post_init__(self) -> None:
        check_image_size(self.width, self.height)
        check_finite(cx=self.cx, cy=self.cy, c=self.c, d=self.d, e=self.e, max_angle=self.max_angle)
        if self.direction not in {"angle_from_pixel", "pixel_from_angle"}:
            raise GeometryError(f"direction must be 'angle_from_pixel' or 'pixel_from_angle', not {self.direction!r}")
        if self.c - self.d * self.e <= 1e-9:
            raise GeometryError(f"the linear terms c={self.c}, d={self.d}, e={self.e} mirror or flatten the image")
        object.__setattr__(self, "polynomial", polynomials.checked_coefficients(self.direction, self.polynomial))
        angle = self._corner_angle()
        if angle >= math.pi:
            raise GeometryError(f"the lens polynomial reaches {math.degrees(angle):.0f} degrees inside the image")
        if self.max_angle < 0.0 or self.max_angle > math.pi:
            raise GeometryError(f"max_angle must lie in [0, pi] radians, not {self.max_angle:g}")
        if self.max_angle == 0.0:
            object.__setattr__(self, "max_angle", angle)
        elif self.direction == "pixel_from_angle":
            self._require_rising_to(self.max_angle)
        else:
            polynomials.solve(self.polynomial, self.max_angle)

    @classmethod
    def from_vector(cls, vector: ArrayLike) -> FThetaCamera:
        """Read a calibration vector of RDS-HQ: ``cx, cy, w, h, k0..k5, is_bw_poly[, c, d, e]``.

        Args:
            vector: (11,) or (14,); integers are pixel centres in it, so the principal point gets +0.5 here.
        """
        values = np.asarray(vector, dtype=np.float64)
        if values.shape not in {(11,), (14,)} or not np.isfinite(values).all():
            raise GeometryError(f"an f-theta vector is 11 or 14 finite numbers, got {values.tolist()}")
        c, d, e = values[11:] if len(values) == 14 else (1.0, 0.0, 0.0)
        direction: Direction = "angle_from_pixel" if values[10] != 0.0 else "pixel_from_angle"
        check_image_size(values[2], values[3])
        width, height, polynomial = int(values[2]), int(values[3]), tuple(values[4:10].tolist())
        return cls(width, height, values[0] + 0.5, values[1] + 0.5, polynomial, direction, float(c), float(d), float(e))

    def to_vector(self) -> FloatArray:
        """(14,) calibration vector of RDS-HQ, with pixel centres at integers; inverse of `from_vector`."""
        backward = float(self.direction == "angle_from_pixel")
        size = (float(self.width), float(self.height))
        return np.array([self.cx - 0.5, self.cy - 0.5, *size, *self.polynomial, backward, self.c, self.d, self.e])

    @cached_property
    def angle_from_pixel(self) -> tuple[float, ...]:
        """6 coefficients, radians of pixels: the calibration's own, or the least-squares fit of its inverse."""
        return self.polynomial if self.direction == "angle_from_pixel" else self._fitted

    @cached_property
    def pixel_from_angle(self) -> tuple[float, ...]:
        """6 coefficients, pixels of radians: the calibration's own, or the least-squares fit of its inverse."""
        return self.polynomial if self.direction == "pixel_from_angle" else self._fitted

    def angles(self, radius: FloatArray) -> FloatArray:
        """Exact angles off the axis (N,), radians, of radii (N,), pixels before the linear terms."""
        inside = np.minimum(radius, self._max_radius)
        if self.direction == "angle_from_pixel":
            angle = polynomials.evaluate(self.polynomial, inside)
        else:
            start = polynomials.evaluate(self.angle_from_pixel, inside)
            angle = polynomials.invert(self.polynomial, inside, start, self.max_angle)
        return np.asarray(angle + np.maximum(radius - self._max_radius, 0.0) / self._end_slope)

    def radii(self, angle: FloatArray) -> FloatArray:
        """Exact radii (N,), pixels before the linear terms, of angles (N,) off the axis, radians; undoes `angles`."""
        inside = np.minimum(angle, self.max_angle)
        if self.direction == "pixel_from_angle":
            radius = polynomials.evaluate(self.polynomial, inside)
        else:
            start = polynomials.evaluate(self.pixel_from_angle, inside)
            radius = polynomials.invert(self.polynomial, inside, start, self._max_radius)
        return np.asarray(radius + np.maximum(angle - self.max_angle, 0.0) * self._end_slope)

    def project(self, points: ArrayLike) -> Projection:
        """Project points (N, 3), RDF metres; valid up to `max_angle` off the axis, beyond it extrapolated linearly."""
        xyz = rows(points, 3, "points")
        lateral = np.hypot(xyz[:, 0], xyz[:, 1])
        angle = np.arctan2(lateral, xyz[:, 2])
        # On the axis every direction is as good; straight behind, x is taken.
        safe = np.where(lateral > 0.0, lateral, 1.0)
        unit = np.stack([np.where(lateral > 0.0, xyz[:, 0], 1.0) / safe, xyz[:, 1] / safe], axis=-1)
        offset = (self.radii(angle)[:, None] * unit) @ self._linear.T
        valid = (angle <= self.max_angle * (1.0 + 1e-12)) & (xyz != 0.0).any(axis=1)
        return Projection(offset + np.array([self.cx, self.cy]), xyz[:, 2].copy(), valid)

    def rays(self, uv: ArrayLike) -> FloatArray:
        """Unit directions (N, 3), RDF, of continuous pixel coordinates (N, 2), inside the image or not."""
        pixels = rows(uv, 2, "pixels")
        offset = (pixels - np.array([self.cx, self.cy])) @ self._inverse_linear.T
        radius = np.hypot(offset[:, 0], offset[:, 1])
        angle = self.angles(radius)
        safe = np.where(radius > 0.0, radius, 1.0)
        rays = np.empty((len(pixels), 3))
        rays[:, :2] = offset * (np.sin(angle) / safe)[:, None]
        rays[:, 2] = np.cos(angle)
        return rays

    def resized(self, width: int, height: int) -> FThetaCamera:
        """The camera of the whole image scaled to `width` x `height`, exact for any aspect.

        Scaling v by s scales the radius by s; what u scales otherwise goes into the linear terms c and d.
        """
        check_image_size(width, height)
        sx, sy = width / self.width, height / self.height
        power = -1.0 if self.direction == "angle_from_pixel" else 0.0
        scaled = tuple(k * (sy ** (power * i) if power else sy) for i, k in enumerate(self.polynomial))
        return replace(
            self,
            width=width,
            height=height,
            cx=self.cx * sx,
            cy=self.cy * sy,
            polynomial=scaled,
            c=self.c * sx / sy,
            d=self.d * sx / sy,
        )

    def cropped(self, x0: float, y0: float, width: int, height: int) -> FThetaCamera:
        """The camera of the part whose top-left corner is (x0, y0); `max_angle` stays the lens's."""
        return replace(self, width=width, height=height, cx=self.cx - x0, cy=self.cy - y0)

    @cached_property
    def _linear(self) -> FloatArray:
        return np.array([[self.c, self.d], [self.e, 1.0]])

    @cached_property
    def _inverse_linear(self) -> FloatArray:
        return np.array([[1.0, -self.d], [-self.e, self.c]]) / (self.c - self.d * self.e)

    def _corner_angle(self) -> float:
        """Angle of the image corner farthest off the axis, with the polynomial rising all the way."""
        corners = np.array([[0, 0], [self.width, 0], [0, self.height], [self.width, self.height]], dtype=np.float64)
        offset = (corners - (self.cx, self.cy)) @ self._inverse_linear.T
        radius = float(np.hypot(offset[:, 0], offset[:, 1]).max())
        if self.direction == "pixel_from_angle":
            return polynomials.solve(self.polynomial, radius)
        self._require_rising_to(radius)
        return float(polynomials.evaluate(self.polynomial, np.array(radius)))

    def _require_rising_to(self, end: float) -> None:
        turning = polynomials.first_turning_point(self.polynomial)
        if turning <= end:
            raise GeometryError(
                f"the polynomial {self.direction} turns at {turning:g}, before {end:g}: no lens for this image"
            )

    @cached_property
    def _max_radius(self) -> float:
        if self.direction == "pixel_from_angle":
            return float(polynomials.evaluate(self.polynomial, np.array(self.max_angle)))
        return polynomials.solve(self.polynomial, self.max_angle)

    @cached_property
    def _end_slope(self) -> float:
        """Pixels per radian at `max_angle`."""
        at = self._max_radius if self.direction == "angle_from_pixel" else self.max_angle
        slope = float(polynomials.evaluate(polynomials.derivative(self.polynomial), np.array(at)))
        return 1.0 / slope if self.direction == "angle_from_pixel" else slope

    @cached_property
    def _fitted(self) -> tuple[float, ...]:
        limit = self._max_radius if self.direction == "angle_from_pixel" else self.max_angle
        return polynomials.fit_inverse(self.polynomial, limit)
