"""Buildings: inside their plots, closed above, detailed by level."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.arrays import repeat_index
from roadmark.world.scenery.buildings import FAR, MIDDLE, NEAR, Buildings, building_shapes
from roadmark.world.scenery.facades import BOX, PANEL, FacadeParts, Walls
from roadmark.world.scenery.styles import STYLE_INDEX, STYLES, Roof


def one(style: str, *, width=14.0, depth=11.0, storeys=3, yaw=0.0, center=(0.0, 0.0, 0.0), seed=4) -> Buildings:
    return Buildings(
        np.array([center], dtype=float),
        np.array([yaw]),
        np.array([[width, depth]]),
        np.array([storeys]),
        np.array([STYLE_INDEX[style]]),
        np.array([seed], dtype=np.uint16),
    )


@pytest.mark.parametrize("style", [style.name for style in STYLES])
@pytest.mark.parametrize("detail", [FAR, MIDDLE, NEAR])
def test_every_style_stays_on_its_plot_and_under_its_roof(style, detail):
    buildings = one(style, seed=11)
    shape = building_shapes(buildings, detail)
    reach = np.abs(shape.corners[..., :2]).max(axis=(0, 1)) - [7.0, 5.5]
    assert reach.max() < 1.05  # balconies and awnings
    assert shape.corners[..., 2].min() >= -2.01
    top = buildings.eaves[0] + (6.0 if STYLES[STYLE_INDEX[style]].roof == Roof.FLAT else 5.5 * 0.7 + 1.5)
    assert shape.corners[..., 2].max() < top
    assert set(shape.semantic) == {SemanticClass.BUILDING}


@pytest.mark.parametrize("style", [style.name for style in STYLES])
def test_more_detail_is_more_triangles(style):
    counts = [len(building_shapes(one(style), detail)) for detail in (FAR, MIDDLE, NEAR)]
    assert counts[0] <= counts[1] <= counts[2]
    assert counts[0] < counts[2]


@pytest.mark.parametrize("detail", [FAR, NEAR])
def test_rays_towards_a_building_meet_only_outsides(detail, solids):
    shape = building_shapes(one("brick tenement"), detail)
    mesh = shape.mesh()
    origins, directions = solids.rays_around(np.array([-7.0, -5.5, 0.2]), np.array([7.0, 5.5, 10.0]), 400)
    cosines = solids.first_hit_cosines(mesh.vertices.astype(float), mesh.triangles, origins, directions)
    assert np.isfinite(cosines).all()
    assert np.mean(cosines < 0) == 1.0


def test_windows_are_counted_by_bays_and_storeys():
    shape = building_shapes(one("brick tenement", width=14.0, depth=11.0, storeys=3, seed=0), FAR)
    glass = shape.selected(shape.material == Material.WINDOW)
    # (14 - 0.9) / 2.7 = 4 bays on two walls, (11 - 0.9) / 2.7 = 3 on the others; 3 storeys; the door has its own pane.
    shop_front = glass.corners[..., 1].min(axis=1) < -5.4
    upper = shop_front & (glass.corners[..., 2].min(axis=1) > 4.0)
    assert upper.sum() == 2 * 2 * 4
    assert (~shop_front).sum() == 2 * 3 * (4 + 3 + 3)


def test_near_windows_are_set_back():
    shape = building_shapes(one("brick tenement", seed=0), NEAR)
    glass = shape.selected(shape.material == Material.WINDOW)
    back = glass.corners[..., 1].min(axis=1) > 0
    recess = STYLES[STYLE_INDEX["brick tenement"]].recess
    assert glass.corners[back][..., 1].max() == pytest.approx(5.5 - recess, abs=1e-4)


def test_a_curtain_wall_is_one_pane_that_the_material_divides():
    shape = building_shapes(one("glass office", width=24.0, depth=20.0, storeys=9), FAR)
    pane = (shape.material == Material.WINDOW) & (shape.variation & 0x8000 > 0)
    assert pane.sum() == 8
    plain = shape.selected((shape.material == Material.WINDOW) & ~pane)
    assert plain.corners[..., 2].max() < 5.3


@settings(max_examples=25, deadline=None)
@given(
    yaw=st.floats(-3.1, 3.1),
    width=st.floats(7, 34),
    depth=st.floats(7, 24),
    storeys=st.integers(1, 12),
    style=st.sampled_from([style.name for style in STYLES]),
)
def test_turning_and_moving_a_building_moves_its_triangles(yaw, width, depth, storeys, style):
    still = building_shapes(one(style, width=width, depth=depth, storeys=storeys), MIDDLE)
    moved = building_shapes(
        one(style, width=width, depth=depth, storeys=storeys, yaw=yaw, center=(30.0, -9.0, 2.0)), MIDDLE
    )
    assert len(still) == len(moved)
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    np.testing.assert_allclose(moved.corners, still.corners @ turn.T + [30.0, -9.0, 2.0], atol=2e-3)
    assert np.array_equal(still.color, moved.color)


def test_no_buildings_no_triangles():
    nothing = one("house")
    empty = Buildings(*(getattr(nothing, name)[:0] for name in ("center", "yaw", "size", "storeys", "style", "seed")))
    assert len(building_shapes(empty)) == 0


def test_choices_come_from_the_styles_own_lists():
    buildings = one("house", seed=123)
    assert tuple(buildings.choice("wall_colors")[0]) in STYLES[STYLE_INDEX["house"]].wall_colors
    assert 0.0 <= buildings.chance(3)[0] < 1.0


def test_parts_of_a_wall_that_faces_east():
    walls = Walls(np.array([[5.0, 0.0, 1.0]]), np.array([[0.0, 1.0]]), np.array([4.0]), np.array([3.0]))
    parts = FacadeParts(walls)
    parts.add(PANEL, [0], (1.0, 2.0), (0.5, 1.5), (0.2, 0.2), material=1, color=(1, 2, 3))
    parts.add(PANEL, [0], (1.0, 1.0), (0.5, 1.5), (0.2, 0.2), material=1, color=(1, 2, 3))  # no width: dropped
    shape = parts.shape()
    np.testing.assert_allclose(shape.corners.reshape(-1, 3).min(axis=0), [5.2, 1.0, 1.5], atol=1e-6)
    np.testing.assert_allclose(shape.corners.reshape(-1, 3).max(axis=0), [5.2, 2.0, 2.5], atol=1e-6)
    np.testing.assert_allclose(shape.normals[:, 0], [[1, 0, 0]] * 2, atol=1e-6)
    parts.add(BOX, [0], (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), material=1, color=(1, 2, 3))
    assert len(parts.shape()) == 2 + 10


def test_repeating_rows():
    row, position = repeat_index(np.array([2, 0, 3]))
    assert row.tolist() == [0, 0, 2, 2, 2]
    assert position.tolist() == [0, 1, 0, 1, 2]
