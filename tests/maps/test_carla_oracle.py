"""The reader against `carla.Map`, CARLA's own OpenDRIVE reader, on its towns and on hand-written curves."""

import numpy as np
import pytest
from xodr_samples import document, geometry, lane, road, section

from roadmark.maps import RoadMap, load_opendrive, parse_opendrive

carla = pytest.importorskip("carla", reason="the carla wheel is not installed: no second opinion on OpenDRIVE")

TOWNS = ["Town01", "Town04", "Town10HD"]
TOLERANCE = 0.02


@pytest.fixture(scope="module", params=TOWNS)
def pair(request, data_dir) -> tuple[RoadMap, object]:
    path = data_dir / "carla" / "xodr" / f"{request.param}.xodr"
    return load_opendrive(path), carla.Map(request.param, path.read_text())


def flu(vector) -> np.ndarray:
    return np.array([vector.x, -vector.y, vector.z])


def edges_by_carla(carla_map, road_id: str, lane_id: int, s: float) -> np.ndarray:
    """Left, centre and right (3, 3) of a lane as seen along increasing s."""
    waypoint = carla_map.get_waypoint_xodr(int(road_id), lane_id, s)
    assert waypoint is not None
    center = flu(waypoint.transform.location)
    right = flu(waypoint.transform.get_right_vector()) * (1.0 if lane_id < 0 else -1.0)
    half = right * waypoint.lane_width / 2.0
    return np.stack([center - half, center, center + half])


def worst_difference(road_map: RoadMap, carla_map) -> float:
    """Largest distance of any edge between our samples (where chords are worst) from CARLA's, over all lanes."""
    worst = 0.0
    for strip in road_map.strips():
        middles = 0.5 * (strip.s[1:] + strip.s[:-1])
        ours = np.stack([0.5 * (e[1:] + e[:-1]) for e in (strip.left, strip.center, strip.right)], axis=1)
        for s, edges in zip(middles, ours, strict=True):
            theirs = edges_by_carla(carla_map, strip.key.road, strip.key.lane, float(s))
            worst = max(worst, float(np.linalg.norm(edges - theirs, axis=1).max()))
    return worst


def test_every_lane_of_every_type_agrees(pair):
    road_map, carla_map = pair
    assert worst_difference(road_map, carla_map) < TOLERANCE


def test_lane_types_agree(pair):
    road_map, carla_map = pair
    for strip in road_map.strips():
        waypoint = carla_map.get_waypoint_xodr(int(strip.key.road), strip.key.lane, float(strip.s.mean()))
        assert str(waypoint.lane_type).lower() == strip.type.lower()


def test_crosswalk_corners_agree(pair):
    road_map, carla_map = pair
    theirs = np.array([flu(point) for point in carla_map.get_crosswalks()]).reshape(-1, 3)
    ours = np.concatenate([c.outline for c in road_map.crosswalks] or [np.zeros((0, 3))])
    # carla.Map repeats each first corner and leaves the road's elevation out, so compare in the plane.
    assert len(theirs) == len(ours) + len(road_map.crosswalks)
    if len(ours):
        distance = np.linalg.norm(ours[:, None, :2] - theirs[None, :, :2], axis=2)
        assert distance.min(axis=0).max() < TOLERANCE
        assert distance.min(axis=1).max() < TOLERANCE


def test_landmark_poses_agree(pair):
    road_map, carla_map = pair
    by_id = {signal.id: signal for signal in road_map.signals}
    compared = 0
    for landmark in carla_map.get_all_landmarks():
        if landmark.id not in by_id:
            continue  # carla.Map makes landmarks of objects called Speed_NN too
        signal = by_id[landmark.id]
        shift = flu(landmark.transform.location) - signal.pose.translation
        # carla.Map pushes signals off lanes in steps of 0.25 m along the world's axes; take the steps off.
        steps = np.round(shift[:2] / 0.25)
        if np.abs(steps).max() > 2 or signal.pose.rotation[2, 2] < 0.999:
            continue  # pushed a long way, or along the axes of a leaning signal
        compared += 1
        assert np.abs(shift[:2] - 0.25 * steps).max() < TOLERANCE
        assert abs(shift[2]) < TOLERANCE
        forward = flu(landmark.transform.get_forward_vector())
        if signal.references:
            # CARLA's landmark looks along the traffic, our face against it.
            assert forward @ signal.pose.rotation[:, 0] < -0.99
    assert compared >= 0.5 * len(carla_map.get_all_landmarks())


def test_faces_look_against_the_traffic_they_govern(pair):
    road_map, _ = pair
    governing = 0
    for signal in road_map.signals:
        headings = np.array([lane.heading for lane in road_map.governed_lanes(signal)])
        if len(headings):
            travel = np.array([np.cos(headings).mean(), np.sin(headings).mean()])
            assert signal.pose.rotation[:2, 0] @ travel < -0.9
            governing += 1
    assert governing >= 0.5 * len(road_map.signals)


def at_seam(s: float, length: float) -> bool:
    return min(s, length - s) < 0.01


def test_generated_waypoints_are_located_on_their_lanes(pair):
    road_map, carla_map = pair
    waypoints = carla_map.generate_waypoints(5.0)
    points = np.array([flu(w.transform.location) for w in waypoints])
    found = road_map.locate(points)
    assert (found.strip_index >= 0).all()
    keys = [road_map.strips()[k].key for k in found.strip_index]
    for waypoint, key, offset in zip(waypoints, keys, found.offset, strict=True):
        if waypoint.is_junction:
            # Connecting roads overlap: the lane found must be one whose centre is as near.
            assert abs(offset) < 0.1
        else:
            same = (int(key.road), key.lane) == (waypoint.road_id, waypoint.lane_id)
            # At the seam of two roads either of them is right.
            assert same or at_seam(waypoint.s, road_map.road_geometry[str(waypoint.road_id)].length)
    headings = np.array([-np.radians(w.transform.rotation.yaw) for w in waypoints])
    plain = np.array([not w.is_junction for w in waypoints])
    assert np.cos(headings - found.heading)[plain].min() > 0.99
    assert np.abs(found.z - points[:, 2]).max() < TOLERANCE


SHAPES = {
    "spiral": '<spiral curvStart="0.002" curvEnd="0.03"/>',
    "spiral through zero": '<spiral curvStart="-0.02" curvEnd="0.02"/>',
    "poly3": '<poly3 a="0" b="0" c="0.004" d="0.00002"/>',
    # s - s^3 / 6 R^2, s^2 / 2 R with R = 200 m: an arc to 2 mm of its length.
    "paramPoly3 by length": '<paramPoly3 pRange="arcLength" aU="0" bU="1" '  # codespell:ignore bu
    'cU="0" dU="-0.0000041667" aV="0" bV="0" cV="0.0025" dV="0"/>',
    # Its arc length is the integral of sqrt(39.58^2 + 100 p^2) = 40.000.
    "paramPoly3 normalised": '<paramPoly3 pRange="normalized" aU="0" bU="39.58" cU="0" dU="0" '  # codespell:ignore bu
    'aV="0" bV="0" cV="5" dV="0"/>',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_curves_agree(shape):
    lanes = section(lane(1), lane(0), lane(-1), lane(-2, 2.0, "sidewalk"))
    data = document([road(length=40, plan=geometry(0, 10, -5, 0.7, 40, SHAPES[shape]), sections=lanes)])
    carla_map = carla.Map("sample", data.decode())
    assert worst_difference(parse_opendrive(data, "sample"), carla_map) < TOLERANCE
