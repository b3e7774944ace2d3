"""Questions about red lights."""

import pytest
from crossing_samples import EAST_LIGHT, NORTH_LIGHT, STRAIGHT_WEST, WAITS_IN_THE_EAST, crossing, with_lights
from scene_samples import asked, course, event, scene

from roadmark.questions.families.red_light import RedLightFamily
from roadmark.scenario import SignalState

FAMILY = RedLightFamily()
RUNS = course(1, way=STRAIGHT_WEST)
WAITS = course(2, way=WAITS_IN_THE_EAST, heading=3.1416)
ON_GREEN = course(3, way=((0.0, -5.25, 60.0), (10.1, -5.25, -20.0)))  # 7.9 m/s: in the junction from 6.0 s on
# its front crosses the stop line some metres before the junction, at 2.2 s
EVENT = event("red_light", 1, at=2.2, lasts=3.0, kind="red_light", roles={"1": "violator"})


def shown(*courses, events=(), lights=None, **options):
    return with_lights(scene(*courses, events=events, road_map=crossing(), **options), **(lights or {}))


def answers(template, scene_):
    return {one.actors: one.truth for one in asked(FAMILY, scene_, template)}


def test_who_runs_it_who_waits_and_who_has_green():
    there = shown(RUNS, WAITS, ON_GREEN, events=[EVENT])
    assert answers("does", there) == {(1,): "yes", (2,): "no", (3,): "no"}
    assert answers("any", there) == {(): "yes"}
    (which,) = asked(FAMILY, there, "which")
    assert (which.truth, set(which.options)) == ("mark 1", {"mark 1", "mark 2", "mark 3"})
    (when,) = asked(FAMILY, there, "when")
    assert (when.answer, when.during) == ("2.2 s", pytest.approx((1.7, 3.2)))
    assert asked(FAMILY, shown(RUNS, WAITS, events=[EVENT], times_known=False), "when") == []


def test_a_red_light_that_nothing_shows_is_not_asked_about():
    assert answers("does", shown(RUNS, ON_GREEN, events=[EVENT])) == {}
    seen = shown(RUNS, events=[EVENT], lights={"seen": [EAST_LIGHT]})
    assert answers("does", seen) == {(1,): "yes"}
    elsewhere = course(2, way=((0.0, 3.0, 60.0),))  # stands on a lane without a light
    assert answers("does", shown(RUNS, elsewhere, events=[EVENT])) == {}


def test_green_must_be_shown_by_the_light_or_by_who_waits_elsewhere():
    assert answers("does", shown(ON_GREEN)) == {}
    assert answers("does", shown(ON_GREEN, lights={"seen": [NORTH_LIGHT]})) == {(3,): "no"}
    assert answers("does", shown(ON_GREEN, WAITS)) == {(2,): "no", (3,): "no"}


def test_who_stands_for_another_reason_or_far_from_the_line_does_not_wait():
    far = course(2, way=((0.0, 80.0, 1.75),), heading=3.1416)
    assert answers("does", shown(far)) == {}
    stalled = event("stalled_vehicle", 2, at=0.0, lasts=10.0, kind="stalled_vehicle")
    assert answers("does", shown(WAITS, events=[stalled])) == {}


def test_who_enters_on_yellow_is_doubtful():
    there = shown(ON_GREEN, WAITS, lights={"north": SignalState.YELLOW})
    assert answers("does", there) == {(2,): "no"}


def test_nobody_runs_one():
    assert answers("any", shown(ON_GREEN, WAITS)) == {(): "no"}
    assert answers("any", shown(WAITS)) == {}  # nobody even enters
    assert asked(FAMILY, shown(ON_GREEN, WAITS, known=False)) == []


def test_an_unseen_event_forbids_both_answers():
    unseen = event("red_light", 1, at=2.2, kind="red_light", roles={"1": "violator"}, seen=False)
    there = shown(RUNS, WAITS, ON_GREEN, events=[unseen])
    assert answers("any", there) == {}
    assert answers("does", there) == {(2,): "no", (3,): "no"}
