"""Who has green when, on real maps and on a junction made by hand."""

from functools import cache

import numpy as np
import pytest

from roadmark.maps import load_opendrive
from roadmark.scenario import SignalState
from roadmark.traffic import SignalProgram, WalkProgram, plan_signals
from roadmark.traffic.build import build_network
from roadmark.traffic.signal_programs import ALL_RED, YELLOW, conflicting

TOWNS = ("Town01", "Town04", "Town10HD")
TIMES = np.arange(0.0, 300.0, 0.1) + 0.037  # off the changes, which are on tenths
RED, AMBER, GO = SignalState.RED, SignalState.YELLOW, SignalState.GREEN


@cache
def network(folder, town):
    return build_network(load_opendrive(folder / f"carla/xodr/{town}.xodr"))


@pytest.fixture(params=TOWNS)
def town(request, data_dir):
    return network(data_dir, request.param)


def test_every_light_has_a_program(town):
    plan = plan_signals(town, np.random.default_rng(0))
    assert set(plan.programs) == {signal.id for signal in town.road_map.signals if signal.dynamic}
    for program in plan.programs.values():
        assert {int(state) for state in np.unique(program.states(TIMES))} == {RED, AMBER, GO}
        green, yellow, red = program.durations
        assert 10.0 <= green <= 20.0
        assert yellow == YELLOW
        assert green + yellow + red == pytest.approx(program.cycle)


def test_conflicting_lights_never_have_green_or_yellow_together(town):
    plan = plan_signals(town, np.random.default_rng(1))
    live = {name: program.states(TIMES) != RED for name, program in plan.programs.items()}
    pairs = 0
    for lane in town.lanes:
        for conflict in lane.conflicts:
            one, other = lane.signal, town.lanes[conflict.lane].signal
            if one is not None and other is not None and one != other and conflicting(town, lane.index, conflict.lane):
                pairs += 1
                assert not (live[one] & live[other]).any()
    assert pairs > 20


def test_all_is_red_between_two_greens(town):
    plan = plan_signals(town, np.random.default_rng(2))
    for junction in {lane.junction for lane in town.lanes if lane.signal is not None}:
        names = {lane.signal for lane in town.lanes if lane.junction == junction and lane.signal is not None}
        live = np.any([plan.states(name, TIMES) != RED for name in names], axis=0)
        stops = np.flatnonzero(live[:-1] & ~live[1:])
        starts = np.flatnonzero(~live[:-1] & live[1:])
        for stop in stops[:-1]:
            assert starts[starts > stop][0] - stop >= round(ALL_RED / 0.1) - 1


def test_people_cross_only_where_the_traffic_straight_over_the_crosswalk_has_red(town):
    plan = plan_signals(town, np.random.default_rng(3))
    if not town.crosswalks:
        assert not plan.walks
    for number, walk in plan.walks.items():
        people = walk.remaining(TIMES) > 0.0
        assert people.any()
        assert not people.all()
        for lane in town.lanes:
            if lane.turn == "straight" and lane.signal is not None and number in {c.crosswalk for c in lane.crossings}:
                assert (plan.states(lane.signal, TIMES)[people] == RED).all()


def test_the_same_seed_gives_the_same_plan_and_another_does_not(data_dir):
    one, same, other = (plan_signals(network(data_dir, "Town10HD"), np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert one.programs == same.programs
    assert one.programs != other.programs


def test_elapsed_counts_from_the_last_change_over_the_seam_of_the_cycle():
    program = SignalProgram(30.0, 0.0, ((0.0, RED), (10.0, GO), (20.0, AMBER), (23.0, RED)), (10.0, 3.0, 17.0))
    assert program.elapsed([10.0, 19.0, 21.0, 29.0, 33.0]).tolist() == [0.0, 9.0, 1.0, 6.0, 10.0]


def test_time_left_to_cross():
    walk = WalkProgram(50.0, 5.0, ((10.0, 30.0),))
    assert walk.remaining([0.0, 5.0, 20.0, 25.0, 60.0]).tolist() == [0.0, 20.0, 5.0, 0.0, 15.0]
