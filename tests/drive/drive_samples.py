"""Small drives made in memory, and ways to look at them."""

import io
import tarfile

import numpy as np

from roadmark.drive import Drive, DriveCamera, MapElement, ObjectTrack, Trajectory
from roadmark.geometry import (
    Box3D,
    FThetaCamera,
    Pose,
    camera_pose_from_body,
    quaternion_from_rotation,
    rotation_from_rpy,
)

ID = "5e5510_1000000_3000000"
FRONT, LEFT = "camera_front_wide_120fov", "camera_cross_left_120fov"
FRAMES = 31
TIMES = np.round(np.arange(FRAMES) * 1e6 / 30) / 1e6

# NVIDIA's published vectors of a front wide and a rear left camera, of both kinds of polynomial.
BACKWARD = [954.2063, 757.15415, 1920, 1080, 0, 1.05758628e-3, 8.2116208e-9, -3.3945008e-11, 8.0734208e-14,
            -2.94602496e-17, 1]  # fmt: skip
FORWARD = [933.82935, 557.2074, 1920, 1080, 0, 1571.27855, 96.98752, -255.40837, 150.845965, 97.98543, 0,
           1.0005, 2e-4, -1e-4]  # fmt: skip


def seat(name, place, rpy_degrees):
    """Rig from camera of a camera that looks along its body's x axis."""
    body = Pose(rotation_from_rpy(np.deg2rad(rpy_degrees)), np.array(place), "rig", name)
    return camera_pose_from_body(body, child=name)


def turning(rpy):
    """Quaternions of roll, pitch, yaw (N, 3)."""
    return quaternion_from_rotation(rotation_from_rpy(rpy))


def ego():
    """Ten metres a second through a bend, over a hump."""
    rpy = np.stack([0.02 * np.sin(TIMES), 0.05 * np.cos(3 * TIMES), 0.3 * TIMES], axis=1)
    return Trajectory(TIMES, np.stack([10 * TIMES, 1.5 * TIMES**2, 0.1 * np.sin(TIMES)], axis=1), turning(rpy))


def truck():
    """Overtakes; observed at 10 Hz."""
    times = TIMES[::3]
    rpy = np.stack([0 * times + 0.01, 0 * times - 0.02, 0.4 * times], axis=1)
    centers = np.stack([20 + 12 * times, 4 + 0 * times, 1.5 + 0 * times], axis=1)
    return ObjectTrack(
        "12", "Heavy_truck", "truck", times, centers, np.tile([9.0, 2.6, 3.5], (11, 1)), turning(rpy), True
    )


def parked():
    """Observed at the beginning and at the end only."""
    turns = turning(np.tile([0.0, 0.0, -1.2], (2, 1)))
    centers = np.array([[15.0, -4.0, 0.8], [15.1, -4.0, 0.8]])
    return ObjectTrack(
        "7", "Automobile", "car", TIMES[[0, 30]], centers, np.tile([4.5, 1.9, 1.6], (2, 1)), turns, False
    )


def map_layers():
    left = np.array([[0.0, 2.0, 0.0], [50.0, 2.0, 0.1]])
    right = np.array([[0.0, -2.0, 0.0], [25.0, -2.0, 0.0], [50.0, -2.0, 0.1]])
    square = np.array([[30.0, -2.0, 0.0], [33.0, -2.0, 0.0], [33.0, 2.0, 0.0], [30.0, 2.0, 0.0]])
    light = Box3D(np.array([40.0, 5.0, 6.0]), np.array([0.25, 0.5, 1.0]), rotation_from_rpy([0.0, 0.0, 3.0]))
    return {
        "lane": (MapElement((left, right), attributes={"feature_id": "lane-1"}),),
        "lane_line": (MapElement((left,), attributes={"colors": ["WHITE", "WHITE"], "feature_id": "line-1"}),),
        "crosswalk": (MapElement((square,), attributes={"category": "crosswalk"}),),
        "traffic_light": (MapElement(box=light, attributes={"category": "vehicle"}),),
    }


def drive(**changes):
    """One second: two cameras, a truck that overtakes and a parked car."""
    front, left = FThetaCamera.from_vector(BACKWARD), FThetaCamera.from_vector(FORWARD)
    cameras = {
        FRONT: DriveCamera(FRONT, front, seat(FRONT, [1.7, -0.01, 1.4], [0.1, 0.5, -0.7]), TIMES),
        LEFT: DriveCamera(LEFT, left, seat(LEFT, [2.5, 0.94, 0.92], [-0.2, 0.4, 66.4]), TIMES),
    }
    values = {"id": ID, "recording": "5e5510", "ego": ego(), "cameras": cameras, "tracks": (parked(), truck())}
    values |= {"start_us": 1_000_000, "map_layers": map_layers(), "captions": {"Original": "Ein Lkw überholt."}}
    return Drive(**(values | changes))


def assert_same(found, expected, single=1e-5):
    """Two drives hold the same. `single`: metres that single precision may be off, at the sample's 40 m."""
    assert (found.id, found.recording, found.start_us) == (expected.id, expected.recording, expected.start_us)
    np.testing.assert_allclose(found.ego.times, expected.ego.times, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.ego.matrices(), expected.ego.matrices(), rtol=0, atol=single)
    assert list(found.cameras) == list(expected.cameras)
    for name, camera in expected.cameras.items():
        assert found.cameras[name].model == camera.model
        np.testing.assert_allclose(
            found.cameras[name].rig_from_camera.matrix, camera.rig_from_camera.matrix, atol=single
        )
        np.testing.assert_allclose(found.cameras[name].frame_times, camera.frame_times, rtol=0, atol=1e-9)
    tracks = {track.id: track for track in found.tracks}
    assert set(tracks) == {track.id for track in expected.tracks}
    for track in expected.tracks:
        other = tracks[track.id]
        assert (other.label.lower(), other.category) == (track.label.lower(), track.category)
        for field in ("times", "centers", "sizes", "quaternions"):
            np.testing.assert_allclose(getattr(other, field), getattr(track, field), rtol=0, atol=single)
    assert set(found.map_layers) == set(expected.map_layers)
    for layer, elements in expected.map_layers.items():
        for other, element in zip(found.map_layers[layer], elements, strict=True):
            assert dict(other.attributes) == dict(element.attributes)
            for points, line in zip(other.lines, element.lines, strict=True):
                np.testing.assert_allclose(points, line, atol=single)
            assert (other.box is None) == (element.box is None)
            if element.box is not None:
                np.testing.assert_allclose(other.box.corners(), element.box.corners(), atol=single)


def faults(drive):
    """(fault, item) of every problem."""
    return [(problem.fault, problem.item) for problem in drive.problems]


def tar_members(path):
    """Name and bytes of every member, as Python's tarfile has them."""
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar.getmembers()}


def write_members(path, members):
    """Write a tar with these members: bytes, or a TarInfo with bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def npy(array):
    stream = io.BytesIO()
    np.save(stream, np.asarray(array))
    return stream.getvalue()
