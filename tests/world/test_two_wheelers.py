import numpy as np
import pytest

from roadmark.catalog import BodyStyle, SemanticClass, all_blueprints
from roadmark.world.vehicles import Emitter, vehicle_model

ITEMS = [item for item in all_blueprints("vehicle") if item.is_two_wheeler]


def test_there_are_seven():
    assert len(ITEMS) == 7


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_rider_sits_on_top_and_is_labelled_a_rider(item):
    body = vehicle_model(item).body
    assert set(body.semantic.tolist()) == {int(SemanticClass.RIDER), int(item.semantic)}
    points = body.vertices[body.triangles].mean(axis=1)
    rider = body.semantic == SemanticClass.RIDER
    assert points[rider, 2].max() > points[~rider, 2].max() + 0.15
    assert points[rider, 2].min() > 0.02


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_fork_and_front_wheel_steer_and_only_wheels_roll(item):
    front, rear, fork = vehicle_model(item).wheels
    assert (front.steers, rear.steers, fork.steers) == (True, False, True)
    assert (front.rolls, rear.rolls, fork.rolls) == (True, True, False)
    assert np.linalg.norm(fork.axis) == pytest.approx(1.0)
    assert fork.axis[0] < 0.0  # the head leans back
    assert fork.transform(rotation=2.0) == pytest.approx(fork.transform())
    assert front.position == pytest.approx(fork.position)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_axles_are_the_blueprints(item):
    model = vehicle_model(item)
    for mount, wheel in zip(model.wheels[:2], item.wheels, strict=True):
        assert mount.position == pytest.approx([wheel.x, item.center_offset[1], wheel.radius])


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_lamps(item):
    emitters = set(vehicle_model(item).body.emitter.tolist())
    assert Emitter.TAIL in emitters
    if item.style is BodyStyle.BICYCLE:
        assert Emitter.POSITION in emitters
    else:
        assert {Emitter.BEAM, Emitter.BRAKE, Emitter.LEFT_BLINKER, Emitter.RIGHT_BLINKER} <= emitters
