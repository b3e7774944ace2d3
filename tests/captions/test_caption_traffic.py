"""Who else is there, and how they move."""

import math

import pytest
from course_samples import FIXED, MOVING, course

from roadmark.captions.traffic import pedestrians_sentence, vehicles_sentence
from roadmark.scene import Ground, Names, motion, well_seen

STANDS = {"places": ((0.0, 0.0), (0.0, 0.0))}


ON_THE_ROAD = Ground(off_road=lambda _: False, in_junction=lambda _: True)
IN_A_BEND = Ground(off_road=lambda _: False, in_junction=lambda _: False)
BESIDE_IT = Ground(off_road=lambda _: True, in_junction=lambda _: False)


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
    assert motion(course, FIXED, ON_THE_ROAD)[0] == does


def test_who_stands_beside_the_lanes_is_parked():
    assert motion(course(**STANDS), FIXED, BESIDE_IT) == ("is parked at the roadside", "are parked at the roadside")


def test_who_follows_a_bend_does_not_turn():
    assert motion(course(turn=math.pi / 2, across=(100.0, 800.0)), FIXED, IN_A_BEND)[0] == "drives from left to right"


def test_from_a_moving_camera_nobody_moves_left_or_right():
    assert motion(course(across=(100.0, 800.0)), MOVING, ON_THE_ROAD) == ("is driving", "are driving")
    assert motion(course(category="bicycle"), MOVING, ON_THE_ROAD)[0] == "is riding"
    assert motion(course(turn=math.pi / 2), MOVING, ON_THE_ROAD)[0] == "turns left"


def test_vehicles_are_grouped_by_what_they_do():
    others = [
        course(1, "truck", "vehicle.mercedes.sprinter", "white", across=(100.0, 800.0), height=90.0),
        course(2, "car", "vehicle.audi.a2", "blue", turn=math.pi / 2, height=80.0),
        course(3, "car", "vehicle.audi.a2", "red", across=(100.0, 800.0), height=70.0),
        course(4, "car", "vehicle.audi.a2", "red", across=(100.0, 800.0), height=60.0),
    ]
    told = vehicles_sentence(others, Names(), FIXED, ON_THE_ROAD, 6)
    assert told == "A white van and two red hatchbacks drive from left to right; a blue hatchback turns left."
    fewer = vehicles_sentence(others, Names(), FIXED, ON_THE_ROAD, 1)
    assert fewer == "A white van drives from left to right. Further vehicles are in view at times."
    assert vehicles_sentence(others, Names(), FIXED, ON_THE_ROAD, 0) == "Vehicles are in view at times."
    assert vehicles_sentence([], Names(), FIXED, ON_THE_ROAD, 6) == ""


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
