"""Position: in the picture, and around a vehicle."""

import math

from scene_samples import asked, course, scene

from roadmark.questions.families.position import PositionFamily

FAMILY = PositionFamily()


def test_left_and_right_in_the_picture():
    shown = scene(course(1, left=(100, 100)), course(2, "pedestrian", left=(600, 600)))
    found = {(one.actors, one.asked): one.answer for one in asked(FAMILY, shown, "side_of")}
    assert found[(1, 2), "left"] == found[(2, 1), "right"] == "Yes"
    assert found[(1, 2), "right"] == found[(2, 1), "left"] == "No"


def test_no_side_where_two_are_nearly_above_each_other():
    above = course(2, left=(150, 150), top=(100, 100))
    assert not asked(FAMILY, scene(course(1, left=(100, 100)), above), "side_of")  # 50 of 1280 pixels: 4 %


def test_thirds():
    thirds = {0: "the left third", 600: "the middle third", 1100: "the right third"}
    for left, third in thirds.items():
        assert {one.truth for one in asked(FAMILY, scene(course(1, left=(left, left))), "third")} == {third}
    assert not asked(FAMILY, scene(course(1, left=(380, 380))), "third")  # 1280 / 3 is 427: half of it in either


def test_the_outermost_of_several():
    shown = scene(course(1, left=(100, 100)), course(2, left=(500, 500)), course(3, "pedestrian", left=(900, 900)))
    found = {one.asked: one.truth for one in asked(FAMILY, shown, "outermost")}
    assert found == {"left": "vehicle 1", "right": "pedestrian 3"}
    assert not asked(FAMILY, scene(course(1, left=(100, 100)), course(2, left=(500, 500))), "outermost")


def around(x, y, heading=0.0):
    """Where a pedestrian at a place is for a car at the origin; nothing where that is doubtful."""
    car = course(1, heading=heading)
    walker = course(2, "pedestrian", way=((0.0, x, y),), left=(100, 100))
    return {one.truth for one in asked(FAMILY, scene(car, walker), "from_vehicle")}


def test_sides_of_a_vehicle():
    assert around(10.0, 0.0) == {"ahead of it"}
    assert around(0.0, 10.0) == {"to its left"}  # the world's y is left of x
    assert around(-10.0, 0.0) == {"behind it"}
    assert around(0.0, -10.0) == {"to its right"}
    assert around(10.0, 0.0, heading=math.pi / 2) == {"to its right"}


def test_no_side_between_two_and_none_of_those_far_away():
    assert around(10.0, 10.0) == set()
    assert around(50.0, 0.0) == set()
    assert around(1.0, 0.0) == set()


def test_pedestrians_and_small_vehicles_have_no_sides():
    walker = course(1, "pedestrian")
    other = course(2, "pedestrian", way=((0.0, 10.0, 0.0),), left=(100, 100))
    assert not asked(FAMILY, scene(walker, other), "from_vehicle")
    assert not asked(FAMILY, scene(course(1, side=(30, 30)), other), "from_vehicle")
