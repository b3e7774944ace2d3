"""Every kind of town as `carla.Map`, CARLA's own OpenDRIVE reader, has it: lanes, ways, crosswalks, signals."""

from functools import cache

import numpy as np
import pytest
from town_checks import TOWNS, document, road_map, successors

carla = pytest.importorskip("carla", reason="the carla wheel is not installed: no second opinion on OpenDRIVE")

TOLERANCE = 0.02


@cache
def town_of_carla(kind: str, seed: int):
    return carla.Map("town", document(kind, seed).decode())


@pytest.fixture(params=TOWNS, ids=lambda town: f"{town[0]}_{town[1]}")
def pair(request):
    return road_map(*request.param), town_of_carla(*request.param)


def flu(vector) -> np.ndarray:
    return np.array([vector.x, -vector.y, vector.z])


def test_lanes_agree(pair):
    town, by_carla = pair
    worst = 0.0
    for strip in town.strips():
        for index in np.unique(np.linspace(0, len(strip.s) - 1, 5).astype(int)):
            s = min(max(float(strip.s[index]), strip.s[0] + 1e-3), strip.s[-1] - 1e-3)
            waypoint = by_carla.get_waypoint_xodr(int(strip.key.road), strip.key.lane, s)
            assert waypoint is not None
            assert str(waypoint.lane_type).lower() == strip.type
            worst = max(worst, float(np.linalg.norm(flu(waypoint.transform.location) - strip.center[index])))
            width = np.linalg.norm(strip.left[index] - strip.right[index])
            assert waypoint.lane_width == pytest.approx(width, abs=TOLERANCE)
    assert worst < TOLERANCE


def test_ways_agree(pair):
    """Wherever a lane leads by our reading, it leads by CARLA's, and nowhere else."""
    town, by_carla = pair
    ours = {
        ((lane.road, lane.lane), (then.road, then.lane))
        for lane, after in successors(town).items()
        for then in after
        if lane.road != then.road
    }
    theirs = set()
    for begin, end in by_carla.get_topology():
        ends = [(str(waypoint.road_id), waypoint.lane_id) for waypoint in (begin, end)]
        if ends[0][0] != ends[1][0]:
            theirs.add(tuple(ends))
    assert ours <= theirs
    assert theirs <= ours


def test_crosswalks_agree(pair):
    town, by_carla = pair
    theirs = np.array([flu(point) for point in by_carla.get_crosswalks()]).reshape(-1, 5, 3)
    assert len(theirs) == len(town.crosswalks)
    for crosswalk in town.crosswalks:
        # carla.Map leaves the road's elevation out, so compare in the plane.
        distance = np.linalg.norm(crosswalk.outline[:, None, None, :2] - theirs[None, :, :4, :2], axis=3)
        assert distance.min(axis=(1, 2)).max() < TOLERANCE


def test_signals_agree(pair):
    town, by_carla = pair
    landmarks = {landmark.id: landmark for landmark in by_carla.get_all_landmarks()}
    assert set(landmarks) == {signal.id for signal in town.signals}
    for signal in town.signals:
        landmark = landmarks[signal.id]
        shift = signal.pose.rotation.T @ (flu(landmark.transform.location) - signal.pose.translation)
        if signal.dynamic:
            shift[:2] -= 0.25 * np.round(shift[:2] / 0.25).clip(-1.0, 1.0)  # carla.Map steps lights off the road
        assert np.abs(shift).max() < TOLERANCE
        assert landmark.type == signal.type
        assert landmark.is_dynamic == signal.dynamic
