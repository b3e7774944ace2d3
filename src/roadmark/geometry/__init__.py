"""Frames, poses, rotations, boxes, cameras and overlaps: everything that is only numbers in space.

Units are metres and radians. The world and bodies are FLU (forward, left, up), cameras RDF (right, down, forward); see
`frames`. Array arguments broadcast over leading dimensions where their docstring shows ``(..., 3)``.
"""

from roadmark.geometry.box_projection import box_outline, project_box
from roadmark.geometry.boxes import Box3D
from roadmark.geometry.cameras import Camera, FThetaCamera, PinholeCamera, Projection, pixel_centers
from roadmark.geometry.frames import (
    CENTIMETRES_PER_METRE,
    RDF_FROM_FLU,
    body_pose_from_camera,
    camera_pose_from_body,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
    flu_from_carla_location,
    flu_rpy_from_carla_degrees,
    pose_from_carla,
)
from roadmark.geometry.iou import box_iou_3d, box_iou_bev, box_iou_matrix, iou_2d
from roadmark.geometry.pose import Pose
from roadmark.geometry.rotations import (
    FloatArray,
    nearest_rotation,
    quaternion_from_rotation,
    rotation_from_quaternion,
    rotation_from_rpy,
    rpy_from_rotation,
    slerp,
    wrap_angle,
)

__all__ = [
    "CENTIMETRES_PER_METRE",
    "RDF_FROM_FLU",
    "Box3D",
    "Camera",
    "FThetaCamera",
    "FloatArray",
    "PinholeCamera",
    "Pose",
    "Projection",
    "body_pose_from_camera",
    "box_iou_3d",
    "box_iou_bev",
    "box_iou_matrix",
    "box_outline",
    "camera_pose_from_body",
    "carla_degrees_from_flu_rpy",
    "carla_location_from_flu",
    "flu_from_carla_location",
    "flu_rpy_from_carla_degrees",
    "iou_2d",
    "nearest_rotation",
    "pixel_centers",
    "pose_from_carla",
    "project_box",
    "quaternion_from_rotation",
    "rotation_from_quaternion",
    "rotation_from_rpy",
    "rpy_from_rotation",
    "slerp",
    "wrap_angle",
]
