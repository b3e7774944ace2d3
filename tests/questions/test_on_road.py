"""Vehicles on the lanes of a crossing, and their ways through it."""

import numpy as np
import pytest
from crossing_samples import LEFT_FROM_EAST, RIGHT_FROM_EAST, STRAIGHT_WEST, WAITS_IN_THE_EAST, crossing
from scene_samples import course, scene


def passages(way, **options):
    return scene(course(1, way=way, **options), road_map=crossing()).roads.passages.get(1, ())


@pytest.mark.parametrize(
    ("way", "expected", "degrees"),
    [(STRAIGHT_WEST, "straight", 0.0), (LEFT_FROM_EAST, "left", 90.0), (RIGHT_FROM_EAST, "right", -90.0)],
)
def test_ways_through_a_junction(way, expected, degrees):
    (passage,) = passages(way)
    assert (passage.way, passage.junction) == (expected, "5")
    assert passage.turned == pytest.approx(degrees)


def test_a_passage_lasts_from_the_first_row_inside_to_the_first_outside():
    # at 10 m/s from x = 40 the junction's edge at 12.5 is reached after 2.75 s: row 28 is the first inside;
    # its other edge at -12.5 after 5.25 s: row 53 is the first outside
    (passage,) = passages(STRAIGHT_WEST)
    assert (passage.before, passage.entered, passage.left) == (27, 2.8, 5.3)


def test_who_cuts_a_corner_passes_once():
    # between two lanes of the junction there are places without any
    (passage,) = passages(
        ((0.0, 32.5, 5.25), (4.0, 12.5, 5.25), (4.5, 10.5, 10.5), (5.0, 5.25, 12.5), (10.0, 5.25, 40.0))
    )
    assert passage.way == "right"


def test_turning_back_is_no_left_turn():
    (passage,) = passages(((0.0, 32.5, 1.75), (3.0, 10.0, 1.75), (5.0, 10.0, -1.75), (8.0, 32.5, -1.75)))
    assert passage.way == "back"


def test_ways_that_are_not_seen_from_before_to_after_are_unknown():
    assert passages(STRAIGHT_WEST, seen=(3.0, 10.0)) == ()  # it is inside already
    assert passages(STRAIGHT_WEST, seen=(0.0, 5.0)) == ()  # it does not leave
    assert passages(WAITS_IN_THE_EAST) == ()


def test_places_on_lanes():
    shown = scene(
        course(1, way=((0.0, 25.0, 5.0),), heading=np.pi),
        course(2, way=((0.0, 25.0, 5.0),), heading=0.0),
        course(3, way=((0.0, 200.0, 200.0),)),
        course(4, "pedestrian", way=((0.0, 25.0, 5.0),)),
        road_map=crossing(),
    )
    right, wrong, off = (shown.roads.of[actor] for actor in (1, 2, 3))
    # the lane's middle is at y = 5.25 and its traffic goes west: 0.25 m to the south is to its left
    np.testing.assert_allclose(right.offsets, 0.25)
    np.testing.assert_allclose(right.along, 1.0)
    np.testing.assert_allclose(wrong.along, -1.0)
    assert shown.roads.strip(int(right.strips[0])).key.lane == 2
    assert not off.drives.any()
    assert 4 not in shown.roads.of


def test_without_a_map_nobody_is_on_a_road():
    shown = scene(course(1, way=STRAIGHT_WEST))
    assert (dict(shown.roads.of), dict(shown.roads.passages)) == ({}, {})
