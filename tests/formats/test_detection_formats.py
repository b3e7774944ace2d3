"""COCO, YOLO, KITTI and ODVG from a clip: masks, boxes and projections agree with the clip's own."""

import csv
import json

import cv2
import numpy as np
import pytest
import yaml
from pycocotools.coco import COCO

from detection_samples import CAMERA, CAR, CAR_BOX, HEIGHT, WIDTH, car_mask, walker_mask, write_clip
from roadmark.clip import Clip
from roadmark.errors import ConfigError, FormatError, InputError
from roadmark.formats import CATEGORIES, ImageChoice, clips_below, write_coco, write_kitti, write_odvg, write_yolo
from roadmark.geometry import FThetaCamera

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def clips(root):
    return [write_clip(root / "run" / "scenario_1"), write_clip(root / "run" / "scenario_2", frames=2)]


def test_pycocotools_reads_the_masks(tmp_path, root, clips, capsys):
    assert write_coco(tmp_path / "coco.json", clips_below(root, clips)) == (5, 10)
    coco = COCO(str(tmp_path / "coco.json"))
    capsys.readouterr()  # it prints
    assert [image["file_name"] for image in coco.loadImgs([1, 4])] == [
        "run/scenario_1/rgb/frame_000000000000.jpg", "run/scenario_2/rgb/frame_000000000000.jpg",
    ]  # fmt: skip
    for image in coco.loadImgs(coco.getImgIds()):
        assert (root / image["file_name"]).is_file()
        car, walker = coco.loadAnns(coco.getAnnIds(image["id"]))
        assert (coco.annToMask(car) == car_mask(image["frame"])).all()
        assert (coco.annToMask(walker) == walker_mask(image["frame"])).all()
        assert car["area"] == 20 * 12 - 5 * 3
        assert car["bbox"] == [10 + image["frame"], 20, 20, 12]
        assert (car["track_id"], car["visible_fraction"], walker["visible_fraction"]) == (CAR, 0.6, None)
    assert coco.loadCats(car["category_id"])[0]["name"] == "car"
    assert coco.loadCats(walker["category_id"])[0] == {"id": 7, "name": "pedestrian", "supercategory": "person"}


def test_of_objects_without_run_lengths_polygons_are_filled(tmp_path, capsys):
    clip = write_clip(tmp_path / "clips" / "adopted", frames=1, run_lengths=False)
    write_coco(tmp_path / "coco.json", clips_below(tmp_path / "clips", [clip]))
    coco = COCO(str(tmp_path / "coco.json"))
    capsys.readouterr()
    filled = car_mask(0)
    filled[23:26, 15:20] = True  # outer polygons know no holes
    car = coco.loadAnns([1])[0]
    assert (coco.annToMask(car) == filled).all()
    assert car["area"] == 20 * 12


def test_fewer_images_and_objects_on_request(tmp_path, root, clips):
    choice = ImageChoice(every=2, categories=("pedestrian", "car"), least_visible=0.7)
    assert write_coco(tmp_path / "coco.json", clips_below(root, clips), choice) == (
        3,
        3,
    )  # the walker's visibility is not known
    found = json.loads((tmp_path / "coco.json").read_text())
    assert [category["name"] for category in found["categories"]] == ["pedestrian", "car"]
    assert write_coco(tmp_path / "coco.json", clips_below(root, clips), ImageChoice(least_side=4)) == (
        5,
        5,
    )  # the walker has 3
    assert write_coco(tmp_path / "coco.json", clips_below(root, [])) == (0, 0)
    assert json.loads((tmp_path / "coco.json").read_text())["images"] == []


def test_yolo_boxes_are_shares_of_the_image(tmp_path, root, clips):
    sides = {"run/scenario_1": "train", "run/scenario_2": "val"}
    assert write_yolo(tmp_path / "yolo", clips_below(root, clips), side_of=sides.__getitem__) == {"train": 3, "val": 2}
    settings = yaml.safe_load((tmp_path / "yolo" / "data.yaml").read_text())
    assert settings == {"path": ".", "train": "images/train", "val": "images/val", "names": dict(enumerate(CATEGORIES))}
    for side, number in (("train", 3), ("val", 2)):
        images = sorted((tmp_path / "yolo" / settings[side]).iterdir())
        assert len(images) == number
        for image in images:
            assert cv2.imread(str(image)).shape == (HEIGHT, WIDTH, 3)
            frame = int(image.stem.rpartition("__")[2])
            labels = tmp_path / "yolo" / "labels" / side / f"{image.stem}.txt"
            rows = np.loadtxt(labels, ndmin=2)
            # a car of 20 x 12 pixels from (10 + frame, 20), a walker of 3 x 12 from (45, 18 + frame)
            expected = [[0, 20 + frame, 26, 20, 12], [6, 46.5, 24 + frame, 3, 12]]
            assert rows * [1, WIDTH, HEIGHT, WIDTH, HEIGHT] == pytest.approx(np.array(expected), abs=1e-5)


def test_odvg_lines(tmp_path, root, clips):
    assert write_odvg(tmp_path / "odvg", clips_below(root, clips)) == 5
    lines = (tmp_path / "odvg" / "annotations.jsonl").read_text().splitlines()
    assert json.loads(lines[1]) == {
        "filename": "run/scenario_1/rgb/frame_000000000001.jpg",
        "height": 48,
        "width": 64,
        "detection": {
            "instances": [
                {"bbox": [11, 20, 31, 32], "label": 0, "category": "car"},
                {"bbox": [45, 19, 48, 31], "label": 6, "category": "pedestrian"},
            ]
        },
    }
    names = json.loads((tmp_path / "odvg" / "label_map.json").read_text())
    assert [names[str(number)] for number in range(8)] == list(CATEGORIES)


def kitti_box_corners(fields):
    """Corners as KITTI's development kit computes them (computeBox3D.m)."""
    height, width, length, x, y, z, turn = fields
    right = np.array([1, 1, -1, -1, 1, 1, -1, -1]) * length / 2
    down = np.array([0, 0, 0, 0, -1, -1, -1, -1]) * height
    ahead = np.array([1, -1, -1, 1, 1, -1, -1, 1]) * width / 2
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    return (rotation @ np.stack([right, down, ahead])).T + [x, y, z]


def test_kitti_boxes_are_the_clips(tmp_path, root, clips):
    assert write_kitti(tmp_path / "kitti", clips_below(root, clips)) == 5
    training = tmp_path / "kitti" / "training"
    with (tmp_path / "kitti" / "frames.csv").open() as file:
        assert list(csv.reader(file))[4] == ["000003", "run/scenario_2", "0"]
    walker, car = [line.split() for line in (training / "label_2" / "000001.txt").read_text().splitlines()]
    assert (walker[0], walker[1:3], car[0], car[1:3]) == ("Pedestrian", ["-1.00", "3"], "Car", ["0.25", "1"])
    assert [float(value) for value in car[4:8]] == [11, 20, 30, 31]  # whole numbers are pixel centres
    numbers = [float(value) for value in car[8:]]
    # The car is 10 m ahead, 2 m left, 0.5 m below; turned 0.5 rad to the left of straight ahead (-pi/2).
    assert numbers == pytest.approx([1.5, 1.8, 4.0, -2.0, 0.5 + 0.75, 10.0, -np.pi / 2 - 0.5], abs=1e-4)
    assert float(car[3]) == pytest.approx(-np.pi / 2 - 0.5 - np.arctan2(-2.0, 10.0), abs=1e-4)

    calibration = dict(line.split(": ") for line in (training / "calib" / "000001.txt").read_text().splitlines())
    p2 = np.array(calibration["P2"].split(), float).reshape(3, 4)
    corners = kitti_box_corners(numbers)
    seen = np.c_[corners, np.ones(8)] @ p2.T
    pose = Clip.open(clips[0])[1].pose
    own = CAMERA.project(CAR_BOX.transformed(pose.inverse()).corners()).uv - 0.5
    own_set = {tuple(np.round(point, 2) + 0.0) for point in own}
    assert {tuple(np.round(point, 2) + 0.0) for point in seen[:, :2] / seen[:, 2:]} == own_set
    velo = np.array(calibration["Tr_velo_to_cam"].split(), float).reshape(3, 4)
    assert (velo @ [10.0, 2.0, -0.5, 1.0]).tolist() == [-2.0, 0.5, 10.0]  # forward, left, up to right, down, forward

    picture = cv2.imread(str(training / "image_2" / "000001.png"))
    assert (picture[..., ::-1] == Clip.open(clips[0])[1].rgb()).all()


def test_kitti_holds_pinholes_alone(tmp_path):
    wide = FThetaCamera(WIDTH, HEIGHT, WIDTH / 2, HEIGHT / 2, (0.0, 0.05, 0.0, 0.0, 0.0, 0.0))
    clip = write_clip(tmp_path / "clips" / "wide", frames=1, camera=wide)
    with pytest.raises(InputError, match="KITTI holds pinhole cameras, not FThetaCamera"):
        write_kitti(tmp_path / "kitti", clips_below(tmp_path / "clips", [clip]))
    assert not (tmp_path / "kitti").exists()


def test_the_same_clips_give_the_same_bytes(tmp_path, root, clips):
    for name in ("one", "two"):
        write_coco(tmp_path / name / "coco.json", clips_below(root, clips))
        write_odvg(tmp_path / name, clips_below(root, clips))
        write_kitti(tmp_path / name / "kitti", clips_below(root, clips))
        write_yolo(tmp_path / name / "yolo", clips_below(root, clips))
    one, two = (
        {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        for folder in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    assert len(one) == 3 + 5 * 3 + 1 + 5 * 2 + 1


def test_clips_elsewhere_twice_or_of_unknown_things_are_refused(tmp_path, root, clips):
    with pytest.raises(InputError, match="is not below"):
        write_coco(tmp_path / "coco.json", clips_below(tmp_path, clips))
    with pytest.raises(InputError, match="it is given twice"):
        write_coco(tmp_path / "coco.json", clips_below(root, [clips[0], clips[0]]))
    with pytest.raises(InputError, match="no whole clip"):
        write_coco(tmp_path / "coco.json", clips_below(root, [root / "run"]))
    odd = write_clip(tmp_path / "clips" / "odd", frames=1, category="tank")
    with pytest.raises(FormatError, match="category: category 'tank' is not known"):
        write_coco(tmp_path / "coco.json", clips_below(tmp_path / "clips", [odd]))
    assert not (tmp_path / "coco.json").exists()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"every": 0}, "every must be 1 or more"),
        ({"categories": ()}, "categories must be different ones"),
        ({"categories": ("car", "car")}, "categories must be different ones"),
        ({"categories": ("tank",)}, "category 'tank' is not known; use car"),
        ({"least_visible": -1.0}, "least_visible must be within 0 and 1"),
    ],
)
def test_choices_are_checked(fields, complaint):
    with pytest.raises(ConfigError, match=complaint):
        ImageChoice(**fields)
