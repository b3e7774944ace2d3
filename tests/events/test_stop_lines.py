"""Where a stop line is, and which of two lights governs a way."""

import numpy as np
import pytest
from event_samples import EAST, Mover, crossing, going, scenario

from roadmark.events.courses import gather_courses
from roadmark.events.ground import locate_courses
from roadmark.events.lights import Entry, light_of
from roadmark.events.stop_lines import crossing_time, stop_areas
from roadmark.geometry import Pose
from roadmark.maps import LaneKey, MapObject, RoadMap

TIMES = np.arange(0.0, 8.0, 0.1)
FRONTS = np.column_stack([10.0 * TIMES, np.zeros(len(TIMES))])  # along x at 10 m/s
ENTRY = 50.0
FRAME = 49  # the last before the entry, which is crossed at 5 s


def band(first, last):
    """An area across the lane between two places."""
    return np.array([[first, -3.0], [last, -3.0], [last, 3.0], [first, 3.0]])


@pytest.mark.parametrize(
    ("areas", "line"),
    [
        ([], 50.0),
        ([(band(44.0, 48.0), 1.0)], 43.0),  # a crosswalk 2 m before the entry: 1 m before it
        ([(band(42.0, 42.5), 0.0)], 42.0),  # a painted line
        ([(band(42.0, 42.5), 0.0), (band(44.0, 48.0), 1.0)], 42.0),
        ([(band(33.0, 37.0), 1.0)], 50.0),  # 13 m before the entry: another one's
    ],
)
def test_the_first_thing_before_the_entry_holds(areas, line):
    found = crossing_time(areas, FRONTS, TIMES, FRAME, 5.0, 20.0)
    assert found == pytest.approx(5.0 if line == 50.0 else line / 10.0, abs=0.021)


def test_stop_lines_of_the_map_are_found_by_name():
    pose = Pose(np.eye(3), np.array([42.25, 0.0, 0.0]), "world", "object")
    thing = MapObject("1", "StopLine", "-1", "", pose, 0.0, 3.0, 0.0, 0.0, (), (), "1", 0.0, 0.0, "+")
    other = MapObject("2", "Bench", "-1", "", pose, 0.0, 3.0, 0.0, 0.0, (), (), "1", 0.0, 0.0, "+")
    ((outline, margin),) = stop_areas(RoadMap("m", {}, objects=(thing, other)))
    assert margin == 0.0
    assert outline.min(axis=0).tolist() == [42.0, -1.5]
    assert crossing_time([(outline, margin)], FRONTS, TIMES, FRAME, 5.0, 20.0) == pytest.approx(4.2, abs=0.021)


def test_the_way_taken_decides_between_two_lights():
    town = crossing()
    ground = locate_courses(gather_courses(scenario([Mover(1, going(0.0, -1.75, EAST, 5.0))], 1.0)), town)
    straight, left = LaneKey("11", 0, -1), LaneKey("12", 0, -1)  # from the east arm
    entry = Entry(np.array([14.0, 1.75]), np.array([-1.0, 0.0]), 1.75, 0.0, "100", ((straight, 5), (left, 6)), "11")
    on = np.column_stack([np.linspace(14.0, -10.0, 20), np.full(20, 1.75)])
    angle = np.linspace(0.0, np.pi / 2, 20)
    turns = np.column_stack([14.0 - 15.75 * np.sin(angle), -14.0 + 15.75 * np.cos(angle)])
    assert light_of(ground, entry, on) == 5
    assert light_of(ground, entry, turns) == 6
    assert light_of(ground, entry, on[:0]) == 5
