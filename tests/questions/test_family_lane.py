"""Questions about lanes."""

import numpy as np
import pytest
from crossing_samples import crossing
from scene_samples import asked, course, scene

from roadmark.questions.families.lane import LaneFamily

FAMILY = LaneFamily()
WEST = np.pi


def standing(actor, x, y, heading=WEST, **options):
    """A car that stands on the eastern arm."""
    return course(actor, way=((0.0, x, y),), heading=heading, **options)


def first(template, *courses, **options):
    """Truth at the first moment, by actors."""
    found = asked(FAMILY, scene(*courses, road_map=crossing(), **options), template)
    second = min((one.during[0] for one in found), default=0.0)
    return {one.actors: one.truth for one in found if one.during[0] == second}


def test_lanes_are_counted_as_one_drives():
    # traffic to the west is on the northern half: its right edge is at y = 7 m, the centre line at 0
    there = (standing(1, 40.0, 5.25), standing(2, 40.0, 1.75), standing(3, 40.0, -5.25, heading=0.0))
    assert first("from_right", *there) == {(1,): "the first lane", (2,): "the second lane", (3,): "the first lane"}
    assert first("from_centre", *there) == {(1,): "2", (2,): "1", (3,): "2"}
    assert first("rightmost", *there) == {(1,): "yes", (2,): "no", (3,): "yes"}


@pytest.mark.parametrize(
    "doubtful",
    [
        standing(1, 40.0, 3.5),  # on the line between two lanes
        standing(1, 40.0, 5.25, heading=WEST - 0.5),  # across its lane
        standing(1, 40.0, 5.25, heading=0.0),  # against it
        standing(1, 5.0, 5.25),  # in the junction
        standing(1, 40.0, 5.25, distances=(70.0, 70.0)),  # too far to tell
        standing(1, 40.0, 5.25, visible=0.2),
    ],
)
def test_doubtful_places(doubtful):
    assert first("from_right", doubtful) == {}


def test_same_lane():
    there = (standing(1, 40.0, 5.25), standing(2, 52.0, 5.25), standing(3, 40.0, 1.75), standing(4, 40.0, -1.75, 0.0))
    # who comes the other way (4) is nobody's company: too easy
    assert first("same", *there) == {(1, 2): "yes", (1, 3): "no", (2, 3): "no"}
    assert first("same", standing(1, 40.0, 5.25), standing(2, 95.0, 5.25)) == {}  # 55 m apart


def test_same_direction():
    there = (standing(1, 40.0, 5.25), standing(2, 52.0, 1.75), standing(3, 40.0, -1.75, 0.0))
    assert first("same_direction", *there) == {(1, 2): "yes", (1, 3): "no", (2, 3): "no"}
    across = course(4, way=((0.0, 1.75, 40.0),), heading=np.pi / 2)
    assert first("same_direction", standing(1, 40.0, 5.25), across) == {}


def test_changes_of_lane():
    left = course(1, way=((0.0, 90.0, 5.25), (3.0, 70.0, 5.25), (6.0, 50.0, 1.75), (10.1, 20.0, 1.75)))
    right = course(2, way=((0.0, 90.0, 1.75), (3.0, 70.0, 1.75), (6.0, 50.0, 5.25), (10.1, 20.0, 5.25)))
    keeps = course(3, way=((0.0, 90.0, 1.75), (10.1, 20.0, 1.75)))
    assert first("changes", left) == {(1,): "yes"}
    assert first("changes", keeps) == {(3,): "no"}
    assert [first("side", one) for one in (left, right, keeps)] == [
        {(1,): "it moves to the left"},
        {(2,): "it moves to the right"},
        {(3,): "it keeps its lane"},
    ]


def test_who_straddles_two_lanes_neither_keeps_nor_changes():
    drifts = course(1, way=((0.0, 90.0, 4.2), (10.1, 20.0, 4.2)))  # 1.05 m from the middle
    short = course(2, way=((0.0, 40.0, 5.25), (10.1, 30.0, 5.25)))  # 10 m tell nothing
    assert first("changes", drifts) == first("changes", short) == {}


def test_nothing_without_a_map_or_marks():
    assert asked(FAMILY, scene(standing(1, 40.0, 5.25))) == []
    assert asked(FAMILY, scene(standing(1, 40.0, 5.25), road_map=crossing(), marked=[])) == []
