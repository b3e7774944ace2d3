"""`roadmark simulate --batch`: N.json + N.log + N.yaml into RUN/scenario_N."""

import json
import shutil

import pytest
import yaml

from roadmark.clip import Clip


@pytest.fixture
def folder(files):
    """Two scenarios and a folder of maps."""
    root = files.folder / "scenarios"
    root.mkdir()
    for number in ("1", "2"):
        shutil.copy(files.recording, root / f"{number}.log")
        shutil.copy(files.camera, root / f"{number}.yaml")
        (root / f"{number}.json").write_text(
            json.dumps({"source_scenario": number, "start_time": 2.6, "duration": 0.1})
        )
    return root


@pytest.fixture
def batch(files, folder):
    """Arguments of the batch."""
    return [
        "simulate", "--batch", folder, "--run-id", "run1", "--output-dir", files.output, "--xodr-path",
        files.folder / "in", "--target-fps", "10", "--quality", "draft", "--no-generate-videos",
    ]  # fmt: skip


def test_a_batch_runs_resumes_and_reports(roadmark, files, batch):
    done = roadmark(*batch)
    assert done.code == 0, done.err
    assert "2 done, 0 done before, 0 failed of 2 scenarios" in done.out
    assert "scenario_1: done" in done.err
    for number in ("1", "2"):
        clip = Clip.open(files.output / f"run1/scenario_{number}")
        assert clip.manifest.metadata == {"source_scenario": number}
        assert clip.path.name in done.out
    assert f"run {files.output}/run1" in done.out
    stamps = [(files.output / f"run1/scenario_{n}/clip.json").stat().st_mtime_ns for n in "12"]
    again = roadmark(*batch)
    assert again.code == 0
    assert "0 done, 2 done before, 0 failed" in again.out
    assert [(files.output / f"run1/scenario_{n}/clip.json").stat().st_mtime_ns for n in "12"] == stamps
    assert roadmark(*batch, "--overwrite").code == 0


def test_a_failure_is_exit_code_1_with_a_record(roadmark, files, folder, batch):
    (folder / "1.log").write_bytes((folder / "1.log").read_bytes()[:4000])
    done = roadmark(*batch)
    assert done.code == 1
    assert "1.log" in done.err
    assert "0 done, 0 done before, 1 failed of 2 scenarios" in done.out
    assert not (files.output / "run1/scenario_2").exists()
    going_on = roadmark(*batch, "--keep-going")
    assert going_on.code == 1
    assert "1 done, 0 done before, 1 failed of 2 scenarios" in going_on.out
    assert (files.output / "run1/scenario_2/clip.json").is_file()
    record = (files.output / "run1/run.json").read_text()
    assert "give --allow-truncated" in record
    assert not (files.output / "run1/scenario_1").exists()


def test_two_workers_make_the_clips_too(roadmark, files, batch):
    done = roadmark(*batch, "--workers", "2")
    assert done.code == 0, done.err
    assert all((files.output / f"run1/scenario_{n}/clip.json").is_file() for n in "12")


def test_a_dry_run_plans_every_scenario(roadmark, files, batch):
    done = roadmark(*batch, "--dry-run")
    assert done.code == 0
    for number in "12":
        assert f"scenario_{number}\nrecording  {files.folder}/scenarios/{number}.log: RoadmarkCrossing" in done.out
        assert f"-> {files.output}/run1/scenario_{number}" in done.out
    assert not files.output.exists()


def test_a_dry_run_says_which_scenario_cannot_run(roadmark, files, folder, batch):
    (folder / "1.yaml").write_text("- {sensor: lidar, transform: {}}")
    done = roadmark(*batch, "--dry-run")
    assert done.code == 1
    assert "error: scenario_1:" in done.err
    assert "lidar" in done.err
    assert "scenario_2\nrecording" in done.out


def test_a_changed_map_or_a_lost_clip_is_made_again(roadmark, files, folder, batch):
    for number in "12":
        cameras = yaml.safe_load((folder / f"{number}.yaml").read_text())
        other = {**cameras[0], "transform": {"location": {"x": 900, "y": 900, "z": 900}, "rotation": {"pitch": -40}}}
        (folder / f"{number}.yaml").write_text(yaml.safe_dump([*cameras, {**other, "sensor": "rgb", "name": "second"}]))
    assert roadmark(*batch).code == 0
    assert "0 done, 2 done before" in roadmark(*batch).out
    shutil.rmtree(next((files.output / "run1").glob("scenario_1_*")))
    assert "1 done, 1 done before" in roadmark(*batch).out
    (xodr,) = (files.folder / "in").glob("*.xodr")
    xodr.write_bytes(xodr.read_bytes() + b"<!-- another map -->\n")
    assert "2 done, 0 done before" in roadmark(*batch).out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b: [a for a in b if a not in {"--run-id", "run1"}], ["--batch needs --run-id"]),
        (lambda b: [*b, "--recorder-filename", "x.log"], ["--recorder-filename does not go with --batch"]),
        (lambda b: [*b, "--camera-config", "x.yaml"], ["--camera-config does not go with --batch"]),
        (lambda b: [*b, "--run-id", "../up"], ["--run-id '../up'"]),
        (lambda b: [*b, "--batch", "nowhere"], ["nowhere: no such folder"]),
    ],
)
def test_what_a_batch_cannot_take(roadmark, files, batch, change, words):
    done = roadmark(*change(batch))
    assert done.code == 1
    for word in words:
        assert word in done.err
    assert not files.output.exists()


def test_a_scenario_without_its_parts_is_named(roadmark, folder, batch):
    (folder / "2.yaml").unlink()
    done = roadmark(*batch)
    assert done.code == 1
    assert "2.yaml" in done.err
    assert roadmark(*batch, "--workers", "0").code == 2
