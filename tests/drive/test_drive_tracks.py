"""Where ego and objects are between their own times, and where nobody knows."""

import numpy as np
import pytest
from drive_samples import FRONT, LEFT, TIMES, drive, ego, parked, truck, turning

from roadmark.drive import ObjectTrack, TrackRules, Trajectory
from roadmark.errors import GeometryError, InputError
from roadmark.geometry import rpy_from_rotation

RULES = TrackRules()


def straight(times, speed=10.0, **changes):
    """A car that drives along x and turns by 0.1 rad a second."""
    times = np.asarray(times, np.float64)
    centers = np.stack([speed * times, 0 * times, 0 * times], axis=1)
    turns = turning(np.stack([0 * times, 0 * times, 0.1 * times], axis=1))
    return ObjectTrack("1", "car", "car", times, centers, np.tile([4.0, 2.0, 1.5], (len(times), 1)), turns, **changes)


def test_own_observations_come_back_exactly():
    track = truck()
    for row, time in enumerate(track.times):
        box = track.box_at(time, RULES)
        assert box.center.tolist() == track.centers[row].tolist()
        assert box.size.tolist() == [9.0, 2.6, 3.5]


def test_in_between_positions_are_linear_and_turns_even():
    box = straight([0.0, 0.4]).box_at(0.1, RULES)
    np.testing.assert_allclose(box.center, [1.0, 0.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(rpy_from_rotation(box.rotation), [0.0, 0.0, 0.01], atol=1e-12)


def test_a_gap_is_bridged_up_to_the_limit():
    track = straight([0.0, 0.1, 0.6, 1.2])  # gaps of 0.5 and 0.6 s
    known = track.knows([0.05, 0.3, 0.6, 0.7, 1.1, 1.2], RULES)
    assert known.tolist() == [True, True, True, False, False, True]
    assert track.box_at(0.7, RULES) is None
    assert track.box_at(0.7, TrackRules(max_gap=0.6)) is not None


def test_a_parked_object_is_known_between_its_two_observations():
    car = parked()  # 0.1 m apart, 1 s
    box = car.box_at(0.5, RULES)
    np.testing.assert_allclose(box.center, [15.05, -4.0, 0.8], atol=1e-12)
    assert car.box_at(0.5, TrackRules(parked_within=0.05)) is None  # so near it does not count as parked
    lost = straight([0.0, 10.0], speed=0.2)  # 2 m apart: it moved in between
    assert lost.box_at(5.0, RULES) is None


def test_three_observations_in_one_place_are_no_sparse_parked_track():
    assert straight([0.0, 0.1, 10.0], speed=0.0).box_at(5.0, RULES) is None


@pytest.mark.parametrize(
    ("extrapolation", "known"), [(0.0, [False, True, True, False]), (0.5, [True, True, True, False])]
)
def test_beyond_its_ends(extrapolation, known):
    track = straight([1.0, 1.1])
    rules = TrackRules(extrapolation=extrapolation)
    assert track.knows([0.6, 1.0, 1.1, 1.7], rules).tolist() == known
    if extrapolation:
        box = track.box_at(0.6, rules)
        np.testing.assert_allclose(box.center, [6.0, 0.0, 0.0], atol=1e-9)  # 10 m/s, as before
        np.testing.assert_allclose(rpy_from_rotation(box.rotation)[2], 0.1, atol=1e-9)  # turns stay


def test_sizes_do_not_go_on_changing_beyond_the_ends():
    grows = ObjectTrack(
        "1", "car", "car", np.array([0.0, 0.1]), np.zeros((2, 3)), np.array([[1.0, 1.0, 1.0], [4.0, 1.0, 1.0]]),
        turning(np.zeros((2, 3))),
    )  # fmt: skip
    rules = TrackRules(extrapolation=0.5)
    assert grows.box_at(0.05, rules).size.tolist() == [2.5, 1.0, 1.0]
    assert grows.box_at(-0.1, rules).size.tolist() == [1.0, 1.0, 1.0]  # not -2 m
    assert grows.box_at(0.2, rules).size.tolist() == [4.0, 1.0, 1.0]


def test_one_observation_stands_still_beside_its_time():
    once = straight([0.3])
    assert once.knows([0.2, 0.3, 0.4], RULES).tolist() == [False, True, False]
    rules = TrackRules(extrapolation=0.1)
    assert once.knows([0.1, 0.2, 0.3, 0.4, 0.5], rules).tolist() == [False, True, True, True, False]
    assert once.box_at(0.35, rules).center.tolist() == [3.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("times", [0.0, 0.0], "rise"),
        ("centers", [[0, 0, 0], [0, np.nan, 0]], "NaN"),
        ("sizes", [[1, 1, 1], [1, 0, 1]], "> 0"),
        ("quaternions", [[1, 0, 0, 0]], "shape"),
    ],
)
def test_tracks_that_cannot_be(field, value, said):
    values = {
        "times": [0.0, 1.0],
        "centers": np.zeros((2, 3)),
        "sizes": np.ones((2, 3)),
        "quaternions": np.eye(4)[[0, 0]],
    }
    with pytest.raises(GeometryError, match=said):
        ObjectTrack("1", "car", "car", **(values | {field: value}))


def test_the_short_way_round():
    turns = turning(np.array([[0.0, 0.0, 3.1], [0.0, 0.0, -3.1]]))  # 0.083 rad apart through pi
    path = Trajectory(np.array([0.0, 0.1]), np.zeros((2, 3)), turns)
    yaw = rpy_from_rotation(path.pose_at(0.05).rotation)[2]
    assert abs(abs(yaw) - np.pi) < 1e-9


def test_camera_poses_chain_ego_and_seat():
    whole = drive()
    time = 0.25
    for name in (FRONT, LEFT):
        expected = whole.ego.pose_at(time).matrix @ whole.cameras[name].rig_from_camera.matrix
        np.testing.assert_allclose(whole.camera_pose(name, time).matrix, expected, atol=1e-12)
    # Straight ahead of the car at its start: the front camera looks along x.
    axis = whole.camera_pose(FRONT, 0.0).rotation[:, 2]
    assert axis[0] > 0.99


def test_outside_of_the_poses_is_an_error():
    with pytest.raises(InputError, match=r"1\.100000 s.*0\.000000 to 1\.000000"):
        ego().pose_at(1.1)
    with pytest.raises(InputError, match="no camera 'rear'"):
        drive().camera_pose("rear", 0.0)


def test_boxes_of_a_moment():
    whole = drive()
    assert [(track.id, box.frame) for track, box in whole.boxes_at(float(TIMES[4]))] == [
        ("7", "world"),
        ("12", "world"),
    ]
    assert whole.boxes_at(2.0) == []
