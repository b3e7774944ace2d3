"""Cameras as ray generators: a pixel position becomes a direction in the kernels' frame.

A pinhole ray has z = 1 in the camera's frame, so that the distance along it is the planar depth. An f-theta ray has
length 1; sine and cosine of its angle come from a table over the pixel radius, made from the exact camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, FThetaCamera, PinholeCamera, Pose
from roadmark.render.jit import Array, Scalar, device_function_inlined

TABLE_STEPS = 4
"""Entries of the radial table per pixel; linear interpolation is then exact to about 1e-9 radians."""

HEMISPHERE_MARGIN = np.radians(1.0)
"""Planar depth is given up this close to a half angle of 90 degrees, where it goes through zero."""

f32 = np.float32


# Words of a packed camera.
EYE = 0  # three: position in the kernels' frame
RIGHT = 3  # three each: camera axes in the kernels' frame
DOWN = 6
FORWARD = 9
CENTER_U = 12
CENTER_V = 13
X_FROM_U = 14  # two by two: ray offset from pixel offset
X_FROM_V = 15
Y_FROM_U = 16
Y_FROM_V = 17
RADIUS_LIMIT = 18  # pixels; 0 for a pinhole
RANGE_DEPTH = 19  # 1 if depth is the range
VIEW_WORDS = 20


@dataclass(frozen=True, eq=False)
class PackedCamera:
    """A camera at its pose, for kernels.

    Attributes:
        view: (20,) float32, words as named above.
        table: (K, 2) float32 over the radius in 1/4 pixels: sin(angle) / radius and cos(angle); one row for a pinhole.
        depth_is_range: Whether depth is the distance along the ray.
        pixel_angle: Angle between neighbouring rays at the image's centre, radians.
    """

    view: NDArray[np.float32]
    table: NDArray[np.float32]
    depth_is_range: bool
    pixel_angle: float


def pack_camera(camera: Camera, pose: Pose, origin: NDArray[np.float64]) -> PackedCamera:
    """Prepare a camera for the kernels.

    Args:
        camera: Pinhole or f-theta.
        pose: world_from_camera, camera axes right, down, forward.
        origin: (3,) world position of the kernels' zero.
    """
    view = np.zeros(VIEW_WORDS, np.float64)
    view[EYE:RIGHT] = pose.translation - origin
    view[RIGHT:CENTER_U] = pose.rotation.T.reshape(9)
    view[CENTER_U:X_FROM_U] = (camera.cx, camera.cy)
    if isinstance(camera, PinholeCamera):
        view[X_FROM_U], view[Y_FROM_V] = 1 / camera.fx, 1 / camera.fy
        return PackedCamera(view.astype(np.float32), np.zeros((1, 2), np.float32), False, 1 / camera.fx)
    linear = np.array([[camera.c, camera.d], [camera.e, 1.0]])
    view[X_FROM_U:RADIUS_LIMIT] = np.linalg.inv(linear).reshape(4)
    radius, table = _radial_table(camera)
    view[RADIUS_LIMIT] = radius
    is_range = camera.max_angle > np.pi / 2 - HEMISPHERE_MARGIN
    view[RANGE_DEPTH] = float(is_range)
    return PackedCamera(view.astype(np.float32), table, is_range, float(table[1, 0]))


def _radial_table(camera: FThetaCamera) -> tuple[float, NDArray[np.float32]]:
    """Largest valid radius, and sin(angle) / radius and cos(angle) over it."""
    limit = float(camera.radii(np.array([camera.max_angle]))[0])
    radius = np.arange(int(np.ceil(limit * TABLE_STEPS)) + 2) / TABLE_STEPS
    angle = camera.angles(radius)
    ratio = np.empty_like(radius)
    ratio[1:] = np.sin(angle[1:]) / radius[1:]
    ratio[0] = ratio[1]
    return limit, np.stack([ratio, np.cos(angle)], axis=1).astype(np.float32)


@device_function_inlined
def camera_ray(view: Array, table: Array, u: Scalar, v: Scalar) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Direction (three float32) of a pixel position, factor from distance to depth, and whether the camera sees it."""
    du = u - view[CENTER_U]
    dv = v - view[CENTER_V]
    x = view[X_FROM_U] * du + view[X_FROM_V] * dv
    y = view[Y_FROM_U] * du + view[Y_FROM_V] * dv
    z = f32(1.0)
    scale = f32(1.0)
    limit = view[RADIUS_LIMIT]
    if limit > f32(0.0):
        radius = np.sqrt(x * x + y * y)
        if radius > limit:
            return f32(0.0), f32(0.0), f32(1.0), f32(1.0), False
        position = radius * f32(TABLE_STEPS)
        row = int(position)
        part = position - f32(row)
        ratio = table[row, 0] + (table[row + 1, 0] - table[row, 0]) * part
        z = table[row, 1] + (table[row + 1, 1] - table[row, 1]) * part
        x *= ratio
        y *= ratio
        scale = f32(1.0) if view[RANGE_DEPTH] > f32(0.0) else z
    return (
        view[RIGHT] * x + view[DOWN] * y + view[FORWARD] * z,
        view[RIGHT + 1] * x + view[DOWN + 1] * y + view[FORWARD + 1] * z,
        view[RIGHT + 2] * x + view[DOWN + 2] * y + view[FORWARD + 2] * z,
        scale,
        True,
    )
