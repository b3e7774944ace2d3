import numpy as np
import pytest

from roadmark.catalog import SemanticClass, all_blueprints, blueprint
from roadmark.errors import InputError
from roadmark.world.props import prop_model

PROPS = all_blueprints("prop")


@pytest.mark.parametrize("item", PROPS, ids=lambda item: item.id)
def test_prop_fills_its_box_and_faces_outwards(item, solids):
    mesh = prop_model(item).mesh
    center, half = np.array(item.center_offset), np.array(item.half_extents)
    assert mesh.bounds[0] == pytest.approx(center - half, abs=1e-3)
    assert mesh.bounds[1] == pytest.approx(center + half, abs=1e-3)
    assert solids.open_edges(mesh.vertices / half, mesh.triangles) == 0
    assert solids.signed_volume(mesh.vertices, mesh.triangles) > 0.0
    origins, directions = solids.rays_around(*(mesh.bounds / half), 40)
    cosines = solids.first_hit_cosines(mesh.vertices / half, mesh.triangles.astype(int), origins, directions)
    assert np.nanmax(cosines) < 0.0


def test_a_cone_has_white_bands_and_the_prop_class():
    mesh = prop_model(blueprint("static.prop.constructioncone")).mesh
    assert set(mesh.semantic.tolist()) == {int(SemanticClass.DYNAMIC)}
    assert {(226, 92, 28), (238, 238, 234)} <= {tuple(c) for c in mesh.color.tolist()}


def test_an_unshaped_prop_is_a_box():
    assert len(prop_model(blueprint("static.prop.gnome")).mesh.triangles) == 108


def test_only_props_have_prop_models():
    with pytest.raises(InputError, match="is no prop"):
        prop_model(blueprint("vehicle.audi.tt"))
