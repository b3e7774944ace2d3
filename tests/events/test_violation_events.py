"""Violations on a street and a crossing: exact times, and negatives just below each threshold."""

import math
from itertools import pairwise

import numpy as np
import pytest
from event_samples import EAST, NORTH, WEST, Mover, at, changing, crossing, going, scenario, street, walker

from roadmark.events import detect_events
from roadmark.scenario import Actor, ActorKind, SignalState

EASTWARD, WESTWARD = -1.75, 1.75
"""Middles of the street's lanes."""


def found(kind, movers, seconds, road_map, fps=20, **options):
    return [e for e in detect_events(scenario(movers, seconds, fps, **options), road_map) if e.category == kind]


def course(*points):
    """Through (second, x, y, heading) points, straight in between."""

    def at_time(t):
        for (t0, *a), (t1, *b) in pairwise(points):
            if t <= t1:
                share = min(max((t - t0) / (t1 - t0), 0.0), 1.0)
                return tuple(p + share * (q - p) for p, q in zip(a, b, strict=True))
        return tuple(points[-1][1:])

    return at_time


# wrong way


def test_driving_against_the_lane():
    movers = [Mover(1, going(150.0, EASTWARD, WEST, 10.0)), Mover(2, going(20.0, EASTWARD, EAST, 10.0), until=3.0)]
    (event,) = found("wrong_way", movers, 5.0, street())
    assert event.actor_ids == (1,)
    assert (event.start, event.end) == (0.0, 5.0)
    assert event.measures["length"] == pytest.approx(50.0, abs=1.0)
    assert event.place.lane == "1_0_-1"


@pytest.mark.parametrize(("seconds", "count"), [(1.9, 0), (2.3, 1)])
def test_wrong_way_takes_more_than_two_seconds(seconds, count):
    # on the wrong side from 2 s on, for so long
    into = course((0, 150, WESTWARD, WEST), (2, 130, WESTWARD, WEST), (2.05, 129.5, EASTWARD, WEST),
                  (2.0 + seconds, 130 - 10 * seconds, EASTWARD, WEST),
                  (2.05 + seconds, 129.5 - 10 * seconds, WESTWARD, WEST), (8, 60, WESTWARD, WEST))  # fmt: skip
    assert len(found("wrong_way", [Mover(1, into)], 7.0, street(), fps=30)) == count


def test_wrong_way_takes_more_than_ten_metres():
    assert found("wrong_way", [Mover(1, going(150.0, EASTWARD, WEST, 2.4))], 4.0, street()) == []
    assert len(found("wrong_way", [Mover(1, going(150.0, EASTWARD, WEST, 2.7))], 4.0, street())) == 1


def test_reversing_and_junctions_are_no_wrong_way():
    reverses = [Mover(1, lambda t: (150.0 - 5.0 * t, EASTWARD, EAST))]
    assert found("wrong_way", reverses, 6.0, street()) == []
    # across the junction from west to east, on the wrong side for its 28 m
    inside = Mover(2, going(-13.0, 1.75, EAST, 6.0), until=4.2)
    assert found("wrong_way", [inside], 4.2, crossing()) == []


def test_a_wreck_that_slides_into_the_other_lane_drives_nobodys_way():
    def hit(t):
        return (60.0 + 10.0 * t, EASTWARD, EAST) if t < 1.0 else (70.0 + 6.0 * (t - 1.0), WESTWARD, EAST)

    movers = [Mover(1, hit), Mover(2, at(73.0, EASTWARD))]
    events = detect_events(scenario(movers, 6.0), street())
    assert {event.category for event in events} == {"collision"}


# sudden stop


@pytest.mark.parametrize(("braking", "count"), [(5.8, 0), (6.3, 1), (8.0, 1)])
def test_emergency_braking_to_a_stop(braking, count):
    events = found("sudden_stop", [Mover(1, changing(0.0, 0.0, EAST, 14.0, 2.0, -braking))], 8.0, None)
    assert len(events) == count
    for event in events:
        assert event.start == pytest.approx(2.0, abs=0.2)
        assert event.end == pytest.approx(2.0 + 14.0 / braking, abs=0.15)
        assert event.measures["braking"] == pytest.approx(braking, abs=0.1)
        assert event.measures["speed"] == pytest.approx(14.0, abs=1.0)


def test_hard_braking_that_does_not_end_in_a_stop_or_comes_from_crawling_is_none():
    assert found("sudden_stop", [Mover(1, changing(0.0, 0.0, EAST, 14.0, 2.0, -8.0, until=5.0))], 8.0, None) == []
    assert found("sudden_stop", [Mover(1, changing(0.0, 0.0, EAST, 3.5, 2.0, -8.0))], 8.0, None) == []


def test_a_stop_by_collision_is_no_sudden_stop():
    movers = [Mover(1, changing(0.0, 0.0, EAST, 14.0, 2.0, -8.0)), Mover(2, at(38.0, 0.0))]
    assert {event.category for event in detect_events(scenario(movers, 6.0))} == {"collision"}


# stalled vehicle and blocked junction


@pytest.mark.parametrize(("stands", "count"), [(5.7, 0), (6.6, 1)])
def test_standing_on_a_free_lane(stands, count):
    # stops at 4 s (10 m/s, 2.5 m/s2 from 0 s on) and is gone after standing for so long
    stops = changing(40.0, EASTWARD, EAST, 10.0, 0.0, -2.5)
    events = found("stalled_vehicle", [Mover(1, stops, until=4.0 + stands)], 12.0, street())
    assert len(events) == count
    for event in events:
        assert event.start == pytest.approx(4.0, abs=0.2)
        assert event.end == pytest.approx(4.0 + stands, abs=0.1)
        assert not event.measures["since_before"]


def test_queues_parking_and_junctions_explain_why_somebody_stands():
    queue = [Mover(1, at(60.0, EASTWARD)), Mover(2, at(54.0, EASTWARD)), Mover(3, at(45.0, EASTWARD))]
    assert [event.actor_ids for event in found("stalled_vehicle", queue, 8.0, street())] == [(1,)]
    beside = [Mover(1, at(60.0, -4.5))]  # its middle is on the sidewalk
    assert found("stalled_vehicle", beside, 8.0, street()) == []
    # fronts 14 and 16 m before the line of the light at 18.5 m
    for front, count in ((18.5 + 14.0, 0), (18.5 + 16.0, 1)):
        waits = [Mover(1, at(front + 2.0, 1.75, WEST))]
        assert len(found("stalled_vehicle", waits, 8.0, crossing())) == count


def test_vehicles_parked_beside_the_lane_are_not_in_the_way():
    # the middle of its box is on the sidewalk, its side 0.3 m in the lane
    movers = [Mover(1, at(60.0, EASTWARD)), Mover(2, at(68.0, -4.2))]
    assert [event.actor_ids for event in found("stalled_vehicle", movers, 8.0, street())] == [(1,)]


def test_who_waits_for_a_wrong_way_driver_is_not_stalled():
    movers = [Mover(1, at(60.0, EASTWARD)), Mover(2, going(118.0, EASTWARD, WEST, 6.0))]
    assert found("stalled_vehicle", movers, 8.0, street()) == []


def test_who_stands_after_a_fright_is_not_stalled():
    stops = changing(0.0, EASTWARD, EAST, 14.0, 2.0, -8.0)
    assert [event.kind for event in detect_events(scenario([Mover(1, stops)], 14.0), street())] == ["sudden_stop"]


def test_waiting_for_someone_who_crosses_is_no_stall():
    movers = [Mover(1, at(60.0, EASTWARD)), walker(2, at(66.0, -3.8))]
    assert found("stalled_vehicle", movers, 8.0, street()) == []


def test_wrecks_do_not_stall():
    movers = [Mover(1, course((0, 40, EASTWARD, 0), (2, 58.1, EASTWARD, 0))), Mover(2, at(62.0, EASTWARD))]
    events = detect_events(scenario(movers, 12.0), street())
    assert [event.kind for event in events] == ["rear_end"]


@pytest.mark.parametrize(("stands", "count"), [(4.7, 0), (5.4, 1)])
def test_standing_in_a_junction(stands, count):
    stops = changing(30.0, 1.75, WEST, 10.0, 0.8, -2.5)  # 30 - 8 - 20 = 2, at 4.8 s
    events = found("blocked_junction", [Mover(1, stops, until=4.8 + stands)], 12.0, crossing())
    assert len(events) == count
    for event in events:
        assert event.start == pytest.approx(4.8, abs=0.2)
        assert event.place.junction == "100"
        assert found("stalled_vehicle", [Mover(1, stops)], 12.0, crossing()) == []


def test_who_stands_behind_waits_in_the_same_event_and_a_wreck_blocks_nobody():
    movers = [
        Mover(1, changing(30.0, 1.75, WEST, 10.0, 0.8, -2.5)),
        Mover(2, changing(38.0, 1.75, WEST, 10.0, 1.0, -2.5)),
    ]
    (event,) = found("blocked_junction", movers, 14.0, crossing())
    assert [(p.actor_id, p.role) for p in event.participants] == [(1, "violator"), (2, "waiting")]
    wreck = [
        Mover(1, course((0, 8, 1.75, WEST), (1, 3.9, 1.75, WEST), (20, 3.9, 1.75, WEST))),
        Mover(2, at(0.0, 1.75, WEST)),
        Mover(3, changing(30.0, 1.75, WEST, 8.0, 0.5, -2.0)),
    ]
    assert [event.kind for event in detect_events(scenario(wreck, 14.0), crossing())] == ["rear_end"]


# speeding


@pytest.mark.parametrize(("speed", "count"), [(10.0 * 1.25 + 1.9, 0), (10.0 * 1.25 + 2.1, 1)])
def test_speeding_starts_a_quarter_and_two_metres_per_second_over_the_limit(speed, count):
    events = found("speeding", [Mover(1, going(0.0, EASTWARD, EAST, speed))], 4.0, street(limit=10.0))
    assert len(events) == count
    for event in events:
        assert event.measures == {"speed": pytest.approx(speed, abs=1e-3), "limit": 10.0}


def test_a_moment_of_speeding_is_none_and_unknown_limits_are_nobodys():
    quick = changing(0.0, EASTWARD, EAST, 15.4, 0.9, -3.0, until=8.0)  # above 14.5 until 1.2 s: one frame too few
    assert found("speeding", [Mover(1, quick, start=0.3)], 4.0, street(limit=10.0)) == []
    assert found("speeding", [Mover(1, going(0.0, EASTWARD, EAST, 50.0))], 3.0, street(limit=None)) == []


def test_signs_of_the_map_and_of_the_recording_set_limits():
    sign = (
        '<signals><signal id="7" name="Speed" type="274" subtype="30" value="30" unit="km/h" s="60" t="-5" '
        'dynamic="no" orientation="+" zOffset="2" hOffset="0" country="DE" height="0.6" width="0.6"/></signals>'
    )
    driver = [Mover(1, going(10.0, EASTWARD, EAST, 13.0)), Mover(2, going(150.0, WESTWARD, WEST, 13.0))]
    (event,) = found("speeding", driver, 8.0, street(limit=13.9, extra=sign))
    # its middle passes the sign at 50 / 13 s; lanes are looked up every quarter of a second
    assert (event.actor_ids, event.start) == ((1,), pytest.approx(50.0 / 13.0, abs=0.3))
    assert event.measures["limit"] == pytest.approx(30.0 / 3.6, abs=1e-3)
    recorded = scenario(driver, 8.0)
    place = Actor(50, ActorKind.TRAFFIC_SIGN, "traffic.speed_limit.30", spawn_position=np.array([60.0, -5.0, 0.0]))
    recorded.actors[50] = place
    (event,) = [one for one in detect_events(recorded, street()) if one.category == "speeding"]
    assert (event.actor_ids, event.start) == ((1,), pytest.approx(50.0 / 13.0, abs=0.5))


# illegal turns


def turn_of(radius, x, y, start, sign, speed, before):
    """Straight for `before` metres, then on an arc until `sign` times `start` radians have been turned, then on."""

    def at_time(t):
        s = speed * t
        if s < before:
            return x + s, y, 0.0
        angle = min((s - before) / radius, start)
        rest = s - before - radius * start if (s - before) / radius > start else 0.0
        px = x + before + radius * math.sin(angle) + rest * math.cos(angle)
        py = y + sign * radius * (1.0 - math.cos(angle)) + rest * sign * math.sin(angle)
        return px, py, sign * angle

    return at_time


def test_a_u_turn_on_a_street():
    # 20 m at 4 m/s, then a half circle into the other lane
    turns = turn_of(1.75, 50.0, EASTWARD, math.pi, 1, 4.0, 20.0)
    (event,) = found("illegal_turn", [Mover(1, turns)], 12.0, street())
    assert event.sub_category == "u_turn"
    # 15 degrees are turned 1.75 * 0.26 / 4 s after 20 / 4 s
    assert event.start == pytest.approx(5.0 + 1.75 * math.radians(15.0) / 4.0, abs=0.1)
    assert event.measures["turned"] == pytest.approx(180.0, abs=50.0)
    assert found("wrong_way", [Mover(1, turns)], 12.0, street()) == []


@pytest.mark.parametrize(("sign", "radius"), [(1, 15.75), (-1, 12.25)])
def test_turns_that_the_lane_has_are_none(sign, radius):
    turns = turn_of(radius, -44.0, -1.75, math.pi / 2, sign, 7.0, 30.0)
    assert found("illegal_turn", [Mover(1, turns)], 12.0, crossing()) == []
    straight = Mover(1, going(-44.0, -1.75, EAST, 8.0))
    assert found("illegal_turn", [straight], 9.0, crossing()) == []


def test_turning_back_in_a_junction_is_one():
    turns = turn_of(1.75, -44.0, -1.75, math.pi, 1, 5.0, 40.0)  # round at x = -4, in the junction
    (event,) = found("illegal_turn", [Mover(1, turns)], 20.0, crossing())
    assert event.sub_category == "u_turn"
    assert (event.measures["from_road"], event.measures["to_road"]) == ("3", "3")


def test_a_turn_that_no_connection_of_the_lane_allows(monkeypatch):
    from roadmark.events.streets import Streets

    town = crossing()
    only_straight = {key: {("1", 1)} if key[0] == "3" else roads for key, roads in Streets(town).connections.items()}
    monkeypatch.setattr(Streets, "connections", only_straight)
    turns = turn_of(15.75, -44.0, -1.75, math.pi / 2, 1, 7.0, 30.0)
    (event,) = found("illegal_turn", [Mover(1, turns)], 12.0, town)
    assert event.sub_category == "left"
    assert event.caption == "Vehicle 1 turns left from a lane that does not."


def test_driving_a_road_the_wrong_way_is_no_turn_onto_the_next(monkeypatch):
    from roadmark.events.streets import Streets

    town = crossing()
    nowhere = {key: {("9", 1)} for key in Streets(town).connections}
    monkeypatch.setattr(Streets, "connections", nowhere)
    straight = course((0, -44, -1.75, 0), (9, 44, -1.75, 0))
    assert len(found("illegal_turn", [Mover(1, straight)], 9.0, town)) == 1
    # off the western arm, up the wrong side of the northern one, over the grass, and on along the eastern one
    strays = course((0, -44, -1.75, 0), (4, -12, -1.75, 0), (6, -1.75, 14, 1.57), (10, -1.75, 50, 1.57),
                    (10.1, -1.7, 50, 0), (12, 20, 50, 0), (15, 50, 20, -0.78),
                    (17, 60, -1.75, 0), (20, 90, -1.75, 0))  # fmt: skip
    kinds = [event.kind for event in detect_events(scenario([Mover(1, strays)], 20.0), town)]
    assert "wrong_way" in kinds
    assert "illegal_turn" not in kinds


# jaywalking


def test_crossing_away_from_a_crosswalk():
    # on lanes from y = -3.5 (1.5 s) to 3.5 (6.5 s) at 1.4 m/s from y = -5.6
    (event,) = found("jaywalk", [walker(9, going(50.0, -5.6, NORTH, 1.4))], 9.0, street(crosswalk=60.0))
    assert event.start == pytest.approx(1.5, abs=0.3)
    assert event.end == pytest.approx(6.5, abs=0.3)
    assert event.participants[0].role == "violator"


@pytest.mark.parametrize(("x", "count"), [(56.9, 1), (57.1, 0), (61.5, 0), (65.9, 0), (66.1, 1)])
def test_three_metres_around_a_crosswalk_count_as_it(x, count):
    # the crosswalk covers x from 60 to 63
    assert len(found("jaywalk", [walker(9, going(x, -5.6, NORTH, 1.4))], 9.0, street(crosswalk=60.0))) == count


def test_sidewalks_and_a_step_off_the_kerb_are_no_jaywalking():
    stroll = walker(1, going(20.0, -5.0, EAST, 1.4))
    step = walker(2, course((0, 40, -5, 0), (2, 40, -2.4, 0), (4, 40, -5, 0)))
    along = walker(3, going(80.0, -3.2, EAST, 1.4))
    assert found("jaywalk", [stroll, step, along], 8.0, street()) == []


def test_a_jaywalker_who_is_hit_is_the_cause():
    person = walker(9, going(60.0, -5.6, NORTH, 1.4))
    events = detect_events(scenario([person, Mover(1, going(20.0, EASTWARD, EAST, 14.0))], 6.0), street())
    assert [event.kind for event in events] == ["jaywalk", "pedestrian_collision"]
    walk, crash = events
    assert crash.cause == "crossed the road away from a crosswalk"
    assert [(p.actor_id, p.role) for p in crash.participants] == [(9, "pedestrian"), (1, "striking")]
    assert walk.end == pytest.approx(crash.contact, abs=0.1)


def test_quiet_traffic_has_no_events():
    movers = [
        Mover(1, going(10.0, EASTWARD, EAST, 13.0)),
        Mover(2, going(-10.0, EASTWARD, EAST, 13.0)),
        Mover(3, going(190.0, WESTWARD, WEST, 13.0)),
        walker(4, going(20.0, -5.0, EAST, 1.4)),
        walker(5, going(61.5, -5.0, NORTH, 1.4), start=6.0),
    ]
    assert detect_events(scenario(movers, 12.0), street(crosswalk=60.0)) == []


def test_an_empty_scenario_has_no_events():
    assert detect_events(scenario([], 1.0), street()) == []
    lonely = scenario([Mover(1, at(0.0, 0.0))], 0.0, lights={(18.5, 4.6): lambda t: SignalState.RED})
    assert detect_events(lonely, crossing()) == []
