"""Building a dataset: what it is made of, resume, failures, the same bytes however it is made."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from augmented_samples import write_augmented
from roadmark.dataset import DatasetFolder, read_samples
from roadmark.errors import InputError, OutputError
from roadmark.pipeline import ItemStatus, ProcessExecutor, RayExecutor, SequentialExecutor
from roadmark.vqa import DatasetSettings, build_dataset, find_videos

SETTINGS = DatasetSettings(marks="ids", split={"train": 0.5, "val": 0.5}, seed=4)


def built(root, folder, settings=SETTINGS, **options):
    found = find_videos(root / "simulated", root / "augmented")
    return build_dataset(settings, found, folder, **options)


def contents(folder):
    """Bytes of every file but the manifest, which also says how it was made."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("run.json",) and not path.name.startswith(".")
    }


@pytest.fixture(scope="module")
def dataset(labelled_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "dataset"
    assert built(labelled_run, folder).succeeded
    return folder


def test_videos_are_found_and_rejected_ones_left_out(labelled_run):
    found = find_videos(labelled_run / "simulated", labelled_run / "augmented")
    assert [video.id for video in found.videos] == [
        "1-crash.original", "1-crash.Augmentation_0", "1-quiet.original", "1-still.original"
    ]  # fmt: skip
    assert found.rejected == ("1-crash.Augmentation_1",)
    every = find_videos(labelled_run / "simulated", labelled_run / "augmented", keep_rejected=True)
    assert len(every.videos) == 5


def test_a_dataset_is_whole(dataset):
    folder = DatasetFolder.open(dataset)
    samples = list(folder.samples())
    assert {sample.clip for sample in samples} == {"1-crash", "1-quiet", "1-still"}
    assert all((dataset / media.path).is_file() for sample in samples for media in sample.media)
    assert all(folder.clip_folder(clip).joinpath("clip.json").is_file() for clip in folder.clip_sides())
    assert set(folder.split.sides) == {"1-crash", "1-quiet", "1-still"}
    for name in ("statistics.json", "bias.json", "README.md", "carla_annotations.json"):
        assert (dataset / name).is_file(), name


def test_marks_name_objects_that_bear_them(dataset):
    marked = [sample for sample in DatasetFolder.open(dataset).samples() if sample.marks]
    assert marked
    for sample in marked:
        assert sample.media[0].path.endswith("_som.mp4")
        assert {mark.actor_id for mark in sample.marks} <= {11, 12, 13}


def test_the_published_files_hold_the_recipes_question(dataset):
    (yes,) = (
        one for one in json.loads((dataset / "carla_annotations.json").read_text())
        if one["conversations"][1]["value"] == "Yes"
    )  # fmt: skip
    assert yes["video"] == "videos/1-crash/rgb_som.mp4" == yes["id"]
    said = "Is there a car collision between vehicles with numeric IDs {} and {}? "
    said += "Your final answer should be either Yes or No."
    assert yes["conversations"][0]["value"] in (said.format(11, 12), said.format(12, 11))


def test_times_are_those_of_the_augmented_video(dataset):
    """Of its ten frames a second the eighth shows the clip's frame 5, the crash: at 0.7 s instead of 1 s."""
    every = read_samples(dataset / "questions" / "1-crash.jsonl")
    samples = [one for one in every if one.augmentation == "Augmentation_0"]
    moments = {one.facts["moment"] for one in samples if "moment" in one.facts}
    assert moments == {0.7}


@pytest.fixture(params=["sequential", "processes", "ray"])
def executor(request):
    if request.param == "ray":
        pytest.importorskip("ray", reason="Ray is not installed")
        with RayExecutor(workers=2) as executor:
            yield executor
    else:
        yield SequentialExecutor() if request.param == "sequential" else ProcessExecutor(2)


def test_the_same_bytes_again_however_it_is_made(labelled_run, dataset, tmp_path, executor):
    assert built(labelled_run, tmp_path / "again", executor=executor).succeeded
    again = contents(tmp_path / "again")
    assert {**again, "sources.json": b""} == {**contents(dataset), "sources.json": b""}  # which is seen from each


def test_a_second_run_does_nothing(labelled_run, dataset):
    before = contents(dataset)
    run = built(labelled_run, dataset)
    statuses = {result.status for stage in run.stages for result in stage.results}
    assert statuses == {ItemStatus.SKIPPED}
    assert contents(dataset) == before


def test_another_setting_asks_again_but_marks_nothing_anew(labelled_run, dataset, tmp_path):
    folder = shutil.copytree(dataset, tmp_path / "dataset")
    run = built(labelled_run, folder, SETTINGS.model_copy(update={"per_template": 1}))
    assert {result.status for result in run.marks.results} == {ItemStatus.SKIPPED}
    assert {result.status for result in run.questions.results} == {ItemStatus.DONE}


def test_a_broken_clip_is_named_and_the_others_go_on(own_run, tmp_path):
    (own_run / "simulated" / "1" / "quiet" / "labels.parquet").write_bytes(b"no table")
    run = built(own_run, tmp_path / "dataset", keep_going=True)
    assert not run.succeeded
    (failed,) = run.questions.with_status(ItemStatus.FAILED)
    assert failed.item_id == "1-quiet"
    assert "labels.parquet" in failed.error.message
    clips = {sample.clip for sample in read_samples(tmp_path / "dataset" / "samples.jsonl")}
    assert clips == {"1-crash", "1-still"}


def test_without_keep_going_nothing_half_made_appears(own_run, tmp_path):
    (own_run / "simulated" / "1" / "quiet" / "labels.parquet").write_bytes(b"no table")
    assert not built(own_run, tmp_path / "dataset").succeeded
    assert not (tmp_path / "dataset" / "samples.jsonl").exists()


def test_a_clip_without_a_video_is_refused(own_run):
    (own_run / "simulated" / "1" / "still" / "videos" / "rgb.mp4").unlink()
    with pytest.raises(InputError, match="simulate the clip again"):
        find_videos(own_run / "simulated")


def test_what_a_short_video_does_not_show_is_not_asked_about(own_run, tmp_path):
    """The augmented video ends after three frames, 0.6 s; the collision is at 1 s."""
    shutil.rmtree(own_run / "augmented")
    quiet = own_run / "simulated" / "1" / "crash"
    write_augmented(own_run / "augmented" / "1" / "crash" / "Augmentation_0", quiet, frame_map=(0, 1, 2))
    assert built(own_run, tmp_path / "dataset").succeeded
    samples = list(read_samples(tmp_path / "dataset" / "questions" / "1-crash.jsonl"))
    short = [one for one in samples if one.augmentation is not None]
    assert short
    assert not [one for one in short if one.event is not None]
    assert [one for one in samples if one.augmentation is None and one.event is not None]


def test_clips_without_a_table_are_asked_about_from_their_frames(own_run, tmp_path):
    """As those are that were adopted from the published tool."""
    shutil.rmtree(own_run / "augmented")
    found = find_videos(own_run / "simulated")
    assert build_dataset(SETTINGS, found, tmp_path / "with").succeeded
    for clip in found.clips.values():
        (clip[0].clip_path / "labels.parquet").unlink()
    assert build_dataset(SETTINGS, found, tmp_path / "without").succeeded
    asked = [read_samples(tmp_path / name / "questions" / "1-crash.jsonl") for name in ("with", "without")]
    first, second = ([(one.question, one.answer) for one in every] for every in asked)
    assert first == second


def test_an_output_that_cannot_be_written_is_named(labelled_run, tmp_path):
    (tmp_path / "dataset").write_text("in the way")
    with pytest.raises(OutputError, match="dataset"):
        built(labelled_run, tmp_path / "dataset")


def test_unknown_families_are_named(labelled_run, tmp_path):
    with pytest.raises(ValueError, match="'crash' is not known; there are: "):
        built(labelled_run, tmp_path / "dataset", DatasetSettings(families=("crash",)))


BUILD = """
import sys
from pathlib import Path
from roadmark.vqa import DatasetSettings, build_dataset, find_videos
root, folder = map(Path, sys.argv[1:])
settings = DatasetSettings(marks="ids", split={"train": 0.5, "val": 0.5}, seed=4)
print("ready", flush=True)
tell = lambda *it: print(it, flush=True)
build_dataset(settings, find_videos(root / "simulated", root / "augmented"), folder, on_result=tell)
"""


@pytest.mark.parametrize("results", [1, 4, 6])
def test_killed_anywhere_and_resumed_it_is_the_same(labelled_run, dataset, tmp_path, results):
    folder = tmp_path / "dataset"
    work = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(labelled_run), str(folder)], stdout=subprocess.PIPE, text=True
    )
    for _ in range(results + 1):
        work.stdout.readline()
    os.kill(work.pid, signal.SIGKILL)
    work.wait()
    work.stdout.close()
    assert built(labelled_run, folder).succeeded
    assert {**contents(folder), "sources.json": b""} == {**contents(dataset), "sources.json": b""}
