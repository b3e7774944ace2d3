"""Questions about speeds."""

from dataclasses import replace

import pytest
from scene_samples import asked, course, event, scene

from roadmark.questions.families.speed import SpeedFamily

FAMILY = SpeedFamily()


def going(actor, speed, **options):
    """A car that goes east at some m/s."""
    return course(actor, way=((0.0, 0.0, 5.0 * actor), (10.1, 10.1 * speed, 5.0 * actor)), **options)


def at_second(questions, second):
    return [one for one in questions if one.facts["second"] == second]


def test_who_is_faster_both_ways_round():
    shown = scene(going(1, 12.0), going(2, 6.0))
    found = at_second(asked(FAMILY, shown, "faster"), 3.0)
    assert {one.actors: one.truth for one in found} == {(1, 2): "yes", (2, 1): "no"}
    assert all(one.during == pytest.approx((2.6, 3.4)) for one in found)


@pytest.mark.parametrize("other", [10.5, 11.9])  # less than a quarter, or 2 m/s, above
def test_speeds_that_are_nearly_equal_are_not_compared(other):
    shown = scene(going(1, 12.0), going(2, other))
    assert asked(FAMILY, shown, "faster") == []
    assert asked(FAMILY, shown, "fastest") == []


def test_fastest_and_order():
    shown = scene(going(1, 3.0), going(2, 14.0), going(3, 7.0), going(4, 6.5))
    (fastest,) = at_second(asked(FAMILY, shown, "fastest"), 3.0)
    assert (fastest.truth, set(fastest.options)) == ("mark 2", {"mark 1", "mark 2", "mark 3", "mark 4"})
    (order,) = at_second(asked(FAMILY, shown, "order"), 3.0)
    assert order.answer == "2, 3, 1"  # 4 is as fast as 3, for who looks
    assert order.actors == (1, 2, 3)


def test_speed_in_steps_of_5_km_h():
    # 10.4 m/s are 37.44 km/h
    (question,) = at_second(asked(FAMILY, scene(going(1, 10.4)), "kmh"), 5.0)
    assert question.answer == "35 km/h"
    assert question.facts == {"value": 37.44, "tolerance": 7.5, "second": 5.0}


def test_speeds_that_change_or_are_far_away_are_not_measured():
    stops = course(1, way=((0.0, 0.0, 0.0), (5.0, 50.0, 0.0)))
    assert at_second(asked(FAMILY, scene(stops), "kmh"), 5.0) == []
    assert asked(FAMILY, scene(going(1, 10.0, distances=(80.0, 90.0))), "kmh") == []


def test_changes_of_speed():
    brakes = course(1, way=((0.0, 0.0, 0.0), (2.5, 30.0, 0.0), (10.1, 60.4, 0.0)))  # from 12 to 4 m/s at 2.5 s
    found = {tuple(one.during): one.truth for one in asked(FAMILY, scene(brakes), "change")}
    # it sinks in the window from 2 s on, too, and is kept in those from 4 s on: that is not asked again
    assert found == {(0.0, 2.0): "it keeps its speed", (1.0, 3.0): "it gets slower", (3.0, 5.0): "it keeps its speed"}
    slower = {tuple(one.during): one.truth for one in asked(FAMILY, scene(brakes), "gets_slower")}
    assert (slower[1.0, 3.0], slower[0.0, 2.0]) == ("yes", "no")
    faster = {tuple(one.during): one.truth for one in asked(FAMILY, scene(brakes), "gets_faster")}
    assert faster[1.0, 3.0] == "no"


def test_small_changes_are_doubtful():
    slows = course(1, way=((0.0, 0.0, 0.0), (2.5, 30.0, 0.0), (10.1, 106.0, 0.0)))  # 12 to 10 m/s
    asked_from = {one.during[0] for one in asked(FAMILY, scene(slows), "change")}
    assert asked_from.isdisjoint({1.0, 2.0})


def test_speeding():
    measures = {"speed": 16.7, "limit": 11.1}
    shown = scene(
        going(1, 16.7), going(2, 9.0), going(3, 11.0), course(4),
        events=[event("speeding", 1, at=1.0, lasts=8.0, kind="speeding", roles={"1": "violator"}, measures=measures)],
    )  # fmt: skip
    found = asked(FAMILY, shown, "speeding")
    # 3 is within 5 % of the limit: doubtful; 4 stands: too easy
    assert {one.actors[0]: one.truth for one in found} == {1: "yes", 2: "no"}
    assert all("40 km/h" in one.text for one in found)
    (which,) = asked(FAMILY, shown, "which_speeds")
    assert (which.truth, set(which.options)) == ("mark 1", {"mark 1", "mark 2", "mark 4"})


def test_who_is_seen_too_little_then_is_not_asked_about():
    assert asked(FAMILY, scene(going(1, 12.0), going(2, 6.0, visible=0.1)), "faster") == []
    assert asked(FAMILY, scene(going(1, 12.0), going(2, 6.0), marked=[1]), "faster") == []


def test_who_has_fallen_over_has_no_speed_to_ask_about():
    slides = replace(going(1, 10.0), tilts=going(1, 10.0).times * 0.0 + 1.5)
    assert asked(FAMILY, scene(going(1, 10.0)), "kmh")
    assert asked(FAMILY, scene(slides)) == []
