"""`roadmark dataset check` on a whole small dataset, sound and damaged."""

import json

import pytest

from small_dataset import SAMPLES, write_dataset


@pytest.fixture
def dataset(tmp_path):
    return write_dataset(tmp_path).dataset


ALL = "llava,published,qwen,cosmos-rl,hf,webdataset,coco,odvg,yolo,kitti,nuscenes"


def test_a_sound_dataset(dataset, roadmark):
    ran = roadmark("dataset", "check", dataset, "--for", ALL)
    assert ran.code == 0
    assert "7 samples, 7 media" in ran.out
    assert "no problems" in ran.out
    assert "check: 7/7 samples" in ran.err


def test_problems_are_listed_counted_and_advised(dataset, roadmark):
    (dataset / "videos" / "clip_c" / "rgb_som.mp4").unlink()
    (dataset / "statistics.json").unlink()
    with (dataset / "samples.jsonl").open("a") as stream:
        stream.write("{}\n{}\n{}\n")
    ran = roadmark("dataset", "check", dataset, "--most", "2")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == (
        f"missing_media {SAMPLES[6].id}: {dataset}/videos/clip_c/rgb_som.mp4: no such file; the dataset is not whole"
    )
    assert [line.partition(f"{dataset}/samples.jsonl: ")[2][:8] for line in lines[1:3]] == ["line 8: ", "line 9: "]
    assert "line 10" not in ran.out
    row = next(line for line in lines if "bad_line" in line and "3" in line and "samples.jsonl" not in line)
    assert "correct the line, or build the dataset anew" in row
    assert lines[-1].endswith("4 problems")


def test_marks_are_compared_with_the_record_beside_the_video(dataset, roadmark):
    record = dataset / "videos" / "clip_b" / "rgb_som.marks.json"
    record.write_text(record.read_text().replace('"actor_id": 968', '"actor_id": 7'))
    ran = roadmark("dataset", "check", dataset, "--no-decode", "--json")
    assert ran.code == 1
    assert json.loads(ran.out) == {
        "fault": "wrong_mark",
        "sample": "clip_b-original-collision-1",
        "detail": "videos/clip_b/rgb_som.mp4: mark 968 stands for actor 7, the sample says actor 968",
    }
    record.write_text("{")
    ran = roadmark("dataset", "check", dataset, "--json")
    assert json.loads(ran.out)["fault"] == "damaged_media"


def test_without_a_seed_answers_are_not_computed_anew(dataset, roadmark):
    (dataset / "split.json").unlink()
    (dataset / "statistics.json").unlink()
    ran = roadmark("dataset", "check", dataset)
    assert ran.code == 0
    assert "note: answers are not computed anew: " in ran.err
    assert "0 answers computed anew: no problems" in ran.out


def test_what_is_no_dataset_and_unknown_formats_are_said(dataset, roadmark, tmp_path):
    ran = roadmark("dataset", "check", tmp_path / "gone")
    assert (ran.code, "holds no samples.jsonl" in ran.err) == (1, True)
    ran = roadmark("dataset", "check", dataset, "--for", "llava,yolov8")
    assert (ran.code, "export target 'yolov8' is not known" in ran.err) == (1, True)
