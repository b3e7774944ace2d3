"""Questions about what traffic lights show."""

import pytest
from crossing_samples import EAST_LIGHT, WAITS_IN_THE_EAST, crossing, with_lights
from scene_samples import asked, course, scene

from roadmark.questions.families.traffic_light import TrafficLightFamily
from roadmark.scenario import SignalState

FAMILY = TrafficLightFamily()


def shown(*courses, augmentation=None, **lights):
    there = scene(*courses, road_map=crossing(), augmentation=augmentation)
    return with_lights(there, **{"seen": [EAST_LIGHT], **lights})


def test_colour_by_where_it_is():
    (question,) = asked(FAMILY, shown(), "color")
    assert (question.truth, set(question.options)) == ("red", {"red", "yellow", "green"})
    assert "the traffic light in the left of the picture" in question.text.lower()
    assert question.actors == ()
    assert {one.asked: one.truth for one in asked(FAMILY, shown(), "is")} == {
        "red": "yes",
        "yellow": "no",
        "green": "no",
    }


def test_colour_by_whom_it_is_for():
    waits = course(1, way=WAITS_IN_THE_EAST, heading=3.1416)
    leaves = course(2, way=((0.0, 20.0, -1.75),), heading=0.0)  # the light is behind it
    far = course(3, way=((0.0, 90.0, 1.75),), heading=3.1416)  # 72 m before it
    (question,) = asked(FAMILY, shown(waits, leaves, far), "color_ahead")
    assert (question.truth, question.actors) == ("red", (1,))


def test_changes():
    assert [one.truth for one in asked(FAMILY, shown(), "changes")] == ["no"]
    turns = shown(changes=[(6.0, SignalState.RED, SignalState.GREEN)])
    assert [one.truth for one in asked(FAMILY, turns, "changes")] == ["yes"]
    (when,) = asked(FAMILY, turns, "when")
    assert (when.answer, "green" in when.text) == ("6.0 s", True)
    early = shown(changes=[(0.2, SignalState.RED, SignalState.GREEN)])
    assert asked(FAMILY, early, "changes") == []  # who blinks misses it


@pytest.mark.parametrize(
    "doubtful",
    [
        {"seen": []},
        {"east": SignalState.UNKNOWN},
        {"east": None},  # it changes around the moment
        {"augmentation": "Augmentation_0"},
    ],
)
def test_what_is_not_surely_seen_is_not_asked_about(doubtful):
    assert asked(FAMILY, shown(**doubtful), "color") == []


def test_two_lights_in_one_third_of_the_picture_cannot_be_told_apart():
    assert asked(FAMILY, shown(seen=[EAST_LIGHT, "24"])) == []
