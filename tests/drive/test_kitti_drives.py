"""KITTI sequences and images as drives: made by hand from the readme, and what is wrong with them left out."""

import math

import numpy as np
import pytest
from drive_samples import faults

from roadmark.drive import check_drive, find_drives, read_drive
from roadmark.drive.kitti_oxts import EARTH_RADIUS
from roadmark.errors import FormatError, InputError
from roadmark.geometry import PinholeCamera
from roadmark.media import encode_png

# Lidar 1 m ahead of and 1 m above the inertial unit, the rectified camera 0.5 m ahead of the lidar, without turns.
CALIBRATION = """P0: 700 0 600 0 0 700 180 0 0 0 1 0
P2: 700 0 600 42 0 700 180 0 0 0 1 0
P3: 700 0 600 -336 0 700 180 0 0 0 1 0
R_rect 1 0 0 0 1 0 0 0 1
Tr_velo_cam 0 -1 0 0 0 0 -1 0 1 0 0 -0.5
Tr_imu_velo 1 0 0 -1 0 1 0 0 0 0 1 -1
"""
LABELS = """0 5 Car 0 0 -1.57 100 100 200 200 1.5 1.6 4.0 2.0 1.75 20.0 -1.5707963267948966
1 5 Car 0 0 -1.57 100 100 200 200 1.5 1.6 4.0 2.0 1.75 21.0 -1.5707963267948966
2 5 Car 0 0 -1.57 100 100 200 200 1.5 1.6 4.0 2.0 1.75 22.0 -1.5707963267948966
1 -1 DontCare -1 -1 -10 219 188 245 218 -1000 -1000 -1000 -10 -1 -1 -1
1 9 Pedestrian 0 0 0 100 100 200 200 1.8 0.6 0.5 -3.0 1.75 10.0 0.0
"""


def oxts_line(east, heading=0.0):
    """Metres east of longitude 8.4 degrees at the equator, where the scale of the projection is 1."""
    longitude = 8.4 + math.degrees(east / EARTH_RADIUS)
    return " ".join(map(str, [0.0, longitude, 116.0, 0.0, 0.0, heading, *[0.0] * 24]))


def write_sequence(folder, calibration=CALIBRATION, labels=LABELS, oxts=True, frames=3):
    for name in ("calib", "label_02", "oxts", "image_02/0004", "image_03/0004"):
        (folder / "training" / name).mkdir(parents=True)
    (folder / "training" / "calib" / "0004.txt").write_text(calibration)
    (folder / "training" / "label_02" / "0004.txt").write_text(labels)
    if oxts:
        lines = [oxts_line(1.5 * frame) for frame in range(frames)]
        (folder / "training" / "oxts" / "0004.txt").write_text("\n".join(lines) + "\n")
    for camera in ("image_02", "image_03"):
        for frame in range(frames):
            picture = folder / "training" / camera / "0004" / f"{frame:06d}.png"
            picture.write_bytes(encode_png(np.zeros((375, 1242), np.uint8)))
    return folder


def test_a_sequence(tmp_path):
    found = read_drive(write_sequence(tmp_path))
    assert (found.id, found.recording, found.format, found.problems, found.notes) == ("0004", "0004", "kitti", (), ())
    assert check_drive(found) == []
    assert [(one.format, one.id) for one in find_drives(tmp_path)] == [("kitti", "0004")]
    assert list(found.cameras) == ["image_02", "image_03"]
    left = found.cameras["image_02"]
    assert left.model == PinholeCamera(1242, 375, 700.0, 700.0, 600.5, 180.5)  # whole numbers are pixel centres
    np.testing.assert_allclose(left.frame_times, [0.0, 0.1, 0.2])
    # P2's 42 = 700 * 0.06: its centre is 0.06 m left of the rectified camera; P3's is 0.48 m right of it.
    # The rectified camera is 1.5 m ahead of and 1 m above the inertial unit.
    np.testing.assert_allclose(left.rig_from_camera.translation, [1.5, 0.06, 1.0], atol=1e-9)
    np.testing.assert_allclose(found.cameras["image_03"].rig_from_camera.translation, [1.5, -0.48, 1.0], atol=1e-9)
    np.testing.assert_allclose(left.rig_from_camera.rotation[:, 2], [1.0, 0.0, 0.0], atol=1e-9)


def test_objects_are_in_the_world(tmp_path):
    found = read_drive(write_sequence(tmp_path))
    car, walker = found.tracks
    assert [(track.id, track.category, len(track.times)) for track in found.tracks] == [
        ("5", "car", 3),
        ("9", "pedestrian", 1),
    ]
    # In frame 1 the vehicle is 1.5 m on. The car is 21 m ahead of the camera (1.5 m ahead of the unit), 2 m right;
    # the middle of its bottom is 1.75 m under the camera, which is 1 m up; its centre 0.75 m higher.
    np.testing.assert_allclose(car.centers[1], [1.5 + 1.5 + 21.0, -2.0, 1.0 - 1.75 + 0.75], atol=1e-6)
    assert car.sizes[1].tolist() == [4.0, 1.6, 1.5]  # length, width, height of "1.5 1.6 4.0"
    box = car.box_at(0.1, found.rules)
    np.testing.assert_allclose(box.rotation, np.eye(3), atol=1e-9)  # rotation_y -90 degrees: away from the camera
    np.testing.assert_allclose(
        walker.box_at(0.1, found.rules).rotation[:, 0], [0.0, -1.0, 0.0], atol=1e-9
    )  # faces right
    seen = box.transformed(found.camera_pose("image_02", 0.1).inverse())
    np.testing.assert_allclose(seen.center, [2.06, 1.0, 21.0], atol=1e-6)  # from P2's own centre


def test_the_vehicle_turns_with_its_unit(tmp_path):
    write_sequence(tmp_path)
    lines = [oxts_line(0.0, heading=math.pi / 2)] * 3
    (tmp_path / "training" / "oxts" / "0004.txt").write_text("\n".join(lines))
    found = read_drive(tmp_path / "training")  # the folder itself may be given, too
    np.testing.assert_allclose(found.camera_pose("image_02", 0.0).rotation[:, 2], [0.0, 1.0, 0.0], atol=1e-9)  # north
    np.testing.assert_allclose(found.tracks[0].centers[0], [2.0, 21.5, 0.0], atol=1e-6)


def test_without_oxts_the_world_goes_with_the_vehicle(tmp_path):
    found = read_drive(write_sequence(tmp_path, oxts=False))
    assert found.notes == ("no oxts: the world goes with the vehicle",)
    np.testing.assert_allclose(found.tracks[0].centers[:, 0], [21.5, 22.5, 23.5], atol=1e-9)


def test_an_image_of_the_object_benchmark(tmp_path):
    names = CALIBRATION.replace("R_rect ", "R0_rect: ").replace("Tr_velo_cam ", "Tr_velo_to_cam: ")
    for name in ("calib", "label_2", "image_2"):
        (tmp_path / "training" / name).mkdir(parents=True)
    (tmp_path / "training" / "calib" / "000008.txt").write_text(
        names.replace("Tr_imu_velo ", "Tr_imu_to_velo: ") + "\n"
    )
    lines = [line.split(" ", 2)[2] for line in LABELS.splitlines()]
    (tmp_path / "training" / "label_2" / "000008.txt").write_text("\n".join(lines[2:]))
    (tmp_path / "training" / "image_2" / "000008.png").write_bytes(encode_png(np.zeros((375, 1242), np.uint8)))
    found = read_drive(tmp_path)
    assert (found.id, found.problems, list(found.cameras)) == ("000008", (), ["image_02"])
    assert [(track.id, track.label) for track, _ in found.boxes_at(0.0)] == [("1", "Car"), ("3", "Pedestrian")]
    box = found.boxes_at(0.0)[0][1].transformed(found.camera_pose("image_02", 0.0).inverse())
    np.testing.assert_allclose(box.to_lhw_xyz(), [2.06, 1.0, 22.0, 4.0, 1.5, 1.6, 0.0, -math.pi / 2, 0.0], atol=1e-9)


@pytest.mark.parametrize(
    ("line", "fault", "item"),
    [
        ("1 7 Car 0 0", "bad_track", "track 7"),
        ("x 7 Car 0 0 0 0 0 0 0 1.5 1.6 4.0 2.0 1.75 20.0 0", "bad_track", "track 7"),
        ("1 7 Car 0 0 0 0 0 0 0 1.5 wide 4.0 2.0 1.75 20.0 0", "bad_track", "track 7"),
        ("1 7 Car 0 0 0 0 0 0 0 1.5 1.6 4.0 nan 1.75 20.0 0", "bad_track", "track 7"),
        ("1 7 Car 0 0 0 0 0 0 0 0 1.6 4.0 2.0 1.75 20.0 0", "bad_track", "track 7"),
        ("1 7 Car 0 0 0 0 0 0 0 1.5 1.6 4.0 2.0 1e300 20.0 0", "bad_track", "track 7"),
        ("99 7 Car 0 0 0 0 0 0 0 1.5 1.6 4.0 2.0 1.75 20.0 0", "bad_track", "track 7"),  # no pose at 9.9 s
        ("1 5 Car 0 0 0 0 0 0 0 1.5 1.6 4.0 2.0 1.75 20.0 0", "duplicate_id", "track 5"),
        ("1 7 Hovercraft 0 0 0 0 0 0 0 1.5 1.6 4.0 2.0 1.75 20.0 0", "unknown_label", "label Hovercraft"),
    ],
)
def test_one_wrong_line_is_left_out(tmp_path, line, fault, item):
    found = read_drive(write_sequence(tmp_path, labels=f"{LABELS}{line}\n"))
    assert faults(found) == [(fault, item)]
    assert len(found.tracks[0].times) == 3


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("R_rect", "", "R0_rect or R_rect of 9 numbers is missing"),
        ("Tr_velo_cam", "Tr_velo_cam 1 2 3", "Tr_velo_to_cam or Tr_velo_cam of 12 numbers is missing"),
        ("Tr_imu_velo", "Tr_imu_velo 2 0 0 0 0 2 0 0 0 0 2 0", "not a rotation"),
        ("P2:", "P2: 700 1 600 0 0 700 180 0 0 0 1 0", "no projection of a rectified camera"),
        ("P3:", "P3: a b", "holds no numbers"),
        ("R_rect", "R_rect 1 0 0 0 nan 0 0 0 1", "NaN"),
    ],
)
def test_a_calibration_that_is_none_is_an_error(tmp_path, name, changed, said):
    lines = [changed if line.startswith(name) else line for line in CALIBRATION.splitlines()]
    write_sequence(tmp_path, calibration="\n".join(lines))
    with pytest.raises(FormatError, match=said):
        read_drive(tmp_path)


def test_poses_that_are_none_are_filled_in(tmp_path):
    write_sequence(tmp_path)
    lines = [oxts_line(0.0), "nan " * 30, oxts_line(3.0)]
    (tmp_path / "training" / "oxts" / "0004.txt").write_text("\n".join(lines))
    found = read_drive(tmp_path)
    assert faults(found) == [("bad_pose", "oxts")]
    np.testing.assert_allclose(found.ego.pose_at(0.1).translation, [1.5, 0.0, 0.0], atol=1e-6)


def test_without_pictures_is_an_error(tmp_path):
    write_sequence(tmp_path)
    for picture in (tmp_path / "training").glob("image_0?/0004/*.png"):
        picture.unlink()
    for folder in (tmp_path / "training").glob("image_0?/0004"):
        folder.rmdir()
    with pytest.raises(InputError, match="no pictures; they alone tell the image's size"):
        read_drive(tmp_path)
