"""The dataset's folder, and where its clips lie."""

import json

import pytest
from dataset_samples import make_sample

from roadmark.dataset import DatasetFolder, Sources, SplitPlan, read_sources, write_samples, write_sources, write_split
from roadmark.errors import FormatError, InputError

SOURCES = Sources(
    {"b": "../runs/1/b", "a": "clips/a"}, {"a/Augmentation_1": "../aug/a/1", "a/Augmentation_0": "../aug/a/0"}
)


def test_sources_are_read_as_written(tmp_path):
    write_sources(tmp_path / "sources.json", SOURCES)
    assert read_sources(tmp_path / "sources.json") == SOURCES
    assert list(json.loads((tmp_path / "sources.json").read_text())["clips"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([], "must be an object with clips and augmented"),
        ({"clips": {}}, "must be an object with clips and augmented"),
        ({"clips": [], "augmented": {}}, "clips must be an object of paths"),
        ({"clips": {"a": 1}, "augmented": {}}, "clips must be an object of paths"),
        ({"clips": {"a": "/data/a"}, "augmented": {}}, "clips.a: '/data/a' must be a path relative"),
        ({"clips": {"a": "C:\\a"}, "augmented": {}}, "must be a path relative"),
        ({"clips": {"a/b": "a"}, "augmented": {}}, "'a/b' is no name of a clip"),
        ({"clips": {}, "augmented": {"a": "a"}}, "'a' is no name of a clip/augmentation"),
        ({"clips": {"..": "a"}, "augmented": {}}, "'..' is no name of a clip"),
    ],
)
def test_malformed_sources_are_refused(tmp_path, record, message):
    (tmp_path / "sources.json").write_text(json.dumps(record))
    with pytest.raises(FormatError, match=message):
        read_sources(tmp_path / "sources.json")


def test_a_dataset_without_a_split_is_for_training(tmp_path):
    write_samples(tmp_path / "samples.jsonl", [make_sample(1), make_sample(2, "clip_b")])
    dataset = DatasetFolder.open(tmp_path)
    assert dataset.sides() == ("train",)
    assert dataset.clip_sides() == {"clip_a": "train", "clip_b": "train"}


def test_sides_have_the_splits_order(tmp_path):
    write_samples(tmp_path / "samples.jsonl", [make_sample(1), make_sample(2, "clip_b")])
    shares = {"train": 0.5, "test": 0.0, "val": 0.5}
    write_split(tmp_path / "split.json", SplitPlan({"clip_a": "val", "clip_b": "train"}, shares=shares))
    dataset = DatasetFolder.open(tmp_path)
    assert dataset.sides() == ("train", "val")  # nothing is on the side "test"
    assert dataset.clip_sides() == {"clip_a": "val", "clip_b": "train"}


def test_clips_are_found_beside_the_dataset(tmp_path):
    write_samples(tmp_path / "samples.jsonl", [make_sample()])
    write_sources(tmp_path / "sources.json", SOURCES)
    dataset = DatasetFolder.open(tmp_path)
    assert dataset.clip_folder("b").resolve() == (tmp_path.parent / "runs" / "1" / "b").resolve()
    assert list(dataset.augmented_folders("a")) == ["Augmentation_0", "Augmentation_1"]
    assert dataset.augmented_folders("b") == {}
    with pytest.raises(InputError, match=r"sources.json: does not say where the clip 'c' lies"):
        dataset.clip_folder("c")


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(InputError, match=r"holds no samples.jsonl; make a dataset with roadmark vqa"):
        DatasetFolder.open(tmp_path)
    write_samples(tmp_path / "samples.jsonl", [make_sample()])
    with pytest.raises(InputError, match=r"holds no sources.json"):
        DatasetFolder.open(tmp_path).clip_folder("clip_a")
