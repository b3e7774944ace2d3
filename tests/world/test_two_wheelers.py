import numpy as np
import pytest

from roadmark.catalog import BodyStyle, SemanticClass, all_blueprints
from roadmark.render import Material
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


@pytest.mark.parametrize("item", [item for item in ITEMS if item.style is BodyStyle.BICYCLE], ids=lambda item: item.id)
def test_cyclists_pedal_forwards_and_share_equal_steps(item):
    model = vehicle_model(item)
    assert model.cycle is not None
    quarter = np.pi / 2 / model.cycle.ratio
    first, later = model.cycle.mesh(0.0), model.cycle.mesh(quarter)
    assert model.cycle.mesh(4 * quarter) is first
    assert model.parts(rotation=quarter)[-1][0] is later
    # The left pedal starts on top and moves forwards; it is the only rubber of the moving part on that side.
    left = [m.vertices[m.triangles].mean(axis=1)[(m.material == Material.RUBBER)] for m in (first, later)]
    left = [points[points[:, 1] > item.center_offset[1]].mean(axis=0) for points in left]
    assert left[1][0] > left[0][0] + 0.1
    assert left[1][2] < left[0][2] - 0.1
    assert set(first.semantic.tolist()) == {int(SemanticClass.RIDER), int(SemanticClass.BICYCLE)}


def test_motorcyclists_do_not_pedal():
    assert all(vehicle_model(item).cycle is None for item in ITEMS if item.style is not BodyStyle.BICYCLE)
