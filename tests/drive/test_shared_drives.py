"""The shared drives: as NVIDIA's tools write them, against what NVIDIA's curation code made of them."""

import json

import numpy as np
import pytest
from drive_samples import assert_same

from roadmark.drive import ReadOptions, check_drive, find_drives, read_drive, write_clipgt, write_rds_hq

CAMERAS = [
    "camera_front_wide_120fov", "camera_cross_left_120fov", "camera_cross_right_120fov", "camera_rear_left_70fov",
    "camera_rear_right_70fov",
]  # fmt: skip


@pytest.fixture(scope="module")
def rds_hq(data_dir):
    return read_drive(data_dir / "av" / "rds_hq")


@pytest.fixture(scope="module")
def clipgt(data_dir):
    return read_drive(data_dir / "av" / "clipgt")


def test_both_are_found_side_by_side(data_dir):
    found = find_drives(data_dir / "av")
    assert [(one.format, one.path.name) for one in found] == [("clipgt", "clipgt"), ("rds-hq", "rds_hq")]


def test_nothing_is_wrong_with_them(rds_hq, clipgt):
    assert [*rds_hq.problems, *clipgt.problems, *check_drive(rds_hq), *check_drive(clipgt)] == []
    assert list(rds_hq.cameras) == CAMERAS
    assert [len(camera.frame_times) for camera in rds_hq.cameras.values()] == [61] * 5
    assert [camera.footage.measure() for camera in rds_hq.cameras.values()] == [(61, 640, 360)] * 5
    assert {track.id: track.category for track in rds_hq.tracks} == {
        "11": "car", "12": "truck", "13": "bus", "14": "pedestrian", "15": "car", "16": "car",
    }  # fmt: skip


def test_boxes_are_where_nvidias_code_saw_them(data_dir, rds_hq):
    """All boxes of the published code's output, to 1e-4, through `camera_pose` and `boxes_at` alone."""
    reference = json.loads((data_dir / "av" / "reference_output.json").read_text())
    compared = 0
    for key, frame in reference.items():
        camera, _, number = key.partition("/")
        time = float(rds_hq.cameras[camera].frame_times[int(number)])
        world_from_camera = rds_hq.camera_pose(camera, time)
        boxes = {track.id: box.transformed(world_from_camera.inverse()) for track, box in rds_hq.boxes_at(time)}
        for annotation in frame["annotations"]:
            box = boxes[annotation["label"].split("_")[1]]
            np.testing.assert_allclose(box.to_nvidia(world_from_camera), annotation["bbox_3d"], rtol=0, atol=1e-4)
            compared += 1
    assert compared == 14


def test_the_published_places_of_the_cameras(rds_hq, clipgt, data_dir):
    """nominalSensor2Rig_FLU of the rig, specs/av-grounding.md 1.3; the ClipGT rig has corrections of 1 m and 5°."""
    for name, place, yaw in (
        ("front_wide", (1.697, -0.010, 1.443), -0.71),
        ("cross_left", (2.473, 0.938, 0.918), 66.41),
    ):
        camera = f"camera_{name}_120fov"
        plain = read_drive(data_dir / "av" / "clipgt", options=ReadOptions(corrections=False))
        for found, lift, turn in ((rds_hq, 0.0, 0.0), (plain, 0.0, 0.0), (clipgt, 1.0, 5.0)):
            pose = found.cameras[camera].rig_from_camera
            np.testing.assert_allclose(pose.translation, np.add(place, [0.0, 0.0, lift]), atol=1e-6)
            axis = pose.rotation[:, 2]
            np.testing.assert_allclose(np.rad2deg(np.arctan2(axis[1], axis[0])), yaw + turn, atol=0.02)


def test_both_formats_hold_the_same_objects(rds_hq, clipgt):
    tracks = {track.id: track for track in rds_hq.tracks}
    for track in clipgt.tracks:
        np.testing.assert_allclose(track.centers, tracks[track.id].centers, atol=1e-5)
        np.testing.assert_allclose(track.quaternions, tracks[track.id].quaternions, atol=1e-6)
    assert "labelstore:" in clipgt.notes[0]


@pytest.mark.parametrize("write", [write_rds_hq, write_clipgt])
def test_written_again_they_are_equal(tmp_path, rds_hq, clipgt, write):
    own = rds_hq if write is write_rds_hq else clipgt
    assert write(tmp_path / "out", own) == []
    found = read_drive(tmp_path / "out")
    assert_same(found, own, single=1e-7)
    for name, camera in own.cameras.items():
        if camera.footage is not None:
            assert found.cameras[name].footage.path.read_bytes() == camera.footage.path.read_bytes()
