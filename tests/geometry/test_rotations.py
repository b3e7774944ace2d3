"""Angles, quaternions and matrices agree with each other and with scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation

from roadmark.errors import GeometryError
from roadmark.geometry import (
    quaternion_from_rotation,
    rotation_from_quaternion,
    rotation_from_rpy,
    rpy_from_rotation,
    wrap_angle,
)
from roadmark.geometry.rotations import nearest_rotation

angles = arrays(np.float64, (4, 3), elements=st.floats(-math.pi, math.pi))


@given(angles)
def test_rotation_from_rpy_is_extrinsic_xyz(rpy):
    expected = Rotation.from_euler("xyz", rpy).as_matrix()
    np.testing.assert_allclose(rotation_from_rpy(rpy), expected, atol=1e-12)


@given(angles)
def test_rpy_round_trip_keeps_the_rotation(rpy):
    rotation = rotation_from_rpy(rpy)
    np.testing.assert_allclose(rotation_from_rpy(rpy_from_rotation(rotation)), rotation, atol=1e-12)


@given(st.floats(-math.pi, math.pi), st.sampled_from([-1.0, 1.0]), st.floats(-math.pi, math.pi), st.floats(-1e-6, 1e-6))
def test_rpy_round_trip_at_and_near_gimbal_lock(roll, sign, yaw, off):
    rotation = rotation_from_rpy([roll, sign * math.pi / 2 + off, yaw])
    np.testing.assert_allclose(rotation_from_rpy(rpy_from_rotation(rotation)), rotation, atol=1e-12)


def test_rpy_at_exact_gimbal_lock_has_no_roll():
    # Nose straight down: Ry(90°) turns x onto -z; yaw 30° stays yaw 30°.
    rotation = rotation_from_rpy([0.0, 0.0, math.radians(30)]) @ [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]
    np.testing.assert_allclose(rpy_from_rotation(rotation), [0.0, math.pi / 2, math.radians(30)], atol=1e-12)


@given(angles)
def test_rpy_is_recovered_itself_within_its_range(rpy):
    inside = rpy * [1.0, 0.499, 1.0]
    difference = rpy_from_rotation(rotation_from_rpy(inside)) - inside
    np.testing.assert_allclose(np.abs(wrap_angle(difference)), 0.0, atol=1e-9)


@given(angles)
def test_quaternion_round_trip(rpy):
    rotation = rotation_from_rpy(rpy)
    quaternion = quaternion_from_rotation(rotation)
    assert (quaternion[:, 0] >= 0.0).all()
    np.testing.assert_allclose(np.linalg.norm(quaternion, axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(rotation_from_quaternion(quaternion), rotation, atol=1e-12)


@pytest.mark.parametrize(
    ("quaternion", "diagonal"),
    [([1, 0, 0, 0], [1, 1, 1]), ([0, 1, 0, 0], [1, -1, -1]), ([0, 0, 2, 0], [-1, 1, -1]), ([0, 0, 0, 3], [-1, -1, 1])],
)
def test_half_turns_about_the_axes(quaternion, diagonal):
    rotation = rotation_from_quaternion(quaternion)
    np.testing.assert_allclose(rotation, np.diag(diagonal), atol=1e-15)
    np.testing.assert_allclose(quaternion_from_rotation(rotation), np.array(quaternion) / max(quaternion), atol=1e-15)


def test_single_values_and_batches_have_matching_shapes():
    assert rotation_from_rpy([0, 0, 0]).shape == (3, 3)
    assert rotation_from_rpy(np.zeros((5, 2, 3))).shape == (5, 2, 3, 3)
    assert rpy_from_rotation(np.broadcast_to(np.eye(3), (5, 2, 3, 3))).shape == (5, 2, 3)
    assert quaternion_from_rotation(np.eye(3)).tolist() == [1.0, 0.0, 0.0, 0.0]


def test_nearest_rotation_cleans_single_precision():
    rotation = rotation_from_rpy([0.1, -0.4, 2.0])
    cleaned = nearest_rotation(rotation.astype(np.float32))
    np.testing.assert_allclose(cleaned @ cleaned.T, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(cleaned, rotation, atol=1e-6)


def test_wrap_angle_ends_are_half_open():
    wrapped = wrap_angle([math.pi, -math.pi, 3 * math.pi, 0.5, 2 * math.pi + 0.5])
    np.testing.assert_allclose(wrapped, [math.pi, math.pi, math.pi, 0.5, 0.5], atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rotation_from_rpy([0.0, 1.0]), "shape"),
        (lambda: rotation_from_rpy(1.0), "shape"),
        (lambda: rotation_from_rpy([0.0, math.nan, 0.0]), "finite"),
        (lambda: rpy_from_rotation(np.eye(4)), r"\(\.\.\., 3, 3\)"),
        (lambda: rpy_from_rotation(np.full((3, 3), np.inf)), "finite"),
        (lambda: rotation_from_quaternion([0, 0, 0, 0]), "length zero"),
        (lambda: nearest_rotation(2.0 * np.eye(3)), "differs from the identity by 3"),
        (lambda: nearest_rotation(np.diag([1.0, -1.0, 1.0])), "mirrors"),
    ],
)
def test_wrong_numbers_are_refused(call, message):
    with pytest.raises(GeometryError, match=message):
        call()
