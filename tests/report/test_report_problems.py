"""What is missing or damaged is told and shown in its place, and stops nothing."""

import json
import math
import shutil

import pytest
from report_samples import CARS, clip_of, write_dataset

from labelled_world import write_world
from roadmark.errors import FormatError
from roadmark.report import write_report
from roadmark.report.page import data_text
from roadmark.report.samples import asked_about
from roadmark.report.streams import check_mp4


def told(dataset) -> list[str]:
    return [str(problem) for problem in write_report(dataset).problems]


def streams(dataset, place=0):
    return {(one["version"], one["name"]): one for one in clip_of(dataset / "report.html", place)["streams"]}


def test_a_whole_dataset_has_no_problems(dataset):
    assert told(dataset) == []


def test_a_missing_video_that_questions_ask_about(dataset):
    (dataset / "videos" / "crash" / "rgb_som.mp4").unlink()
    expected = "videos/crash/rgb_som.mp4: no such file; check the path"
    assert told(dataset) == [f"crash: {expected}"]
    assert streams(dataset)["original", "rgb_som"]["problem"] == expected
    assert clip_of(dataset / "report.html", 0)["problems"] == [expected]


def test_the_clips_own_video_stands_in_for_the_datasets(dataset):
    (dataset / "videos" / "crash" / "rgb.mp4").unlink()
    assert told(dataset) == ["crash: videos/crash/rgb.mp4: no such file; check the path"]
    shown = streams(dataset)["original", "rgb"]
    assert (shown["src"], shown["media"]) == ("../simulated/crash/videos/rgb.mp4", "videos/crash/rgb.mp4")


def test_a_video_that_breaks_off(dataset):
    video = dataset / "videos" / "crash" / "rgb_som.mp4"
    video.write_bytes(video.read_bytes()[:-100])
    assert told(dataset) == ["crash: videos/crash/rgb_som.mp4: breaks off: the video is not whole"]


def test_a_clip_that_was_moved_away(dataset):
    shutil.rmtree(dataset.parent / "simulated" / "quiet")
    (problem,) = told(dataset)
    assert problem.startswith("quiet: ../simulated/quiet/clip.json: no such file")
    shown = clip_of(dataset / "report.html", 1)
    assert (shown["frames"], shown["fps"], len(shown["questions"])) == (10, 5.0, 1)  # of its video


def test_a_clip_without_sources(dataset):
    (dataset / "sources.json").unlink()
    problems = told(dataset)
    assert problems[0].startswith("sources.json: no such file")
    assert "quiet: sources.json does not say where this clip lies: no labels, events or modalities" in problems


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 6: Expecting property name"),
        ("[]", "line 6: sample: must be an object"),
        ('{"id": "a"}', "line 6: answer_kind: is missing"),
        ("[" * 100_000, "line 6: "),
        ("x" * (5 << 20), "line 6: is longer than 4194304 bytes"),
    ],
)
def test_a_line_that_is_no_sample(dataset, line, message):
    """The lines before and after it are shown."""
    lines = (dataset / "samples.jsonl").read_text().splitlines()
    after = lines[0].replace('"crash-1"', '"crash-9"')
    (dataset / "samples.jsonl").write_text("\n".join([*lines, line, after]) + "\n")
    (problem,) = told(dataset)
    assert problem.startswith(f"samples.jsonl, {message}")
    questions = clip_of(dataset / "report.html", 0)["questions"]
    assert [one["id"] for one in questions] == ["crash-1", "crash-2", "crash-3", "crash-4", "crash-9"]


def test_many_damaged_lines_are_counted(dataset):
    with (dataset / "samples.jsonl").open("a") as stream:
        stream.write("{\n" * 50)
    problems = told(dataset)
    assert len(problems) == 21
    assert problems[-1] == "samples.jsonl: 50 lines in all are damaged and left out"


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("dataset/split.json", "[]", "split.json: no split"),
        ("dataset/bias.json", "{}", "bias.json: no bias report: KeyError 'families'"),
        ("dataset/run.json", "{}", "run.json: no run manifest of this version"),
        ("dataset/sources.json", "{", "sources.json: line 1, column 2"),
        ("augmented/crash/Augmentation_0/verification.json", "{", "crash: ../augmented/crash/Augmentation_0/verif"),
        ("augmented/crash/Augmentation_0/output.json", "{", "crash: ../augmented/crash/Augmentation_0/output.json"),
        ("simulated/crash/clip.json", "{}", "crash: ../simulated/crash/clip.json"),
        ("simulated/crash/events.json", "{}", "crash: ../simulated/crash/events.json: expected a list of events"),
        ("simulated/crash/instances.json", "{}", "crash: ../simulated/crash/instances.json: no instances"),
        ("dataset/events/crash/events_noncollision_1.json", "{}", "crash: events/crash/events_noncollision_1.json"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(dataset, file, text, message):
    (dataset.parent / file).write_text(text)
    problems = told(dataset)
    assert problems[0].startswith(message), problems
    assert clip_of(dataset / "report.html", 1)["name"] == "quiet"


@pytest.mark.parametrize("value", [math.nan, math.inf, {"deep": [-math.inf]}])
def test_numbers_that_json_does_not_have_become_null(value):
    expected = '{"a":{"deep":[null]}}' if isinstance(value, dict) else '{"a":null}'
    assert data_text({"a": value}) == expected


def test_samples_of_a_clip_that_the_split_does_not_know(dataset):
    split = json.loads((dataset / "split.json").read_text())
    del split["sides"]["quiet"]
    (dataset / "split.json").write_text(json.dumps(split))
    assert told(dataset) == ["split.json: does not say where 1 samples belong"]


def test_one_damaged_record_hides_no_other_augmentation(dataset):
    root = dataset.parent / "augmented"
    (root / "crash" / "Augmentation_0" / "output.json").write_text("{}")
    (problem,) = told(root)
    assert problem.startswith("crash/Augmentation_0/output.json: ")
    assert [one["name"] for one in clip_of(root / "report.html", 0)["versions"]] == ["original", "Augmentation_1"]


def test_a_caption_of_a_clip_called_clip_is_no_clip(tmp_path):
    """`roadmark augment` keeps it as captions/clip.json."""
    write_world(tmp_path / "clip", CARS, seconds=0.4, with_map=False)
    (tmp_path / "captions").mkdir()
    (tmp_path / "captions" / "clip.json").write_text('{"text": "A car."}')
    assert told(tmp_path) == []


def test_what_is_no_mp4_is_told_from_what_is(tmp_path):
    dataset = write_dataset(tmp_path / "made")
    video = dataset / "videos" / "crash" / "rgb.mp4"
    check_mp4(video)
    whole = video.read_bytes()
    for data in (
        b"",
        b"junk" * 100,
        whole[:50],
        whole[:-1],
        whole + b"\0\0\0\x20junk",
        whole[:4] + b"abcd" + whole[8:],
    ):
        video.write_bytes(data)
        with pytest.raises(FormatError, match=r"rgb.mp4: (is no MP4 video|breaks off)"):
            check_mp4(video)


@pytest.mark.parametrize(
    ("facts", "times"),
    [
        ({"during": [1, 2.5]}, (1.0, 2.5)),
        ({"during": [2.5, 1]}, (1.0, 2.5)),
        ({"start_time": 0.5, "end_time": 0.75}, (0.5, 0.75)),
        ({"contact_time": 1.5}, (1.5, 1.5)),
        ({"during": ["a", 1], "time": 3}, (3.0, 3.0)),
        ({"during": [1], "time": True}, None),
        ({"time": -1}, None),
        ({"time": 1e300}, None),
        ({}, None),
    ],
)
def test_times_that_facts_name(facts, times):
    assert asked_about(facts) == times
