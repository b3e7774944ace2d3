"""The still world of the sample crossing: whole, the same from its seed, clear of cameras and lanes, lit at night."""

import numpy as np
import pytest

from roadmark.catalog import SemanticClass
from roadmark.maps import parse_opendrive
from roadmark.world import ViewCone, static_world
from roadmark.world.ground import height_field
from roadmark.world.scenery import KeepOut, Selection, grow
from roadmark.world.scenery.buildings import building_shapes
from roadmark.world.scenery.plots import plan_buildings
from roadmark.world.scenery.site import Site
from sample_crossing.town import crossing_xodr


@pytest.fixture(scope="module")
def crossing():
    """The map."""
    return parse_opendrive(crossing_xodr(), "crossing")


@pytest.fixture(scope="module")
def world(crossing):
    """Its world with the first seed."""
    return static_world(crossing, 0, center=[0.0, 0.0, 5.0], radius=300.0)


def corners(world):
    return world.mesh.vertices[world.mesh.triangles].astype(np.float64)


def test_the_same_seed_gives_the_same_world(crossing, world):
    again = static_world(crossing, 0, center=[0.0, 0.0, 5.0], radius=300.0)
    for name in ("vertices", "triangles", "normals", "material", "semantic", "color", "variation"):
        assert getattr(again.mesh, name).tobytes() == getattr(world.mesh, name).tobytes()
    assert len(again.lamps) == len(world.lamps)
    other = static_world(crossing, 1, center=[0.0, 0.0, 5.0], radius=300.0)
    assert other.mesh.vertices.tobytes() != world.mesh.vertices.tobytes()


def test_it_has_everything_a_street_has(world):
    classes = set(np.unique(world.mesh.semantic).tolist())
    assert {
        SemanticClass.ROADS, SemanticClass.SIDEWALKS, SemanticClass.ROAD_LINES, SemanticClass.TERRAIN,
        SemanticClass.BUILDING, SemanticClass.VEGETATION, SemanticClass.POLE,
    } <= classes  # fmt: skip
    actors = {SemanticClass.CAR, SemanticClass.PEDESTRIAN, SemanticClass.RIDER, SemanticClass.SKY}
    assert not classes & (actors | {SemanticClass.UNLABELLED})
    assert np.isfinite(world.mesh.vertices).all()


def test_nothing_stands_on_a_lane(crossing, world):
    tall = corners(world)[
        np.isin(world.mesh.semantic, [SemanticClass.BUILDING, SemanticClass.POLE, SemanticClass.FENCE])
    ]
    low = tall.reshape(-1, 3)
    low = low[(low[:, 2] > 0.3) & (low[:, 2] < 2.5)]
    located = crossing.locate(low)
    strips = crossing.strips()
    kinds = {strips[index].type for index in np.unique(located.strip_index) if index >= 0}
    assert "driving" not in kinds


def test_cameras_see_past_the_scenery(crossing):
    position, direction = np.array([-21.0, -13.5, 9.0]), np.array([0.82, 0.47, -0.33])
    cone = ViewCone(position=position, direction=direction / np.linalg.norm(direction), fov=1.9)
    world = static_world(crossing, 0, keep_clear=[(position, 4.0)], view_cones=[cone], center=position, radius=200.0)
    scenery = ~np.isin(
        world.mesh.semantic,
        [SemanticClass.ROADS, SemanticClass.SIDEWALKS, SemanticClass.ROAD_LINES, SemanticClass.TERRAIN],
    )
    away = np.linalg.norm(corners(world)[scenery].reshape(-1, 3) - position, axis=1)
    assert away.min() > 3.5


def test_street_lamps_shine_only_when_lit(world):
    assert len(world.lamps) > 0
    (dark,), (lit,) = world.lens_instances(False), world.lens_instances(True)
    assert dark.emission == 0
    assert lit.emission != 0
    assert lit.object_id == dark.object_id == 0
    bits = {1 << (int(k) - 1) for k in np.unique(world.lenses.emitter) if k}
    assert any(lit.emission & bit for bit in bits)
    for lamp in world.lamps:
        assert lamp.direction[2] < -0.5  # down
        assert 3.0 < lamp.position[2] < 15.0
        assert np.hypot(*lamp.position[:2]) < 300.0


def test_a_radius_cuts_scenery_and_keeps_the_ground(crossing, world):
    near = static_world(crossing, 0, center=[0.0, 0.0, 5.0], radius=60.0)
    assert len(near.mesh.triangles) < len(world.mesh.triangles)
    grounds = [SemanticClass.ROADS, SemanticClass.ROAD_LINES]
    assert np.isin(near.mesh.semantic, grounds).sum() == np.isin(world.mesh.semantic, grounds).sum()
    assert all(np.hypot(*lamp.position[:2]) < 60.0 for lamp in near.lamps)


def rows(shape):
    """Each triangle with all its looks as bytes."""
    columns = (shape.corners, shape.normals, shape.material, shape.semantic, shape.color, shape.variation)
    flat = [np.ascontiguousarray(column).reshape(len(shape), -1).view(np.uint8) for column in columns]
    return {row.tobytes() for row in np.concatenate(flat, axis=1)}


def camera(x, y, yaw):
    direction = np.array([np.cos(yaw) * 0.94, np.sin(yaw) * 0.94, -0.33])
    return ViewCone(position=np.array([x, y, 7.0]), direction=direction, fov=1.9)


def test_cameras_take_things_away_and_change_nothing_else(crossing):
    field = height_field(crossing, 3)
    cones = [camera(-21.0, -13.5, 0.5), camera(40.0, 9.0, 1.4)]
    clear = [(cone.position, 4.0) for cone in cones] + [(np.array([60.0, -12.0, 0.0]), 12.0)]
    whole = rows(grow(crossing, field, 3).solid)
    one = rows(grow(crossing, field, 3, Selection(KeepOut(clear[:1], cones[:1]))).solid)
    two = rows(grow(crossing, field, 3, Selection(KeepOut(clear, cones))).solid)
    assert two < one < whole
    assert len(two) > 0.6 * len(whole)


def test_detail_follows_the_cameras_and_leaves_the_rest_alone(crossing):
    field = height_field(crossing, 3)
    first = np.array([-60.0, 0.0, 5.0])
    second = np.array([100.0, 0.0, 5.0])
    one = grow(crossing, field, 3, Selection(KeepOut(), first)).solid
    both = grow(crossing, field, 3, Selection(KeepOut(), np.stack([first, second]))).solid

    def beside(shape, semantic):
        """Things nearer than the first camera's detail ends, and much nearer to it than to the second."""
        x = shape.corners[..., 0]
        return rows(shape.selected((x.max(axis=1) < -10.0) & (x.min(axis=1) > -80.0) & (shape.semantic == semantic)))

    for semantic in (SemanticClass.BUILDING, SemanticClass.VEGETATION, SemanticClass.STATIC):
        assert len(beside(one, semantic)) > 100
        assert beside(one, semantic) == beside(both, semantic)
    near = grow(crossing, field, 3, Selection(KeepOut(), first, 90.0)).solid
    assert rows(near) < rows(one)


def test_buildings_are_the_same_whatever_is_shown_around_them(crossing):
    planned = plan_buildings(Site(crossing, height_field(crossing, 3)), np.random.default_rng(3))
    every = np.arange(len(planned)) % 3 != 0
    for level in (0, 1, 2):
        some, whole = building_shapes(planned.selected(every), level), building_shapes(planned, level)
        assert rows(some) < rows(whole)
