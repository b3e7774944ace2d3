import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.errors import GeometryError
from roadmark.render import Material
from roadmark.world.lofts import ALL, Collector, Hull, Look, ball, box, limb, mirrored, revolve

GREY = Look(Material.GENERIC)
RED = Look(Material.LAMP_LENS, (200, 10, 10), emitter=4)


def lattice(i=3, j=2, k=4):
    x, z, y = np.meshgrid(np.arange(i + 1.0), np.arange(j + 1.0), np.arange(k + 1.0), indexing="ij")
    return np.stack([x, y, z], axis=-1)


def test_box_has_its_volume_and_faces_outwards(solids):
    vertices, triangles = box((1.0, 2.0, 3.0), (1.0, 2.0, 3.0))
    assert solids.signed_volume(vertices, triangles) == pytest.approx(6.0)
    assert vertices.min(axis=0).tolist() == [0.5, 1.0, 1.5]
    assert solids.open_edges(vertices, triangles) == 0


@given(size=st.tuples(*[st.floats(0.05, 3.0)] * 3), bevel=st.floats(0.001, 0.5))
@settings(max_examples=25, deadline=None)
def test_bevelled_box_is_closed_fills_its_size_and_loses_little(size, bevel, solids):
    vertices, triangles = box((0.0, 0.0, 0.0), size, bevel)
    assert np.ptp(vertices, axis=0) == pytest.approx(size)
    assert solids.open_edges(vertices, triangles) == 0
    assert 0.4 * np.prod(size) < solids.signed_volume(vertices, triangles) < np.prod(size)


def test_cylinder_limb_and_ball_approach_their_volumes(solids):
    cylinder = revolve([(0.0, 0.5), (1.0, 0.5), (1.0, -0.5), (0.0, -0.5)], 64)
    assert solids.signed_volume(*cylinder) == pytest.approx(np.pi, rel=2e-3)
    rod = limb([(0, 0, 0), (0.3, 0.0, 1.0), (0.6, 0.0, 2.0)], 0.1, sides=48)
    assert solids.signed_volume(*rod) == pytest.approx(np.pi * 0.01 * np.hypot(0.6, 2.0), rel=5e-3)
    assert solids.signed_volume(*ball((1, 2, 3), (1.0, 0.5, 2.0), rings=40, sides=40)) == pytest.approx(4.19, rel=1e-2)
    for solid in (cylinder, rod):
        assert solids.open_edges(*solid) == 0


def test_limb_along_its_side_direction_still_has_a_section(solids):
    assert solids.signed_volume(*limb([(0, 0, 0), (0, 1, 0)], 0.1, sides=32)) == pytest.approx(np.pi * 0.01, rel=1e-2)


def test_flattened_limb_is_thinner_across():
    vertices, _ = limb([(0, 0, 0), (0, 0, 1)], 0.2, sides=16, flatten=0.5)
    assert np.ptp(vertices[:, 1]) == pytest.approx(0.4)
    assert np.ptp(vertices[:, 0]) == pytest.approx(0.2)


def test_mirrored_solid_still_faces_outwards(solids):
    vertices, triangles = mirrored(*box((0.0, 2.0, 0.0), (1.0, 1.0, 1.0)))
    assert solids.signed_volume(vertices, triangles) == pytest.approx(1.0)
    assert vertices[:, 1].max() == pytest.approx(-1.5)


def test_hull_of_a_straight_lattice_is_a_box(solids):
    hull = Hull(lattice(), GREY)
    triangles, which = hull.triangles()
    assert solids.signed_volume(hull.points.reshape(-1, 3), triangles) == pytest.approx(3 * 2 * 4)
    assert len(triangles) == 2 * 2 * (3 * 2 + 3 * 4 + 2 * 4)
    assert not which.any()


def test_painted_cells_become_triangles_of_that_look():
    hull = Hull(lattice(), GREY)
    hull.paint_sides([0, 1], 1, RED)
    hull.paint_mirrored("front", 0, [0], RED)
    hull.paint("top", ALL, ALL, RED)
    collector = Collector(14)
    collector.add_hull(hull, crease=0.0)
    mesh = collector.build()
    red = mesh.material == Material.LAMP_LENS
    # Two cells on each side, two corner cells in front, 3 x 4 on the top; two triangles each.
    assert red.sum() == 2 * (4 + 2 + 12)
    assert set(mesh.emitter[red].tolist()) == {4}
    assert set(mesh.semantic.tolist()) == {14}
    assert mesh.color[red][0].tolist() == [200, 10, 10]


def test_degenerate_triangles_are_dropped():
    collector = Collector(1)
    collector.add([[0, 0, 0], [1, 0, 0], [2, 0, 0], [0, 1, 0]], [[0, 1, 2], [0, 1, 3]], GREY, crease=0.0)
    assert len(collector.build().triangles) == 1


def test_a_flat_lattice_is_refused():
    with pytest.raises(GeometryError, match="lattice of shape"):
        Hull(np.zeros((1, 3, 3, 3)), GREY)
