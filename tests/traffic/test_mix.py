"""Who is drawn."""

from collections import Counter

import numpy as np
import pytest

from roadmark.catalog import BodyStyle, all_blueprints, blueprint, color_name
from roadmark.errors import InputError
from roadmark.traffic import VehicleMix, WalkerMix, draw_drivers, draw_walkers, vehicle_spec
from roadmark.traffic.mix import is_child


def test_the_mix_is_as_asked_for():
    specs = draw_drivers(np.random.default_rng(0), 4000)
    styles = Counter(spec.blueprint.style for spec in specs)
    two_wheelers = sum(count for style, count in styles.items() if style.is_two_wheeler)
    large = sum(styles[s] for s in (BodyStyle.VAN, BodyStyle.MINIBUS, BodyStyle.BOX_TRUCK, BodyStyle.HEAVY_TRUCK))
    assert two_wheelers / 4000 == pytest.approx(0.10, abs=0.015)
    assert large / 4000 == pytest.approx(0.125, abs=0.015)
    assert 0 < styles[BodyStyle.POLICE] + styles[BodyStyle.AMBULANCE] + styles[BodyStyle.FIRE_TRUCK] < 80


def test_every_vehicle_and_every_person_can_appear():
    rng = np.random.default_rng(1)
    mix = VehicleMix(most_wide=10**6)
    assert {spec.blueprint.id for spec in draw_drivers(rng, 20000, mix)} == {b.id for b in all_blueprints("vehicle")}
    assert {spec.blueprint.id for spec in draw_walkers(rng, 600)} == {b.id for b in all_blueprints("walker")}


def test_two_that_are_wider_than_a_lane_do_not_meet():
    rng = np.random.default_rng(2)
    for _ in range(20):
        drawn = draw_drivers(rng, 60, VehicleMix(buses=0.5, most_wide=1))
        assert sum(spec.blueprint.size[1] > 3.5 for spec in drawn) == 1
        assert all(spec.blueprint.size[1] <= 3.5 for spec in draw_drivers(rng, 60, VehicleMix(buses=0.5)))


def test_a_kind_can_be_left_out():
    drawn = draw_drivers(np.random.default_rng(3), 500, VehicleMix(bicycles=0.0, motorcycles=0.0))
    assert not any(spec.blueprint.is_two_wheeler for spec in drawn)


def test_liveries_keep_their_colour_and_other_paints_vary():
    rng = np.random.default_rng(4)
    taxi = [vehicle_spec("vehicle.ford.crown", rng) for _ in range(20)]
    assert {spec.color for spec in taxi} == {blueprint("vehicle.ford.crown").default_color}
    paints = Counter(color_name(vehicle_spec("vehicle.audi.a2", rng).color) for _ in range(400))
    assert len(paints) > 6
    assert paints["white"] + paints["black"] + paints["silver"] + paints["gray"] + paints["dark gray"] > 200
    assert vehicle_spec("vehicle.audi.a2", rng, "hero").role_name == "hero"


def test_people_differ_and_some_are_children():
    drawn = draw_walkers(np.random.default_rng(5), 40, WalkerMix(children=0.5))
    adults = [spec.blueprint.id for spec in drawn if not is_child(spec.blueprint)]
    assert len(set(adults)) == len(adults)
    assert 10 < 40 - len(adults) < 30
    assert all(spec.color is None and spec.role_name == "pedestrian" for spec in drawn)


def test_the_same_seed_draws_the_same():
    one, same = (draw_drivers(np.random.default_rng(6), 50) for _ in range(2))
    assert [(s.blueprint, s.color) for s in one] == [(s.blueprint, s.color) for s in same]


@pytest.mark.parametrize("shares", [{"cars": -0.1}, {"cars": float("nan")}, dict.fromkeys(VehicleMix().shares, 0.0)])
def test_impossible_mixes_are_refused(shares):
    with pytest.raises(InputError, match="shares of vehicles"):
        VehicleMix(**shares)
    with pytest.raises(InputError, match="children is a share"):
        WalkerMix(children=1.5)
