"""From points in the camera's frame to pixels, for kernels: the other direction of `render.kernels.camera_ray`."""

from __future__ import annotations

import math

import numpy as np

from roadmark.geometry import Camera, PinholeCamera
from roadmark.relight.images import Floats
from roadmark.render.kernels import Array, Scalar, device_function_inlined, f32

# Words of a packed lens: principal point, the linear part (u from x, u from y, v from x, v from y), the largest angle
# (0 for a pinhole), and the coefficients of the radius in pixels over the angle.
CENTER_U, CENTER_V, U_FROM_X, U_FROM_Y, V_FROM_X, V_FROM_Y, MAX_ANGLE, RADIUS = range(8)
_COEFFICIENTS = 6


def pack_lens(camera: Camera) -> Floats:
    """The projection of a camera as (14,) float32."""
    lens = np.zeros(RADIUS + _COEFFICIENTS, np.float32)
    lens[CENTER_U], lens[CENTER_V] = camera.cx, camera.cy
    if isinstance(camera, PinholeCamera):
        lens[U_FROM_X], lens[V_FROM_Y] = camera.fx, camera.fy
        return lens
    lens[U_FROM_X : MAX_ANGLE + 1] = camera.c, camera.d, camera.e, 1.0, camera.max_angle
    lens[RADIUS:] = camera.pixel_from_angle
    return lens


@device_function_inlined
def project(lens: Array, x: Scalar, y: Scalar, z: Scalar) -> tuple[Scalar, Scalar, bool]:
    """Continuous pixel of a point in the camera's frame, and whether the camera can see there."""
    if lens[MAX_ANGLE] == f32(0.0):
        if z <= f32(0.05):
            return f32(0.0), f32(0.0), False
        return lens[U_FROM_X] * x / z + lens[CENTER_U], lens[V_FROM_Y] * y / z + lens[CENTER_V], True
    lateral = f32(math.sqrt(x * x + y * y))
    angle = f32(math.atan2(lateral, z))
    if angle > lens[MAX_ANGLE]:
        return f32(0.0), f32(0.0), False
    radius = lens[RADIUS + 5]
    for power in range(4, -1, -1):
        radius = radius * angle + lens[RADIUS + power]
    scale = radius / max(lateral, f32(1e-6))
    u = (lens[U_FROM_X] * x + lens[U_FROM_Y] * y) * scale + lens[CENTER_U]
    v = (lens[V_FROM_X] * x + lens[V_FROM_Y] * y) * scale + lens[CENTER_V]
    return u, v, True
