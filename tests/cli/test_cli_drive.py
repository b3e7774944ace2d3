"""`roadmark drive inspect` on small drives, sound and damaged."""

import json

import numpy as np
import pytest

from roadmark.drive import Drive, DriveCamera, ObjectTrack, Trajectory, write_rds_hq
from roadmark.geometry import FThetaCamera, Pose, camera_pose_from_body

TIMES = np.round(np.arange(16) * 1e6 / 30) / 1e6


def straight_drive(name, label="Automobile"):
    """Half a second along x with one camera and one object."""
    still = np.tile([1.0, 0.0, 0.0, 0.0], (16, 1))
    along = np.outer(TIMES, [10.0, 0.0, 0.0])
    seat = camera_pose_from_body(Pose(np.eye(3), np.array([1.7, 0.0, 1.4]), "rig", "front"), child="front")
    lens = FThetaCamera.from_vector([959.5, 539.5, 1920, 1080, 0, 0.00106, 0, 0, 0, 0, 1])
    track = ObjectTrack("7", label, "car", TIMES[::3], along[::3] + [30, 3, 1], np.full((6, 3), 2.0), still[::3])
    camera = DriveCamera("camera_front", lens, seat, TIMES)
    return Drive(name, name, Trajectory(TIMES, along, still), {"camera_front": camera}, (track,))


@pytest.fixture
def drives(tmp_path):
    for name in ("a", "b"):
        write_rds_hq(tmp_path / "drives", straight_drive(name))
    return tmp_path / "drives"


def test_sound_drives(drives, roadmark):
    ran = roadmark("drive", "inspect", drives)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "a (rds-hq): 16 ego poses, 0.00 to 0.50 s"
    row = next(line for line in lines if "camera_front" in line)
    cells = [cell.strip() for cell in row.strip("│ ").split("│")]
    assert cells == ["camera_front", "f-theta", "1920x1080", "16", "0.00 to 0.50", "1.700 0.000 1.400", "0.0°", "none"]
    row = next(line for line in lines if "Automobile" in line)
    assert [cell.strip() for cell in row.strip("│ ").split("│")] == ["car", "Automobile", "1", "6", "0.00 to 0.50"]
    assert lines[-2:] == ["b: no problems", "2 drives, 0 with problems"]


def test_problems_are_listed_counted_and_advised(drives, roadmark):
    (drives / "ftheta_camera_rear").mkdir()
    (drives / "ftheta_camera_rear" / "b.mp4").write_bytes(b"")
    ran = roadmark("drive", "inspect", drives, "--drive", "b")
    assert ran.code == 1
    path = drives / "pose" / "b.tar"
    said = f"missing_extrinsics camera camera_rear: {path}, camera_rear: there are no poses of this camera; add them"
    assert said in ran.out.splitlines()
    assert "add where the camera sits; the camera is left out" in ran.out
    assert ran.out.splitlines()[-1] == "b: 1 problems"
    ran = roadmark("drive", "inspect", drives, "--drive", "b", "--most", "0")
    assert "missing_extrinsics: 1 more" in ran.out.splitlines()
    assert roadmark("drive", "inspect", drives, "--drive", "a").code == 0


def test_one_that_cannot_be_read_does_not_stop_the_others(drives, roadmark):
    (drives / "ftheta_intrinsic" / "a.tar").unlink()
    ran = roadmark("drive", "inspect", drives)
    assert ran.code == 1
    assert f"error: {drives}: drive a has no calibration" in ran.err
    assert ran.out.splitlines()[-2:] == ["b: no problems", "2 drives, 1 with problems"]


def test_lines_of_json(drives, roadmark):
    (drives / "ftheta_intrinsic" / "a.tar").unlink()
    ran = roadmark("drive", "inspect", drives, "--json")
    assert ran.code == 1
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["id"], "no calibration" in first["error"]) == ("a", True)
    assert (second["id"], second["format"], second["problems"]) == ("b", "rds-hq", [])
    assert second["ego"] == {"poses": 16, "first": 0.0, "last": 0.5}
    assert second["tracks"] == {"car": 1}
    assert second["cameras"][0]["name"] == "camera_front"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gone"], "no folder of drives; check the path"),
        (["."], "no drives here, nor in its folders, in rds-hq or clipgt or nuscenes or kitti"),
        (["drives", "--drive", "c"], "has no drive c"),
        (["drives", "--format", "bag"], "unknown format 'bag'; known are rds-hq, clipgt, nuscenes, kitti"),
        (["drives", "--format", "clipgt"], "no drives here"),
        (["drives", "--max-gap", "inf"], "max_gap inf: must be a number >= 0"),
    ],
)
def test_what_cannot_be_inspected(drives, roadmark, monkeypatch, arguments, said):
    monkeypatch.chdir(drives.parent if arguments[0] != "." else drives / "pose")
    ran = roadmark("drive", "inspect", *arguments)
    assert ran.code == 1
    assert said in ran.err
