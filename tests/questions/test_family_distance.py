"""Distance: in metres as one can tell them, and which is larger."""

import pytest
from scene_samples import asked, course, scene

from roadmark.questions.families.distance import DistanceFamily

FAMILY = DistanceFamily()


@pytest.mark.parametrize(("metres", "answer"), [(7.4, "7 m"), (18.6, "19 m"), (33.0, "35 m"), (61.0, "60 m")])
def test_distances_are_asked_to_one_metre_then_to_five(metres, answer):
    questions = asked(FAMILY, scene(course(1, distances=(metres, metres))), "from_camera")
    assert {one.answer for one in questions} == {answer}
    assert questions[0].facts["value"] == metres


def test_tolerances_are_a_share_and_a_metre_at_least():
    near, far = (asked(FAMILY, scene(course(1, distances=(m, m))), "from_camera")[0] for m in (4.0, 40.0))
    assert (near.facts["tolerance"], far.facts["tolerance"]) == (1.0, 6.0)


def test_nobody_estimates_what_is_too_far():
    assert not asked(FAMILY, scene(course(1, distances=(95.0, 95.0))), "from_camera")


def test_middles_and_gaps():
    shown = scene(course(1), course(2, way=((0.0, 10.0, 0.0),), left=(100, 100)))
    assert {one.answer for one in asked(FAMILY, shown, "between")} == {"10 m"}
    gaps = asked(FAMILY, shown, "gap")
    assert {one.facts["value"] for one in gaps} == {5.5}  # two cars of 4.5 m in a row: 10 - 2 x 2.25
    assert {one.answer for one in gaps} == {"6 m"}


def test_who_is_nearer_needs_a_quarter_more():
    def answers(other):
        shown = scene(course(1, distances=(20.0, 20.0)), course(2, left=(100, 100), distances=(other, other)))
        return {(one.actors, one.asked): one.answer for one in asked(FAMILY, shown, "nearer")}

    found = answers(26.0)
    assert found[(1, 2), "nearer"] == found[(2, 1), "farther"] == "Yes"
    assert found[(2, 1), "nearer"] == found[(1, 2), "farther"] == "No"
    assert not answers(24.0)


def test_the_nearest_and_farthest_of_several():
    shown = scene(*(course(k, left=(100 * k, 100 * k), distances=(20.0 * k, 20.0 * k)) for k in (1, 2, 3)))
    found = {one.asked: one.truth for one in asked(FAMILY, shown, "nearest")}
    assert found == {"nearest": "vehicle 1", "farthest": "vehicle 3"}


def approach(start, end):
    """Answers about two of which one drives from `start` to `end` metres from the other."""
    mover = course(2, way=((0.0, start, 0.0), (10.0, end, 0.0)), left=(100, 100))
    return {one.asked: one.answer for one in asked(FAMILY, scene(course(1), mover), "closing")}


def test_two_come_closer_or_part():
    assert approach(52.0, 2.0) == {"closer": "Yes", "apart": "No"}
    assert approach(2.0, 52.0) == {"closer": "No", "apart": "Yes"}


def test_no_closing_of_what_hardly_changes_or_turns_back():
    assert approach(52.0, 50.0) == {}
    back = course(2, way=((0, 40, 0), (5, 5, 0), (10, 40, 0)), left=(100, 100))
    for question in asked(FAMILY, scene(course(1), back), "closing"):
        start, end = question.facts["seconds"]
        assert end <= 5.05 or start >= 4.95
