"""Poses chain by their frame names, invert exactly and refuse what is no rigid transform."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.errors import GeometryError
from roadmark.geometry import Pose, rotation_from_rpy

numbers = st.floats(-50.0, 50.0)
poses = st.builds(
    lambda rpy, t: Pose(rotation_from_rpy(rpy), np.array(t), "a", "b"),
    st.tuples(*[numbers] * 3),
    st.tuples(*[numbers] * 3),
)


def test_apply_rotates_then_moves():
    # Facing left (yaw 90°) at (10, 0, 1): 2 m ahead is at (10, 2, 1).
    pose = Pose(rotation_from_rpy([0, 0, math.pi / 2]), np.array([10.0, 0.0, 1.0]))
    np.testing.assert_allclose(pose.apply([2.0, 0.0, 0.0]), [10.0, 2.0, 1.0], atol=1e-12)
    np.testing.assert_allclose(pose.rotate([[2.0, 0.0, 0.0]]), [[0.0, 2.0, 0.0]], atol=1e-12)


@given(poses, poses)
def test_product_and_inverse_match_matrices(first, second):
    chained = first @ Pose(second.rotation, second.translation, "b", "c")
    assert (chained.parent, chained.child) == ("a", "c")
    np.testing.assert_allclose(chained.matrix, first.matrix @ second.matrix, atol=1e-9)
    back = first.inverse() @ first
    assert (back.parent, back.child) == ("b", "b")
    np.testing.assert_allclose(back.matrix, np.eye(4), atol=1e-12)


@given(poses)
def test_matrix_round_trip(pose):
    again = Pose.from_matrix(pose.matrix, parent="a", child="b")
    np.testing.assert_allclose(again.matrix, pose.matrix, atol=1e-12)


def test_from_matrix_takes_three_rows_and_single_precision():
    matrix = Pose(rotation_from_rpy([0.3, 0.2, 0.1]), np.array([1.0, 2.0, 3.0])).matrix
    pose = Pose.from_matrix(matrix[:3].astype(np.float32), parent="world", child="car")
    np.testing.assert_allclose(pose.matrix, matrix, atol=1e-6)
    np.testing.assert_allclose(pose.rotation @ pose.rotation.T, np.eye(3), atol=1e-14)


def test_frame_names_must_meet():
    world_from_car = Pose.identity("world", "car")
    with pytest.raises(GeometryError, match="cannot chain world_from_car with rig_from_camera"):
        world_from_car @ Pose.identity("rig", "camera")
    assert (world_from_car @ Pose.identity("", "camera")).child == "camera"


def test_arrays_are_private_and_read_only():
    translation = np.zeros(3)
    pose = Pose(np.eye(3), translation)
    translation[0] = 5.0
    assert pose.translation[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        pose.translation[0] = 1.0


def test_only_poses_chain():
    with pytest.raises(TypeError):
        Pose.identity() @ 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Pose(np.eye(4), np.zeros(3)), r"\(4, 4\)"),
        (lambda: Pose(np.eye(3), np.array([0.0, np.nan, 0.0])), "world_from_body holds NaN"),
        (lambda: Pose(np.eye(3) * 1.001, np.zeros(3)), "not a rotation"),
        (lambda: Pose(np.diag([1.0, 1.0, -1.0]), np.zeros(3)), "mirrors"),
        (lambda: Pose.from_matrix(np.eye(3)), r"\(3, 3\)"),
        (lambda: Pose.from_matrix(np.ones((4, 4))), "last row"),
    ],
)
def test_wrong_numbers_are_refused(call, message):
    with pytest.raises(GeometryError, match=message):
        call()
