"""Overlaps: hand-made volumes, and the laws every overlap keeps, for any rotations."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, HalfspaceIntersection

from roadmark.errors import GeometryError
from roadmark.geometry import (
    Box3D,
    Pose,
    box_iou_3d,
    box_iou_bev,
    box_iou_matrix,
    iou_2d,
    rotation_from_rpy,
)
from roadmark.geometry.iou import intersection_volume

angle = st.one_of(st.floats(-math.pi, math.pi), st.sampled_from([0.0, math.pi / 2, math.pi, 1e-9, -1e-13]))
rotations = st.builds(rotation_from_rpy, st.tuples(angle, angle, angle))
length = st.floats(0.2, 6.0)
coordinate = st.one_of(st.floats(-2.0, 2.0), st.sampled_from([0.0, 0.5, 1.0]))
boxes = st.builds(
    lambda c, s, r: Box3D(np.array(c), np.array(s), r, "world"),
    st.tuples(coordinate, coordinate, coordinate),
    st.one_of(st.tuples(length, length, length), st.just((1.0, 2.0, 3.0))),
    rotations,
)


def box(center, size, yaw=0.0):
    return Box3D(np.array(center, dtype=float), np.array(size, dtype=float), rotation_from_rpy([0.0, 0.0, yaw]))


@given(boxes)
def test_a_box_overlaps_itself_fully(a):
    assert box_iou_3d(a, a) == pytest.approx(1.0, abs=1e-9)
    assert box_iou_bev(a, a) == pytest.approx(1.0, abs=1e-9)


@given(boxes, boxes)
def test_overlap_is_symmetric_and_bounded(a, b):
    value = box_iou_3d(a, b)
    assert 0.0 <= value <= 1.0
    assert value == pytest.approx(box_iou_3d(b, a), abs=1e-9)
    bev = box_iou_bev(a, b)
    assert 0.0 <= bev <= 1.0
    assert bev == pytest.approx(box_iou_bev(b, a), abs=1e-9)


@given(boxes, boxes, rotations, st.tuples(*[st.floats(-20, 20)] * 3))
def test_overlap_does_not_depend_on_the_frame(a, b, rotation, shift):
    pose = Pose(rotation, np.array(shift), "elsewhere", "world")
    moved = box_iou_3d(a.transformed(pose), b.transformed(pose))
    assert moved == pytest.approx(box_iou_3d(a, b), abs=1e-9)
    up = pose.rotate([0.0, 0.0, 1.0])
    assert box_iou_bev(a.transformed(pose), b.transformed(pose), up) == pytest.approx(box_iou_bev(a, b), abs=1e-9)


@given(boxes, boxes)
def test_equal_parametrisations_overlap_equally(a, b):
    # The same solid with length and width swapped and the heading a quarter turn on; and upside down.
    swapped = Box3D(a.center, a.size[[1, 0, 2]], a.rotation @ rotation_from_rpy([0, 0, math.pi / 2]))
    flipped = Box3D(a.center, a.size, a.rotation @ rotation_from_rpy([math.pi, 0, 0]))
    for same in (swapped, flipped):
        assert box_iou_3d(same, a) == pytest.approx(1.0, abs=1e-9)
        assert box_iou_3d(same, b) == pytest.approx(box_iou_3d(a, b), abs=1e-9)
        assert box_iou_bev(same, b) == pytest.approx(box_iou_bev(a, b), abs=1e-9)


def half_spaces(a):
    normals = np.concatenate([a.rotation.T, -a.rotation.T])
    offsets = -normals @ a.center - np.concatenate([a.size, a.size]) / 2
    return np.column_stack([normals, offsets])


@settings(max_examples=50)
@given(boxes, boxes)
def test_volume_agrees_with_qhull(a, b):
    # A point strictly inside both is needed to ask Qhull: the middle of the centres serves when it is one.
    middle = 0.5 * (a.center + b.center)
    assume(a.contains(middle, tolerance=-0.02) and b.contains(middle, tolerance=-0.02))
    points = HalfspaceIntersection(np.concatenate([half_spaces(a), half_spaces(b)]), middle).intersections
    assert intersection_volume(a, b) == pytest.approx(ConvexHull(points).volume, rel=1e-6)


def test_boxes_that_only_touch_share_nothing():
    a = box([0, 0, 0], [2, 2, 2])
    assert box_iou_3d(a, box([2, 0, 0], [2, 2, 2])) == 0.0
    assert box_iou_3d(a, box([2, 2, 2], [2, 2, 2])) == 0.0
    assert box_iou_3d(a, box([5, 0, 0], [2, 2, 2])) == 0.0
    assert box_iou_3d(a, box([2.9, 0, 0], [2, 2, 6])) == 0.0


def test_a_small_box_inside_a_large_one():
    assert box_iou_3d(box([0, 0, 0], [4, 4, 4]), box([0.5, 0, 1], [1, 2, 2], yaw=0.3)) == pytest.approx(4 / 64)


def test_octagon_prism_by_hand():
    # A unit cube and itself turned by 45°: the base is a regular octagon of area 2 (sqrt 2 - 1) = 0.8284.
    area = 2 * (math.sqrt(2) - 1)
    a, b = box([0, 0, 0], [1, 1, 1]), box([0, 0, 0.5], [1, 1, 1], yaw=math.pi / 4)
    assert intersection_volume(a, b) == pytest.approx(area / 2)
    assert box_iou_3d(a, b) == pytest.approx((area / 2) / (2 - area / 2))
    assert box_iou_bev(a, b) == pytest.approx(area / (2 - area))


def test_corner_cut_by_hand():
    # A cube of side 1 tilted on its corner, cut in the middle: a regular hexagon splits it into equal halves.
    tilt = rotation_from_rpy([0, -math.atan(1 / math.sqrt(2)), 0]) @ rotation_from_rpy([math.pi / 4, 0, 0])
    cube = Box3D(np.zeros(3), np.ones(3), tilt)
    assert intersection_volume(cube, box([0, 0, 5], [10, 10, 10])) == pytest.approx(0.5)


def test_bird_view_of_a_camera_frame_uses_its_up():
    a = Box3D(np.zeros(3), np.array([4.0, 2.0, 1.0]), np.eye(3), "camera")
    b = Box3D(np.array([0.0, 10.0, 0.0]), np.array([4.0, 2.0, 1.0]), np.eye(3), "camera")
    assert box_iou_bev(a, b, up=(0, -1, 0)) == pytest.approx(1.0)  # one above the other
    assert box_iou_bev(a, b) == 0.0


def test_matrix_of_overlaps():
    row = [box([0, 0, 0], [2, 2, 2])]
    matrix = box_iou_matrix(row, [*row, box([1, 0, 0], [2, 2, 2]), box([9, 0, 0], [2, 2, 2])])
    np.testing.assert_allclose(matrix, [[1.0, 1 / 3, 0.0]], atol=1e-12)
    assert box_iou_matrix([], row).shape == (0, 1)


def test_rectangles_by_hand():
    a = [[0, 0, 10, 10], [5, 5, 5, 5]]
    b = [[5, 0, 15, 10], [0, 0, 10, 10], [20, 20, 30, 30], [5, 5, 5, 5]]
    np.testing.assert_allclose(iou_2d(a, b), [[1 / 3, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert iou_2d(np.zeros((0, 4)), b).shape == (0, 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: iou_2d([[3, 0, 1, 1]], [[0, 0, 1, 1]]), "maximum lies below"),
        (lambda: iou_2d([[0, 0, math.nan, 1]], [[0, 0, 1, 1]]), "finite"),
        (lambda: box_iou_bev(box([0, 0, 0], [1, 1, 1]), box([0, 0, 0], [1, 1, 1]), up=(0, 0, 0)), "direction"),
        (
            lambda: box_iou_3d(box([0, 0, 0], [1, 1, 1]), Box3D(np.zeros(3), np.ones(3), np.eye(3), "camera")),
            "'world' and 'camera'",
        ),
    ],
)
def test_wrong_numbers_are_refused(call, message):
    with pytest.raises(GeometryError, match=message):
        call()


def test_rolled_copies_have_one_shadow_however_their_corners_round() -> None:
    """A box and its copy upside down cover the same ground; thousands of turns meet every way of rounding."""
    rng = np.random.default_rng(0)
    upside_down = rotation_from_rpy(np.array([np.pi, 0.0, 0.0]))
    for _ in range(3000):
        center, size = rng.uniform(-50.0, 50.0, 3), rng.uniform(0.1, 10.0, 3).round(1) + 0.1
        rotation = rotation_from_rpy(np.array([0.0, 0.0, rng.choice([0.0, 1.0, 2.0])]))
        box, copy = Box3D(center, size, rotation), Box3D(center, size, rotation @ upside_down)
        assert box_iou_bev(box, copy) == pytest.approx(1.0, abs=1e-9)
