"""`roadmark export` on a whole small dataset."""

import json

import pytest

from small_dataset import write_dataset

ALL = "llava,published,qwen,cosmos-rl,hf,webdataset,coco,odvg,yolo,kitti,nuscenes"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("small")).dataset


def test_every_format_at_once(dataset, roadmark, tmp_path):
    ran = roadmark("export", dataset, "--to", ALL, "-o", tmp_path / "out", "--augmented", "--every", "2")
    assert (ran.code, ran.out.count("train ")) == (0, 11)
    assert f"llava {tmp_path}/out/llava: train 4, val 2, test 1" in ran.out
    assert f"coco {tmp_path}/out/coco: train 4, val 1, test 1" in ran.out  # 2 of 3 frames and 2 of 4 augmented ones
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(ALL.split(","))
    assert "coco: " in ran.err  # progress


def test_without_a_place_it_is_the_datasets_folder(dataset, roadmark):
    assert roadmark("export", dataset, "--to", "qwen", "--media", "link").code == 0
    record = json.loads((dataset / "exports" / "qwen" / "export.json").read_text())
    assert record == {"format": "qwen", "media_root": ".", "counts": {"train": 4, "val": 2, "test": 1}}
    ran = roadmark("export", dataset, "--to", "qwen")
    assert (ran.code, "give --overwrite" in ran.err) == (1, True)
    assert roadmark("export", dataset, "--to", "qwen", "--overwrite").code == 0


def test_one_bad_format_does_not_lose_the_others(dataset, roadmark, tmp_path):
    (tmp_path / "coco").write_text("in the way")
    arguments = ("export", dataset, "--to", "llava,coco,qwen", "-o", tmp_path)
    ran = roadmark(*arguments, "--keep-going")
    assert ran.code == 1
    assert "error: coco: " in ran.err
    assert "error: 1 of 3 formats could not be written: coco" in ran.err
    assert (tmp_path / "qwen" / "train" / "annotations.json").is_file()
    ran = roadmark(*arguments, "--overwrite")
    assert ran.code == 1  # the first fault ends it
    assert "qwen" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", "llava,yolov8"), "export target 'yolov8' is not known; there are llava, published"),
        (("--to", ","), "name at least one export target"),
    ],
)
def test_unknown_formats_are_named_before_anything_is_written(dataset, roadmark, tmp_path, arguments, message):
    ran = roadmark("export", dataset, *arguments, "-o", tmp_path / "out")
    assert ran.code == 1
    assert message in ran.err
    assert not (tmp_path / "out").exists()


def test_what_was_left_out_is_said(roadmark, tmp_path):
    places = write_dataset(tmp_path)
    file = places.augmented / "verification.json"
    file.write_text(file.read_text().replace('"verdict": "accept"', '"verdict": "reject"'))
    ran = roadmark("export", places.dataset, "--to", "yolo", "--augmented")
    assert (ran.code, "train 3, val 2, test 2" in ran.out) == (0, True)
    assert "note: yolo: clip_a/Augmentation_0: left out, verification rejected it" in ran.err


def test_a_folder_without_samples_is_no_dataset(roadmark, tmp_path):
    ran = roadmark("export", tmp_path, "--to", "llava")
    assert ran.code == 1
    assert "holds no samples.jsonl; make a dataset with roadmark vqa" in ran.err
