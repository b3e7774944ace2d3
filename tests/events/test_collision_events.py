"""Collisions: the exact moment, the kind, who ran into whom."""

import math

import numpy as np
import pytest
from event_samples import EAST, NORTH, SOUTH, WEST, Mover, at, changing, going, scenario, walker
from hypothesis import given
from hypothesis import strategies as st

from roadmark.events import detect_events
from roadmark.scenario import Collision


def only(events):
    (event,) = events
    return event


def collision(*movers, seconds=4.0, fps=20, **options):
    return only([e for e in detect_events(scenario(movers, seconds, fps, **options)) if e.category == "collision"])


def test_rear_end():
    # 36 m between the boxes' facing sides at 12 m/s: contact at 3 s; the struck one stands.
    event = collision(Mover(1, going(0.0, 0.0, EAST, 12.0)), Mover(2, at(40.0, 0.3)))
    assert event.sub_category == event.kind == "rear_end"
    assert event.contact == pytest.approx(3.0, abs=1e-6)
    assert [(p.actor_id, p.role) for p in event.participants] == [(1, "striking"), (2, "struck")]
    assert event.measures["faces"] == ["front", "rear"]
    assert event.measures["closing_speed"] == pytest.approx(12.0, abs=0.01)
    assert event.cause == "did not brake in time"
    assert event.caption == "Vehicle 1 runs into the back of vehicle 2."
    assert not event.measures["recorded"]


def test_side_collision_between_two_frames():
    # The front of 1 (2 m ahead) reaches the side of 2 (x = 9) after 7 m at 10 m/s: 0.7 s, between two frames.
    event = collision(
        Mover(1, going(0.0, 0.0, EAST, 10.0)), Mover(2, going(10.0, -2.8, NORTH, 4.0)), fps=4, seconds=2.0
    )
    assert event.sub_category == "side_collision"
    assert event.contact == pytest.approx(0.7, abs=1e-6)
    assert event.actor_ids == (1, 2)
    assert event.measures["faces"] == ["front", "left"]
    assert event.measures["heading_difference"] == pytest.approx(90.0)


def test_head_on():
    # 36 m between the fronts, closing at 18 m/s: 2 s. The faster one is said to strike.
    event = collision(Mover(1, going(0.0, 0.0, EAST, 6.0)), Mover(2, going(40.0, 0.8, WEST, 12.0)))
    assert (event.sub_category, event.actor_ids) == ("head_on", (2, 1))
    assert event.contact == pytest.approx(2.0, abs=1e-6)
    assert event.measures["relative_speed"] == pytest.approx(18.0)


@pytest.mark.parametrize(("degrees", "kind"), [(44.0, "rear_end"), (46.0, "side_collision")])
def test_rear_ends_end_at_45_degrees(degrees, kind):
    # 2 stands across by that much; 1 drives along 2's heading into the middle of its rear.
    turn = math.radians(degrees)
    push = math.radians(degrees)
    start = (-20.0 * math.cos(push), -20.0 * math.sin(push))

    def strikes(t):
        s = 10.0 * t
        return start[0] + s * math.cos(push), start[1] + s * math.sin(push), 0.0

    event = collision(Mover(1, strikes), Mover(2, at(0.0, 0.0, turn)))
    assert event.sub_category == kind


@pytest.mark.parametrize(
    ("mover", "kind", "role"),
    [
        (walker(2, at(20.0, 0.0)), "pedestrian_collision", "pedestrian"),
        (Mover(2, going(20.0, -2.0, NORTH, 1.0), "vehicle.bh.crossbike", None), "cyclist_collision", "cyclist"),
    ],
)
def test_people(mover, kind, role):
    event = collision(Mover(1, going(0.0, 0.0, EAST, 9.0)), mover)
    assert event.sub_category == kind
    assert [(p.actor_id, p.role) for p in event.participants] == [(1, "striking"), (2, role)]
    assert event.caption == f"Vehicle 1 hits {role} 2."


def test_the_walkers_box_is_the_catalogues():
    # the capsule is 0.3754 m wide: 20 - 2 - 0.1877 m at 9 m/s
    event = collision(Mover(1, going(0.0, 0.0, EAST, 9.0)), walker(2, at(20.0, 0.0)))
    assert event.contact == pytest.approx((20.0 - 2.0 - 0.1877) / 9.0, abs=1e-5)


def test_a_walker_who_runs_into_a_standing_car_is_still_the_pedestrian():
    event = collision(walker(2, going(0.0, 0.0, EAST, 2.0)), Mover(1, at(5.0, 0.0)))
    assert [(p.actor_id, p.role) for p in event.participants] == [(1, "striking"), (2, "pedestrian")]


def test_walkers_who_brush_past_each_other_are_no_event():
    people = [walker(1, going(0.0, 0.0, EAST, 1.0)), walker(2, going(3.0, 0.0, WEST, 1.0))]
    assert detect_events(scenario(people, 4.0)) == []


def test_passing_with_a_centimetre_to_spare_is_no_collision_and_a_centimetre_less_is_one():
    for y, found in ((2.01, 0), (1.99, 1)):
        events = detect_events(
            scenario([Mover(1, going(0.0, 0.0, EAST, 12.0)), Mover(2, going(30.0, y, WEST, 12.0))], 3.0)
        )
        assert len([event for event in events if event.category == "collision"]) == found, y


def test_a_contact_that_falls_between_two_frames_is_found():
    # Corners that brush: 30 m/s against 30 m/s at 5 frames per second are 12 m per frame; the overlap is 1 cm.
    events = detect_events(
        scenario([Mover(1, going(0.0, 0.0, EAST, 30.0)), Mover(2, going(41.0, 1.99, WEST, 30.0))], 2.0, fps=5)
    )
    event = only([event for event in events if event.category == "collision"])
    assert event.contact == pytest.approx((41.0 - 4.0) / 60.0, abs=1e-6)
    assert event.measures["contact_end"] == pytest.approx((41.0 + 4.0) / 60.0, abs=1e-6)
    assert event.measures["overlap"] > 0.0


def along(*points):
    """Drive along x through (second, metre) points."""
    times, places = zip(*points, strict=True)
    return lambda t: (float(np.interp(t, times, places)), 0.0, 0.0)


def test_rebounds_are_the_same_collision_and_a_later_one_is_another():
    # 10 cm into the other's rear at 16 m, 2 m back, and again into it
    for again, count in ((4.0, 1), (9.0, 2)):
        bounces = along((0.0, 0.0), (1.6, 16.1), (2.6, 14.0), (again - 1.0, 14.0), (again, 16.1))
        movers = [Mover(1, bounces), Mover(2, at(20.0, 0.0))]
        events = [e for e in detect_events(scenario(movers, again + 1.0)) if e.category == "collision"]
        assert len(events) == count, again


def test_actors_that_were_put_into_each_other_do_not_collide():
    still = scenario([Mover(1, at(0.0, 0.0)), Mover(2, at(1.0, 0.0))], 2.0)
    assert detect_events(still) == []
    moving = scenario([Mover(1, at(0.0, 0.0)), Mover(2, going(1.0, 0.0, EAST, 1.0))], 2.0)
    assert only(detect_events(moving)).contact == 0.0


def test_attached_actors_do_not_collide():
    movers = [Mover(1, going(0.0, 0.0, EAST, 10.0)), Mover(2, going(3.0, 0.0, EAST, 10.5), parent=1)]
    assert detect_events(scenario(movers, 2.0)) == []


def test_bridges_are_no_collisions():
    below = scenario([Mover(1, going(0.0, 0.0, EAST, 10.0)), Mover(2, going(20.0, -20.0, NORTH, 10.0))], 4.0)
    below.tracks[2].positions[:, 2] += 5.0
    assert detect_events(below) == []


def test_actors_that_were_never_there_at_the_same_time_do_not_collide():
    movers = [Mover(1, at(0.0, 0.0), until=1.0), Mover(2, going(-20.0, 0.0, EAST, 12.0), start=1.05)]
    assert detect_events(scenario(movers, 4.0)) == []


def test_the_event_is_over_when_both_stand():
    # Contact at 1.6 s; 1 then brakes at 5 m/s2 from 10 m/s: below 0.3 m/s from 1.6 + 9.7 / 5 = 3.54 s on.
    strikes = changing(0.0, 0.0, EAST, 10.0, 1.6, -5.0)
    event = collision(Mover(1, strikes), Mover(2, at(20.0, 0.0)), seconds=8.0)
    assert event.start == event.contact == pytest.approx(1.6, abs=1e-6)
    assert event.end == pytest.approx(3.54, abs=0.051)


def test_recorded_contacts_are_a_cross_check():
    recorded = (Collision((2, 1), 3.0, 3.2, 60, 64, ("vehicle", "vehicle")),)
    movers = (Mover(1, going(0.0, 0.0, EAST, 12.0)), Mover(2, at(40.0, 0.0)))
    assert collision(*movers, collisions=recorded).measures["recorded"]
    elsewhere = (Collision((2, 1), 1.0, 1.2, 20, 24, ("vehicle", "vehicle")),)
    assert not collision(*movers, collisions=elsewhere).measures["recorded"]


def test_a_pile_up_has_one_event_per_pair():
    # 1 reaches 2 at 16 m and pushes it 9 m on, into 3
    movers = [
        Mover(1, along((0.0, 0.0), (1.6, 16.1), (3.1, 25.1))),
        Mover(2, along((1.6, 20.0), (3.1, 29.1))),
        Mover(3, at(33.0, 0.0)),
    ]
    events = [e for e in detect_events(scenario(movers, 5.0)) if e.category == "collision"]
    assert [event.actor_ids for event in events] == [(1, 2), (2, 3)]


@given(
    heading=st.floats(-math.pi, math.pi),
    other=st.floats(-math.pi, math.pi),
    speed=st.floats(2.0, 20.0),
    aside=st.floats(-0.5, 0.5),
)
def test_the_boxes_touch_at_the_moment_of_contact_and_not_before(heading, other, speed, aside):
    """Checked with shapely, whose polygons know nothing of separating axes."""
    shapely = pytest.importorskip("shapely")
    from shapely import affinity

    start = (
        -12.0 * math.cos(heading) - aside * math.sin(heading),
        -12.0 * math.sin(heading) + aside * math.cos(heading),
    )
    striking = going(*start, heading, speed)
    events = detect_events(scenario([Mover(1, striking), Mover(2, at(0.0, 0.0, other))], 12.0 / speed, fps=10))
    event = only([event for event in events if event.category == "collision"])

    def box(pose):
        flat = shapely.box(-2.0, -1.0, 2.0, 1.0)
        return affinity.translate(affinity.rotate(flat, pose[2], (0, 0), use_radians=True), pose[0], pose[1])

    still = box((0.0, 0.0, other))
    assert box(striking(event.contact)).distance(still) < 1e-5
    assert box(striking(event.contact - 0.01)).distance(still) > 0.0


def test_southbound_and_everything_turned_gives_the_same():
    """Detection does not depend on the compass."""
    kinds = []
    for turn in np.linspace(0.0, 2.0 * math.pi, 9):
        c, s = math.cos(turn), math.sin(turn)
        one = going(-20.0 * c, -20.0 * s, turn, 10.0)
        two = going(14.0 * -s * -1.0, 14.0 * c * -1.0, turn + SOUTH + math.pi, 7.0)
        kinds.append(collision(Mover(1, one), Mover(2, two)).sub_category)
    assert set(kinds) == {"side_collision"}
