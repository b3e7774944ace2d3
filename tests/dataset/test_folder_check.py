"""A whole small dataset, damaged in one way after the other: each fault is found, and nothing else."""

import json
import os
import shutil
from dataclasses import replace
from typing import get_args

import pytest

from detection_samples import write_clip
from roadmark.dataset import (
    ADVICE,
    DatasetCheck,
    DatasetFolder,
    Fault,
    Mark,
    MarksOfVideo,
    Media,
    Message,
    Problem,
    read_samples,
    write_samples,
)
from roadmark.errors import InputError
from roadmark.formats import TARGETS, checks_of
from roadmark.geometry import FThetaCamera
from roadmark.marks import marks_file, read_marks
from small_dataset import SAMPLES, collision, weather, write_dataset


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_dataset(tmp_path_factory.mktemp("small")).dataset


@pytest.fixture
def dataset(sound, tmp_path):
    """A copy that may be damaged; its clips are the sound one's."""
    folder = sound.with_name(tmp_path.name)
    shutil.copytree(sound, folder)
    yield folder
    shutil.rmtree(folder)


def marks_of(video):
    if not marks_file(video).exists():
        return None
    record = read_marks(video)
    return MarksOfVideo(len(record.label_frames), {mark.mark: mark.actor_id for mark in record.marks})


def check(folder, *, formats=(), **arguments):
    dataset = DatasetFolder.open(folder)
    fits = checks_of(formats, dataset) if formats else {}
    return list(DatasetCheck(dataset, fits=fits, marks_of=marks_of, **arguments).problems())


def faults(folder, **arguments):
    return [(problem.fault, problem.sample) for problem in check(folder, **arguments)]


def rewrite(folder, samples):
    """Other samples, and no statistics of the old ones."""
    write_samples(folder / "samples.jsonl", samples)
    (folder / "statistics.json").unlink(missing_ok=True)


@pytest.mark.parametrize("decode", [True, False])
def test_a_sound_dataset_has_no_problem(dataset, decode):
    asked = DatasetCheck(
        DatasetFolder.open(dataset), decode, checks_of(list(TARGETS), DatasetFolder.open(dataset)), marks_of=marks_of
    )
    assert list(asked.problems()) == []
    assert (asked.samples, asked.media) == (7, 7)  # two videos of each clip, but one of clip_c, and two augmented ones


def test_bad_lines_are_named_and_the_others_checked(dataset):
    with (dataset / "samples.jsonl").open("a") as stream:
        stream.write('{"id": \n')
        stream.write("[" + "1," * 3_000_000 + "1]\n")
        stream.write(json.dumps({"id": "x"}) + "\n")
        stream.write((dataset / "samples.jsonl").read_text().splitlines()[0] + "\n")
    problems = check(dataset)
    assert [(problem.fault, problem.sample) for problem in problems] == [
        ("bad_line", ""), ("bad_line", ""), ("bad_line", ""),
        ("duplicate_id", SAMPLES[0].id), ("duplicate", SAMPLES[0].id),
    ]  # fmt: skip
    said = [problem.detail.rpartition("samples.jsonl: ")[2] for problem in problems[:3]]
    assert said[0].startswith("line 8: not valid JSON")
    assert said[1].startswith("line 9 is longer than")
    assert said[2].startswith("line 10: answer_kind: is missing")


def test_a_video_that_breaks_off_is_found(dataset):
    path = dataset / "videos" / "clip_b" / "rgb.mp4"
    path.write_bytes(path.read_bytes()[:-400])
    assert faults(dataset) == [("damaged_media", "clip_b-original-weather-1")]
    path.write_bytes(b"no video")
    assert faults(dataset, decode=False) == [("damaged_media", "clip_b-original-weather-1")]


def test_a_picture_that_is_damaged_is_found_by_decoding(dataset):
    (dataset / "a.jpg").write_bytes(b"no picture")
    rewrite(dataset, [replace(weather("clip_a", "Clear"), media=(Media("image", "a.jpg"),))])
    assert faults(dataset) == [("damaged_media", "clip_a-original-weather-1")]
    assert faults(dataset, decode=False) == []


@pytest.mark.parametrize("decode", [True, False])
def test_videos_of_another_length_than_labels_or_marks_are_found(dataset, decode):
    videos = dataset / "videos"
    shutil.copy(videos / "clip_a" / "Augmentation_0.mp4", videos / "clip_b" / "rgb.mp4")  # 4 frames for 2
    assert [(problem.fault, problem.detail) for problem in check(dataset, decode=decode)] == [
        ("leak", "videos/clip_b/rgb.mp4 (val) has the same content as videos/clip_a/Augmentation_0.mp4 (train)"),
        ("wrong_length", "videos/clip_b/rgb.mp4: has 4 frames, its labels 2"),
    ]
    (dataset / "sources.json").unlink()  # the record of marks still says how long the video is
    shutil.copy(videos / "clip_a" / "rgb_som.mp4", videos / "clip_b" / "rgb_som.mp4")
    assert "videos/clip_b/rgb_som.mp4: has 3 frames, its marks 2" in [
        problem.detail for problem in check(dataset, decode=decode)
    ]


def test_marks_of_other_actors_are_found(dataset):
    first = replace(collision("clip_a", "Yes"), marks=(Mark(968, 970), Mark(5, 968)))
    rewrite(dataset, [first])
    assert [(problem.fault, problem.detail) for problem in check(dataset)] == [
        ("wrong_mark", "videos/clip_a/rgb_som.mp4: mark 968 stands for actor 968, the sample says actor 970"),
        ("wrong_mark", "videos/clip_a/rgb_som.mp4: mark 5 is not drawn, the sample says actor 968"),
    ]


def test_missing_files_clips_and_sides_are_found(dataset):
    (dataset / "videos" / "clip_c" / "rgb_som.mp4").unlink()
    assert faults(dataset) == [("missing_media", "clip_c-original-collision-1")]
    text = (dataset / "sources.json").read_text()
    (dataset / "sources.json").write_text(
        text.replace("1/clip_b", "1/gone").replace("Augmentation_0", "Augmentation_1")
    )
    shutil.copy(dataset.parent / "dataset" / "videos" / "clip_c" / "rgb_som.mp4", dataset / "videos" / "clip_c")
    assert faults(dataset) == [
        ("missing_clip", "clip_a-Augmentation_0-collision-1"), ("missing_clip", "clip_b-original-collision-1"),
    ]  # fmt: skip
    (dataset / "split.json").write_text((dataset / "split.json").read_text().replace("clip_c", "clip_d"))
    (dataset / "sources.json").write_text(text)
    assert faults(dataset) == [("no_side", "clip_c-original-collision-1")]


def test_samples_that_a_format_cannot_hold_are_found(dataset):
    talk = replace(
        weather("clip_a", "Clear"),
        messages=(Message("system", "Be brief."), Message("user", "And?"), Message("assistant", "Clear")),
    )
    rewrite(dataset, [talk, weather("clip_b", "Clear")])
    assert faults(dataset, formats=["hf", "webdataset", "published"]) == []
    problems = check(dataset, formats=["llava", "qwen", "cosmos-rl"])
    assert [(problem.sample, problem.detail.partition(":")[0]) for problem in problems] == [
        (talk.id, "llava"), (talk.id, "qwen"), ("clip_b-original-weather-1", "cosmos-rl"),
    ]  # fmt: skip


def test_clips_that_a_label_format_cannot_hold_are_found(dataset, tmp_path):
    (dataset / "sources.json").unlink()
    assert faults(dataset, formats=["coco"]) == [
        ("unfit", f"clip_{name}-original-collision-1") for name in "abc"
    ]  # fmt: skip


def test_cameras_that_a_label_format_cannot_hold_are_found(dataset, tmp_path):
    lens = FThetaCamera(64, 48, 32.0, 24.0, (0.0, 0.05, 0.0, 0.0, 0.0, 0.0))
    wide = write_clip(tmp_path / "wide", 2, lens)
    sources = json.loads((dataset / "sources.json").read_text())
    sources["clips"]["clip_b"] = os.path.relpath(wide, dataset)
    (dataset / "sources.json").write_text(json.dumps(sources))
    assert faults(dataset, formats=["coco", "yolo"]) == []
    problems = check(dataset, formats=["kitti", "nuscenes"])
    assert [(problem.fault, problem.detail.split(":")[0]) for problem in problems] == [
        ("unfit", "kitti"), ("unfit", "nuscenes"),
    ]  # fmt: skip
    assert "holds pinhole cameras, not FThetaCamera" in problems[0].detail


def test_answers_are_computed_anew(dataset):
    right = {sample.id: sample.answer for sample in SAMPLES}
    right["clip_b-original-collision-1"] = "Yes"

    def recompute(sample):
        if sample.clip == "clip_c":
            raise InputError("the labels are gone")
        return right[sample.id] if sample.family == "collision" else None

    asked = DatasetCheck(DatasetFolder.open(dataset), recompute=recompute)
    assert list(asked.problems()) == [
        Problem("wrong_answer", "clip_b-original-collision-1", "says 'No', the labels 'Yes'"),
        Problem("wrong_answer", "clip_c-original-collision-1", "cannot be computed anew: the labels are gone"),
    ]
    assert asked.recomputed == 3


def test_counts_of_other_samples_are_found(dataset):
    samples = list(read_samples(dataset / "samples.jsonl"))
    write_samples(dataset / "samples.jsonl", samples[:-1])
    (problem,) = check(dataset)
    assert problem.fault == "stale_statistics"
    assert problem.detail.endswith("wrong are samples, clips, samples_per_clip, splits, media, families")
    (dataset / "statistics.json").write_text("[]")
    assert faults(dataset) == [("stale_statistics", "")]


def test_there_is_advice_for_every_fault():
    assert set(ADVICE) == set(get_args(Fault))
