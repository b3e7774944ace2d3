"""nuScenes tables, read as the devkit reads them: its steps are repeated here, for it does not run with numpy 2."""

import json

import cv2
import numpy as np
import pytest

from detection_samples import CAMERA, CAR, CAR_BOX, HEIGHT, WIDTH, write_clip
from roadmark.clip import Clip
from roadmark.errors import InputError
from roadmark.formats import ImageChoice, clips_below, write_nuscenes
from roadmark.formats.nuscenes import TABLES, VERSION
from roadmark.geometry import FThetaCamera, rotation_from_quaternion

LINKS = {
    "category_token": "category", "visibility_token": "visibility", "instance_token": "instance",
    "sensor_token": "sensor", "calibrated_sensor_token": "calibrated_sensor", "ego_pose_token": "ego_pose",
    "log_token": "log", "scene_token": "scene", "sample_token": "sample", "first_sample_token": "sample",
    "last_sample_token": "sample", "first_annotation_token": "sample_annotation",
    "last_annotation_token": "sample_annotation",
}  # fmt: skip
"""Fields that name a record, and the table it is in."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    clips = [write_clip(root / "scenario_1"), write_clip(root / "scenario_2", frames=2)]
    counts = write_nuscenes(root / "out", clips_below(root, clips))
    return root / "out", clips, counts, load(root / "out")


def load(folder):
    """Every table by token."""
    tables = {name: json.loads((folder / VERSION / f"{name}.json").read_text()) for name in TABLES}
    found = {name: {record["token"]: record for record in records} for name, records in tables.items()}
    assert all(len(found[name]) == len(tables[name]) for name in TABLES), "a token is used twice"
    return found


def test_every_token_leads_to_a_record(written):
    _, _, counts, tables = written
    assert {name: len(records) for name, records in tables.items()} == counts
    assert (counts["scene"], counts["sample"], counts["sample_annotation"], counts["instance"]) == (2, 5, 10, 4)
    for name, records in tables.items():
        for record in records.values():
            for field, target in LINKS.items():
                if record.get(field):
                    assert record[field] in tables[target], f"{name}.{field}"
            for attribute in record.get("attribute_tokens", ()):
                assert attribute in tables["attribute"]
    assert next(iter(tables["map"].values()))["log_tokens"] == list(tables["log"])


@pytest.mark.parametrize("name", ["sample", "sample_data", "sample_annotation"])
def test_chains_lead_from_first_to_last_and_back(written, name):
    records = written[3][name]
    chains = []
    for record in records.values():
        if record["prev"]:
            assert records[record["prev"]]["next"] == record["token"]
        else:
            chain = [record]
            while chain[-1]["next"]:
                chain.append(records[chain[-1]["next"]])
            chains.append(len(chain))
    assert sorted(chains) == ([2, 2, 3, 3] if name == "sample_annotation" else [2, 3])


def test_scenes_follow_one_another_in_time(written):
    tables = written[3]
    times = [
        [tables["sample"][scene[f"{end}_sample_token"]]["timestamp"] for end in ("first", "last")]
        for scene in tables["scene"].values()
    ]
    assert times == [[0, 200_000], [1_200_000, 1_300_000]]  # 10 frames a second, a second in between


def placed(record):
    """Rotation and translation of a record."""
    return rotation_from_quaternion(np.array(record["rotation"])), np.array(record["translation"])


def test_boxes_project_where_the_clip_has_them(written):
    folder, clips, _, tables = written
    data = list(tables["sample_data"].values())[1]
    annotation = next(
        record for record in tables["sample_annotation"].values()
        if record["sample_token"] == data["sample_token"] and record["actor_id"] == CAR
    )  # fmt: skip
    width, length, height = annotation["size"]
    corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    rotation, center = placed(annotation)
    points = corners * [length, width, height] @ rotation.T + center
    sensor = tables["calibrated_sensor"][data["calibrated_sensor_token"]]
    for frame in (tables["ego_pose"][data["ego_pose_token"]], sensor):  # world to ego, ego to camera
        rotation, translation = placed(frame)
        points = (points - translation) @ rotation
    seen = points @ np.array(sensor["camera_intrinsic"]).T
    frame = Clip.open(clips[0])[1]
    own = CAMERA.project(CAR_BOX.transformed(frame.pose.inverse()).corners()).uv - 0.5  # whole numbers: pixel centres

    def rounded(pixels):
        return {tuple(pixel) for pixel in np.round(pixels, 4) + 0.0}

    assert rounded(seen[:, :2] / seen[:, 2:]) == rounded(own)
    assert (folder / data["filename"]).read_bytes() == frame.file("rgb").read_bytes()
    assert cv2.imread(str(folder / data["filename"])).shape == (HEIGHT, WIDTH, 3)
    assert cv2.imread(str(folder / next(iter(tables["map"].values()))["filename"])) is not None


def test_what_is_known_of_objects_is_said_in_nuscenes_words(written):
    tables = written[3]
    car, walker = list(tables["sample_annotation"].values())[:2]
    names = [tables["category"][tables["instance"][one["instance_token"]]["category_token"]]["name"]
             for one in (car, walker)]  # fmt: skip
    assert names == ["vehicle.car", "human.pedestrian.adult"]
    assert tables["visibility"][car["visibility_token"]]["level"] == "v60-80"  # 0.6 of it are visible
    assert walker["visibility_token"] == ""
    assert [tables["attribute"][token]["name"] for token in car["attribute_tokens"]] == ["vehicle.moving"]  # 8 m/s
    assert walker["attribute_tokens"] == []  # its speed is not known
    assert tables["instance"][car["instance_token"]]["nbr_annotations"] == 3


def test_fewer_images_are_chained_as_well(written, tmp_path):
    _, clips, _, _ = written
    counts = write_nuscenes(
        tmp_path / "out", clips_below(clips[0].parent, clips), ImageChoice(every=2, categories=("car",))
    )
    assert (counts["sample"], counts["sample_annotation"], counts["category"]) == (3, 3, 1)


def test_the_same_clips_give_the_same_tables(written, tmp_path):
    folder, clips, _, _ = written
    write_nuscenes(tmp_path / "out", clips_below(clips[0].parent, clips))
    for file in (file for file in folder.rglob("*") if file.is_file()):
        assert file.read_bytes() == (tmp_path / "out" / file.relative_to(folder)).read_bytes(), file


def test_no_clip_and_other_cameras_are_refused(tmp_path):
    with pytest.raises(InputError, match="nuScenes needs at least one clip"):
        write_nuscenes(tmp_path / "out", clips_below(tmp_path, []))
    wide = FThetaCamera(WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, (0.0, 0.05, 0.0, 0.0, 0.0, 0.0))
    clip = write_clip(tmp_path / "clips" / "wide", frames=1, camera=wide)
    with pytest.raises(InputError, match="nuScenes holds pinhole cameras, not FThetaCamera"):
        write_nuscenes(tmp_path / "out", clips_below(tmp_path / "clips", [clip]))
    assert not (tmp_path / "out").exists()
