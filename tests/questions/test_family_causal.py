"""Questions about causes."""

import pytest
from happening_samples import AHEAD, BEHIND, CAR, OTHER, WALKER, crash, rear_end
from scene_samples import asked, course, event, scene

from roadmark.questions.families.causal import BRAKING, CENTRE_LINE, CROSSING, CROSSWALK, STEPPING, CausalFamily

FAMILY = CausalFamily()
IN_JUNCTION = {"place": {"junction": "5", "position": [0.0, 0.0, 0.0]}}


def collision(kind, cause, **attributes):
    it = event("collision", CAR, OTHER, kind=kind, cause=cause, **attributes)
    return scene(course(CAR, **BEHIND), course(OTHER, **AHEAD), events=(it,))


@pytest.mark.parametrize(
    ("shown", "cause"),
    [
        (collision("side_collision", "ran a red light", **IN_JUNCTION), CROSSING),
        (collision("side_collision", "ran a red light"), None),  # outside of a junction nobody crosses
        (collision("head_on", "distracted, drifted over the centre line"), CENTRE_LINE),
        (collision("side_collision", "drove against the traffic"), None),
        (collision("pedestrian_collision", "stepped onto the road away from a crosswalk"), STEPPING),
        (collision("pedestrian_collision", "ignored a pedestrian on a crosswalk"), CROSSWALK),
        (collision("rear_end", "drove too fast"), None),  # nobody sees that
        (collision("rear_end", "was tired"), None),
        (collision("rear_end", ""), None),
    ],
)
def test_causes_are_told_as_one_sees_them(shown, cause):
    assert [one.truth for one in asked(FAMILY, shown, "why")] == ([] if cause is None else [cause])


def test_who_brakes_late_needs_someone_who_brakes():
    # OTHER comes to rest from 8 m/s, 2 s before the contact
    (why,) = asked(FAMILY, crash(), "why")
    assert why.truth == BRAKING
    assert set(why.options) < {BRAKING, CROSSING, CENTRE_LINE, STEPPING, CROSSWALK}
    stands = scene(course(CAR, **BEHIND), course(OTHER), events=(rear_end(),))
    assert asked(FAMILY, stands) == []


def test_both_answers_and_what_they_name():
    yes, no = sorted(asked(FAMILY, crash(), "is"), key=lambda one: one.answer, reverse=True)
    assert (yes.answer, yes.asked) == ("Yes", BRAKING)
    assert no.answer == "No"
    assert no.asked != BRAKING
    assert "brakes, and the one behind does not stop in time" in yes.text


def test_marks_tell_which_of_several():
    two = crash(events=(event("collision", 12, 15, number=2, at=8.0, kind="head_on", cause="x"),))
    assert asked(FAMILY, two, "why") == []
    assert [(one.truth, one.actors) for one in asked(FAMILY, two, "why_marked")] == [(BRAKING, (CAR, OTHER))]


def test_near_misses_have_causes_and_unseen_events_none():
    walker = course(WALKER, "pedestrian")
    it = event("near_miss", CAR, WALKER, cause="stepped onto the road away from a crosswalk")
    (why,) = asked(FAMILY, scene(course(CAR, **BEHIND), walker, events=(it,)), "why")
    assert why.truth == STEPPING
    assert "near miss" in why.text
    unseen = event("near_miss", CAR, WALKER, cause="stepped onto the road away from a crosswalk", seen=False)
    assert asked(FAMILY, scene(course(CAR, **BEHIND), walker, events=(unseen,))) == []
