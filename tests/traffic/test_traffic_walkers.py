"""Pedestrians on real maps: where they walk, when they cross, and that nobody touches anybody."""

from functools import cache

import numpy as np
import pytest

from roadmark.catalog import blueprint
from roadmark.maps import RoadMap, load_opendrive
from roadmark.traffic import ActorSpec, Clock, MovingActor, SignalPlan, build_network, draw_walkers, plan_signals
from roadmark.traffic.sidewalks import build_sidewalks
from roadmark.traffic.stops import inside
from roadmark.traffic.walkers import body_radius, simulate_walkers

CLOCK, LONG = Clock(30, 451), Clock(30, 1351)
FOCUS = {"Town01": (120.0, -30.0), "Town04": (285.0, 170.0), "Town10HD": (-45.0, 10.0)}


@cache
def place(folder, town):
    road_map = load_opendrive(folder / f"carla/xodr/{town}.xodr")
    network, graph = build_network(road_map), build_sidewalks(road_map)
    return network, graph, plan_signals(network, np.random.default_rng(3))


@cache
def walked(folder, town, seed=1, count=30, clock=CLOCK):
    _, graph, signals = place(folder, town)
    rng = np.random.default_rng(seed)
    return simulate_walkers(
        graph, signals, (), draw_walkers(rng, count), clock, rng, focus=np.array(FOCUS[town]), radius=60.0
    )


@pytest.fixture(params=sorted(FOCUS))
def town(request):
    return request.param


def off_by(places, road_map):
    """(N,) metres from each place to the nearest sidewalk or crosswalk, 0 on them."""
    outlines = [np.concatenate([s.left[:, :2], s.right[::-1, :2]]) for s in road_map.strips() if s.type == "sidewalk"]
    outlines += [walk.outline[:, :2] for walk in road_map.crosswalks]
    gap = np.full(len(places), np.inf)
    for outline in outlines:
        start, side = outline, np.roll(outline, -1, axis=0) - outline
        long = np.maximum((side**2).sum(axis=1), 1e-12)
        part = np.clip(((places[:, None] - start) * side).sum(axis=2) / long, 0.0, 1.0)
        away = np.linalg.norm(places[:, None] - start - part[..., None] * side, axis=2).min(axis=1)
        gap = np.minimum(gap, np.where(inside(places, outline), 0.0, away))
    return gap


def test_people_stay_on_sidewalks_and_crosswalks(data_dir, town):
    network, graph, _ = place(data_dir, town)
    found = walked(data_dir, town)
    assert len(found.actors) + found.missing == 30
    assert len(found.actors) > 20
    lines = np.concatenate(
        [way.points[:, :2] for way in graph.walkways if way.crosswalk is not None] or [np.zeros((0, 2))]
    )
    for actor in found.actors:
        places = actor.positions[::10, :2]
        off = off_by(places, network.road_map) > 0.3
        # between a crosswalk's end and the kerb there may be a strip of shoulder
        to_line = np.linalg.norm(places[off][:, None] - lines, axis=2)
        assert (to_line.min(axis=1, initial=np.inf) < 1.5).all()


def test_nobody_touches_anybody(data_dir, town):
    actors = walked(data_dir, town).actors
    places = np.array([actor.positions[:, :2] for actor in actors])
    reach = np.array([body_radius(actor.spec) for actor in actors])
    for i in range(len(actors)):
        for j in range(i):
            assert np.linalg.norm(places[i] - places[j], axis=1).min() > reach[i] + reach[j]


def test_people_walk_like_people(data_dir, town):
    for actor in walked(data_dir, town).actors:
        assert actor.speed.max() < 2.5
        assert np.abs(actor.yaw_rate).max() < 2.6
        assert np.linalg.norm(np.diff(actor.positions, axis=0), axis=1).max() < 2.5 / CLOCK.fps
    assert np.mean([actor.speed.mean() for actor in walked(data_dir, town).actors]) > 0.8


def test_feet_are_on_the_surface(data_dir, town):
    network, *_ = place(data_dir, town)
    for actor in walked(data_dir, town).actors[:8]:
        feet = actor.positions[:, 2] - actor.spec.blueprint.half_extents[2]
        height = feet - network.road_map.elevation(actor.positions[:, :2])
        assert height.min() > -0.06
        assert height.max() < 0.21


def test_people_cross_in_their_walk_time(data_dir):
    network, _, signals = place(data_dir, "Town10HD")
    crossed = 0
    for seed in range(4):
        for actor in walked(data_dir, "Town10HD", seed, 30, LONG).actors:
            for number, walk in signals.walks.items():
                outline = network.road_map.crosswalks[number].outline[:, :2]
                middle = outline.mean(axis=0)
                inner = middle + 0.7 * (outline - middle)
                on = inside(actor.positions[:, :2], inner)
                if on.any() and not on[0]:
                    crossed += 1
                    assert walk.remaining(LONG.times[on]).min() > 0.0
    assert crossed > 3


def car(x, y, vx=0.0, vy=0.0):
    """A car through (x, y) at 5 s."""
    at = CLOCK.times[:, None] - 5.0
    body = ActorSpec(blueprint("vehicle.tesla.model3"), (1, 2, 3))
    places = np.array([x, y, 0.0]) + at * np.array([vx, vy, 0.0])
    yaw = np.arctan2(vy, vx) if vx or vy else 0.0
    turned = np.tile([0.0, 0.0, yaw], (CLOCK.count, 1))
    return MovingActor(body, places, turned, np.tile([vx, vy, 0.0], (CLOCK.count, 1)), np.zeros(CLOCK.count))


def test_people_keep_clear_of_vehicles_they_know(data_dir):
    network, graph, signals = place(data_dir, "Town10HD")
    blocked = network.road_map.crosswalks[4].outline.mean(axis=0)
    known = [car(blocked[0], blocked[1]), car(-64.0, 20.0, 0.0, 6.0)]  # one on a crosswalk, one on a sidewalk
    rng = np.random.default_rng(2)
    found = simulate_walkers(graph, signals, known, draw_walkers(rng, 40), CLOCK, rng, focus=blocked, radius=50.0)
    assert len(found.actors) > 20
    for actor in found.actors:
        for other in known:
            offset = actor.positions[:, :2] - other.positions[:, :2]
            along = np.array([np.cos(other.rpy[0, 2]), np.sin(other.rpy[0, 2])])
            forward, aside = np.abs(offset @ along), np.abs(offset @ np.array([-along[1], along[0]]))
            length, width, _ = other.spec.blueprint.half_extents
            assert not ((forward < length + 0.2) & (aside < width + 0.2)).any()


def test_the_same_seed_walks_the_same(data_dir):
    one, again = walked(data_dir, "Town10HD", 9), walked.__wrapped__(data_dir, "Town10HD", 9)
    for first, second in zip(one.actors, again.actors, strict=True):
        np.testing.assert_array_equal(first.positions, second.positions)


def test_a_map_without_sidewalks_has_nobody():
    graph = build_sidewalks(RoadMap("Plain", {}))
    rng = np.random.default_rng(0)
    found = simulate_walkers(graph, SignalPlan({}), (), draw_walkers(rng, 5), CLOCK, rng)
    assert (found.actors, found.missing, found.reason) == ((), 5, "the map has no sidewalk")


def test_the_graph_joins_sidewalks_by_crosswalks(data_dir):
    network, graph, _ = place(data_dir, "Town10HD")
    crossings = [way for way in graph.walkways if way.crosswalk is not None]
    assert len(crossings) == len(network.road_map.crosswalks) == 16
    for way in crossings:
        outline = network.road_map.crosswalks[way.crosswalk].outline
        assert way.length > np.ptp(outline[:, :2], axis=0).max() - 1.0
        assert 0.0 <= way.kerbs[0] < way.kerbs[1] <= way.length
        for node in way.nodes:
            assert any(graph.walkways[other].crosswalk is None for other, _ in graph.at[node])


def test_people_keep_clear_of_people_they_know(data_dir):
    _, graph, signals = place(data_dir, "Town10HD")
    body = ActorSpec(blueprint("walker.pedestrian.0009"))
    at = CLOCK.times[:, None] - 5.0
    known = []
    for x, speed in ((-58.0, 1.6), (-59.5, -1.2), (-61.0, 0.0)):  # along one sidewalk, both ways, and standing
        places = np.array([x, 30.0, 0.7]) + at * np.array([0.0, speed, 0.0])
        still = np.zeros(CLOCK.count)
        known.append(MovingActor(body, places, np.zeros((CLOCK.count, 3)), np.tile([0.0, speed, 0.0], (CLOCK.count, 1)),
                                 still))  # fmt: skip
    rng = np.random.default_rng(4)
    found = simulate_walkers(
        graph, signals, known, draw_walkers(rng, 40), CLOCK, rng, focus=np.array([-59.5, 30.0]), radius=30.0
    )
    met = 0
    for actor in found.actors:
        for other in known:
            gap = np.linalg.norm(actor.positions[:, :2] - other.positions[:, :2], axis=1)
            assert gap.min() >= body_radius(actor.spec) + body_radius(body)
            met += gap.min() < 2.0
    assert met > 3
