"""Questions about order and duration."""

import math
from dataclasses import replace

import numpy as np
import pytest
from happening_samples import BYSTANDERS, CAR, OTHER, THIRD, crash
from scene_samples import asked, course, event, scene

from roadmark.questions.facts.marked_moments import marked_moments
from roadmark.questions.families.temporal import TemporalFamily

FAMILY = TemporalFamily()
STOPS = course(THIRD, way=((0.0, 0.0, 30.0), (3.0, 30.0, 30.0)))
"""10 m/s, and stands from 3.0 s on."""
LATE, LATER = 31, 33


def enters(actor, at):
    """Comes into the picture from its left edge."""
    return course(actor, way=((0.0, 0.0, 50.0), (10.0, 100.0, 50.0)), seen=(at, 10.0), left=(0.0, 800.0))


def moments(shown):
    return {(it.clause, round(it.moment, 1)) for it in marked_moments(shown)}


def test_moments_are_events_and_what_marked_ones_do():
    assert moments(crash(enters(LATE, 6.0))) == {
        ("vehicle 9 comes to a stop", 3.0),
        ("vehicle 7 runs into the back of vehicle 9", 5.0),
        ("vehicle 7 comes to a stop", 5.0),
        ("vehicle 31 comes into view", 6.0),
    }


def test_who_pops_up_in_the_open_is_not_said_to_come_into_view():
    assert moments(scene(course(LATE, seen=(6.0, 10.0)))) == set()
    emerges = course(LATE, seen=(6.0, 10.0))
    visible = np.where(emerges.times < 6.3, 0.1, 1.0)
    assert moments(scene(replace(emerges, visible=visible))) == {("vehicle 31 comes into view", 6.3)}


def test_who_leaves_goes_out_of_view_at_the_edge():
    leaves = course(LATE, seen=(0.0, 4.0), left=(600.0, 1180.0))
    assert moments(scene(leaves)) == {("vehicle 31 goes out of view", 4.0)}


def test_order_of_two():
    shown = scene(STOPS, enters(LATE, 6.0))
    (first,), (last,) = asked(FAMILY, shown, "first"), asked(FAMILY, shown, "last")
    assert (first.truth, last.truth) == ("vehicle 12 comes to a stop", "vehicle 31 comes into view")
    assert first.facts["moments"] == {"vehicle 12 comes to a stop": 3.0, "vehicle 31 comes into view": 6.0}
    assert {one.answer for one in asked(FAMILY, shown, "before")} == {"Yes", "No"}
    yes = next(one for one in asked(FAMILY, shown, "before") if one.answer == "Yes")
    assert yes.text.index("vehicle 12") < yes.text.index("vehicle 31")


def test_order_of_three():
    shown = scene(STOPS, enters(LATE, 6.0), enters(LATER, 8.0))
    (order,) = asked(FAMILY, shown, "order")
    assert order.truth == "vehicle 12 comes to a stop; then vehicle 31 comes into view; then vehicle 33 comes into view"
    assert len(order.options) == 4


def test_what_is_less_than_a_second_apart_has_no_order():
    assert asked(FAMILY, scene(STOPS, enters(LATE, 3.9)), "first") == []
    assert len(asked(FAMILY, scene(STOPS, enters(LATE, 4.0)), "first")) == 1


def test_what_begins_slowly_needs_more():
    wrong_way = event("wrong_way", CAR, at=4.5, kind="wrong_way")  # people differ by a second
    drives = course(CAR, way=((0.0, 0.0, 0.0), (10.0, 80.0, 0.0)))
    assert asked(FAMILY, scene(STOPS, drives, events=(wrong_way,)), "first") == []
    later = event("wrong_way", CAR, at=5.1, kind="wrong_way")
    assert len(asked(FAMILY, scene(STOPS, drives, events=(later,)), "first")) == 1


def test_what_the_same_one_does_has_an_order_anyway():
    both = course(LATE, way=((0.0, 0.0, 50.0), (8.0, 80.0, 50.0)), seen=(3.0, 10.0), left=(0.0, 800.0))
    assert len(marked_moments(scene(both))) == 2
    assert asked(FAMILY, scene(both), "before") == []


def test_who_stops_and_appears_first():
    other = course(OTHER, way=((0.0, 0.0, 0.0), (6.0, 48.0, 0.0)))
    (first,) = asked(FAMILY, scene(STOPS, other), "first_stop")
    assert (first.truth, set(first.options)) == ("mark 12", {"mark 9", "mark 12"})
    (seen,) = asked(FAMILY, scene(enters(LATE, 2.0), enters(LATER, 4.0)), "first_seen")
    assert seen.truth == "mark 31"


def test_standing():
    assert [one.answer for one in asked(FAMILY, scene(STOPS), "standing")] == ["from 3.0 s to 10.1 s"]
    assert asked(FAMILY, scene(*BYSTANDERS), "standing") == []  # they never move: nothing to find
    fallen = replace(course(OTHER, "bicycle", way=((0.0, 0.0, 30.0), (3.0, 30.0, 30.0))), tilts=np.full(101, 1.5))
    assert asked(FAMILY, scene(fallen), "standing") == []


def test_an_event_lasts_from_its_start_to_its_end():
    brakes = course(CAR, way=((0.0, 0.0, 0.0), (5.0, 50.0, 0.0), (6.5, 57.5, 0.0)))
    stop = event("sudden_stop", CAR, at=5.0, lasts=1.5, kind="sudden_stop")
    (question,) = asked(FAMILY, scene(brakes, events=(stop,)), "event")
    assert question.answer == "from 5.0 s to 6.5 s"
    cut_off = event("sudden_stop", CAR, at=0.0, lasts=1.5, kind="sudden_stop")  # it had begun before the video
    assert asked(FAMILY, scene(brakes, events=(cut_off,)), "event") == []


def test_a_u_turn_is_timed_by_its_heading():
    turning = course(CAR, way=((0.0, 0.0, 0.0), (10.0, 50.0, 0.0)))
    # it turns by pi between 3 s and 6 s: 20 degrees are left behind after 1/9 of 3 s, and ahead 1/9 before its end
    headings = math.pi * np.clip((turning.times - 3.0) / 3.0, 0.0, 1.0)
    turn = event("illegal_turn", CAR, at=2.0, lasts=6.0, kind="illegal_turn", sub_category="u_turn")
    (question,) = asked(FAMILY, scene(replace(turning, headings=headings), events=(turn,)), "event")
    assert question.facts["start"] == pytest.approx(3.0 + 1.0 / 3.0, abs=0.1)
    assert question.facts["end"] == pytest.approx(6.0 - 1.0 / 3.0, abs=0.1)


def test_the_length_of_an_option_tells_nothing():
    # one event, of many words; before it, at 3 s, one car stops, and three after it
    stops = [
        course(40 + k, way=((0.0, 0.0, 60.0 + k), (at, 10.0 * at, 60.0 + k))) for k, at in enumerate((7.0, 8.0, 9.0))
    ]
    cars = (
        course(CAR, way=((0.0, 0.0, 0.0), (10.0, 80.0, 0.0))),
        course(OTHER, way=((0.0, 9.0, 0.0), (10.0, 89.0, 0.0))),
    )
    shown = scene(STOPS, *cars, *stops, events=(event("collision", CAR, OTHER, kind="head_on"),))
    pairs = [one for one in asked(FAMILY, shown, "first") if len(one.options) == 2 and "meet" in one.text]
    longest_first = [max(one.options, key=len) == one.truth for one in pairs]
    assert sum(longest_first) == len(longest_first) / 2 == 1


def test_where_times_may_be_wrong_events_have_no_place_in_the_order():
    assert all(it.event is None for it in marked_moments(crash(times_known=False)))
    assert any(it.event is not None for it in marked_moments(crash()))
