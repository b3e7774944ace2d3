"""Parked vehicles on real maps."""

from functools import cache

import numpy as np
import pytest

from roadmark.catalog import blueprint
from roadmark.geometry import rotation_from_rpy
from roadmark.maps import load_opendrive
from roadmark.traffic import ActorSpec, Clock, MovingActor
from roadmark.traffic.parked import CROSSWALK_CLEARANCE, JUNCTION_CLEARANCE, build_bays, park_vehicles

CLOCK = Clock(10, 21)


@cache
def bays(folder, town):
    road_map = load_opendrive(folder / f"carla/xodr/{town}.xodr")
    return road_map, build_bays(road_map)


@cache
def parked(folder, seed=0, count=60):
    return park_vehicles(*bays(folder, "Town10HD"), count, CLOCK, np.random.default_rng(seed))


def outline(actor):
    """(N, 2) points around a vehicle."""
    half, center = actor.spec.blueprint.half_extents, actor.spec.blueprint.center_offset
    unit = np.array([(x, y) for x in np.linspace(-1, 1, 9) for y in (-1.0, 1.0)])
    local = np.column_stack([unit * half[:2] + center[:2], np.zeros(len(unit))])
    return (local @ rotation_from_rpy(actor.rpy[0]).T + actor.positions[0])[:, :2]


def test_they_stand_off_every_driving_lane_and_do_not_move(data_dir):
    road_map, _ = bays(data_dir, "Town10HD")
    actors = parked(data_dir)
    assert len(actors) == 60
    for actor in actors:
        assert actor.parked
        assert (actor.start, actor.end) == (0, CLOCK.count)
        assert (actor.positions == actor.positions[0]).all()
        assert not actor.velocity.any()
        strips = [road_map.strips()[k].type for k in road_map.locate(outline(actor)).strip_index]
        assert "driving" not in strips


def test_they_keep_clear_of_junctions_and_crosswalks(data_dir):
    road_map, _ = bays(data_dir, "Town10HD")
    inside = [s for s in road_map.strips() if s.junction is not None and s.type == "driving"]
    edges = np.concatenate([np.concatenate([s.left, s.right])[:, :2] for s in inside])
    walks = np.concatenate([walk.outline[:, :2] for walk in road_map.crosswalks])
    for actor in parked(data_dir):
        around = outline(actor)
        for points, far in ((edges, JUNCTION_CLEARANCE), (walks, CROSSWALK_CLEARANCE)):
            assert np.linalg.norm(around[:, None] - points, axis=2).min() > far - 1.2  # bays are sampled each metre


def test_they_do_not_touch_and_look_along_the_traffic(data_dir):
    road_map, _ = bays(data_dir, "Town10HD")
    actors = parked(data_dir)
    centers = np.array([outline(actor).mean(axis=0) for actor in actors])
    halves = np.array([actor.spec.blueprint.half_extents[0] for actor in actors])
    gap = np.linalg.norm(centers[:, None] - centers, axis=2) - halves[:, None] - halves
    np.fill_diagonal(gap, np.inf)
    assert gap.min() > 0.2
    driving = [s for s in road_map.strips() if s.type == "driving" and s.junction is None]
    points = np.concatenate([s.center[:-1, :2] for s in driving])
    steps = np.concatenate([np.diff(s.center[:, :2], axis=0) * s.direction for s in driving])
    crooked = 0
    for actor in actors:
        nearest = steps[np.linalg.norm(points - actor.positions[0, :2], axis=1).argsort()[:1]][0]
        heading = np.array([np.cos(actor.rpy[0, 2]), np.sin(actor.rpy[0, 2])])
        assert heading @ nearest > 0.0
        crooked += abs(heading @ nearest / np.linalg.norm(nearest)) < np.cos(np.deg2rad(0.5))
    assert crooked > 5


def test_nobody_parks_where_a_known_course_comes_by(data_dir):
    first = parked(data_dir, 3)[0]
    stands = MovingActor(ActorSpec(blueprint("vehicle.audi.tt")), first.positions, first.rpy, first.velocity,
                         np.zeros(CLOCK.count))  # fmt: skip
    again = park_vehicles(*bays(data_dir, "Town10HD"), 60, CLOCK, np.random.default_rng(3), known=[stands])
    assert len(again) > 30
    assert min(np.linalg.norm(actor.positions[0] - first.positions[0]) for actor in again) > 3.0


def test_only_around_the_focus(data_dir):
    focus = np.array([-60.0, 40.0])
    found = park_vehicles(*bays(data_dir, "Town10HD"), 60, CLOCK, np.random.default_rng(0), focus=focus, radius=40.0)
    assert 3 < len(found) < 60
    assert max(np.linalg.norm(actor.positions[0, :2] - focus) for actor in found) < 50.0


def test_the_same_seed_parks_the_same(data_dir):
    again = parked.__wrapped__(data_dir, 0, 60)
    assert all((a.positions == b.positions).all() for a, b in zip(parked(data_dir), again, strict=True))


@pytest.mark.parametrize("town", ["Town01", "Town04"])
def test_nobody_parks_where_lanes_leave_no_room(data_dir, town):
    assert park_vehicles(*bays(data_dir, town), 10, CLOCK, np.random.default_rng(0)) == []
