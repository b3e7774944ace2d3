"""Given buildings: walls along any footprint, roofs over it, windows per storey, colours as given."""

import numpy as np
import pytest

from roadmark.catalog import SemanticClass
from roadmark.maps import parse_opendrive
from roadmark.render import Material
from roadmark.twins import GivenBuilding, contains
from roadmark.world.given.buildings import building_shapes
from roadmark.world.given.tops import inset
from roadmark.world.ground import height_field
from roadmark.world.scenery import KeepOut, Selection, ViewCone
from roadmark.world.scenery.site import Site
from sample_crossing.town import crossing_xodr

L_SHAPE = np.array([[60, 40], [90, 40], [90, 52], [72, 52], [72, 70], [60, 70]], dtype=np.float64)
SQUARE = np.array([[60, 40], [90, 40], [90, 70], [60, 70]], dtype=np.float64)
HOLE = np.array([[70, 50], [70, 60], [80, 60], [80, 50]], dtype=np.float64)
OCTAGON = np.array([75.0, 55.0]) + 9.0 * np.stack(
    [np.cos(np.arange(8) * np.pi / 4.0), np.sin(np.arange(8) * np.pi / 4.0)], axis=1
)


@pytest.fixture(scope="module")
def site():
    road_map = parse_opendrive(crossing_xodr(), "crossing")
    return Site(road_map, height_field(road_map, 0))


def made(site, *buildings, cones=(), seed=0):
    shape, notes = building_shapes(buildings, site, Selection(KeepOut((), cones)), seed)
    return shape, notes


def heights(shape, site):
    ground = float(site.ground(np.array([[75.0, 55.0]]))[0])
    return shape.corners[..., 2].min() - ground, shape.corners[..., 2].max() - ground


def upward(shape, x, y):
    """Height of the highest triangle that faces up over a point, -inf where there is none."""
    corners = shape.corners.astype(np.float64)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    keep = area > 1e-6
    a, b, c, area = a[keep], b[keep], c[keep], area[keep]
    u = ((x - a[:, 0]) * (c - a)[:, 1] - (y - a[:, 1]) * (c - a)[:, 0]) / area
    v = ((b - a)[:, 0] * (y - a[:, 1]) - (b - a)[:, 1] * (x - a[:, 0])) / area
    inside = (u >= 0) & (v >= 0) & (u + v <= 1)
    z = a[:, 2] + u * (b - a)[:, 2] + v * (c - a)[:, 2]
    return float(np.where(inside, z, -np.inf).max(initial=-np.inf))


@pytest.mark.parametrize("outline", [SQUARE, L_SHAPE, OCTAGON], ids=["square", "l", "octagon"])
@pytest.mark.parametrize("roof", ["flat", "gabled", "hipped", "pyramidal"])
def test_every_roof_covers_its_footprint(site, outline, roof):
    shape, notes = made(site, GivenBuilding(outline, (), 3, 10.0, roof=roof, id="a"))
    assert notes == []
    assert set(shape.semantic.tolist()) == {SemanticClass.BUILDING}
    _, top = heights(shape, site)
    assert (10.2 if roof == "flat" else 11.0) < top < 21.0
    ground = float(site.ground(np.array([[75.0, 55.0]]))[0])
    rng = np.random.default_rng(0)
    points = rng.uniform(outline.min(axis=0), outline.max(axis=0), (60, 2))
    inner = inset(outline, 0.5)
    for x, y in points[contains(inner, points)]:
        assert upward(shape, x, y) - ground > 9.7


def test_walls_stand_on_the_footprint(site):
    shape, _ = made(site, GivenBuilding(L_SHAPE, (), 3, 10.0, id="a"))
    xy = shape.corners[..., :2].reshape(-1, 2)
    edge = np.roll(L_SHAPE, -1, axis=0) - L_SHAPE
    unit = edge / np.linalg.norm(edge, axis=1, keepdims=True)
    aside = np.stack([np.abs((xy - a) @ np.array([-u[1], u[0]])) for a, u in zip(L_SHAPE, unit, strict=True)])
    outside = ~contains(L_SHAPE, xy)
    assert aside.min(axis=0)[outside].max() < 1.2  # canopies and cornices reach out, nothing else


def test_courtyards_are_open_and_have_walls(site):
    shape, _ = made(site, GivenBuilding(SQUARE, (HOLE,), 4, 13.0, id="a"))
    assert upward(shape, 75.0, 55.0) == -np.inf
    assert upward(shape, 65.0, 55.0) > 12.0
    glass = shape.corners[shape.material == Material.WINDOW].mean(axis=1)
    within = contains(inset(SQUARE, 5.0), glass[:, :2].astype(np.float64))
    assert within.sum() > 40
    # Walls of the courtyard face into it.
    facing = shape.normals[shape.material == Material.WINDOW, 0][within]
    inward = np.array([75.0, 55.0]) - glass[within, :2]
    assert ((facing[:, :2] * inward).sum(axis=1) > 0.0).all()


def test_every_storey_has_its_windows(site):
    rows = {}
    for storeys in (2, 5):
        shape, _ = made(site, GivenBuilding(SQUARE, (), storeys, 3.1 * storeys, use="house", id="a"))
        glass = shape.corners[shape.material == Material.WINDOW]
        glass = glass[np.ptp(glass[..., 2], axis=1) > 1.0]
        rows[storeys] = len(np.unique(np.round(glass[..., 2].min(axis=1), 1)))
    assert rows == {2: 2, 5: 5}


def test_colours_and_materials_are_those_given(site):
    red = GivenBuilding(SQUARE, (), 3, 9.5, material="brick", wall_color=(200, 20, 20), roof_color=(1, 2, 3), id="a")
    shape, _ = made(site, red)
    walls = shape.material == Material.BRICK
    assert walls.any()
    assert np.unique(shape.color[walls], axis=0).tolist() == [[200, 20, 20]]
    assert [1, 2, 3] in shape.color[shape.material == Material.ROOF].tolist()


def test_looks_follow_from_name_and_seed(site):
    one = GivenBuilding(SQUARE, (), 4, 13.0, use="apartments", id="way/1")
    looks = {made(site, one, seed=seed)[0].color.tobytes() for seed in range(6)}
    assert len(looks) > 1
    assert made(site, one)[0].color.tobytes() == made(site, one)[0].color.tobytes()
    nameless = GivenBuilding(SQUARE, (), 4, 13.0)
    assert made(site, nameless)[0].corners.tobytes() == made(site, nameless)[0].corners.tobytes()


def test_what_hangs_over_the_ground_has_air_below(site):
    shape, _ = made(site, GivenBuilding(SQUARE, (HOLE,), 1, 9.0, base=5.0, id="bridge"))
    low, high = heights(shape, site)
    assert (low, high) == (pytest.approx(5.0, abs=0.05), pytest.approx(9.0, abs=0.05))
    assert (shape.normals[..., 2] < -0.9).any()


def test_only_a_camera_inside_takes_a_building_away(site):
    one = GivenBuilding(SQUARE, (HOLE,), 4, 13.0, id="way/7")
    close = ViewCone((75.0, 38.0, 6.0), (0.0, 1.0, 0.0), 1.5)
    shape, notes = made(site, one, cones=[close])
    assert len(shape) > 100
    assert notes == []
    courtyard = ViewCone((75.0, 55.0, 6.0), (0.0, 1.0, 0.0), 1.5)
    assert made(site, one, cones=[courtyard])[1] == []
    shape, notes = made(site, one, cones=[ViewCone((65.0, 45.0, 6.0), (0.0, 1.0, 0.0), 1.5)])
    assert len(shape) == 0
    assert notes == ["a camera stands inside the building way/7: it is left out"]


def test_outlines_move_inwards_until_they_would_turn_over():
    assert inset(SQUARE, 2.0).tolist() == [[62, 42], [88, 42], [88, 68], [62, 68]]
    assert inset(SQUARE, 16.0) is None
    assert inset(HOLE, 1.0)[0].tolist() == [69.0, 49.0]  # clockwise: outwards
