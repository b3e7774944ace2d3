"""Near misses: too little time to collision, or a place left too late; and what is none."""

import math

import pytest
from event_samples import EAST, NORTH, WEST, Mover, at, changing, going, scenario, walker

from roadmark.events import detect_events


def near(*movers, seconds=6.0, fps=20):
    return [event for event in detect_events(scenario(movers, seconds, fps)) if event.category == "near_miss"]


def braking_to(gap, speed, rate):
    """Emergency braking at `rate` from `speed` to a stop with `gap` metres left to a box whose rear is at x = 58."""
    way = speed**2 / (2.0 * rate)
    start = (58.0 - gap - 2.0 - way) / speed
    return changing(0.0, 0.0, EAST, speed, start, -rate)


def test_emergency_braking_behind_a_standing_car():
    (event,) = near(Mover(1, braking_to(0.5, 14.0, 8.0)), Mover(2, at(60.0, 0.0)))
    assert [(p.actor_id, p.role) for p in event.participants] == [(1, "approaching"), (2, "leading")]
    # At t seconds before the stop: speed 8 t, gap 0.5 + 4 t2, time to collision 0.5 / (8 t) + t / 2, least for
    # t = sqrt(1 / 8); the frames are 0.05 s apart.
    t = math.sqrt(1.0 / 8.0)
    assert event.measures["time_to_collision"] == pytest.approx(0.5 / (8.0 * t) + 0.5 * t, abs=0.02)
    # needed: (8 t)2 / (2 (0.5 + 4 t2)), greatest where braking begins, t = 14 / 8
    assert event.measures["needed_braking"] == pytest.approx(14.0**2 / (2.0 * (0.5 + 4.0 * 1.75**2)), abs=0.6)
    assert event.measures["closest"] == pytest.approx(0.5, abs=0.01)


def test_ordinary_braking_behind_a_standing_car_is_none():
    assert near(Mover(1, braking_to(2.0, 14.0, 5.0)), Mover(2, at(60.0, 0.0))) == []


def test_a_car_that_brakes_for_one_that_crosses():
    # 1 would reach the crossing one's path in 0.7 s when it begins to brake; the other takes 3 s to clear it.
    braking = changing(0.0, 0.0, EAST, 13.0, 1.5, -8.5)
    crosses = going(33.0, -5.0, NORTH, 2.5)
    (event,) = near(Mover(1, braking), Mover(2, crosses))
    assert set(event.actor_ids) == {1, 2}
    assert event.participants[0].role == "intruding"
    assert event.actor_ids[0] == 2


def test_a_car_that_yields_gently_is_none():
    # stops 3 m before the path of one that crosses at speed
    yields = changing(0.0, 0.0, EAST, 10.0, 1.0, -2.5)  # 10 + 20 m, front at 32
    assert near(Mover(1, yields), Mover(2, going(36.0, -40.0, NORTH, 14.0))) == []


def test_leaving_a_place_just_in_time():
    # 1 clears the crossing at 0.5 s before 2 comes: its rear (x - 2) passes x = 31 at 33 / 10 s, 2's front comes to
    # y = -1 after 3.8 s.
    one, two = Mover(1, going(0.0, 0.0, EAST, 10.0)), Mover(2, going(30.0, -1.0 - 2.0 - 3.8 * 10.0, NORTH, 10.0))
    (event,) = near(one, two)
    assert event.measures["post_encroachment"] == pytest.approx(0.5, abs=0.051)
    later = Mover(2, going(30.0, -1.0 - 2.0 - 4.2 * 10.0, NORTH, 10.0))  # 0.9 s
    assert near(one, later) == []


def test_who_touches_does_not_miss():
    assert near(Mover(1, going(0.0, 0.0, EAST, 12.0)), Mover(2, at(40.0, 0.0))) == []


def test_oncoming_traffic_is_none():
    movers = [Mover(1, going(0.0, -1.75, EAST, 15.0)), Mover(2, going(60.0, 1.75, WEST, 15.0))]
    assert near(*movers) == []


def test_oncoming_traffic_in_a_bend_is_none():
    # straight on, each would be in the other's lane within a second
    def bend(radius, speed, sign):
        def course(t):
            angle = sign * (speed * t / radius - 1.0)
            return radius * math.sin(angle), -radius * math.cos(angle), angle if sign > 0 else angle + math.pi

        return course

    assert near(Mover(1, bend(18.25, 8.0, 1)), Mover(2, bend(21.75, 8.0, -1))) == []


def test_swerving_round_a_pedestrian():
    def swerve(t):
        # 12 m/s; between 2.0 and 3.0 s 3 m to the left as a raised cosine: lateral up to 3 / 2 pi2 = 14.8 m/s2
        share = min(max(t - 2.0, 0.0), 1.0)
        y = 1.5 * (1.0 - math.cos(math.pi * share))
        slope = 1.5 * math.pi * math.sin(math.pi * share) / 12.0
        return 12.0 * t, y, math.atan(slope)

    events = near(Mover(1, swerve), walker(2, at(37.0, 0.0)))
    assert [event.actor_ids for event in events] == [(1, 2)]
    assert events[0].participants[1].role == "pedestrian"


def test_a_pedestrian_who_waits_at_the_kerb_is_none():
    waits = changing(20.0, -4.2, NORTH, 1.4, 1.0, -2.0)  # stops at y = -4.2 + 1.4 + 0.49
    assert near(Mover(1, going(0.0, 0.0, EAST, 14.0)), walker(2, waits)) == []


def test_queues_are_none():
    # a column that pulls up behind a standing car with 2 m gaps, each braking at 2.5 m/s2
    def pulls_up(place, number):
        v = 10.0
        way = v * v / 5.0
        start = 1.0 + 1.2 * number
        return changing(place - way - v * start, 0.0, EAST, v, start, -2.5)

    movers = [Mover(9, at(100.0, 0.0)), *(Mover(k, pulls_up(100.0 - 6.0 * k, k)) for k in range(1, 5))]
    assert near(*movers, seconds=12.0) == []
