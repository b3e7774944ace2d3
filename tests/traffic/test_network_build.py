"""Lane networks of real towns and of small maps."""

import math

import numpy as np
import pytest

from roadmark.errors import InputError
from roadmark.maps import LaneKey, load_opendrive
from roadmark.towns import build_town
from roadmark.traffic import build_network
from roadmark.traffic.limits import DEFAULT_SPEED_LIMIT
from roadmark.traffic.links import may_change
from roadmark.traffic.paths import apart
from roadmark.traffic.stops import inside

TOWNS = ("Town01", "Town04", "Town10HD")


@pytest.fixture(scope="module", params=TOWNS)
def town(request, data_dir):
    return build_network(load_opendrive(data_dir / "carla" / "xodr" / f"{request.param}.xodr"))


def test_lanes_go_on_where_they_end(town):
    for lane in town.lanes:
        assert lane.successors  # these towns are closed
        assert lane.predecessors
        for successor in lane.successors:
            other = town.lanes[successor]
            assert lane.index in other.predecessors
            assert np.linalg.norm(other.path.points[0] - lane.path.points[-1]) < 0.5
            assert abs(math.remainder(float(other.path.heading(0.0) - lane.path.heading(lane.length)), math.tau)) < 0.2


def test_neighbours_lie_to_their_side(town):
    for lane in town.lanes:
        for side, other in ((1.0, lane.left), (-1.0, lane.right)):
            if other is None:
                continue
            there = town.lanes[other]
            assert (there.right if side > 0 else there.left) == lane.index
            heading = float(lane.path.heading(0.0))
            aside = there.path.points[0] - lane.path.points[0]
            assert side * (aside[1] * math.cos(heading) - aside[0] * math.sin(heading)) > 2.0
        assert not (lane.may_change_left and lane.left is None)
        assert lane.junction is None or not (lane.may_change_left or lane.may_change_right)


def test_conflicts_are_mutual_and_real(town):
    count = 0
    for lane in town.lanes:
        assert lane.junction is not None or not lane.conflicts
        for conflict in lane.conflicts:
            other = town.lanes[conflict.lane]
            back = next(one for one in other.conflicts if one.lane == lane.index)
            assert (back.here, back.there, back.crossing) == (conflict.there, conflict.here, conflict.crossing)
            middle = lane.path.position(np.linspace(*conflict.here, 40))
            there = other.path.position(np.linspace(*conflict.there, 40))
            apart_by = np.hypot(*(middle[:, None, :2] - there[None, :, :2]).T).min()
            assert apart_by < 3.6  # metres: two cars in bends
            shares = set(lane.successors) & set(other.successors) or set(lane.predecessors) & set(other.predecessors)
            assert not (conflict.crossing and shares)
            count += 1
    assert count > 100


def test_every_way_through_a_lit_junction_has_its_light(town):
    lights = {signal.id for signal in town.road_map.signals if signal.dynamic}
    seen = set()
    for lane in town.lanes:
        if lane.stop_line is None:
            continue
        assert lane.junction is None
        assert 0.0 <= lane.stop_line.distance <= lane.length - 1.0
        for successor in lane.successors:
            if lane.stop_line.sign == "light" and town.lanes[successor].junction:
                assert town.lanes[successor].signal in lights
                seen.add(town.lanes[successor].signal)
    assert seen == lights


@pytest.mark.parametrize("kind", ["crossing", "highway"])
def test_traffic_waits_before_lights_that_stand_before_the_junction(kind, tmp_path):
    (tmp_path / "town.xodr").write_bytes(build_town(kind, 0))
    network = build_network(load_opendrive(tmp_path / "town.xodr"))
    lane_of = {lane.key: lane for lane in network.lanes}
    held = 0
    for signal in (one for one in network.road_map.signals if one.dynamic):
        for place in network.road_map.governed_lanes(signal):
            lane = lane_of[LaneKey(place.road, place.section, place.lane)]
            assert lane.junction is None  # our towns put lights on the roads that lead to junctions
            waiting = lane.path.position(lane.stop_line.distance)[:2]
            ahead = (place.point[:2] - waiting) @ [np.cos(place.heading), np.sin(place.heading)]
            assert 0.1 < ahead < 1.0  # with the front at its stop line, a vehicle has not passed the light
            held += 1
    assert held >= 6


def test_turns_bend_as_they_say(town):
    for lane in town.lanes:
        assert (lane.turn == "none") == (lane.junction is None)
        bend = float(lane.path.heading(lane.length) - lane.path.heading(0.0))
        if lane.turn == "left":
            assert bend > -0.2
        if lane.turn == "right":
            assert bend < 0.2


def test_routes_are_smooth(town):
    rng = np.random.default_rng(3)
    for start in rng.integers(len(town.lanes), size=20).tolist():
        lanes = [start]
        while sum(town.lanes[lane].length for lane in lanes) < 300.0:
            lanes.append(int(rng.choice(town.lanes[lanes[-1]].successors)))
        route = town.route(lanes)
        assert route.path.length > 290.0
        along = np.arange(0.0, route.path.length, 0.25)
        assert np.abs(np.diff(route.path.heading(along))).max() < 0.11  # a bend of 3 m radius, rounded
        for lane, begin in zip(route.lanes, route.starts.tolist(), strict=True):
            assert np.linalg.norm(route.path.position(begin) - town.lanes[lane].path.points[0]) < 0.6
    with pytest.raises(InputError, match="does not go on"):
        town.route((0, 0))
    with pytest.raises(InputError, match="at least one lane"):
        town.route(())


def test_crosswalks_of_the_real_town(data_dir):
    town = build_network(load_opendrive(data_dir / "carla" / "xodr" / "Town10HD.xodr"))
    crossed = {crossing.crosswalk for lane in town.lanes for crossing in lane.crossings}
    assert crossed == set(range(16))
    for lane in town.lanes:
        for crossing in lane.crossings:
            middle = lane.path.position(0.5 * (crossing.first + crossing.last))
            outline = town.crosswalks[crossing.crosswalk][:, :2]
            assert np.hypot(*(outline.mean(axis=0) - middle[:2])) < 30.0
            assert crossing.last - crossing.first < 12.0
    assert sum(lane.may_change_left for lane in town.lanes) == sum(lane.may_change_right for lane in town.lanes) == 40


def test_limits_come_from_the_map(data_dir):
    town = build_network(load_opendrive(data_dir / "carla" / "xodr" / "Town01.xodr"))
    assert {round(lane.speed_limit, 2) for lane in town.lanes} == {11.18}  # 25 mph
    assert DEFAULT_SPEED_LIMIT == 13.9


def test_marks_say_who_may_change(data_dir):
    road_map = load_opendrive(data_dir / "carla" / "xodr" / "Town04.xodr")
    network = build_network(road_map)
    for lane in network.lanes:
        if lane.may_change_left and lane.left is not None:
            other = network.lanes[lane.left].key
            assert may_change(road_map, lane.key, other)
            inner = min(lane.key.lane, other.lane, key=abs)
            marks = road_map.road_geometry[lane.key.road].sections[lane.key.section].lanes[inner].marks
            assert {mark.kind for mark in marks} & {"broken", "none"}


def test_points_kept_apart_and_parity():
    points = np.array([[0.0, 0, 0], [0.01, 0, 0], [1.0, 0, 0], [1.02, 0, 0]])
    assert apart(points)[:, 0].tolist() == [0.0, 1.02]
    square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
    assert inside(np.array([[1.0, 1.0], [3.0, 1.0], [-1.0, 1.0]]), square).tolist() == [True, False, False]
