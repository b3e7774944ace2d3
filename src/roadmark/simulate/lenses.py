"""Lenses of the camera file: a pinhole by its field of view, or an f-theta lens by its polynomial."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from roadmark.config import UserSettings
from roadmark.geometry import Camera, FThetaCamera, PinholeCamera

COEFFICIENTS = 6
"""Terms of an f-theta polynomial, the constant one first."""

Coefficients = Annotated[tuple[float, ...], Field(min_length=2, max_length=COEFFICIENTS)]


class LensEntry(UserSettings):
    """Ours: the lens of a sensor. Without it a sensor is a pinhole of its `fov`."""

    model: Literal["pinhole", "ftheta"]
    """`pinhole`, or `ftheta`: the angle off the axis is a polynomial of the distance from the picture's middle."""
    angle_from_pixel: Coefficients | None = None
    """Radians of pixels, from the constant term (0) up; without either polynomial the lens is equidistant."""
    pixel_from_angle: Coefficients | None = None
    """Pixels of radians, alike; give one of the two."""
    center: tuple[float, float] | None = None
    """Principal point, pixels from the top left corner of the picture; its middle by default."""
    linear: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """The terms c, d and e of the calibration."""
    max_angle: Annotated[float, Field(gt=0, le=180)] | None = None
    """Largest angle off the axis that the lens sees, degrees; the picture's corners by default."""

    @model_validator(mode="after")
    def _fits_its_model(self) -> Self:
        given = [name for name in ("angle_from_pixel", "pixel_from_angle") if getattr(self, name) is not None]
        if self.model == "pinhole" and self.model_fields_set - {"model"}:
            extra = ", ".join(sorted(self.model_fields_set - {"model"}))
            raise ValueError(f"a pinhole has no {extra}; it is given by the attribute fov")
        if len(given) > 1:
            raise ValueError("give angle_from_pixel or pixel_from_angle, not both: one is the other's inverse")
        return self


def make_camera(width: int, height: int, fov: float, lens: LensEntry | None) -> Camera:
    """The camera of a sensor.

    Args:
        width: Pixels.
        height: Pixels.
        fov: Horizontal field of view in degrees, for pinholes and equidistant lenses.
        lens: Its lens.

    Raises:
        GeometryError: The numbers describe no lens.
    """
    if lens is None or lens.model == "pinhole":
        return PinholeCamera.from_fov(width, height, math.radians(fov))
    polynomial = lens.angle_from_pixel or lens.pixel_from_angle or (0.0, math.radians(fov) / width)
    cx, cy = lens.center or (width / 2.0, height / 2.0)
    c, d, e = lens.linear
    return FThetaCamera(
        width,
        height,
        cx,
        cy,
        tuple(polynomial) + (0.0,) * (COEFFICIENTS - len(polynomial)),
        "angle_from_pixel" if lens.pixel_from_angle is None else "pixel_from_angle",
        c,
        d,
        e,
        0.0 if lens.max_angle is None else math.radians(lens.max_angle),
    )


def lens_entry(camera: Camera) -> dict[str, Any]:
    """What a camera file says about a camera: the attribute `fov` of a pinhole, or the lens of an f-theta camera."""
    if isinstance(camera, PinholeCamera):
        return {"fov": math.degrees(2.0 * math.atan(camera.width / (2.0 * camera.fx)))}
    return {
        "model": "ftheta",
        camera.direction: list(camera.polynomial),
        "center": [camera.cx, camera.cy],
        "linear": [camera.c, camera.d, camera.e],
        "max_angle": math.degrees(camera.max_angle),
    }
