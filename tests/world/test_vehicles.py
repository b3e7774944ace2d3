from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import SemanticClass, all_blueprints, blueprint
from roadmark.errors import InputError
from roadmark.render import Material
from roadmark.world.vehicles import Emitter, emission_mask, vehicle_model

VEHICLES = all_blueprints("vehicle")
CARS = [item for item in VEHICLES if not item.is_two_wheeler]


def box_of(item):
    center, half = np.array(item.center_offset), np.array(item.half_extents)
    return np.stack([center - half, center + half])


@pytest.mark.parametrize("item", VEHICLES, ids=lambda item: item.id)
def test_model_fills_its_box_and_stays_inside(item):
    bounds, box = vehicle_model(item).bounds(), box_of(item)
    size = np.array(item.size)
    assert np.all(bounds[0] >= box[0] - 1e-6)
    assert np.all(bounds[1] <= box[1] + 1e-6)
    assert np.all(np.abs(bounds - box) <= 0.01 * size)


@pytest.mark.parametrize("item", VEHICLES, ids=lambda item: item.id)
def test_turned_wheels_stay_within_one_percent_of_the_box(item):
    model, box, size = vehicle_model(item), box_of(item), np.array(item.size)
    for steer in np.radians([-35.0, -17.0, 35.0]):
        for rotation in (0.0, 0.1, 1.3, 4.0):
            bounds = model.bounds(float(steer), rotation)
            assert np.all(bounds[0] >= box[0] - 0.01 * size)
            assert np.all(bounds[1] <= box[1] + 0.01 * size)


@pytest.mark.parametrize("item", VEHICLES, ids=lambda item: item.id)
def test_no_face_is_inside_out(item, solids):
    model, box = vehicle_model(item), box_of(item)
    origins, directions = solids.rays_around(box[0], box[1], 120)
    vertices, triangles, offset = [], [], 0
    for mesh, transform in model.parts():
        vertices.append(mesh.vertices.astype(float) @ transform[:, :3].T + transform[:, 3])
        triangles.append(mesh.triangles.astype(int) + offset)
        offset += len(mesh.vertices)
    cosines = solids.first_hit_cosines(np.concatenate(vertices), np.concatenate(triangles), origins, directions)
    assert np.isfinite(cosines).sum() >= (25 if item.is_two_wheeler else 80)
    assert np.nanmax(cosines) < 0.0


@pytest.mark.parametrize("item", VEHICLES, ids=lambda item: item.id)
def test_shading_normals_agree_with_the_facets(item):
    body = vehicle_model(item).body
    cosine = np.einsum("tcj,tj->tc", body.normals, body.facet_normals())
    assert cosine.min() > 0.3


@pytest.mark.parametrize("item", CARS, ids=lambda item: item.id)
def test_cars_have_paint_glass_and_every_lamp(item):
    body = vehicle_model(item).body
    assert 2500 <= len(body.triangles) <= 7000
    assert {Material.CAR_PAINT, Material.CAR_GLASS, Material.LAMP_LENS} <= set(body.material.tolist())
    needed = {Emitter.BEAM, Emitter.TAIL, Emitter.BRAKE, Emitter.LEFT_BLINKER, Emitter.RIGHT_BLINKER}
    assert needed <= set(body.emitter.tolist())
    assert set(body.semantic.tolist()) == {int(item.semantic)}
    lamps = body.vertices[body.triangles].mean(axis=1)
    assert lamps[body.emitter == Emitter.LEFT_BLINKER, 1].min() > item.center_offset[1]
    assert lamps[body.emitter == Emitter.RIGHT_BLINKER, 1].max() < item.center_offset[1]
    assert lamps[body.emitter == Emitter.BEAM, 0].min() > lamps[body.emitter == Emitter.TAIL, 0].max()


@pytest.mark.parametrize("item", CARS, ids=lambda item: item.id)
def test_wheels_stand_on_the_ground_under_their_axles(item):
    for mount, wheel in zip(vehicle_model(item).wheels, item.wheels, strict=True):
        assert mount.position[0] == pytest.approx(wheel.x)
        assert mount.position[2] + float(mount.mesh.bounds[0, 2]) == pytest.approx(0.0, abs=1e-5)
        assert np.sign(mount.position[1] - item.center_offset[1]) == wheel.side
        assert 300 <= len(mount.mesh.triangles) <= 600


def test_rolling_forwards_moves_the_top_of_the_wheel_forwards():
    mount = vehicle_model(blueprint("vehicle.audi.tt")).wheels[0]
    top = mount.transform(rotation=0.1) @ np.array([0.0, 0.0, mount.radius, 1.0]) - mount.position
    assert top[0] > 0.0
    ahead = mount.transform(steer=0.2) @ np.array([1.0, 0.0, 0.0, 1.0]) - mount.position
    assert ahead == pytest.approx([np.cos(0.2), np.sin(0.2), 0.0])


def test_rear_wheels_do_not_steer():
    mount = vehicle_model(blueprint("vehicle.audi.tt")).wheels[-1]
    assert mount.transform(steer=0.3)[:, :3] == pytest.approx(np.eye(3))


@pytest.mark.parametrize(
    ("flags", "mask"),
    [(0, 0), (1, 0b101), (2, 0b10), (4, 0b10), (8, 0b1000), (16, 0b100000), (32, 0b10000), (64, 1 << 6), (128, 1 << 7),
     (256, 1 << 8), (512, 1 << 9), (1024, 1 << 9), (1 | 8 | 32, 0b11101), (1 << 20, 0)],
)  # fmt: skip
def test_light_flags_become_emission_bits(flags, mask):
    assert emission_mask(flags) == mask


def test_equal_blueprints_share_meshes_and_others_are_refused():
    item = blueprint("vehicle.seat.leon")
    assert vehicle_model(item) is vehicle_model(item)
    with pytest.raises(InputError, match=r"walker\.pedestrian\.0001.*vehicle"):
        vehicle_model(blueprint("walker.pedestrian.0001"))


def test_emergency_vehicles_carry_beacons():
    for name in ("dodge.charger_police", "carlamotors.firetruck", "ford.ambulance"):
        assert Emitter.SPECIAL in vehicle_model(blueprint(f"vehicle.{name}")).body.emitter


def test_riders_are_labelled_as_riders():
    body = vehicle_model(blueprint("vehicle.bh.crossbike")).body
    assert set(body.semantic.tolist()) == {int(SemanticClass.RIDER), int(SemanticClass.BICYCLE)}


@pytest.mark.parametrize("style", sorted({item.style for item in VEHICLES}))
@given(scale=st.tuples(st.floats(0.75, 1.3), st.floats(0.75, 1.3), st.floats(0.75, 1.3)))
@settings(max_examples=4, deadline=None)
def test_every_style_fits_boxes_of_other_sizes(style, scale):
    base = next(item for item in VEHICLES if item.style is style)
    half = tuple(h * s for h, s in zip(base.half_extents, scale, strict=True))
    center = (base.center_offset[0] * scale[0], base.center_offset[1], half[2])
    wheels = tuple(replace(wheel, x=wheel.x * scale[0], radius=wheel.radius * scale[2]) for wheel in base.wheels)
    if base.is_two_wheeler:  # their wheels end where the box does
        ends = (center[0] + half[0] - wheels[0].radius, center[0] - half[0] + wheels[1].radius)
        wheels = tuple(replace(wheel, x=x) for wheel, x in zip(wheels, ends, strict=True))
    item = replace(base, id="vehicle.some.other", half_extents=half, center_offset=center, wheels=wheels)
    model = vehicle_model.__wrapped__(item)
    assert np.all(np.abs(model.bounds() - box_of(item)) <= 0.01 * np.array(item.size) + 1e-6)
