"""A whole place with given surroundings: ground, trees, furniture and barriers where they are given."""

import numpy as np
import pytest

from roadmark.catalog import SemanticClass
from roadmark.maps import parse_opendrive
from roadmark.render import Material
from roadmark.twins import (
    GivenArea,
    GivenBarrier,
    GivenBuilding,
    GivenPath,
    GivenThing,
    GivenTree,
    SceneModel,
    Surroundings,
)
from roadmark.world import static_world
from roadmark.world.given import standing_points
from roadmark.world.ground import height_field
from sample_crossing.town import crossing_xodr


def rectangle(x, y, width, depth):
    a, b = width / 2.0, depth / 2.0
    return np.array([[x - a, y - b], [x + a, y - b], [x + a, y + b], [x - a, y + b]], dtype=np.float64)


GIVEN = Surroundings(
    buildings=(GivenBuilding(rectangle(45.0, 40.0, 20.0, 14.0), (), 3, 10.0, id="a"),),
    trees=(GivenTree(-30.0, 25.0, 14.0), GivenTree(-40.0, 25.0, 9.0, "needleleaved"), GivenTree(-30.0, 1.0)),
    things=(GivenThing(-25.0, 9.0, "street_lamp"), GivenThing(-28.0, 9.0, "bench", 0.0), GivenThing(30.0, 1.0, "bin")),
    barriers=(
        GivenBarrier(np.array([[-60.0, 30.0], [-60.0, 50.0]]), "wall", 2.0),
        GivenBarrier(np.array([[-70.0, 30.0], [-70.0, 50.0]]), "fence"),
        GivenBarrier(np.array([[-80.0, 30.0], [-80.0, 50.0]]), "hedge"),
    ),
    areas=(
        GivenArea(rectangle(40.0, -40.0, 20.0, 20.0), (rectangle(40.0, -40.0, 6.0, 6.0)[::-1],), "water"),
        GivenArea(rectangle(-50.0, -50.0, 40.0, 40.0), (), "wood"),
        GivenArea(rectangle(70.0, -40.0, 20.0, 20.0), (), "scrub"),
        GivenArea(rectangle(45.0, 60.0, 200.0, 10.0), (), "asphalt"),
    ),
    paths=(GivenPath(np.array([[60.0, 30.0], [60.0, 50.0], [75.0, 50.0]]), 2.0, "gravel"),),
)


@pytest.fixture(scope="module")
def road_map():
    return parse_opendrive(crossing_xodr(), "crossing")


@pytest.fixture(scope="module")
def world(road_map):
    return static_world(road_map, 0, center=[0.0, 0.0, 5.0], radius=300.0, surroundings=GIVEN)


def centers(world, chosen):
    return world.mesh.vertices[world.mesh.triangles[chosen]].astype(np.float64).mean(axis=1)


def near(points, x, y, reach):
    return (np.hypot(points[:, 0] - x, points[:, 1] - y) < reach).sum()


def test_buildings_stand_where_given_and_nowhere_else(world):
    walls = centers(world, world.mesh.semantic == SemanticClass.BUILDING)
    assert len(walls) > 100
    assert walls[:, :2].min(axis=0) == pytest.approx([35.0, 33.0], abs=1.2)
    assert walls[:, :2].max(axis=0) == pytest.approx([55.0, 47.0], abs=1.2)


def test_trees_stand_where_given_but_not_on_the_road(world):
    green = world.mesh.semantic == SemanticClass.VEGETATION
    points = centers(world, green)
    assert near(points, -30.0, 25.0, 4.0) > 50
    assert near(points, -40.0, 25.0, 3.0) > 20
    assert near(points, -30.0, 1.0, 3.0) == 0
    tall = points[np.hypot(points[:, 0] + 30.0, points[:, 1] - 25.0) < 3.0, 2].max()
    assert 11.0 < tall < 16.0
    wood = points[(np.abs(points[:, 0] + 50.0) < 20.0) & (np.abs(points[:, 1] + 50.0) < 20.0)]
    assert len(wood) > 500
    assert near(points, 70.0, -40.0, 12.0) > 50  # scrub


def test_ground_is_of_the_kinds_given(world):
    water = centers(world, world.mesh.semantic == SemanticClass.WATER)
    assert near(water, 40.0, -40.0, 15.0) == len(water) > 0
    assert near(water, 40.0, -40.0, 2.0) == 0  # the island
    gravel = centers(world, world.mesh.material == Material.GRAVEL)
    assert near(gravel, 60.0, 40.0, 12.0) > 0
    assert not (world.mesh.semantic[world.mesh.material == Material.GRAVEL] != SemanticClass.TERRAIN).any()


def test_areas_leave_lanes_alone(world, road_map):
    """An area of asphalt that crosses the street is not laid over it."""
    flat = world.mesh.material == Material.ASPHALT
    points = centers(world, flat)
    on_street = points[(np.abs(points[:, 0]) < 3.0) & (np.abs(points[:, 1] - 60.0) < 4.0)]
    assert np.allclose(on_street[:, 2], road_map.elevation(on_street[:, :2]), atol=0.02)
    assert near(points, 100.0, 60.0, 20.0) > 0


def test_furniture_and_barriers(world):
    assert len(world.lamps) == 1
    head = np.asarray(world.lamps[0].position)
    assert np.hypot(head[0] + 25.0, head[1] - 9.0) == pytest.approx(1.7, abs=0.05)
    assert abs(head[1]) < 9.0  # over the street
    wall = centers(world, world.mesh.semantic == SemanticClass.WALL)
    assert near(wall, -60.0, 40.0, 11.0) == len(wall) > 0
    assert 1.7 < wall[:, 2].max() < 2.4
    fence = centers(world, world.mesh.semantic == SemanticClass.FENCE)
    assert near(fence, -70.0, 40.0, 11.0) == len(fence) > 0


def test_no_hills_around_what_is_given(road_map):
    far = Surroundings(areas=(GivenArea(rectangle(260.0, 260.0, 20.0, 20.0), (), "grass"),))
    places = rectangle(260.0, 260.0, 30.0, 30.0)
    assert height_field(road_map, 0).at(places).min() > 3.0
    assert height_field(road_map, 0, standing_points(far)).at(places).max() < 0.1


def test_without_given_lamps_streets_have_the_usual_ones(road_map):
    bare = static_world(road_map, 0, center=[0.0, 0.0, 5.0], radius=300.0, surroundings=Surroundings())
    assert len(bare.lamps) > 4


def test_the_same_seed_gives_the_same_place(road_map, world):
    again = static_world(road_map, 0, center=[0.0, 0.0, 5.0], radius=300.0, surroundings=GIVEN)
    for name in ("vertices", "triangles", "material", "semantic", "color", "variation"):
        assert getattr(again.mesh, name).tobytes() == getattr(world.mesh, name).tobytes()


def test_a_model_stands_instead_of_all_scenery(road_map):
    block = np.array([[20, 20, 0], [30, 20, 0], [20, 20, 9]], dtype=np.float32)
    empty = static_world(road_map, 0, surroundings=Surroundings()).mesh
    model = SceneModel(one_triangle(empty, block), frozenset(), (), ())
    plain = static_world(road_map, 0, model=model)
    assert plain.lamps == []
    assert plain.lens_instances(True) == []
    assert set(plain.mesh.semantic.tolist()) >= {SemanticClass.ROADS, SemanticClass.TERRAIN, SemanticClass.ROAD_LINES}
    assert (plain.mesh.semantic == SemanticClass.BUILDING).sum() == 1
    assert not (plain.mesh.semantic == SemanticClass.VEGETATION).any()
    own_ground = static_world(road_map, 0, model=SceneModel(model.mesh, frozenset({"ground"}), (), ())).mesh
    assert not (own_ground.semantic == SemanticClass.TERRAIN).any()
    assert (own_ground.semantic == SemanticClass.ROADS).any()
    own_roads = static_world(road_map, 0, model=SceneModel(model.mesh, frozenset({"roads"}), (), ())).mesh
    assert not (own_roads.semantic == SemanticClass.ROADS).any()
    assert (own_roads.semantic == SemanticClass.TERRAIN).any()
    alone = static_world(road_map, 0, model=SceneModel(model.mesh, frozenset({"roads", "ground"}), (), ())).mesh
    assert len(alone.triangles) == 1


def one_triangle(mesh, corners):
    return type(mesh)(
        corners, np.array([[0, 1, 2]], np.uint32), np.tile(np.array([0, -1, 0], np.float32), (1, 3, 1)),
        np.zeros(1, np.uint8), np.array([SemanticClass.BUILDING], np.uint8), np.zeros((1, 3), np.uint8),
        np.zeros(1, np.uint8), np.zeros(1, np.uint16),
    )  # fmt: skip
