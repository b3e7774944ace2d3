"""Trees, bushes, hedges and street furniture."""

import numpy as np
import pytest

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.scenery import furniture
from roadmark.world.scenery.plants import SPECIES, bush, hedge, tree


@pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.name)
@pytest.mark.parametrize("detail", [-1, 0, 1, 2, 3])
def test_trees_fill_their_height_and_stand_in_the_ground(species, detail):
    shape = tree(species, detail, np.random.default_rng(3))
    assert shape.corners[..., 2].max() == pytest.approx(species.height, rel=0.2)
    assert -0.5 < shape.corners[..., 2].min() <= 0.01
    across = np.abs(shape.corners[..., :2]).max()
    assert 0.5 * species.crown[0] < across < 1.9 * species.crown[0] + species.leaf
    assert set(shape.semantic) == {SemanticClass.VEGETATION}
    np.testing.assert_allclose(np.linalg.norm(shape.normals, axis=2), 1.0, atol=1e-5)


@pytest.mark.parametrize("species", SPECIES, ids=lambda species: species.name)
def test_detail_costs_triangles(species):
    counts = [len(tree(species, detail, np.random.default_rng(0))) for detail in (-1, 0, 1, 2, 3)]
    assert counts == sorted(counts)
    assert counts[0] < 130
    assert counts[-1] > 1000


def test_leaves_right_beside_a_camera_are_small():
    def longest(detail):
        shape = tree(SPECIES[0], detail, np.random.default_rng(0))
        leaves = shape.corners[(shape.material == Material.FOLIAGE) & (shape.color.max(axis=1) > 80)]
        return np.median(np.linalg.norm(leaves - np.roll(leaves, 1, axis=1), axis=2).max(axis=1))

    assert longest(3) < 0.3 < 0.5 * longest(1)


def test_leaves_face_away_from_the_crown():
    shape = tree(SPECIES[0], 2, np.random.default_rng(0))
    leaves = shape.selected(shape.material == Material.FOLIAGE)
    middle = np.array([0.0, 0.0, SPECIES[0].height - SPECIES[0].crown[1]])
    outward = leaves.corners.mean(axis=1) - middle
    assert np.mean(np.einsum("ij,ij->i", outward, leaves.normals[:, 0]) > 0) > 0.75


def test_the_same_generator_state_grows_the_same_tree():
    first, second = (tree(SPECIES[3], 1, np.random.default_rng(8)) for _ in range(2))
    np.testing.assert_array_equal(first.corners, second.corners)


def test_bushes_are_low_and_hedges_as_long_as_asked():
    assert bush(np.random.default_rng(0)).corners[..., 2].max() < 2.0
    shape = hedge(np.random.default_rng(0), length=3.0)
    assert np.ptp(shape.corners[..., 0]) == pytest.approx(3.0, abs=0.5)


THINGS = {
    "street_lamp": 7.8, "bench": 0.9, "bin_": 1.1, "bollard": 1.0, "hydrant": 0.8, "cabinet": 1.5, "mailbox": 1.3,
    "bus_shelter": 2.9, "fence": 1.3, "board_fence": 1.75, "garden_wall": 1.2, "utility_pole": 9.1, "guard_rail": 0.8,
}  # fmt: skip


@pytest.mark.parametrize(("name", "height"), THINGS.items())
def test_furniture_stands_on_the_ground(name, height):
    shape = getattr(furniture, name)()
    assert -0.01 <= shape.corners[..., 2].min() <= 0.1
    assert 0.75 * height <= shape.corners[..., 2].max() <= height


def test_a_planter_carries_plants():
    shape = furniture.planter(np.random.default_rng(0))
    assert {SemanticClass.STATIC, SemanticClass.VEGETATION} == set(shape.semantic)


def test_the_lens_looks_down_under_the_lamps_head():
    lens = furniture.lamp_lens()
    np.testing.assert_allclose(lens.normals[..., 2], -1.0, atol=1e-6)
    assert set(lens.emitter) == {furniture.LENS_EMITTER}
    assert lens.corners[..., 1].mean() == pytest.approx(-furniture.LAMP_REACH, abs=0.1)
