"""The frames of the field and the ways between them.

    FLU     forward, left, up: the world and every body. Right-handed, metres.
    RDF     right, down, forward: every camera. Right-handed, metres.
    CARLA   forward, right, up: Unreal's left-handed frame. It exists only in readers and writers.

CARLA's angles are degrees with the signs of `carla.Rotation`: pitch > 0 nose up, yaw > 0 clockwise from above, roll > 0
right side down. Going to FLU mirrors y, so roll stays and pitch and yaw change sign.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from roadmark.geometry.pose import Pose
from roadmark.geometry.rotations import FloatArray, finite_array, rotation_from_rpy

RDF_FROM_FLU: FloatArray = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
"""(3, 3) takes a vector's FLU coordinates to its RDF coordinates: (x, y, z) -> (-y, -z, x)."""
RDF_FROM_FLU.setflags(write=False)

CENTIMETRES_PER_METRE = 100.0
"""Unreal's unit: lengths in recordings and camera files."""

_MIRROR_Y: FloatArray = np.array([1.0, -1.0, 1.0])
_MIRROR_ANGLES: FloatArray = np.array([1.0, -1.0, -1.0])


def flu_from_carla_location(location: ArrayLike) -> FloatArray:
    """CARLA locations or vectors (..., 3) in FLU; the unit stays (divide Unreal's centimetres by 100 before).

    Examples:
        >>> flu_from_carla_location([1.0, 2.0, 3.0]).tolist()
        [1.0, -2.0, 3.0]
    """
    return finite_array(location, 3, "CARLA location") * _MIRROR_Y


def carla_location_from_flu(position: ArrayLike) -> FloatArray:
    """FLU positions or vectors (..., 3) as CARLA locations in the same unit; inverse of `flu_from_carla_location`."""
    return finite_array(position, 3, "FLU position") * _MIRROR_Y


def flu_rpy_from_carla_degrees(rotation: ArrayLike) -> FloatArray:
    """CARLA rotations as right-handed angles.

    Args:
        rotation: (..., 3) roll, pitch, yaw in degrees with the signs of `carla.Rotation` (the order is the
            recorder's, not that of carla.Rotation's constructor).

    Returns:
        (..., 3) roll, pitch, yaw in radians for `rotation_from_rpy`.
    """
    return np.deg2rad(finite_array(rotation, 3, "CARLA roll, pitch, yaw")) * _MIRROR_ANGLES


def carla_degrees_from_flu_rpy(rpy: ArrayLike) -> FloatArray:
    """Right-handed roll, pitch, yaw (..., 3) in radians as CARLA degrees; inverse of `flu_rpy_from_carla_degrees`."""
    return np.rad2deg(finite_array(rpy, 3, "roll, pitch, yaw")) * _MIRROR_ANGLES


def pose_from_carla(
    location_m: ArrayLike, rpy_degrees: ArrayLike, *, parent: str = "world", child: str = "body"
) -> Pose:
    """The FLU pose of something CARLA places.

    Args:
        location_m: (3,) CARLA location in metres.
        rpy_degrees: (3,) CARLA roll, pitch, yaw in degrees.
        parent: Name of the frame it is given in.
        child: Name of the thing's own frame.
    """
    rotation = rotation_from_rpy(flu_rpy_from_carla_degrees(rpy_degrees))
    return Pose(rotation, flu_from_carla_location(location_m), parent, child)


def camera_pose_from_body(pose: Pose, *, child: str = "camera") -> Pose:
    """The RDF pose of a camera mounted on an FLU body looking along its x axis, as CARLA's camera actors do.

    Args:
        pose: parent_from_body; the body's axes are FLU.
        child: Name of the camera frame.

    Returns:
        parent_from_camera with the camera's axes right, down, forward.
    """
    return Pose(pose.rotation @ RDF_FROM_FLU.T, pose.translation, pose.parent, child)


def body_pose_from_camera(pose: Pose, *, child: str = "body") -> Pose:
    """The FLU pose of the body under an RDF camera; inverse of `camera_pose_from_body`."""
    return Pose(pose.rotation @ RDF_FROM_FLU, pose.translation, pose.parent, child)
