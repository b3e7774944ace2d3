"""A whole dataset in every format, read by the libraries it is for where they install."""

import gc
import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace

import pytest
import yaml
from pycocotools.coco import COCO

from roadmark.dataset import DatasetFolder, Media, Message, sample_from_record, write_samples
from roadmark.errors import ConfigError, InputError, OutputError
from roadmark.formats import TARGETS, ExportOptions, ImageChoice, check_targets, export_dataset, llava_record
from roadmark.formats.published import is_published, published_record
from small_dataset import FRAMES, SAMPLES, SIDES, collision, weather, write_dataset

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools' own


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("small"))


@pytest.fixture
def exported(places, tmp_path):
    def run(target, **options):
        overwrite = options.pop("overwrite", False)
        dataset = DatasetFolder.open(places.dataset)
        return export_dataset(dataset, target, tmp_path / target, ExportOptions(**options), overwrite=overwrite)

    return run


def loaded(path):
    return json.loads(path.read_text())


def of_side(side):
    return [sample for sample in SAMPLES if SIDES[sample.clip] == side]


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_llava_has_both_forms_and_the_recipes_files(exported, places, tmp_path):
    done = exported("llava")
    assert done.counts == {"train": 4, "val": 2, "test": 1}
    assert loaded(done.folder / "train.json") == [llava_record(sample) for sample in of_side("train")]
    untagged = loaded(done.folder / "val_untagged.json")
    assert untagged == [llava_record(sample, tags=False) for sample in of_side("val")]
    recipe = loaded(done.folder / "recipe" / "train" / "carla_cosmos_annotations.json")
    question = (
        "Is there a car collision between vehicles with numeric IDs 968 and 970? "
        "Your final answer should be either Yes or No."
    )
    assert recipe == [
        {
            "id": f"videos/clip_a/{video}_som.mp4",
            "video": f"videos/clip_a/{video}_som.mp4",
            "conversations": [{"from": "human", "value": question}, {"from": "gpt", "value": "Yes"}],
        }
        for video in ("rgb", "Augmentation_0")
    ]
    assert len(loaded(done.folder / "recipe" / "train" / "cosmos_annotations.json")) == 1
    root = done.folder / loaded(done.folder / "export.json")["media_root"]
    assert (root / recipe[0]["video"]).resolve() == (places.dataset / "videos" / "clip_a" / "rgb_som.mp4").resolve()


@pytest.mark.parametrize("mode", ["refer", "link", "copy"])
@pytest.mark.parametrize("target", ["llava", "published", "qwen", "cosmos-rl", "hf"])
def test_every_named_video_is_there(exported, places, target, mode):
    done = exported(target, media=mode)
    root = done.folder / loaded(done.folder / "export.json")["media_root"]
    for sample in SAMPLES:
        path = sample.media[0].path
        assert (root / path).read_bytes() == (places.dataset / path).read_bytes()
        assert os.path.samefile(root / path, places.dataset / path) == (mode != "copy")
        assert (done.folder / path).exists() == (mode != "refer")


def test_qwen_and_cosmos_rl_have_a_folder_per_side(exported, places):
    qwen, cosmos = exported("qwen"), exported("cosmos-rl", media="copy")
    for side in ("train", "val", "test"):
        records = loaded(qwen.folder / side / "annotations.json")
        assert [record["video"] for record in records] == [sample.media[0].path for sample in of_side(side)]
        settings = tomllib.loads((cosmos.folder / side / "dataset.toml").read_text())["custom"]["dataset"]
        assert settings == {"annotation_path": "annotations.json", "media_path": "..", "system_prompt": ""}
        for record in loaded(cosmos.folder / side / settings["annotation_path"]):
            assert (cosmos.folder / side / settings["media_path"] / record["video"]).is_file()


def test_datasets_reads_the_card_and_the_splits(exported, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets", reason="the datasets library is not installed")
    datasets.disable_progress_bars()
    done = exported("hf", media="link")
    found = datasets.load_dataset(str(done.folder), cache_dir=str(tmp_path / "cache"))
    assert {split: rows["id"][:] for split, rows in found.items()} == {
        name: [sample.id for sample in of_side(side)]
        for name, side in (("train", "train"), ("validation", "val"), ("test", "test"))
    }
    front = yaml.safe_load((done.folder / "README.md").read_text().split("---")[1])
    assert [file["split"] for file in front["configs"][0]["data_files"]] == ["train", "validation", "test"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library leaves the tar open
def test_webdataset_reads_the_shards_of_a_side(exported, places):
    webdataset = pytest.importorskip("webdataset", reason="the webdataset library is not installed")
    done = exported("webdataset")
    read = webdataset.WebDataset([str(done.folder / "val-000000.tar")], shardshuffle=False, empty_check=False)
    entries = list(read.decode())
    samples = [sample_from_record(record) for entry in entries for record in entry["json"]["samples"]]
    assert samples == of_side("val")
    assert entries[0]["mp4"] == (places.dataset / "videos" / "clip_b" / "rgb_som.mp4").read_bytes()
    del read
    gc.collect()  # now, while the warning about it is expected


def test_label_formats_hold_the_clips_of_each_side(exported, capsys):
    counts = {side: FRAMES[clip] for clip, side in SIDES.items()}
    for target in ("coco", "odvg", "yolo", "kitti", "nuscenes"):
        assert exported(target).counts == counts
    coco = exported("coco", overwrite=True)
    for side in SIDES.values():
        read = COCO(str(coco.folder / "annotations" / f"instances_{side}.json"))
        names = [image["file_name"] for image in read.loadImgs(read.getImgIds())]
        assert len(names) == counts[side]
        assert all((coco.folder / "images" / name).is_file() for name in names)
        assert len(read.getAnnIds()) == 2 * counts[side]
    capsys.readouterr()  # it prints


def test_augmented_frames_on_request_with_verifications_flags(exported):
    for target in ("coco", "odvg", "yolo", "kitti", "nuscenes"):
        assert exported(target, augmented=True).counts == {"train": 3 + 4, "val": 2, "test": 2}
    done = exported("coco", augmented=True, choice=ImageChoice(every=2), overwrite=True)
    found = loaded(done.folder / "annotations" / "instances_train.json")
    names = [image["file_name"] for image in found["images"]]
    assert names == [
        "clip_a/rgb/frame_000000000000.jpg", "clip_a/rgb/frame_000000000002.jpg",
        "clip_a/Augmentation_0/frame_000000000000.jpg", "clip_a/Augmentation_0/frame_000000000002.jpg",
    ]  # fmt: skip
    assert all((done.folder / "images" / name).is_file() for name in names)


def test_rejected_augmentations_are_left_out_and_said(exported, places):
    file = places.augmented / "verification.json"
    before = file.read_text()
    file.write_text(before.replace('"verdict": "accept"', '"verdict": "reject"'))
    try:
        done = exported("odvg", augmented=True)
    finally:
        file.write_text(before)
    assert done.counts["train"] == 3
    assert done.notes == ("clip_a/Augmentation_0: left out, verification rejected it",)


@pytest.mark.parametrize("target", TARGETS)
def test_the_same_dataset_gives_the_same_bytes(exported, tmp_path, target):
    first = contents(exported(target, augmented=True).folder)
    assert first
    assert contents(exported(target, augmented=True, overwrite=True).folder) == first


@pytest.mark.parametrize("target", TARGETS)
def test_a_failure_leaves_the_older_export(exported, places, tmp_path, target):
    before = contents(exported(target).folder)
    broken = tmp_path / "dataset"
    shutil.copytree(places.dataset, broken)
    (broken / "videos" / "clip_c" / "rgb_som.mp4").unlink()
    (broken / "sources.json").write_text((broken / "sources.json").read_text().replace("clip_c", "gone"))
    with (broken / "samples.jsonl").open("a") as stream:
        stream.write("{\n")
    with pytest.raises(InputError):
        export_dataset(
            DatasetFolder.open(broken), target, tmp_path / target, ExportOptions(media="copy"), overwrite=True
        )
    assert contents(tmp_path / target) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["dataset", target])


def test_only_the_recipes_own_words_are_in_its_files():
    asked = collision("clip_a", "Yes")
    assert is_published(asked)
    reasoned = Message("assistant", "<think>\nThey touch at 1.2 s.\n</think>\n\n<answer>\nYes\n</answer>")
    reasoned_sample = replace(asked, messages=(asked.messages[0], reasoned))
    assert is_published(reasoned_sample)
    assert published_record(reasoned_sample) == published_record(asked)
    others = (
        {"messages": (Message("user", "Is there a collision in the video? Answer Yes or No."), asked.messages[1])},
        {"messages": (asked.messages[0], Message("assistant", "Yes, there is."))},
        {"messages": (Message("system", "Be brief."), *asked.messages)},
        {"media": (*asked.media, *asked.media)},
        {"media": (Media("image", "a.jpg"),)},
        {"answer_kind": "short"},
    )
    assert not any(is_published(replace(asked, **other)) for other in others)


KILLED = """
import os, sys
from pathlib import Path
from roadmark.dataset import DatasetFolder
from roadmark.formats import export_dataset
dataset, target, folder = sys.argv[1:]
export_dataset(DatasetFolder.open(dataset), target, Path(folder), progress=lambda done, total: os._exit(9))
"""


@pytest.mark.parametrize("target", ["coco", "yolo"])
def test_what_a_killed_export_left_is_cleared(places, tmp_path, target):
    command = [sys.executable, "-c", KILLED, places.dataset, target, tmp_path / target]
    assert subprocess.run(command, check=False).returncode == 9
    assert [path.name for path in tmp_path.iterdir()] == [f".{target}.partial"]
    export_dataset(DatasetFolder.open(places.dataset), target, tmp_path / target)
    assert [path.name for path in tmp_path.iterdir()] == [target]


def test_a_medium_of_the_records_name_is_not_written_to(places, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "export.json").write_bytes(b"a video")
    write_samples(other / "samples.jsonl", [replace(weather("clip_a", "Rain"), media=(Media("video", "export.json"),))])
    with pytest.raises(InputError, match="a medium has the name export.json"):
        export_dataset(DatasetFolder.open(other), "qwen", tmp_path / "qwen", ExportOptions(media="link"))
    assert (other / "export.json").read_bytes() == b"a video"
    write_samples(other / "samples.jsonl", [replace(weather("clip_a", "Rain"), media=(Media("video", "train.json"),))])
    (other / "train.json").write_bytes(b"a video")
    with pytest.raises(OutputError, match=r"train.json: is there already"):
        export_dataset(DatasetFolder.open(other), "llava", tmp_path / "llava", ExportOptions(media="link"))
    assert (other / "train.json").read_bytes() == b"a video"


def test_what_cannot_be_exported_is_said(exported, places, tmp_path):
    exported("qwen")
    with pytest.raises(OutputError, match="qwen"):
        exported("qwen")
    with pytest.raises(ConfigError, match="'yolov8' is not known; there are llava, published, qwen"):
        check_targets(["llava", "yolov8"])
    with pytest.raises(ConfigError, match="media 'move' is not known; use refer, link, copy"):
        ExportOptions(media="move")
    other = tmp_path / "other"
    other.mkdir()
    write_samples(other / "samples.jsonl", [weather("clip_a", "Clear")])
    with pytest.raises(InputError, match="has no question in the words of the published recipe"):
        export_dataset(DatasetFolder.open(other), "published", tmp_path / "published")
    with pytest.raises(InputError, match=r"holds no sources.json"):
        export_dataset(DatasetFolder.open(other), "coco", tmp_path / "coco")
    write_samples(other / "samples.jsonl", [])
    with pytest.raises(InputError, match="has no samples"):
        export_dataset(DatasetFolder.open(other), "yolo", tmp_path / "yolo")


def test_a_dataset_without_a_split_is_for_training(places, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write_samples(other / "samples.jsonl", [collision("clip_b", "No")])
    done = export_dataset(DatasetFolder.open(other), "llava", tmp_path / "llava")
    assert done.counts == {"train": 1}


def test_progress_counts_images(places, tmp_path):
    told = []
    dataset = DatasetFolder.open(places.dataset)
    export_dataset(dataset, "odvg", tmp_path / "odvg", progress=lambda done, total: told.append((done, total)))
    assert told == [(3, 7), (5, 7), (7, 7)]
