"""The recipe's camera files: centimetres, CARLA's axes, a list or `sensors:`."""

import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from roadmark.errors import ConfigError
from roadmark.simulate.cameras import load_cameras

KINDS = ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")


def entry(kind: str = "rgb", **changes: object) -> dict[str, object]:
    sensor: dict[str, object] = {
        "sensor": kind,
        "attributes": {"image_size_x": 1920, "image_size_y": 1080, "fov": 90},
        "transform": {"location": {"x": -3890, "y": 3200, "z": 572}, "rotation": {"roll": 0, "pitch": 340, "yaw": 219}},
    }
    return sensor | changes


def write(path: Path, document: object) -> Path:
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("wrap", [lambda sensors: sensors, lambda sensors: {"sensors": sensors}])
def test_sensors_of_one_pose_make_one_camera(tmp_path: Path, wrap) -> None:
    (setup,) = load_cameras(write(tmp_path / "cam.yaml", wrap([entry(kind) for kind in KINDS])))
    assert setup.name == "camera"
    assert setup.sensors == KINDS
    # fov 90 degrees over 1920 pixels: f = 1920 / (2 tan 45) = 960, centre in the middle
    camera = setup.camera
    assert (camera.fx, camera.fy, camera.cx, camera.cy) == pytest.approx((960, 960, 960, 540))
    # centimetres to metres, y to the left
    np.testing.assert_allclose(setup.pose.translation, [-38.9, -32.0, 5.72], atol=1e-12)
    # CARLA yaw 219 turns clockwise seen from above; pitch 340 = -20 looks down
    forward = setup.pose.rotation @ [0, 0, 1]
    yaw, pitch = math.radians(-219), math.radians(-20)
    expected = [math.cos(pitch) * math.cos(yaw), math.cos(pitch) * math.sin(yaw), math.sin(pitch)]
    np.testing.assert_allclose(forward, expected, atol=1e-12)


def test_two_poses_are_two_cameras_with_names(tmp_path: Path) -> None:
    other = {"location": {"x": 0, "y": 0, "z": 900}, "rotation": {"pitch": -45}}
    setups = load_cameras(write(tmp_path / "c.yaml", [entry(), entry("rgb", transform=other), entry("depth")]))
    assert [setup.name for setup in setups] == ["camera_0", "camera_1"]
    named = load_cameras(write(tmp_path / "n.yaml", [entry(name="north"), entry("rgb", transform=other, name="south")]))
    assert [setup.name for setup in named] == ["north", "south"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "at least one sensor"),
        ({"cameras": []}, "under 'sensors:'"),
        ("rgb", "found str"),
        ([entry("lidar")], r"sensors\[0\]: sensor = 'lidar'"),
        ([entry("depth")], "no rgb sensor"),
        ([entry(), entry()], "lists a sensor twice"),
        ([entry(attributes={"fov": 180})], r"attributes\.fov = 180"),
        ([entry(attributes={"fov": 0})], r"attributes\.fov = 0"),
        ([entry(attributes={"fov": math.nan})], r"attributes\.fov = nan"),
        ([entry(attributes={"image_size_x": 0})], r"attributes\.image_size_x = 0"),
        ([entry(attributes={"image_size_y": -5})], r"attributes\.image_size_y = -5"),
        ([entry(attributes={"image_size_y": 10**9})], r"attributes\.image_size_y = 1000000000"),
        ([entry(transform={"location": {"x": math.inf}})], r"transform\.location\.x = inf"),
        ([entry(transform={"position": {"x": 1}})], r"unknown key 'transform\.position'"),
        ([{"sensor": "rgb"}], "transform is missing"),
        ([entry(name="../north")], "letters, digits"),
        ([entry(name="a"), entry(name="a", transform={"location": {"z": 1}})], "same name"),
    ],
)
def test_bad_camera_files_name_the_field(tmp_path: Path, document: object, message: str) -> None:
    path = write(tmp_path / "cam.yaml", document)
    with pytest.raises(ConfigError, match=message) as caught:
        load_cameras(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"image_size_x": True}, "not true or false"),
        ({"image_size_x": 16000, "image_size_y": 16000}, "more than"),
        ({"fov": 1e-300}, "narrower than any lens"),
    ],
)
def test_images_nobody_means(tmp_path: Path, attributes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_cameras(write(tmp_path / "cam.yaml", [entry(attributes=attributes)]))


def test_a_run_takes_so_many_cameras(tmp_path: Path) -> None:
    many = [entry(transform={"location": {"x": index}}) for index in range(65)]
    with pytest.raises(ConfigError, match="65 cameras"):
        load_cameras(write(tmp_path / "cam.yaml", many))
