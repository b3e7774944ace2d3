import json
import os
from pathlib import Path

import pytest

from roadmark.catalog import BodyStyle, SemanticClass, all_blueprints, blueprint, known
from roadmark.errors import InputError


def test_catalogue_holds_carlas_vehicles_and_walkers():
    assert len(all_blueprints("vehicle")) == 41
    assert len(all_blueprints("walker")) == 52
    assert len({item.id for item in all_blueprints()}) == len(all_blueprints())


def test_an_audi_tt_is_a_coupe_of_its_size():
    tt = blueprint("vehicle.audi.tt")
    assert tt.style is BodyStyle.COUPE
    assert tt.size == pytest.approx((4.1812, 1.9941, 1.3853))
    assert tt.center_offset == pytest.approx((0.0, 0.0, 1.3853 / 2))
    assert tt.semantic is SemanticClass.CAR
    assert not tt.is_two_wheeler


@pytest.mark.parametrize(
    ("name", "semantic"),
    [
        ("vehicle.carlamotors.firetruck", SemanticClass.TRUCK),
        ("vehicle.tesla.cybertruck", SemanticClass.TRUCK),
        ("vehicle.mercedes.sprinter", SemanticClass.TRUCK),
        ("vehicle.mitsubishi.fusorosa", SemanticClass.BUS),
        ("vehicle.volkswagen.t2", SemanticClass.BUS),
        ("vehicle.vespa.zx125", SemanticClass.MOTORCYCLE),
        ("vehicle.bh.crossbike", SemanticClass.BICYCLE),
        ("vehicle.dodge.charger_police", SemanticClass.CAR),
        ("walker.pedestrian.0012", SemanticClass.PEDESTRIAN),
    ],
)
def test_semantic_class_follows_the_body(name, semantic):
    assert blueprint(name).semantic is semantic


def test_offset_of_the_bus_is_in_flu():
    # CARLA's table has the box centre at y = -0.121 (right-handed y is the opposite sign).
    assert blueprint("vehicle.mitsubishi.fusorosa").center_offset[:2] == pytest.approx((-0.445, 0.121))


def test_walkers_are_adults_or_children_around_their_capsule_centre():
    assert blueprint("walker.pedestrian.0001").size == pytest.approx((0.3754, 0.3754, 1.86))
    assert blueprint("walker.pedestrian.0013").size == pytest.approx((0.3754, 0.3754, 1.3))
    assert blueprint("walker.pedestrian.0049").size == pytest.approx((0.5, 0.5, 1.1))
    assert blueprint("walker.pedestrian.0001").center_offset == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("item", all_blueprints("vehicle"), ids=lambda item: item.id)
def test_wheels_stand_inside_the_box(item):
    center, half = item.center_offset[0], item.half_extents[0]
    assert len(item.wheels) == (2 if item.is_two_wheeler else 4)
    assert sum(wheel.steers for wheel in item.wheels) == len(item.wheels) // 2
    for wheel in item.wheels:
        assert center - half <= wheel.x - wheel.radius + 1e-9
        assert wheel.x + wheel.radius <= center + half + 1e-9


def test_unknown_ids_are_refused_with_the_nearest_ones():
    assert known("vehicle.audi.tt")
    assert not known("vehicle.audi.tx")
    with pytest.raises(InputError, match=r"did you mean .*vehicle\.audi\.tt"):
        blueprint("vehicle.audi.tx")
    with pytest.raises(InputError, match=r"unknown blueprint 'qqqqqqqqq'$"):
        blueprint("qqqqqqqqq")


@pytest.mark.skipif("ROADMARK_DATA" not in os.environ, reason="ROADMARK_DATA names no data folder")
def test_sizes_equal_the_measured_ones():
    path = Path(os.environ["ROADMARK_DATA"]) / "carla" / "blueprint_dimensions.json"
    for name, size in json.loads(path.read_text()).items():
        expected = (size["length"], size["width"], size["height"])
        assert blueprint(name).size == pytest.approx(expected, abs=1e-4), name
