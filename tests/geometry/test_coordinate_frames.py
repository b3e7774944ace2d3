"""CARLA's left-handed numbers become ours and back; cameras look where CARLA's look."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.geometry import (
    RDF_FROM_FLU,
    Pose,
    body_pose_from_camera,
    camera_pose_from_body,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
    flu_from_carla_location,
    flu_rpy_from_carla_degrees,
    pose_from_carla,
    rotation_from_rpy,
)

MIRROR = np.diag([1.0, -1.0, 1.0, 1.0])


def test_the_matrix_carla_gives_is_reproduced():
    # carla.Transform(Location(1, 2, 3), Rotation(pitch=10, yaw=20, roll=30)).get_matrix() of CARLA 0.9.16.
    expected = [
        [0.92542, -0.21461, -0.31232, 1],
        [0.33682, 0.84349, 0.41841, 2],
        [0.17365, -0.49240, 0.85287, 3],
        [0, 0, 0, 1],
    ]
    pose = pose_from_carla([1.0, 2.0, 3.0], [30.0, 10.0, 20.0])
    np.testing.assert_allclose(MIRROR @ pose.matrix @ MIRROR, expected, atol=6e-6)


@pytest.mark.parametrize(
    ("roll", "pitch", "yaw"), [(0, 0, 90), (0, 45, 0), (20, 0, 0), (-30, 340, 219), (170, -80, -100)]
)
def test_the_matrix_matches_the_carla_wheel(roll, pitch, yaw):
    carla = pytest.importorskip("carla", reason="the carla extra is not installed")
    theirs = carla.Transform(carla.Location(-38.9, 32.0, 5.72), carla.Rotation(pitch=pitch, yaw=yaw, roll=roll))
    ours = pose_from_carla([-38.9, 32.0, 5.72], [roll, pitch, yaw])
    np.testing.assert_allclose(MIRROR @ ours.matrix @ MIRROR, theirs.get_matrix(), atol=2e-5)


def test_signs_of_the_angles():
    # Yaw +90 turns clockwise, to CARLA's +y, our -y; pitch +45 lifts the nose; roll +20 lowers the right side.
    np.testing.assert_allclose(pose_from_carla([0, 0, 0], [0, 0, 90]).rotate([1, 0, 0]), [0, -1, 0], atol=1e-12)
    half = math.sqrt(0.5)
    np.testing.assert_allclose(pose_from_carla([0, 0, 0], [0, 45, 0]).rotate([1, 0, 0]), [half, 0, half], atol=1e-12)
    left = pose_from_carla([0, 0, 0], [20, 0, 0]).rotate([0, 1, 0])
    np.testing.assert_allclose(left, [0, math.cos(math.radians(20)), math.sin(math.radians(20))], atol=1e-12)


@given(st.lists(st.floats(-1e4, 1e4), min_size=3, max_size=3))
def test_conversions_undo_themselves(values):
    np.testing.assert_array_equal(carla_location_from_flu(flu_from_carla_location(values)), values)
    np.testing.assert_allclose(
        carla_degrees_from_flu_rpy(flu_rpy_from_carla_degrees(values)), values, rtol=1e-14, atol=1e-300
    )


def test_camera_axes():
    # The body's forward is the camera's z, its left the camera's -x, its up the camera's -y.
    np.testing.assert_array_equal(RDF_FROM_FLU @ [1, 2, 3], [-2, -3, 1])
    body = Pose(rotation_from_rpy([0, 0, math.pi / 2]), np.array([1.0, 2.0, 3.0]), "world", "sensor")
    camera = camera_pose_from_body(body)
    assert (camera.parent, camera.child) == ("world", "camera")
    np.testing.assert_allclose(camera.apply([0, 0, 5]), [1, 7, 3], atol=1e-12)  # 5 m ahead of a camera facing +y
    np.testing.assert_allclose(camera.apply([1, 0, 0]), [2, 2, 3], atol=1e-12)  # its right is +x
    back = body_pose_from_camera(camera, child="sensor")
    np.testing.assert_allclose(back.matrix, body.matrix, atol=1e-12)
