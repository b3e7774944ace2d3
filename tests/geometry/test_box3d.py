"""Boxes: corners, moves, and the two encodings of 3D grounding."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from roadmark.errors import GeometryError
from roadmark.geometry import (
    RDF_FROM_FLU,
    Box3D,
    Pose,
    camera_pose_from_body,
    rotation_from_rpy,
)
from roadmark.geometry.boxes import CORNER_SIGNS, EDGES, FACES

angle = st.floats(-math.pi, math.pi)
rotations = st.builds(rotation_from_rpy, st.tuples(angle, angle, angle))
boxes = st.builds(
    lambda c, s, r: Box3D(np.array(c), np.array(s), r, "camera"),
    st.tuples(*[st.floats(-30, 30)] * 3),
    st.tuples(*[st.floats(0.1, 20)] * 3),
    rotations,
)
LEVEL_CAMERA = RDF_FROM_FLU  # camera_from_world of a camera at the origin looking along world x


def test_corners_of_a_turned_car():
    # 4 x 2 x 1.5 m at (10, 0, 0.75), facing left: its front is at y = +2, its left side at x = 9.
    box = Box3D(np.array([10.0, 0.0, 0.75]), np.array([4.0, 2.0, 1.5]), rotation_from_rpy([0, 0, math.pi / 2]))
    expected = [[9, 2, 0], [9, -2, 0], [11, -2, 0], [11, 2, 0], [9, 2, 1.5], [9, -2, 1.5], [11, -2, 1.5], [11, 2, 1.5]]
    np.testing.assert_allclose(box.corners(), expected, atol=1e-12)
    assert box.volume == 12.0
    assert box.contains([[9.01, 1.99, 0.1], [8.9, 0.0, 0.1]]).tolist() == [True, False]
    assert box.contains([8.9, 0.0, 0.1], tolerance=0.11)


def test_faces_look_outwards_and_edges_join_neighbours():
    for axis, face in enumerate(FACES):
        a, b, c, _ = CORNER_SIGNS[list(face)]
        outward = np.zeros(3)
        outward[axis // 2] = 1.0 if axis % 2 == 0 else -1.0
        np.testing.assert_array_equal(np.cross(b - a, c - b) / 4.0, outward)
    assert all(np.abs(CORNER_SIGNS[i] - CORNER_SIGNS[j]).sum() == 2.0 for i, j in EDGES)
    assert len(set(EDGES)) == 12


@given(boxes, rotations)
def test_a_moved_box_has_moved_corners(box, rotation):
    pose = Pose(rotation, np.array([1.0, -2.0, 3.0]), "world", "camera")
    moved = box.transformed(pose)
    assert moved.frame == "world"
    np.testing.assert_allclose(moved.corners(), pose.apply(box.corners()), atol=1e-10)


@pytest.mark.parametrize(
    ("yaw", "pitch"),
    [(0.0, -math.pi / 2), (math.pi, math.pi / 2), (-math.pi / 2, 0.0), (math.pi / 4, -3 * math.pi / 4)],
)
def test_canonical_heading_is_kittis_rotation_y(yaw, pitch):
    # Camera looking along world x; facing away is -90°, towards +90°, to the right 0°, half left -135°.
    rotation = LEVEL_CAMERA @ rotation_from_rpy([0, 0, yaw])
    box = Box3D(np.array([0.0, 1.0, 12.0]), np.array([5.3, 2.19, 2.03]), rotation, "camera")
    encoded = box.to_lhw_xyz()
    np.testing.assert_allclose(encoded, [0, 1, 12, 5.3, 2.03, 2.19, 0, pitch, 0], atol=1e-12)
    np.testing.assert_allclose(Box3D.from_lhw_xyz(encoded).corners(), box.corners(), atol=1e-12)


@given(boxes)
def test_canonical_full_rotation_is_lossless(box):
    again = Box3D.from_lhw_xyz(box.to_lhw_xyz("full"))
    np.testing.assert_allclose(again.corners(), box.corners(), atol=1e-9)


def test_canonical_full_takes_the_smaller_twin():
    # Facing half left: (±180°, -45°, ±180°) is the same rotation as (0, -135°, 0).
    box = Box3D(np.zeros(3), np.ones(3), LEVEL_CAMERA @ rotation_from_rpy([0, 0, math.pi / 4]), "camera")
    np.testing.assert_allclose(box.to_lhw_xyz("full")[6:], [0.0, -0.75 * math.pi, 0.0], atol=1e-9)


@given(boxes)
def test_canonical_decoding_is_the_published_drawing_rule(box):
    # Corners are c + R (±L/2, ±H/2, ±W/2) with R = from_euler("xyz", roll, pitch, yaw).
    values = box.to_lhw_xyz("full")
    drawn = values[:3] + (CORNER_SIGNS * values[3:6] / 2) @ Rotation.from_euler("xyz", values[6:]).as_matrix().T
    np.testing.assert_allclose(
        sorted(map(tuple, drawn.round(6))), sorted(map(tuple, box.corners().round(6))), atol=1e-5
    )


@given(boxes, rotations)
def test_nvidia_encoding_is_lossless_with_the_pose(box, camera):
    pose = Pose(camera, np.zeros(3), "world", "camera")
    again = Box3D.from_nvidia(box.to_nvidia(pose), pose)
    np.testing.assert_allclose(again.corners(), box.corners(), atol=1e-9)


def test_nvidia_rotation_is_minus_the_world_yaw_about_down():
    # The published conjugation C R Cᵀ of a car turned by -37.3° in the world, whatever a level camera's own heading.
    for heading in (0.0, 1.1):
        camera = camera_pose_from_body(Pose(rotation_from_rpy([0, 0, heading]), np.zeros(3)))
        car = Box3D(np.array([5.0, 0, 0]), np.array([5.3, 2.19, 2.03]), rotation_from_rpy([0, 0, math.radians(-37.3)]))
        encoded = car.transformed(camera.inverse()).to_nvidia(camera)
        np.testing.assert_allclose(encoded[3:], [5.3, 2.19, 2.03, 0.0, 0.6510, 0.0], atol=1e-4)


def test_unknown_rotation_kind_is_refused():
    with pytest.raises(GeometryError, match="'heading' or 'full'"):
        Box3D(np.zeros(3), np.ones(3), np.eye(3)).to_lhw_xyz("yaw")


def test_frames_must_meet():
    with pytest.raises(GeometryError, match="a box in 'world' cannot be moved by world_from_camera"):
        Box3D(np.zeros(3), np.ones(3), np.eye(3)).transformed(Pose.identity("world", "camera"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Box3D(np.zeros(2), np.ones(3), np.eye(3)), "center must have shape"),
        (lambda: Box3D(np.zeros(3), np.array([1.0, 0.0, 1.0]), np.eye(3)), "must be > 0"),
        (lambda: Box3D(np.zeros(3), np.array([1.0, np.inf, 1.0]), np.eye(3)), "size must be finite"),
        (lambda: Box3D(np.zeros(3), np.ones(3), np.ones((3, 3))), "not a rotation"),
        (lambda: Box3D.from_lhw_xyz([1, 2, 3, 4, 5, 6, 7, 8]), "9"),
        (lambda: Box3D.from_lhw_xyz(np.zeros((2, 9))), "9 numbers"),
    ],
)
def test_wrong_numbers_are_refused(call, message):
    with pytest.raises(GeometryError, match=message):
        call()
