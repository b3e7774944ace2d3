"""The audit: overlaps, impossible motion, traffic off its lanes; and what is in order."""

import math

import pytest
from event_samples import EAST, NORTH, WEST, Mover, at, changing, crossing, going, scenario, street, walker

from roadmark.events import MotionLimits, audit

EASTWARD, WESTWARD = -1.75, 1.75


def kinds(movers, seconds, road_map=None, fps=30, **options):
    return [(one.kind, one.actor_ids) for one in audit(scenario(movers, seconds, fps), road_map, **options)]


def test_quiet_traffic_is_in_order():
    movers = [
        Mover(1, changing(10.0, EASTWARD, EAST, 12.0, 1.0, -4.8)),
        Mover(3, going(190.0, WESTWARD, WEST, 13.0)),
        Mover(4, at(30.0, -4.6)),
        walker(5, going(20.0, -5.0, EAST, 1.4)),
        walker(6, going(61.5, -5.0, NORTH, 1.4), start=6.0),
    ]
    assert kinds(movers, 9.0, street(crosswalk=60.0)) == []


def test_overlaps_that_are_no_collision():
    still = [Mover(1, at(0.0, 0.0)), Mover(2, at(3.0, 0.0))]
    assert kinds(still, 1.0) == [("overlap", (1, 2))]
    people = [walker(1, going(0.0, 0.0, EAST, 1.0)), walker(2, going(3.0, 0.0, WEST, 1.0))]
    assert kinds(people, 4.0) == [("overlap", (1, 2))]


def test_collisions_are_in_order_unless_nobody_knows_of_them():
    movers = [Mover(1, going(0.0, 0.0, EAST, 10.0)), Mover(2, at(20.0, 0.0))]
    assert kinds(movers, 3.0) == []
    assert kinds(movers, 3.0, events=[]) == [("overlap", (1, 2))]


@pytest.mark.parametrize(
    ("rate", "found"), [(-5.0, []), (-5.5, [("braking", (1,))]), (3.0, []), (3.5, [("acceleration", (1,))])]
)
def test_accelerations_have_limits(rate, found):
    until = 0.0 if rate < 0 else 20.0
    assert kinds([Mover(1, changing(0.0, 0.0, EAST, 11.0, 2.0, rate, until))], 6.0) == found


@pytest.mark.parametrize(("speed", "found"), [(8.9, []), (9.3, [("lateral", (1,))])])
def test_bends_have_a_limit(speed, found):
    # speed squared over 20 m: 3.96 and 4.32 m/s2
    def bend(t):
        angle = speed * t / 20.0
        return 20.0 * math.sin(angle), -20.0 * math.cos(angle), angle

    assert kinds([Mover(1, bend)], 4.0) == found


def test_actors_of_events_have_wider_limits_and_wrecks_none():
    stops = [Mover(1, changing(0.0, 0.0, EAST, 14.0, 1.0, -8.5))]
    assert kinds(stops, 5.0) == []  # a sudden stop
    assert kinds(stops, 5.0, events=[]) == [("braking", (1,))]
    assert kinds(stops, 5.0, limits=MotionLimits(incident_braking=7.0)) == [("braking", (1,))]
    hits = [Mover(1, lambda t: (min(10.0 * t, 16.2), 0.0, 0.0)), Mover(2, at(20.0, 0.0))]
    assert kinds(hits, 4.0) == []


def test_jumps_and_spins():
    jumping = [Mover(1, lambda t: (5.0 * t + (20.0 if t > 1.01 else 0.0), 0.0, 0.0))]
    assert ("jump", (1,)) in kinds(jumping, 2.0)
    spinning = [Mover(1, lambda t: (5.0 * t, 0.0, 0.0 if t < 1.01 else 1.0))]
    assert ("jump", (1,)) in kinds(spinning, 2.0)
    running = [walker(1, going(0.0, 0.0, EAST, 12.0))]
    assert ("jump", (1,)) in kinds(running, 0.5)


@pytest.mark.parametrize(
    ("y", "found"),
    [
        (EASTWARD, []),
        (-1.0 + 0.28, []),  # its left side is 0.28 m in the other lane
        (-1.0 + 0.33, [("off_lane", (1,))]),
        (-3.5 + 1.0 - 0.28, []),
        (-3.5 + 1.0 - 0.33, [("off_lane", (1,))]),  # on the shoulder
        (-6.0, [("off_lane", (1,))]),
        (-30.0, [("off_lane", (1,))]),
    ],
)
def test_vehicles_keep_to_lanes_of_their_direction(y, found):
    assert kinds([Mover(1, going(20.0, y, EAST, 10.0))], 4.0, street()) == found


def test_bicycles_may_use_the_shoulder_and_junctions_are_free():
    cyclist = Mover(1, going(20.0, -3.5, EAST, 5.0), "vehicle.bh.crossbike", None)
    assert kinds([cyclist], 4.0, street()) == []
    assert kinds([Mover(1, going(-40.0, -1.75, EAST, 10.0))], 7.0, crossing()) == []


@pytest.mark.parametrize(("y", "found"), [(-3.4, []), (-3.15, [("off_lane", (9,))]), (-1.0, [("off_lane", (9,))])])
def test_walkers_keep_off_the_road(y, found):
    assert kinds([walker(9, going(20.0, y, EAST, 1.4))], 4.0, street()) == found


def test_a_violation_says_what_it_is():
    (one,) = audit(scenario([Mover(1, at(0.0, 0.0)), Mover(2, at(3.5, 0.0))], 1.0), None)
    assert str(one) == "overlap of 1 and 2 from 0.00 to 1.00 s: 0.5 metres of overlap"


def test_nobody_is_in_order():
    assert audit(scenario([], 1.0), street()) == []
