"""The terrain meets the roads, stays below them and has no cracks; raised roads are carried."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from road_samples import bridge, seen_from_above, street

from roadmark.catalog import SemanticClass
from roadmark.world.ground import height_field
from roadmark.world.ground.adaptive import split_errors, triangulate
from roadmark.world.ground.roads import ground_shape
from roadmark.world.ground.structures import DECK, structure_shape
from roadmark.world.ground.terrain import DROP, MARGIN, lane_points, terrain_shape


def edges_by_use(triangles, n):
    index = triangles[..., 0] * (n + 1) + triangles[..., 1]
    edges = np.concatenate([np.sort(index[:, [k, (k + 1) % 3]], axis=1) for k in range(3)])
    return np.unique(edges, axis=0, return_counts=True)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([8, 16, 32]), st.floats(0.01, 0.5))
def test_adaptive_triangles_cover_the_grid_without_cracks_within_the_tolerance(seed, n, tolerance):
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : n + 1, 0 : n + 1]
    height = np.sin(x / rng.uniform(2, 20)) + (rng.random((n + 1, n + 1)) < 0.05)
    triangles = triangulate(split_errors(height), tolerance)
    a, b, c = (triangles[:, k, ::-1].astype(float) for k in range(3))
    area = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    assert area.min() > 0  # counter-clockwise
    assert area.sum() == n * n
    used, count = edges_by_use(triangles, n)
    row, column = used // (n + 1), used % (n + 1)
    border = np.any([(row == k).all(1) | (column == k).all(1) for k in (0, n)], axis=0)
    assert np.array_equal(count == 1, border)
    assert count.max() == 2
    # Every grid point lies within the tolerance of the triangle it falls into.
    for p, q, r in zip(triangles[:, 0], triangles[:, 1], triangles[:, 2], strict=True):
        corners = np.stack([p, q, r])
        matrix = np.linalg.inv(np.c_[corners, np.ones(3)].T.astype(float))
        low, high = corners.min(0), corners.max(0)
        rows, columns = np.mgrid[low[0] : high[0] + 1, low[1] : high[1] + 1]
        weights = matrix @ np.stack([rows.ravel(), columns.ravel(), np.ones(rows.size)])
        inside = weights.min(axis=0) > -1e-9
        exact = height[rows.ravel()[inside], columns.ravel()[inside]]
        plane = weights[:, inside].T @ height[corners[:, 0], corners[:, 1]]
        assert np.abs(exact - plane).max() <= tolerance * 2.0 + 1e-9


def test_a_flat_grid_needs_only_a_few_triangles():
    assert len(triangulate(split_errors(np.zeros((65, 65))), 0.01)) == 4


def test_ground_beside_a_flat_street_lies_just_under_its_edge():
    field = height_field(street())
    np.testing.assert_allclose(field.at([[60.0, 0.0], [60.0, 7.5], [60.0, 30.0]]), -DROP, atol=1e-6)
    assert field.road[0, 0] > MARGIN * 0.9


def test_hills_rise_only_far_from_the_road_and_depend_on_the_seed():
    road_map = street()
    field, other = height_field(road_map, 1), height_field(road_map, 2)
    near = field.road < 60
    np.testing.assert_allclose(field.height[near], -DROP, atol=1e-6)
    assert field.height.max() > 5.0
    assert np.abs(field.height - other.height).max() > 1.0
    np.testing.assert_array_equal(field.height, height_field(road_map, 1).height)


def test_terrain_reaches_beyond_the_map_and_faces_up():
    shape = terrain_shape(height_field(street()))
    assert shape.corners[..., 0].min() < -MARGIN + 5
    assert shape.corners[..., 0].max() > 120 + MARGIN - 5
    assert np.all(shape.normals[..., 2] > 0.5)
    assert set(shape.semantic) == {SemanticClass.TERRAIN}


def test_terrain_is_below_every_lane_of_a_bridge_and_of_the_road_under_it():
    road_map = bridge()
    shape = terrain_shape(height_field(road_map))
    points = lane_points(road_map.strips(), 7.0, 2.0)
    top, _ = seen_from_above(shape, points[:, :2])
    assert np.all(top < points[:, 2] - 0.005)
    # And it follows the climbing road within the depth of that road's sides where nothing passes below.
    climbing = (np.abs(points[:, 2] - 3.0) < 1.0) & (np.abs(points[:, 0]) > 30)
    assert np.all(points[climbing, 2] - top[climbing] < 0.6)


def test_traffic_passes_under_the_bridge():
    road_map = bridge()
    shape = ground_shape(road_map, height_field(road_map))
    # Nothing stands between 0.1 m and the deck's underside over the lower road.
    corners = shape.corners.astype(float)
    low, high = corners.min(axis=1), corners.max(axis=1)
    over = np.all((low[:, :2] < [3.9, 30.0]) & (high[:, :2] > [-3.9, -30.0]), axis=1)
    blocked = over & (high[:, 2] > 0.1) & (low[:, 2] < 7.0 - DECK - 0.01)
    assert not blocked.any()


def test_the_bridge_has_an_underside_walls_and_parapets_but_none_across_its_lanes():
    road_map = bridge()
    shape = structure_shape(road_map.strips(), height_field(road_map))
    under = shape.selected(shape.normals[:, 0, 2] < -0.9)
    assert under.corners[..., 2].min() == pytest.approx(7.0 - DECK, abs=0.05)
    assert {SemanticClass.WALL, SemanticClass.BRIDGE, SemanticClass.GUARD_RAIL} <= set(shape.semantic)
    rail = shape.selected(shape.semantic == SemanticClass.GUARD_RAIL)
    assert np.abs(rail.corners[..., 1]).min() > 4.0
    assert rail.corners[..., 2].max() == pytest.approx(7.9, abs=0.05)


def test_a_flat_town_needs_no_structures():
    road_map = street()
    assert len(structure_shape(road_map.strips(), height_field(road_map))) == 0


def test_the_ground_has_no_holes_around_a_street():
    road_map = street()
    shape = ground_shape(road_map, height_field(road_map))
    rng = np.random.default_rng(0)
    top, label = seen_from_above(shape, rng.uniform([-50, -60], [170, 60], (300, 2)))
    assert np.isfinite(top).all()
    assert set(label) <= {SemanticClass.ROADS, SemanticClass.SIDEWALKS, SemanticClass.TERRAIN}


def test_ground_is_the_same_every_time():
    first, second = (ground_shape(street(), height_field(street(), 3)) for _ in range(2))
    np.testing.assert_array_equal(first.corners, second.corners)
    np.testing.assert_array_equal(first.color, second.color)


def test_real_towns_have_no_terrain_over_a_road(data_dir):
    from roadmark.maps import load_opendrive

    for name in ("Town01", "Town04"):
        road_map = load_opendrive(data_dir / "carla" / "xodr" / f"{name}.xodr")
        shape = terrain_shape(height_field(road_map))
        points = lane_points(road_map.strips(), 40.0, 3.0)
        points = points[:: max(len(points) // 1500, 1)]
        top, _ = seen_from_above(shape, points[:, :2])
        assert np.all(top < points[:, 2])
