"""Who else is there, and how they move."""

import math

import pytest
from course_samples import FIXED, MOVING, course

from roadmark.captions.traffic import motion, pedestrians_sentence, vehicles_sentence, well_seen
from roadmark.captions.words import Names

STANDS = {"places": ((0.0, 0.0), (0.0, 0.0))}


def on_the_road(course):
    return False


def beside_it(course):
    return True


@pytest.mark.parametrize(
    ("course", "does"),
    [
        (course(across=(100.0, 800.0)), "drives from left to right"),
        (course(across=(800.0, 100.0)), "drives from right to left"),
        (course(distances=(60.0, 20.0)), "drives towards the camera"),
        (course(distances=(20.0, 60.0)), "drives away from the camera"),
        (course(across=(300.0, 700.0), distances=(60.0, 20.0)), "drives towards the camera and to the right"),
        (course(across=(300.0, 700.0), stops=6.0), "drives from left to right, then stops"),
        (course(category="bicycle", across=(100.0, 800.0)), "rides from left to right"),
        (course(turn=math.pi / 2), "turns left"),
        (course(turn=-math.pi / 2), "turns right"),
        (course(stops=5.0), "comes to a stop"),
        (course(**STANDS), "is standing still"),
        (course(), ""),  # nowhere in particular
    ],
)
def test_vehicles_move(course, does):
    assert motion(course, FIXED, on_the_road)[0] == does


def test_who_stands_beside_the_lanes_is_parked():
    assert motion(course(**STANDS), FIXED, beside_it) == ("is parked at the roadside", "are parked at the roadside")


def test_from_a_moving_camera_nobody_moves_left_or_right():
    assert motion(course(across=(100.0, 800.0)), MOVING, on_the_road) == ("is driving", "are driving")
    assert motion(course(category="bicycle"), MOVING, on_the_road)[0] == "is riding"
    assert motion(course(turn=math.pi / 2), MOVING, on_the_road)[0] == "turns left"


def test_vehicles_are_grouped_by_what_they_do():
    others = [
        course(1, "truck", "vehicle.mercedes.sprinter", "white", across=(100.0, 800.0), height=90.0),
        course(2, "car", "vehicle.audi.a2", "blue", turn=math.pi / 2, height=80.0),
        course(3, "car", "vehicle.audi.a2", "red", across=(100.0, 800.0), height=70.0),
        course(4, "car", "vehicle.audi.a2", "red", across=(100.0, 800.0), height=60.0),
    ]
    told = vehicles_sentence(others, Names(), FIXED, on_the_road, 6)
    assert told == "A white van and two red hatchbacks drive from left to right; a blue hatchback turns left."
    fewer = vehicles_sentence(others, Names(), FIXED, on_the_road, 1)
    assert fewer == "A white van drives from left to right. Further vehicles are in view at times."
    assert vehicles_sentence(others, Names(), FIXED, on_the_road, 0) == "Vehicles are in view at times."
    assert vehicles_sentence([], Names(), FIXED, on_the_road, 6) == ""


def test_small_and_hidden_ones_are_not_counted():
    assert well_seen(course(height=26.0), FIXED)
    assert not well_seen(course(height=24.0), FIXED)  # below a twentieth of the picture's height
    assert not well_seen(course(visible=0.4), FIXED)
    assert not well_seen(course(seen=(0.0, 0.1)), FIXED)
    people = [course(1, "pedestrian"), course(2, "pedestrian", height=10.0)]
    assert pedestrians_sentence(people, FIXED, lambda _: "sidewalk") == (
        "One pedestrian walks along the sidewalk. Further pedestrians are in view at times."
    )
    assert pedestrians_sentence(people[1:], FIXED, lambda _: "") == "Pedestrians are in view at times."


def test_pedestrians_are_counted_by_what_they_do():
    where = {1: "crosswalk", 2: "sidewalk", 3: "sidewalk", 4: "", 5: "sidewalk", 6: ""}
    people = [course(number, "pedestrian", **(STANDS if number > 4 else {})) for number in where]
    assert pedestrians_sentence(people, FIXED, lambda walker: where[walker.actor_id]) == (
        "One pedestrian crosses on a crosswalk, two walk along the sidewalk, one walks, one stands on the sidewalk "
        "and one stands."
    )
    assert pedestrians_sentence([], FIXED, lambda _: "") == ""
