"""Pages without a browser: the same bytes wherever they are made, what is written where, and what is refused."""

import json
import shutil
from pathlib import Path

import pytest
from report_samples import CARS, clip_of, index_of, question, write_dataset

from labelled_world import write_world
from roadmark.dataset import write_samples
from roadmark.errors import InputError, OutputError
from roadmark.report import places, write_report


def test_the_index_says_what_each_clip_holds(made_dataset):
    crash, quiet = index_of(made_dataset / "report.html")["clips"]
    assert crash | {"thumbnail": ""} == {
        "name": "crash",
        "thumbnail": "",
        "seconds": 2.0,
        "map": "",
        "events": ["collision"],
        "versions": ["original", "Augmentation_0", "Augmentation_1"],
        "verdicts": ["accept", "reject"],
        "families": {"collision": 2, "conditions": 2},
        "sides": ["train"],
        "questions": 4,
        "problems": 0,
    }
    assert crash["thumbnail"].startswith("data:image/jpeg;base64,")
    assert (quiet["name"], quiet["sides"], quiet["events"]) == ("quiet", ["val"], [])


def test_streams_are_named_relative_to_the_page(made_dataset):
    clip = clip_of(made_dataset / "report.html", 0)
    found = {(stream["version"], stream["name"]): stream["src"] for stream in clip["streams"]}
    assert found == {
        ("original", "rgb"): "videos/crash/rgb.mp4",
        ("original", "rgb_som"): "videos/crash/rgb_som.mp4",
        ("original", "semantic_segmentation"): "../simulated/crash/videos/semantic_segmentation.mp4",
        ("original", "edges"): "../simulated/crash/videos/edges.mp4",
        ("Augmentation_0", "rgb"): "videos/crash/Augmentation_0.mp4",
        ("Augmentation_1", "rgb"): "videos/crash/Augmentation_1.mp4",
    }
    assert clip["streams"][-1]["map"] == [0, 3, 5, 7]


def test_the_same_folder_gives_the_same_bytes_wherever_it_lies(dataset, tmp_path, monkeypatch):
    (dataset / "videos" / "crash" / "rgb_som.mp4").unlink()  # what is missing is told without the machine's paths
    shutil.rmtree(dataset.parent / "simulated" / "quiet")
    first = write_report(dataset).page.read_bytes()
    (dataset / "report.html").unlink()
    shutil.copytree(dataset.parent, tmp_path / "elsewhere" / "made")
    monkeypatch.chdir(tmp_path / "elsewhere")
    again = write_report(Path("made/dataset"))
    assert again.page.read_bytes() == first
    assert str(tmp_path).encode() not in first
    assert b"../simulated/quiet/clip.json: no such file" in first


def test_a_page_elsewhere_leads_to_the_videos(dataset, tmp_path):
    page = write_report(dataset, tmp_path / "a b" / "page.html").page
    assert clip_of(page, 0)["streams"][0]["src"] == "../made/dataset/videos/crash/rgb.mp4"
    special = dataset.rename(dataset.with_name("50% of #1?"))
    page = write_report(special, tmp_path / "other.html").page
    assert clip_of(page, 0)["streams"][0]["src"] == "made/50%25%20of%20%231%3F/videos/crash/rgb.mp4"


def test_a_run_of_clips_is_shown_without_a_dataset(made_dataset, tmp_path):
    report = write_report(made_dataset.parent / "simulated", tmp_path / "clips.html")
    assert (report.clips, report.questions, report.problems) == (2, 0, ())
    assert [row["name"] for row in index_of(report.page)["clips"]] == ["crash", "quiet"]
    one = write_report(made_dataset.parent / "simulated" / "crash", tmp_path / "one.html")
    assert [row["name"] for row in index_of(one.page)["clips"]] == ["crash"]


def test_augmented_clips_bring_their_source(made_dataset, tmp_path):
    report = write_report(made_dataset.parent / "augmented", tmp_path / "augmented.html")
    (row,) = index_of(report.page)["clips"]
    assert (row["name"], row["versions"]) == ("crash", ["original", "Augmentation_0", "Augmentation_1"])
    streams = {(one["version"], one["name"]): one["src"] for one in clip_of(report.page, 0)["streams"]}
    assert streams["Augmentation_0", "rgb"].endswith("made/augmented/crash/Augmentation_0/output.mp4")
    assert streams["original", "rgb"].endswith("made/simulated/crash/videos/rgb.mp4")


def test_clips_and_their_augmentations_in_one_folder_are_one(made_dataset, tmp_path):
    report = write_report(made_dataset.parent, tmp_path / "all.html")
    assert [(row["name"], len(row["versions"])) for row in index_of(report.page)["clips"]] == [
        ("simulated/crash", 3), ("simulated/quiet", 1),
    ]  # fmt: skip


def test_numbers_in_names_count_as_numbers(tmp_path):
    for number in (10, 9, 1):
        write_world(tmp_path / f"scenario_{number}", CARS, seconds=0.4, with_map=False)
    page = write_report(tmp_path).page
    assert [row["name"] for row in index_of(page)["clips"]] == ["scenario_1", "scenario_9", "scenario_10"]


def test_data_of_many_clips_lie_beside_the_page(dataset, monkeypatch):
    whole = write_report(dataset)
    inlined = [clip_of(whole.page, place) for place in (0, 1)]
    monkeypatch.setattr(places, "MAX_INLINED", 100)
    parted = write_report(dataset)
    assert parted.data == dataset / "report_clips"
    texts = [(parted.data / f"{place}.js").read_text() for place in (0, 1)]
    assert [json.loads(text.removeprefix(f"roadmarkClip({n},")[:-3]) for n, text in enumerate(texts)] == inlined
    assert index_of(parted.page)["data"] == "report_clips"
    monkeypatch.undo()
    write_report(dataset)
    assert not parted.data.exists()  # what no page leads to any more is gone


def test_questions_of_a_thousand_clips_lie_beside_the_page(tmp_path):
    """The page itself grows by less than 500 bytes per clip without a picture, whatever is asked about it."""
    texts = "How many vehicles are in view at second 2.4, two-wheelers included? Answer with a whole number."
    samples = (
        question(number, f"clip_{clip}", family=f"family_{number % 7}", text=f"{number}. {texts}", answer=str(number))
        for clip in range(1000)
        for number in range(8)
    )
    write_samples(tmp_path / "samples.jsonl", samples)
    report = write_report(tmp_path)
    assert (report.clips, report.questions) == (1000, 8000)
    assert len(list(report.data.iterdir())) == 1000
    assert report.page.stat().st_size < 600_000


def test_no_foreign_file_is_replaced(dataset):
    mine = dataset / "mine.html"
    mine.write_text("<p>my own page</p>")
    with pytest.raises(OutputError, match=r"mine.html: is there and no report of ours"):
        write_report(dataset, mine)
    assert mine.read_text() == "<p>my own page</p>"
    (dataset / "report_clips").mkdir()
    (dataset / "report_clips" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"report_clips: holds other files than the data of a report"):
        write_report(dataset)
    assert (dataset / "report_clips" / "notes.txt").read_text() == "mine"
    with pytest.raises(OutputError, match=r"the name of a page must end in .html"):
        write_report(dataset, dataset / "samples.jsonl")


def test_videos_too_large_to_embed_are_refused_with_their_size(dataset, monkeypatch):
    monkeypatch.setattr(places, "MAX_EMBEDDED", 1 << 10)
    with pytest.raises(InputError, match=r"the videos are 0 MiB, and a page takes 0 MiB; leave out --embed"):
        write_report(dataset, embed=True)
    assert not (dataset / "report.html").exists()


def test_a_folder_with_nothing_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"holds nothing to show: no dataset \(samples.jsonl\)"):
        write_report(tmp_path)
    with pytest.raises(InputError, match=r"missing: no such folder"):
        write_report(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written(dataset):
    with pytest.raises(OutputError, match=r"page.html: cannot be written"):
        write_report(dataset, dataset / "split.json" / "page.html")


def test_an_embedded_page_names_no_file(dataset, tmp_path):
    page = write_report(dataset, tmp_path / "alone.html", embed=True).page
    assert all(stream["src"].startswith("data:video/mp4;base64,") for stream in clip_of(page, 0)["streams"])


def test_samples_of_one_clip_need_not_lie_together(tmp_path):
    dataset = write_dataset(tmp_path / "made", [question(1), question(2, "quiet"), question(3)])
    page = write_report(dataset).page
    assert [one["id"] for one in clip_of(page, 0)["questions"]] == ["crash-1", "crash-3"]
