"""Questions about collisions."""

import math
import re

import pytest
from happening_samples import AHEAD, BEHIND, BYSTANDERS, CAR, FOURTH, OTHER, THIRD, WALKER, crash, rear_end
from scene_samples import asked, course, event, scene

from roadmark.clip import ClipEvent
from roadmark.dataset import HardNegative
from roadmark.questions.families.collision import CollisionFamily

FAMILY = CollisionFamily()
QUIET = (course(CAR, **BEHIND), *BYSTANDERS)


def pairs(questions):
    return {(frozenset(question.actors), question.answer) for question in questions}


def test_the_published_question_has_one_wording():
    yes = next(one for one in asked(FAMILY, crash(), "published") if one.answer == "Yes")
    first, second = yes.actors
    assert yes.text == (
        f"Is there a car collision between vehicles with numeric IDs {first} and {second}? "
        "Your final answer should be either Yes or No."
    )
    assert yes.during == (4.5, 5.5)
    assert yes.event == 1


def test_who_collides_is_asked_for_yes_and_hard_negatives_for_no():
    expected = {
        (frozenset({CAR, OTHER}), "Yes"),
        (frozenset({CAR, THIRD}), "No"),
        (frozenset({THIRD, FOURTH}), "No"),
    }
    assert pairs(asked(FAMILY, crash(), "published")) == expected
    assert pairs(asked(FAMILY, crash(), "pair")) == expected


def test_the_published_question_is_for_vehicles_only():
    walker = course(WALKER, "pedestrian", way=((0.0, 0.0, 8.0),), length=0.4, width=0.6)
    # the nearest vehicle, OTHER, ends 8 m away; circles around them reach 0.5 * hypot(4.5, 1.9) + 0.5 * hypot(0.4, 0.6)
    reach = 0.5 * math.hypot(4.5, 1.9) + 0.5 * math.hypot(0.4, 0.6)
    shown = crash(walker)
    assert not any(WALKER in one.actors for one in asked(FAMILY, shown, "published"))
    of_walker = [one for one in asked(FAMILY, shown, "pair") if set(one.actors) == {OTHER, WALKER}]
    assert [(one.answer, one.asked, one.facts["gap"]) for one in of_walker] == [
        ("No", "pedestrian and vehicle", pytest.approx(8.0 - reach, abs=0.01))
    ]


def test_two_that_come_too_near_are_no_sure_no():
    near = HardNegative("closest", ClipEvent("normal", 0.0, 10.0, 0, 100, (CAR, THIRD), "closest"), 0.4)
    assert asked(FAMILY, crash(negatives=(near,)), "published") == [
        one for one in asked(FAMILY, crash(negatives=()), "published") if one.answer == "Yes"
    ]


def test_two_that_are_not_seen_together_are_not_asked_about():
    late = (course(CAR, **BEHIND, seen=(0.0, 4.0)), course(THIRD, way=((0.0, 0.0, 30.0),), seen=(5.0, 10.0)))
    apart = HardNegative("random", ClipEvent("normal", 0.0, 10.0, 0, 100, (CAR, THIRD), "random"), 20.0)
    assert asked(FAMILY, scene(*late, negatives=(apart,)), "published") == []


def test_those_who_only_just_avoid_each_other_do_not_collide():
    missed = event("near_miss", CAR, OTHER, at=4.0, measures={"closest": 0.42})
    shown = scene(course(CAR, **BEHIND), course(OTHER, **AHEAD), events=(missed,))
    assert pairs(asked(FAMILY, shown, "published")) == {(frozenset({CAR, OTHER}), "No")}
    nearer = event("near_miss", CAR, OTHER, at=4.0, measures={"closest": 0.2})
    assert asked(FAMILY, scene(course(CAR, **BEHIND), course(OTHER, **AHEAD), events=(nearer,)), "published") == []


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        (crash(), ["Yes"]),
        (scene(*QUIET), ["No"]),
        (scene(*QUIET, known=False), []),  # nobody looked
        (scene(*QUIET, events=(event("collision", CAR, OTHER, seen=False),)), []),  # there is one that nobody sees
    ],
)
def test_whether_there_is_any(shown, answer):
    assert [one.answer for one in asked(FAMILY, shown, "any")] == answer


def test_an_unseen_collision_is_neither_yes_nor_no():
    shown = crash(events=(event("collision", THIRD, FOURTH, number=2, seen=False),))
    assert frozenset({THIRD, FOURTH}) not in {marks for marks, _ in pairs(asked(FAMILY, shown, "published"))}


@pytest.mark.parametrize("seconds", [5.2, 5.0])
def test_a_collision_at_the_very_end_is_neither_yes_nor_no(seconds):
    seen = (0.0, seconds)
    both = (course(CAR, **BEHIND, seen=seen), course(OTHER, **AHEAD, seen=seen))
    shown = scene(*both, events=(rear_end(),), seconds=seconds)
    assert asked(FAMILY, shown) == []


def test_a_collision_that_had_begun_before_the_video_is_neither_yes_nor_no():
    begun = event("collision", CAR, OTHER, at=0.2, kind="rear_end")
    assert asked(FAMILY, scene(course(CAR, **BEHIND), course(OTHER, **AHEAD), events=(begun,))) == []


def test_which_marks_and_when():
    shown = crash()
    assert [one.answer for one in asked(FAMILY, shown, "which_short")] == ["7 and 9"]
    assert [one.answer for one in asked(FAMILY, shown, "which_json")] == ['{"marks": [7, 9]}']
    (choice,) = asked(FAMILY, shown, "which")
    assert choice.truth == "7 and 9"
    assert set(choice.options) == {"7 and 9", "7 and 12", "9 and 15", "12 and 15"}  # every mark stands there twice
    assert [one.answer for one in asked(FAMILY, shown, "when")] == ["5.0 s"]


def test_stretches_of_the_video_to_choose_from():
    places = set()
    for seed in range(30):
        (part,) = asked(FAMILY, crash(), "when_part", seed)
        stretches = sorted(tuple(map(float, re.findall(r"[0-9.]+(?= s)", option))) for option in part.options)
        right = tuple(map(float, re.findall(r"[0-9.]+(?= s)", part.truth)))
        assert right[0] + 0.45 <= 5.0 <= right[1] - 0.45  # 5.0 s is half a second from both ends, before rounding
        assert [end - start for start, end in stretches] == pytest.approx([1.5] * 3, abs=0.11)
        assert stretches[0][0] >= 0.0
        assert stretches[-1][1] <= 10.1
        places.add(stretches.index(right))
    assert places == {0, 1, 2}


def test_the_span_lasts_until_both_are_at_rest():
    # OTHER stands already, CAR from 5.0 s on: too short
    assert asked(FAMILY, crash(), "span") == []
    pushed = {"way": ((0.0, -24.0, 0.0), (3.0, 0.0, 0.0), (5.0, 0.0, 0.0), (7.0, 4.0, 0.0))}
    shown = scene(course(CAR, **BEHIND), course(OTHER, **pushed), events=(rear_end(),))
    assert [one.answer for one in asked(FAMILY, shown, "span")] == ["from 5.0 s to 7.0 s"]
    leaves = scene(course(CAR, **BEHIND), course(OTHER, **pushed, seen=(0.0, 8.0)), events=(rear_end(),))
    assert asked(FAMILY, leaves, "span") == []


def test_nobody_asks_which_collision_where_there_are_two():
    shown = crash(events=(event("collision", THIRD, FOURTH, number=2, at=8.0),))
    assert asked(FAMILY, shown, "which") == asked(FAMILY, shown, "when") == asked(FAMILY, shown, "kind") == []
    assert {answer for _, answer in pairs(asked(FAMILY, shown, "published"))} == {"Yes", "No"}


def test_the_kind_is_asked_where_the_directions_agree():
    assert [one.truth for one in asked(FAMILY, crash(), "kind")] == ["a rear-end collision"]
    assert {one.answer for one in asked(FAMILY, crash(), "kind_is")} == {"Yes", "No"}
    across = {**AHEAD, "heading": math.radians(60.0)}
    shown = scene(course(CAR, **BEHIND), course(OTHER, **across), events=(rear_end(),))
    assert asked(FAMILY, shown, "kind") == []
    adopted = scene(course(CAR, **BEHIND), course(OTHER, **AHEAD), events=(event("collision", CAR, OTHER),))
    assert asked(FAMILY, adopted, "kind") == asked(FAMILY, adopted, "striking") == []  # only ids are known


def test_who_hits_a_cyclist_in_the_side_may_be_called_a_side_collision():
    hit = event("collision", CAR, OTHER, kind="cyclist_collision", roles={str(CAR): "striking", str(OTHER): "cyclist"})
    shown = scene(course(CAR, **BEHIND), course(OTHER, "bicycle", **AHEAD, heading=math.pi / 2), events=(hit,))
    (choice,) = asked(FAMILY, shown, "kind")
    assert choice.truth == "a collision with a cyclist"
    assert "a side collision" not in choice.options


def test_who_ran_into_whom():
    shown = crash()
    assert [one.truth for one in asked(FAMILY, shown, "striking")] == ["vehicle 7"]
    assert [one.truth for one in asked(FAMILY, shown, "struck")] == ["vehicle 9"]
    assert {(one.actors, one.answer) for one in asked(FAMILY, shown, "roles")} == {
        ((CAR, OTHER), "Yes"),
        ((OTHER, CAR), "No"),
    }


def test_who_ran_into_whom_must_be_plain():
    # OTHER beside CAR, at its left: nobody's front meets anyone
    beside = {"way": ((0.0, -40.0, 2.0), (5.0, -4.5, 2.0))}
    assert asked(FAMILY, scene(course(CAR, **BEHIND), course(OTHER, **beside), events=(rear_end(),)), "striking") == []
    assert asked(FAMILY, crash(marked=(CAR, THIRD, FOURTH)), "striking") == []  # OTHER bears no mark


def test_without_hard_negatives_those_who_are_surely_apart_are_asked_for_no():
    # CAR and OTHER collide; THIRD stands 30 m north of where OTHER stops, FOURTH 20 m from THIRD
    found = dict(pairs(asked(FAMILY, crash(negatives=()), "published")))
    assert found.pop(frozenset({CAR, OTHER})) == "Yes"
    assert frozenset({THIRD, FOURTH}) in found
    assert set(found.values()) == {"No"}


def test_where_times_may_be_wrong_nobody_asks_for_them():
    shown = crash(times_known=False)
    assert asked(FAMILY, shown, "when") == asked(FAMILY, shown, "when_part") == asked(FAMILY, shown, "span") == []
    assert {answer for _, answer in pairs(asked(FAMILY, shown, "published"))} == {"Yes", "No"}
