"""Triangles with looks: building, placing, merging."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmark.world.shape import empty, merge, place, quads, triangles
from roadmark.world.solids import Look, box, hexahedra, lump, tube

LOOK = Look(2, 1, (10, 20, 30))
SQUARE = [[[0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]]]


def volume(shape):
    a, b, c = (shape.corners[:, k].astype(np.float64) for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def test_a_quad_is_two_triangles_that_face_up():
    shape = quads(SQUARE, material=3, semantic=4, color=(9, 8, 7), variation=[5])
    assert len(shape) == 2
    np.testing.assert_allclose(shape.normals, np.broadcast_to([0, 0, 1], (2, 3, 3)), atol=1e-7)
    assert shape.material.tolist() == [3, 3]
    assert shape.variation.tolist() == [5, 5]
    assert shape.color.tolist() == [[9, 8, 7]] * 2


def test_looks_may_differ_per_quad():
    shape = quads(SQUARE * 2, material=[1, 2], semantic=[3, 4], color=[[1, 1, 1], [2, 2, 2]], emitter=[0, 6])
    assert shape.material.tolist() == [1, 1, 2, 2]
    assert shape.semantic.tolist() == [3, 3, 4, 4]
    assert shape.color[:, 0].tolist() == [1, 1, 2, 2]
    assert shape.emitter.tolist() == [0, 0, 6, 6]


def test_triangles_without_area_are_dropped():
    flat = [[[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
    assert len(triangles(flat, material=[7, 8], semantic=0, color=(0, 0, 0))) == 1


def test_merging_nothing_is_empty_and_an_empty_shape_places_nothing():
    assert len(merge([])) == 0
    assert len(merge([empty(), empty()])) == 0
    assert len(place(empty(), [[0, 0, 0]])) == 0
    assert len(place(box((0, 0, 0), 1.0, LOOK), np.zeros((0, 3)))) == 0


def test_the_mesh_has_the_same_triangles():
    shape = box((1, 2, 3), (1, 1, 1), LOOK)
    mesh = shape.mesh()
    np.testing.assert_array_equal(mesh.vertices[mesh.triangles], shape.corners)
    assert mesh.semantic.tolist() == [1] * 12


@given(
    yaw=st.floats(-7, 7),
    scale=st.tuples(*[st.floats(0.2, 4)] * 3),
    position=st.tuples(*[st.floats(-100, 100)] * 3),
)
def test_placing_is_scaling_then_turning_then_moving(yaw, scale, position):
    shape = box((0.5, 0.2, 1.0), (1, 2, 3), LOOK)
    copy = place(shape, [position], yaw, np.array([scale]))
    c, s = np.cos(yaw), np.sin(yaw)
    expected = (shape.corners * np.array(scale)) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T + np.array(position)
    np.testing.assert_allclose(copy.corners, expected, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(copy.normals, axis=2), 1.0, atol=1e-5)
    # A box's facets stay the facets of its normals under any stretch along its axes.
    facet = np.cross(copy.corners[:, 1] - copy.corners[:, 0], copy.corners[:, 2] - copy.corners[:, 0])
    assert np.all(np.einsum("ij,ij->i", facet, copy.normals[:, 0]) > 0)


def test_copies_take_their_own_tint_and_seed():
    copies = place(box((0, 0, 0), 1.0, LOOK), [[0, 0, 0], [9, 0, 0]], 0.0, [1.0, 2.0], [1.0, 0.5], [3, 4])
    assert copies.color[0].tolist() == [10, 20, 30]
    assert copies.color[-1].tolist() == [5, 10, 15]
    assert copies.variation[[0, -1]].tolist() == [3, 4]
    assert volume(copies) == pytest.approx(1.0 + 8.0, rel=1e-5)


def test_a_box_encloses_its_volume_facing_out():
    assert volume(box((3, -2, 5), (2, 3, 4), LOOK, 0.7)) == pytest.approx(24.0, rel=1e-5)


def test_hexahedra_without_bottom_have_five_faces():
    corners = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]]
    assert len(hexahedra([corners], LOOK, bottom=False)) == 10


def test_a_tube_faces_out_along_a_bent_path():
    bent = tube([[0, 0, 0], [0, 0, 2], [1, 0, 3]], 0.5, LOOK, sides=12)
    axis = np.array([0.0, 0.0, 1.0])
    low = bent.corners[:, :, 2].max(axis=1) < 1.9
    outward = bent.corners[low].mean(axis=1) - axis
    outward[:, 2] = 0.0
    facet = np.cross(bent.corners[low, 1] - bent.corners[low, 0], bent.corners[low, 2] - bent.corners[low, 0])
    assert np.all(np.einsum("ij,ij->i", facet, outward) > 0)
    assert bent.corners[..., 2].max() > 3.0


def test_a_lump_is_closed_and_close_to_its_ball():
    ball = lump(1.0, LOOK, np.random.default_rng(0), rings=16, sides=24, roughness=0.0)
    assert volume(ball) == pytest.approx(4.0 / 3.0 * np.pi, rel=0.03)
