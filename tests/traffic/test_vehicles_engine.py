"""What the engine promises, measured on its output: real towns, several seeds."""

import numpy as np
import pytest

from roadmark.maps import load_opendrive
from roadmark.scenario import SignalState
from roadmark.traffic import (
    Clock,
    TrafficDemand,
    build_network,
    draw_driver,
    draw_drivers,
    plan_signals,
    simulate_vehicles,
)
from roadmark.traffic.limits import MAX_ACCELERATION, MAX_BRAKING, MAX_LATERAL, MAX_OFF_LANE, MAX_SPEEDING
from roadmark.traffic.vehicles.overlap import boxes_touch

CLOCK = Clock(30, 601)


@pytest.fixture(scope="module", params=[("Town01", 1), ("Town01", 2), ("Town04", 3), ("Town10HD", 4), ("Town10HD", 5)])
def driven(request, data_dir):
    town, seed = request.param
    network = build_network(load_opendrive(data_dir / "carla" / "xodr" / f"{town}.xodr"))
    rng = np.random.default_rng(seed)
    signals = plan_signals(network, rng)
    drivers = [draw_driver(spec, rng) for spec in draw_drivers(rng, 60)]
    entries = [lane for lane in network.lanes if lane.stop_line is not None]
    focus = entries[int(rng.integers(len(entries)))].path.points[-1]
    return network, signals, simulate_vehicles(TrafficDemand(network, signals, drivers, CLOCK, focus=focus), rng)


def test_everyone_drives_and_few_are_dropped(driven):
    _, _, traffic = driven
    assert len(traffic.vehicles) + traffic.dropped == 60
    assert traffic.dropped <= 2
    assert np.mean([actor.speed.mean() for actor in traffic.vehicles]) > 1.5
    assert np.mean([actor.speed.max() > 2.0 for actor in traffic.vehicles]) > 0.5  # the rest wait for lights


def test_nobody_touches_anybody(driven):
    vehicles = driven[2].vehicles
    for frame in range(0, CLOCK.count, 10):
        there = [actor for actor in vehicles if actor.start <= frame < actor.end]
        rows = [np.array([*_middle(actor, frame - actor.start), *actor.spec.blueprint.half_extents]) for actor in there]
        for a in range(len(rows)):
            for b in range(a):
                delta = rows[b] - rows[a]
                if np.hypot(delta[0], delta[1]) < 15.0:
                    assert not boxes_touch(delta[0], delta[1], rows[a][2], rows[b][2], rows[a][3:], rows[b][3:], 0.0)


def _middle(actor, row):
    yaw = actor.rpy[row, 2]
    x, y, _ = actor.spec.blueprint.center_offset
    place = actor.positions[row, :2]
    return place[0] + np.cos(yaw) * x - np.sin(yaw) * y, place[1] + np.sin(yaw) * x + np.cos(yaw) * y, yaw


def test_courses_keep_to_the_limits(driven):
    for actor in driven[2].vehicles:
        place, step = actor.positions[:, :2], CLOCK.step
        push = (place[2:] - 2.0 * place[1:-1] + place[:-2]) / step**2
        yaw = actor.rpy[1:-1, 2]
        ahead = push[:, 0] * np.cos(yaw) + push[:, 1] * np.sin(yaw)
        aside = push[:, 1] * np.cos(yaw) - push[:, 0] * np.sin(yaw)
        assert ahead.min() > -MAX_BRAKING
        assert ahead.max() < MAX_ACCELERATION
        assert np.abs(aside).max() < MAX_LATERAL
        moved = np.hypot(*np.diff(place, axis=0).T)
        assert (moved <= np.maximum(actor.speed[:-1], actor.speed[1:]) * step + 0.02).all()


def test_nobody_speeds_or_leaves_the_lane(driven):
    network, _, traffic = driven
    for actor in traffic.vehicles:
        spots = network.road_map.locate(actor.positions)
        for index, offset, speed in zip(spots.strip_index, spots.offset, actor.speed, strict=True):
            strip = network.road_map.strips()[index]
            lane = network.lanes[network.index[strip.key]]
            assert abs(offset) < 0.5 * lane.width + MAX_OFF_LANE
            if lane.junction is None:
                assert speed < MAX_SPEEDING * lane.speed_limit


def test_nobody_enters_on_red(driven):
    network, signals, traffic = driven
    entered = 0
    for actor in traffic.vehicles:
        body = actor.spec.blueprint
        nose = body.center_offset[0] + body.half_extents[0]
        yaw = actor.rpy[:, 2]
        front = actor.positions + nose * np.stack([np.cos(yaw), np.sin(yaw), 0.0 * yaw], axis=1)
        lanes = [network.index.get(network.road_map.strips()[k].key) if k >= 0 else None
                 for k in network.road_map.locate(front).strip_index]  # fmt: skip
        for frame, (before, after) in enumerate(zip(lanes[:-1], lanes[1:], strict=True)):
            if before is None or after is None or network.lanes[before].junction is not None:
                continue
            ways = [network.lanes[way] for way in network.lanes[before].successors]
            lights = {way.signal for way in ways if way.signal is not None}
            if network.lanes[after].junction is not None and lights:
                time = (actor.start + frame + 1) / CLOCK.fps
                assert any(signals.states(light, time) != SignalState.RED for light in lights)
                entered += 1
    assert entered > 3


def test_same_seed_same_courses(data_dir):
    network = build_network(load_opendrive(data_dir / "carla" / "xodr" / "Town10HD.xodr"))

    def once():
        rng = np.random.default_rng(8)
        drivers = [draw_driver(spec, rng) for spec in draw_drivers(rng, 30)]
        return simulate_vehicles(
            TrafficDemand(network, plan_signals(network, rng), drivers, Clock(10, 60)), rng
        ).vehicles

    for one, other in zip(once(), once(), strict=True):
        assert one.positions.tobytes() == other.positions.tobytes()
        assert one.blinkers.tobytes() == other.blinkers.tobytes()
