"""Questions about ways through a junction."""

from crossing_samples import LEFT_FROM_EAST, RIGHT_FROM_EAST, STRAIGHT_WEST, WAITS_IN_THE_EAST, crossing
from scene_samples import asked, course, scene

from roadmark.questions.families.turn import TurnFamily

FAMILY = TurnFamily()


def shown(**options):
    return scene(
        course(1, way=LEFT_FROM_EAST),
        course(2, way=RIGHT_FROM_EAST),
        course(3, way=STRAIGHT_WEST),
        course(4, way=WAITS_IN_THE_EAST, heading=3.1416),
        road_map=crossing(),
        **options,
    )


def test_the_way_of_each():
    answers = {one.actors: one.truth for one in asked(FAMILY, shown(), "way")}
    assert answers == {(1,): "it turns left", (2,): "it turns right", (3,): "it goes straight on"}


def test_both_answers_from_the_same_words():
    for template, turner in (("left", 1), ("right", 2), ("straight", 3)):
        found = asked(FAMILY, shown(), template)
        assert {one.actors[0]: one.truth for one in found} == {
            actor: "yes" if actor == turner else "no" for actor in (1, 2, 3)
        }


def test_which_turns_left_has_others_and_who_waits_as_options():
    (question,) = asked(FAMILY, shown(), "which_left")
    assert question.truth == "mark 1"
    assert set(question.options) == {"mark 1", "mark 2", "mark 3", "mark 4"}
    assert question.actors == (1, 2, 3, 4)


def test_all_that_go_one_way():
    again = course(5, way=tuple((second + 0.5, x, y) for second, x, y in LEFT_FROM_EAST[:3]) + ((10.0, -1.75, -40.0),))
    there = scene(course(1, way=LEFT_FROM_EAST), course(2, way=RIGHT_FROM_EAST), again, road_map=crossing())
    found = {one.asked: one.answer for one in asked(FAMILY, there, "all")}
    assert found == {"turn left": "1 and 5", "turn right": "2", "go straight on": "none"}


def test_who_bears_no_mark_is_not_asked_about():
    found = asked(FAMILY, shown(marked=[2, 4]))
    assert {actor for one in found for actor in one.actors} == {2, 4}


def test_who_is_seen_in_half_the_junction_is_not_asked_about():
    hidden = scene(course(1, way=LEFT_FROM_EAST, seen=(0.0, 5.0)), road_map=crossing())
    assert asked(FAMILY, hidden) == []
