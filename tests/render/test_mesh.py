"""Meshes, instances, lights and qualities: what they accept and what they compute."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from render_samples import CORNERS, FACES, box_mesh, sphere_mesh

from roadmark.errors import ConfigError, GeometryError
from roadmark.render import Instance, Mesh, MeshBuilder, Quality, SpotLight
from roadmark.render.normals import facet_normals, smooth_corner_normals

LOOK = {"material": 1, "semantic": 2, "color": (10, 20, 30)}


def test_builder_numbers_parts_one_after_the_other():
    builder = MeshBuilder()
    builder.add(np.eye(3), [[0, 1, 2]], **LOOK)
    builder.add(CORNERS, FACES, **LOOK, emitter=2, variation=np.arange(12))
    builder.add(np.eye(3), np.zeros((0, 3), int), **LOOK)
    mesh = builder.build()
    assert len(builder) == len(mesh.triangles) == 13
    assert mesh.triangles[1:].min() == 3
    assert mesh.emitter.tolist() == [0] + [2] * 12
    assert mesh.variation.tolist() == [0, *range(12)]
    assert (mesh.color == (10, 20, 30)).all()


def test_merged_meshes_keep_their_own_vertices():
    mesh = box_mesh(size=(2, 3, 4))
    twice = Mesh.merge([mesh, mesh])
    np.testing.assert_array_equal(twice.triangles[12:], mesh.triangles + len(mesh.vertices))
    np.testing.assert_array_equal(twice.vertices[len(mesh.vertices) :], mesh.vertices)


def test_flat_normals_are_the_facets():
    mesh = box_mesh(size=(2, 3, 4))
    np.testing.assert_array_equal(mesh.normals, np.repeat(mesh.facet_normals()[:, None], 3, axis=1))
    # Every facet of a box around the origin faces away from it.
    middle = mesh.vertices[mesh.triangles.astype(int)].mean(axis=1)
    assert (np.einsum("ij,ij->i", mesh.facet_normals(), middle) > 0).all()


def test_smooth_normals_of_a_sphere_point_away_from_its_centre():
    mesh = sphere_mesh(2.0, 32, 64)
    corners = mesh.vertices[mesh.triangles.astype(int)] / 2.0
    assert np.abs(mesh.normals - corners).max() < 0.01


def test_an_angle_keeps_hard_edges():
    points, triangles = CORNERS.astype(np.float32), FACES
    np.testing.assert_allclose(
        smooth_corner_normals(points, triangles, 0.5),
        np.repeat(facet_normals(points, triangles)[:, None], 3, axis=1),
        atol=1e-6,
    )
    rounded = smooth_corner_normals(points, triangles, np.pi)
    assert np.einsum("tcj,tcj->tc", rounded, points[triangles]).min() > 0.7


def test_seams_between_separate_vertices_are_smoothed():
    points = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 1, 0], [-1, 0, -1]]
    builder = MeshBuilder()
    builder.add(points, [[0, 1, 2], [3, 4, 5]], **LOOK, smooth=True)
    mesh = builder.build()
    np.testing.assert_allclose(mesh.normals[0, 0], mesh.normals[1, 0])


def test_given_corner_normals_are_kept():
    normals = np.tile(np.array([0, 0.6, 0.8]), (1, 3, 1))
    builder = MeshBuilder()
    builder.add(np.eye(3), [[0, 1, 2]], **LOOK, smooth=normals)
    np.testing.assert_allclose(builder.build().normals, normals, rtol=1e-6)
    with pytest.raises(GeometryError, match="corner normals"):
        builder.add(np.eye(3), [[0, 1, 2]], **LOOK, smooth=normals[0])


@given(st.integers(0, 10_000))
def test_moving_keeps_normals_perpendicular_and_unit(seed):
    rng = np.random.default_rng(seed)
    matrix = np.concatenate([rng.normal(size=(3, 3)) + 2 * np.eye(3), rng.normal(size=(3, 1))], axis=1)
    moved = box_mesh().transformed(matrix)
    # Winding follows, so facets computed anew agree with the moved normals, mirrored or not.
    np.testing.assert_allclose(moved.normals[:, 0], moved.facet_normals(), atol=1e-4)


def test_moving_refuses_what_is_no_placement():
    for matrix in (np.zeros((3, 4)), np.eye(3), np.full((4, 4), np.nan)):
        with pytest.raises(GeometryError):
            box_mesh().transformed(matrix)


def test_bounds_and_emptiness():
    np.testing.assert_array_equal(box_mesh(center=(1, 0, 0), size=(2, 2, 2)).bounds, [[0, -1, -1], [2, 1, 1]])
    assert len(Mesh.empty().triangles) == len(Mesh.merge([]).triangles) == 0
    with pytest.raises(GeometryError, match="no bounds"):
        _ = Mesh.empty().bounds


def test_a_triangle_without_area_has_a_finite_normal():
    assert facet_normals(np.zeros((3, 3)), np.array([[0, 1, 2]])).tolist() == [[0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"triangles": [[0, 1, 9]]}, "index 9 of 3"),
        ({"vertices": [[0, 0, np.nan], [1, 0, 0], [0, 1, 0]]}, "finite"),
        ({"material": [1, 2]}, "material has shape"),
        ({"emitter": [33]}, "emitter 33"),
    ],
)
def test_broken_meshes_are_refused(change, message):
    good = {
        "vertices": np.eye(3),
        "triangles": [[0, 1, 2]],
        "normals": np.zeros((1, 3, 3)),
        "material": [1],
        "semantic": [1],
    }
    good |= {"color": [[1, 2, 3]], "emitter": [0], "variation": [0]}
    with pytest.raises(GeometryError, match=message):
        Mesh(**{name: np.array(value) for name, value in (good | change).items()})


def test_builder_refuses_what_does_not_fit():
    builder = MeshBuilder()
    with pytest.raises(GeometryError, match="indices"):
        builder.add(np.eye(3), [[0, 1, 3]], **LOOK)
    with pytest.raises(GeometryError, match="does not fit 0..255"):
        builder.add(np.eye(3), [[0, 1, 2]], material=300, semantic=1, color=(1, 2, 3))
    with pytest.raises(GeometryError, match="shape"):
        builder.add(np.eye(3), [[0, 1, 2]], material=[1, 2], semantic=1, color=(1, 2, 3))


@pytest.mark.parametrize(
    "arguments",
    [
        {"transform": np.full((3, 4), np.nan)},
        {"transform": np.diag([2.0, 1, 1, 1])},
        {"transform": np.diag([-1.0, 1, 1, 1])},
        {"transform": np.eye(3)},
        {"object_id": 65536},
        {"color": (1, 2, 300)},
        {"emission": 1 << 32},
    ],
)
def test_instances_refuse_nonsense(arguments):
    with pytest.raises(GeometryError):
        Instance(**({"mesh": box_mesh(), "transform": np.eye(4), "object_id": 1} | arguments))


@pytest.mark.parametrize(
    "arguments",
    [{"position": (0, 0)}, {"direction": (0, 0, 0)}, {"color": (1, np.inf, 0)}, {"cos_inner": 0.1}, {"range": 0.0}],
)
def test_lamps_refuse_nonsense(arguments):
    good = {
        "position": (0, 0, 5),
        "direction": (0, 0, -1),
        "color": (1, 1, 1),
        "cos_inner": 0.9,
        "cos_outer": 0.5,
        "range": 9.0,
    }
    with pytest.raises(GeometryError):
        SpotLight(**(good | arguments))


def test_lamps_pack_relative_to_the_kernels_origin():
    lamp = SpotLight((10, 20, 5), (0, 0, -2), (1, 2, 3), 0.9, 0.5, 9.0)
    np.testing.assert_allclose(lamp.pack((10, 0, 0)), [0, 20, 5, 0, 0, -1, 1, 2, 3, 0.9, 0.5, 9.0], rtol=1e-6)


def test_quality_presets():
    assert Quality.preset("draft") == Quality(ao=False, reflections=False, aa_samples=0)
    assert Quality.preset("standard") == Quality() == Quality(ao=True, reflections=False, aa_samples=2)
    assert Quality.preset("high").reflections
    with pytest.raises(ConfigError, match="draft, standard, high"):
        Quality.preset("ultra")
    with pytest.raises(ConfigError, match="aa_samples"):
        Quality(aa_samples=99)
