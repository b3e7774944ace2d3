"""Traffic lights show what was recorded, at the recorded times."""

import numpy as np
import pytest

from roadmark.geometry import Pose
from roadmark.render import Mesh
from roadmark.scenario import Actor, ActorKind, Scenario, SignalTrack
from roadmark.world import SignalCast, signal_models
from roadmark.world.signals import SIGNAL_EMISSION, SignalHead, SignalModels

RED, YELLOW, GREEN, OFF, UNKNOWN = range(5)


def head(name, x):
    triangle = Mesh(
        np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32), np.array([[0, 1, 2]], np.uint32),
        np.tile(np.array([0, 0, 1], np.float32), (1, 3, 1)), np.zeros(1, np.uint8), np.zeros(1, np.uint8),
        np.zeros((1, 3), np.uint8), np.zeros(1, np.uint8), np.zeros(1, np.uint16),
    )  # fmt: skip
    return SignalHead(name, triangle, np.concatenate([np.eye(3), [[x], [0.0], [5.0]]], axis=1))


def models():
    """Light "a" at x = 0 with two heads, "b" at 20, "c" at 40."""
    heads = (head("a", 0.0), head("a", 1.0), head("b", 20.0), head("c", 40.0))
    places = {name: np.array([x, 0.0, 5.0]) for name, x in (("a", 0.0), ("b", 20.0), ("c", 40.0))}
    return SignalModels(heads[0].mesh, heads, places, np.zeros((0, 3)))


def light(number, x):
    return Actor(
        id=number, kind=ActorKind.TRAFFIC_LIGHT, blueprint_id="traffic.traffic_light", attributes={}, color=None,
        role_name="", parent=None, bounding_box=None, spawned=0.0, destroyed=None,
        spawn_position=np.array([x, 0.3, 0.0]), spawn_rpy=np.zeros(3),
    )  # fmt: skip


def scenario_of(lights, states):
    """States by actor id: (time, state) pairs."""
    times = np.arange(5, dtype=float)
    signals = {
        number: SignalTrack(
            number,
            np.array([t for t, _ in changes], float),
            np.array([s for _, s in changes], np.int8),
            np.zeros(len(changes), bool),
            np.zeros(len(changes)),
        )
        for number, changes in states.items()
    }
    return Scenario("town", times, np.arange(1, 6), actors={a.key: a for a in lights}, signals=signals)


def shown(cast, scenario, time):
    """Emission by the head's x."""
    return {float(i.transform[0, 3]): i.emission for i in cast.place(scenario.state_at(time))}


def test_every_head_of_a_light_shows_its_state_when_it_was_recorded():
    scenario = scenario_of([light(1, 0.1), light(2, 19.8)], {1: [(0, RED), (2, GREEN)], 2: [(0, GREEN), (1, YELLOW)]})
    cast = SignalCast(models(), scenario)
    assert cast.unbound == 0
    assert SIGNAL_EMISSION == {RED: 1, YELLOW: 2, GREEN: 4, OFF: 0, UNKNOWN: 0}
    # the third light of the map is not recorded: dark
    assert shown(cast, scenario, 0.0) == {0.0: 1, 1.0: 1, 20.0: 4, 40.0: 0}
    assert shown(cast, scenario, 1.0) == {0.0: 1, 1.0: 1, 20.0: 2, 40.0: 0}
    assert shown(cast, scenario, 2.5) == {0.0: 4, 1.0: 4, 20.0: 2, 40.0: 0}


@pytest.mark.parametrize("state", [OFF, UNKNOWN])
def test_lights_that_are_off_are_dark(state):
    scenario = scenario_of([light(1, 0.0)], {1: [(0, state)]})
    assert set(shown(SignalCast(models(), scenario), scenario, 1.0).values()) == {0}


def test_lights_without_a_recorded_state_are_dark():
    scenario = scenario_of([light(1, 0.0)], {})
    assert set(shown(SignalCast(models(), scenario), scenario, 1.0).values()) == {0}


def test_recorded_lights_that_the_map_lacks_are_counted():
    scenario = scenario_of([light(1, 0.0), light(2, 300.0)], {1: [(0, RED)], 2: [(0, GREEN)]})
    cast = SignalCast(models(), scenario)
    assert cast.unbound == 1
    assert shown(cast, scenario, 0.0) == {0.0: 1, 1.0: 1, 20.0: 0, 40.0: 0}


def test_heads_belong_to_the_still_world():
    scenario = scenario_of([light(1, 0.0)], {1: [(0, RED)]})
    cast = SignalCast(models(), scenario)
    assert {i.object_id for i in cast.place(scenario.state_at(0.0))} == {0}
    assert len(cast.place(scenario.state_at(0.0))) == 4


def test_the_built_in_crossing_shows_its_script(tmp_path):
    from roadmark.maps import load_opendrive
    from roadmark.scenario import read_log
    from sample_crossing.scenario import SIGNAL_STATES, write_crossing

    files = write_crossing(tmp_path)
    scenario, road_map = read_log(files.recording), load_opendrive(files.xodr)
    built = signal_models(road_map)
    cast = SignalCast(built, scenario)
    assert cast.unbound == 0
    placed = cast.place(scenario.state_at(1.0))
    assert len(placed) == len(built.dynamic) == 4
    states = {}
    for instance in placed:
        # a head's face looks along its x axis at the traffic it holds: that of the arm it looks towards
        outwards = instance.transform[:2, 0]
        arm = ["east", "north", "west", "south"][round(np.arctan2(outwards[1], outwards[0]) / (np.pi / 2)) % 4]
        states[arm] = instance.emission
    red, green = SIGNAL_EMISSION[RED], SIGNAL_EMISSION[GREEN]
    assert states == {"east": red, "west": red, "north": green, "south": green}
    assert set(SIGNAL_STATES.values()) == {RED, GREEN}
    assert isinstance(scenario.state_at(0.0).actors[0].pose, Pose)
