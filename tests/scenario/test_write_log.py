"""Scenarios into recordings and back."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime

import log_samples as samples
import numpy as np
import pytest

from roadmark.errors import OutputError
from roadmark.scenario import (
    Actor,
    ActorKind,
    Collision,
    DoorTrack,
    LightTrack,
    LocalBox,
    Scenario,
    SignalTrack,
    Track,
    read_log,
    write_log,
)
from roadmark.scenario.carla_log import LogReader, PacketKind

TIMES = np.array([0.0, 0.1, 0.25, 0.5])
FRAMES = np.array([1, 2, 3, 4])


def assert_same(found, expected, where="scenario"):
    """Equal in single precision: of a value of 100 m in centimetres, that is 0.5 mm."""
    if is_dataclass(expected):
        for entry in fields(expected):
            if entry.name != "warnings":
                assert_same(getattr(found, entry.name), getattr(expected, entry.name), f"{where}.{entry.name}")
    elif isinstance(expected, dict):
        assert set(found) == set(expected), where
        for key, value in expected.items():
            assert_same(found[key], value, f"{where}[{key}]")
    elif isinstance(expected, np.ndarray) and expected.dtype.kind == "f":
        assert found.dtype == expected.dtype, where
        np.testing.assert_allclose(found, expected, rtol=2e-7, atol=1e-9, err_msg=where)
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype, where
        np.testing.assert_array_equal(found, expected, err_msg=where)
    elif isinstance(expected, tuple) and expected and is_dataclass(expected[0]):
        assert len(found) == len(expected), where
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{where}[{index}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=2e-7), where
    else:
        assert found == expected, where


def round_trip(scenario: Scenario, path) -> Scenario:
    write_log(scenario, path)
    return read_log(path)


def track(actor_id: int, **values) -> Track:
    return Track(actor_id, TIMES, np.arange(4, dtype=np.int32), np.zeros((4, 3)), np.zeros((4, 3)), **values)


def small(**values) -> Scenario:
    actors = {7: Actor(7, ActorKind.VEHICLE, "vehicle.audi.tt")}
    date = datetime(2026, 3, 4, tzinfo=UTC)
    usual = {"times": TIMES, "source_frames": FRAMES, "actors": actors, "recorded_at": date}
    return Scenario("Town01", **usual | values)


@pytest.mark.parametrize("version", samples.NUMBERINGS)
def test_a_scenario_of_a_recording_with_everything_comes_back(tmp_path, version):
    (tmp_path / "a.log").write_bytes(samples.every_packet(samples.NUMBERINGS[version]))
    scenario = read_log(tmp_path / "a.log")
    assert_same(round_trip(scenario, tmp_path / "b.log"), scenario)


def test_a_real_recording_comes_back(tmp_path, data_dir):
    scenario = read_log(data_dir / "carla/logs/DistanceToLaneCenter.log")
    assert_same(round_trip(scenario, tmp_path / "b.log"), scenario)


def test_the_second_copy_is_the_first(tmp_path):
    (tmp_path / "a.log").write_bytes(samples.every_packet(samples.CARLA_0916))
    write_log(read_log(tmp_path / "a.log"), tmp_path / "b.log")
    write_log(read_log(tmp_path / "b.log"), tmp_path / "c.log")
    assert (tmp_path / "b.log").read_bytes() == (tmp_path / "c.log").read_bytes()


def test_a_scenario_made_by_hand(tmp_path):
    car = Actor(7, ActorKind.VEHICLE, "vehicle.tesla.model3", color=np.array([1, 2, 3], np.uint8), role_name="hero",
                bounding_box=LocalBox(np.array([0.1, 0.2, 0.7]), np.array([2.4, 1.1, 0.7])), max_steer=1.2)  # fmt: skip
    again = replace(car, spawned=0.5, life=1, color=None, role_name="", max_steer=None)
    light = Actor(3, ActorKind.TRAFFIC_LIGHT, "traffic.traffic_light", spawn_position=np.array([1.0, 2.0, 3.0]))
    box = Actor(9, ActorKind.OTHER, "static.prop.box", {"mass": "1.5", "solid": "true", "size": "2"}, parent=7,
                spawned=0.1, spawn_is_relative=True)  # fmt: skip
    first = replace(car, destroyed=0.25)
    velocity = np.array([[1.0, 2.0, 3.0], [np.nan] * 3, [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])[:2]
    wall = Collision((7, None), 0.0, 0.1, 1, 2, ("vehicle", "non_actor"), (car.blueprint_id, ""), (True, False))
    scenario = small(
        actors={first.key: first, 3: light, 9: box, again.key: again},
        tracks={
            7: Track(7, TIMES[:2], np.arange(2, dtype=np.int32), np.array([[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]]),
                     np.array([[0.1, -0.2, 0.3], [0.0, 0.0, -3.0]]), recorded_velocity=velocity,
                     recorded_angular=velocity / 10.0)
        },
        signals={3: SignalTrack(3, TIMES[1:2], np.array([2], np.int8), np.array([True]), np.array([1.5]))},
        vehicle_lights={7: LightTrack(TIMES[:1], np.array([11], np.uint32))},
        doors={7: DoorTrack(TIMES[[0, 0, 1, 1]], np.array([1, 63, 0, 0], np.uint8))},
        collisions=(wall,),
    )  # fmt: skip
    found = round_trip(scenario, tmp_path / "a.log")
    assert found.warnings == ()
    painted = replace(first, attributes={"role_name": "hero", "color": "1,2,3"})
    assert_same(found, replace(scenario, actors={**scenario.actors, 7: painted}))
    (added,) = [actor for actor in next(LogReader(tmp_path / "a.log").frames()).added if actor.id == 7]
    assert [(a.type, a.id) for a in added.attributes] == [(4, "role_name"), (5, "color")]
    second = list(LogReader(tmp_path / "a.log").frames())[1]
    assert [(a.type, a.id) for a in second.added[0].attributes] == [(3, "mass"), (1, "solid"), (2, "size")]
    assert second.records(PacketKind.COLLISION)[["sequence", "id2"]].tolist() == [(1, 0xFFFFFFFF)]


def test_an_attachment_of_a_later_actor_placed_in_the_world_is_written_a_frame_later(tmp_path):
    actors = {n: Actor(n, ActorKind.OTHER, "static.prop.box", parent=8, spawned=0.1) for n in (1, 2)}
    actors[2] = replace(actors[2], destroyed=0.25)
    found = round_trip(small(actors=actors), tmp_path / "a.log")
    assert (found.actors[1].parent, found.actors[1].spawn_is_relative) == (8, False)
    assert found.actors[2].parent is None


def test_contacts_of_actors_that_were_taken_out_are_left_out(tmp_path):
    hit = Collision((7, 8), 0.1, 0.25, 2, 3, ("vehicle", "vehicle"))
    assert round_trip(small(collisions=(hit,)), tmp_path / "a.log").collisions == ()


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (small(times=np.array([0.0, 0.1, 0.1, 0.2])), "not after"),
        (small(source_frames=np.array([1, 2, 2, 3])), "number 2 is not after 2"),
        (small(tracks={8: track(8)}), "key 8, which does not exist"),
        (small(actors={7: Actor(7, ActorKind.VEHICLE, "a", spawned=0.2)}), "appears at 0.2 s"),
        (small(actors={7: Actor(7, ActorKind.VEHICLE, "a", spawned=0.1)}, tracks={7: track(7)}), "not added"),
        (small(actors={7: Actor(7, ActorKind.OTHER, "a", parent=3, spawn_is_relative=True)}), "in the world"),
        (small(vehicle_lights={7: LightTrack(np.array([0.6]), np.array([1], np.uint32))}), "at 0.6 s"),
    ],
)  # fmt: skip
def test_what_is_no_scenario_is_refused_and_leaves_no_file(tmp_path, scenario, message):
    with pytest.raises(OutputError, match=message):
        write_log(scenario, tmp_path / "a.log")
    assert list(tmp_path.iterdir()) == []
