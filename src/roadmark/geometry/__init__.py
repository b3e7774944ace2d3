"""Frames, poses, rotations, boxes, cameras and overlaps: everything that is only numbers in space.

Units are metres and radians. The world and bodies are FLU (forward, left, up), cameras RDF (right, down, forward); see
`frames`. Array arguments broadcast over leading dimensions where their docstring shows ``(..., 3)``.
"""

from roadmark.geometry.boxes import Box3D
from roadmark.geometry.cameras import Camera, FThetaCamera, PinholeCamera, Projection, pixel_centers
from roadmark.geometry.frames import (
    RDF_FROM_FLU,
    body_pose_from_camera,
    camera_pose_from_body,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
    flu_from_carla_location,
    flu_rpy_from_carla_degrees,
    pose_from_carla,
)
from roadmark.geometry.pose import Pose
from roadmark.geometry.rotations import (
    FloatArray,
    quaternion_from_rotation,
    rotation_from_quaternion,
    rotation_from_rpy,
    rpy_from_rotation,
    wrap_angle,
)

__all__ = [
    "RDF_FROM_FLU",
    "Box3D",
    "Camera",
    "FThetaCamera",
    "FloatArray",
    "PinholeCamera",
    "Pose",
    "Projection",
    "body_pose_from_camera",
    "camera_pose_from_body",
    "carla_degrees_from_flu_rpy",
    "carla_location_from_flu",
    "flu_from_carla_location",
    "flu_rpy_from_carla_degrees",
    "pixel_centers",
    "pose_from_carla",
    "quaternion_from_rotation",
    "rotation_from_quaternion",
    "rotation_from_rpy",
    "rpy_from_rotation",
    "wrap_angle",
]
