"""nuScenes scenes as drives: a scene made by hand from the schema, and what is wrong with it left out."""

import json

import numpy as np
import pytest
from drive_samples import faults

from roadmark.drive import ImageFiles, check_drive, find_drives, read_drive
from roadmark.errors import FormatError, InputError
from roadmark.geometry import PinholeCamera, rpy_from_rotation
from roadmark.media import encode_png

TABLES = "v1.0-mini"
START = 1_532_402_927_600_000
HALF = np.sqrt(0.5)
RIGHT_DOWN_FORWARD = [0.5, -0.5, 0.5, -0.5]  # a camera that looks along the vehicle's x axis
PICTURE_LATE = 20_000  # microseconds after the key frame, as the cameras are triggered one after the other


def scene():
    """Three key frames of two cameras. The ego drives 10 m/s along y; a car ahead of it drives 20 m/s."""
    tables = {
        "scene": [{"token": "s", "name": "scene-0001", "log_token": "l", "description": "A car drives off."}],
        "log": [{"token": "l", "logfile": "n015-2018"}],
        "sensor": [
            {"token": "sf", "channel": "CAM_FRONT", "modality": "camera"},
            {"token": "sb", "channel": "CAM_BACK", "modality": "camera"},
            {"token": "sl", "channel": "LIDAR_TOP", "modality": "lidar"},
        ],
        "calibrated_sensor": [
            {"token": "cf", "sensor_token": "sf", "translation": [1.7, 0.0, 1.5], "rotation": RIGHT_DOWN_FORWARD,
             "camera_intrinsic": [[1266.0, 0, 816.0], [0, 1266.0, 491.0], [0, 0, 1]]},
            {"token": "cb", "sensor_token": "sb", "translation": [0.0, 0.0, 1.5], "rotation": [0.5, -0.5, -0.5, 0.5],
             "camera_intrinsic": [[809.0, 0, 829.0], [0, 809.0, 481.0], [0, 0, 1]]},
            {"token": "cl", "sensor_token": "sl", "translation": [0.9, 0, 1.8], "rotation": [HALF, 0, 0, -HALF],
             "camera_intrinsic": []},
        ],
        "category": [{"token": "kc", "name": "vehicle.car"}, {"token": "kp", "name": "human.pedestrian.adult"}],
        "instance": [{"token": "car", "category_token": "kc"}, {"token": "walker", "category_token": "kp"}],
        "sample": [], "sample_data": [], "ego_pose": [], "sample_annotation": [],
    }  # fmt: skip
    for k in range(3):
        tables["sample"].append({"token": f"k{k}", "scene_token": "s", "timestamp": START + 500_000 * k})
        for sensor, late in (("f", PICTURE_LATE), ("b", PICTURE_LATE), ("l", 0)):
            stamp = START + 500_000 * k + late
            token, time = f"{sensor}{k}", (stamp - START) / 1e6
            tables["ego_pose"].append(
                {
                    "token": token,
                    "timestamp": stamp,
                    "rotation": [HALF, 0, 0, HALF],
                    "translation": [100.0, 10 * time, 0],
                }
            )
            row = {"token": token, "sample_token": f"k{k}", "ego_pose_token": token, "timestamp": stamp,
                   "calibrated_sensor_token": f"c{sensor}", "is_key_frame": True,
                   "filename": f"samples/{sensor}/{k}.png", "width": 1600, "height": 900}  # fmt: skip
            tables["sample_data"].append(row)
        tables["sample_annotation"].append(
            {"token": f"a{k}", "sample_token": f"k{k}", "instance_token": "car", "translation": [100.0, 20 + 10 * k, 1],
             "size": [2.0, 4.5, 1.6], "rotation": [HALF, 0, 0, HALF]}
        )  # fmt: skip
    tables["sample_annotation"].append(
        {"token": "w", "sample_token": "k1", "instance_token": "walker", "translation": [95.0, 30.0, 1.0],
         "size": [0.6, 0.7, 1.8], "rotation": [1, 0, 0, 0]}
    )  # fmt: skip
    return tables


@pytest.fixture
def root(tmp_path):
    """A folder of its own for every test: tables are loaded once."""
    return tmp_path / "nuscenes"


def write(root, tables, pictures=True):
    (root / TABLES).mkdir(parents=True)
    for name, records in tables.items():
        (root / TABLES / f"{name}.json").write_text(json.dumps(records))
    for row in tables["sample_data"] if pictures else []:
        if ".." not in row["filename"] and not row["filename"].startswith("/"):
            (root / row["filename"]).parent.mkdir(parents=True, exist_ok=True)
            (root / row["filename"]).write_bytes(encode_png(np.zeros((9, 16), np.uint8)))
    return root


def test_a_scene(root):
    write(root, scene())
    found = read_drive(root)
    assert (found.id, found.recording, found.format, found.start_us) == ("scene-0001", "n015-2018", "nuscenes", START)
    assert found.captions == {"Original": "A car drives off."}
    assert found.problems == ()
    assert check_drive(found) == []
    assert list(found.cameras) == ["cam_back", "cam_front"]
    front = found.cameras["cam_front"]
    # Whole numbers are pixel centres in the file.
    assert front.model == PinholeCamera(1600, 900, 1266.0, 1266.0, 816.5, 491.5)
    np.testing.assert_allclose(front.frame_times, [0.02, 0.52, 1.02], atol=1e-9)
    assert isinstance(front.footage, ImageFiles)
    assert [path.name for path in front.footage.paths] == ["0.png", "1.png", "2.png"]


def test_where_cameras_and_objects_are(root):
    write(root, scene())
    found = read_drive(root)
    pose = found.camera_pose("cam_front", 0.52)
    # The ego faces y and is at y = 10 * 0.52; the camera sits 1.7 m ahead of it.
    np.testing.assert_allclose(pose.translation, [100.0, 5.2 + 1.7, 1.5], atol=1e-9)
    np.testing.assert_allclose(pose.rotation[:, 2], [0.0, 1.0, 0.0], atol=1e-9)  # looks along y
    np.testing.assert_allclose(pose.rotation[:, 0], [1.0, 0.0, 0.0], atol=1e-9)  # its right is x
    np.testing.assert_allclose(found.camera_pose("cam_back", 0.52).rotation[:, 2], [0.0, -1.0, 0.0], atol=1e-9)
    boxes = {track.category: box for track, box in found.boxes_at(0.52)}
    # 20 ms after the key frame the car has driven 0.4 m on; the walker, seen only once, stands.
    np.testing.assert_allclose(boxes["car"].center, [100.0, 30.4, 1.0], atol=1e-9)
    assert boxes["car"].size.tolist() == [4.5, 2.0, 1.6]  # length, width, height
    np.testing.assert_allclose(rpy_from_rotation(boxes["car"].rotation)[2], np.pi / 2, atol=1e-9)
    np.testing.assert_allclose(boxes["pedestrian"].center, [95.0, 30.0, 1.0], atol=1e-9)
    last = {track.category: box for track, box in found.boxes_at(1.02)}
    np.testing.assert_allclose(last["car"].center, [100.0, 40.4, 1.0], atol=1e-9)
    seen = boxes["car"].transformed(pose.inverse())
    np.testing.assert_allclose(seen.center, [0.0, 0.5, 30.4 - 6.9], atol=1e-9)  # right, down, forward


def test_scenes_are_found(root):
    write(root, scene())
    assert [(one.format, one.id) for one in find_drives(root)] == [("nuscenes", "scene-0001")]
    with pytest.raises(InputError, match="no drives here"):
        find_drives(root, "rds-hq")


def test_without_pictures(root):
    write(root, scene(), pictures=False)
    found = read_drive(root)
    assert [camera.footage for camera in found.cameras.values()] == [None, None]
    assert found.notes == ("cam_back: none of its pictures is there", "cam_front: none of its pictures is there")
    assert found.problems == ()


@pytest.mark.parametrize("name", ["/etc/passwd", "../../etc/passwd", "samples/../../x.png", "C:\\x.png", "", None, 7])
def test_pictures_outside_of_the_folder(root, name):
    tables = scene()
    tables["sample_data"][3]["filename"] = "picture-left-out"
    write(root, tables)
    text = json.dumps(tables["sample_data"]).replace('"picture-left-out"', json.dumps(name))
    (root / TABLES / "sample_data.json").write_text(text)
    found = read_drive(root)
    assert faults(found) == [("unsafe_path", "camera cam_front")]
    assert len(found.cameras["cam_front"].frame_times) == 2
    assert [path.name for path in found.cameras["cam_front"].footage.paths] == ["0.png", "2.png"]


def test_a_picture_that_is_missing(root):
    write(root, scene())
    (root / "samples" / "b" / "1.png").unlink()
    found = read_drive(root)
    assert faults(found) == [("bad_footage", "camera cam_back")]
    np.testing.assert_allclose(found.cameras["cam_back"].frame_times, [0.02, 1.02], atol=1e-9)


@pytest.mark.parametrize(
    ("table", "index", "fields", "fault", "item"),
    [
        ("sample_annotation", 0, {"size": [0, 1, 1]}, "bad_track", "track car"),
        ("sample_annotation", 0, {"translation": [float("nan"), 1, 1]}, None, None),
        ("sample_annotation", 0, {"rotation": [0, 0, 0, 0]}, "bad_track", "track car"),
        ("sample_annotation", 0, {"instance_token": "gone"}, "bad_track", "track gone"),
        ("sample_annotation", 1, {"sample_token": "k0"}, "duplicate_id", "track car"),
        ("category", 0, {"name": "vehicle.hovercraft"}, "unknown_label", "label vehicle.hovercraft"),
        ("ego_pose", 0, {"translation": [1, 2]}, "bad_pose", "ego_pose"),
        ("calibrated_sensor", 0, {"camera_intrinsic": []}, "bad_calibration", "camera cam_front"),
        ("calibrated_sensor", 0, {"camera_intrinsic": [[0] * 3] * 3}, "bad_calibration", "camera cam_front"),
        ("calibrated_sensor", 0, {"translation": None}, "bad_calibration", "camera cam_front"),
        ("sample", 2, {"timestamp": "late"}, "bad_file", "sample"),
    ],
)  # fmt: skip
def test_one_wrong_record_is_left_out(root, table, index, fields, fault, item):
    tables = scene()
    tables[table][index] |= fields
    write(root, tables)
    if fault is None:  # NaN is no JSON at all
        with pytest.raises(FormatError, match=rf"{table}\.json.*NaN"):
            read_drive(root)
        return
    found = read_drive(root)
    assert faults(found) == [(fault, item)]
    assert found.cameras["cam_back"].model.fx == 809.0


def test_tables_that_are_missing_or_none(root):
    tables = scene()
    write(root, tables)
    (root / TABLES / "calibrated_sensor.json").write_text("{}")
    with pytest.raises(FormatError, match=r"calibrated_sensor\.json: is no list of records"):
        read_drive(root)


def test_a_scene_without_calibrations_is_an_error(root):
    tables = scene()
    for row in tables["calibrated_sensor"]:
        row["camera_intrinsic"] = []
    write(root, tables)
    with pytest.raises(InputError, match="no camera with calibration and frames: .*3 x 3 numbers"):
        read_drive(root)
