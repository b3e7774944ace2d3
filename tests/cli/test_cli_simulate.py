"""`roadmark simulate`: what it prints, writes and returns."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import yaml

from roadmark.clip import Clip
from roadmark.errors import OutputError
from roadmark.files import MARKER


def test_a_recording_becomes_a_clip(roadmark, files):
    done = roadmark("simulate", *files.all)
    assert done.code == 0, done.err
    clip = Clip.open(files.output)
    assert len(clip) == 2
    assert clip.manifest.metadata == {"source_scenario": "x"}
    for word in ("clip", "frames", "labels", "collisions", f"clip {files.output}", "2 frames in", "s per frame"):
        assert word in done.out
    assert "log.json" not in done.out
    assert "crossing: 2/2 frames" in done.err
    assert "frames/s" in done.err
    assert "0 s left" in done.err


def test_every_option_reaches_the_simulation(roadmark, files):
    done = roadmark(
        "simulate", *files.inputs, "--config", files.config, "--output-dir", files.output, "--target-fps", "20",
        "--start-time", "1", "--duration", "0.1", "--time-factor", "2", "--replay", "carla", "--keep-hero",
        "--limit-distance", "60", "--area-threshold", "4", "--no-detect-collisions", "--generate-videos", "--videos",
        "all", "--edges", "masked", "--masks", "--overlays", "--aov", "--depth-unit", "mm", "--label-codec", "rgb",
        "--quality", "draft", "--weather", "overcast", "--lighting", "sunset", "--road", "puddles", "--seed", "3",
        "--threads", "1", "--tracer", "auto", "--allow-truncated",
    )  # fmt: skip
    assert done.code == 0, done.err
    clip = Clip.open(files.output)
    render = json.loads(clip.source("render.json").read_text())
    expected = {
        "seed": 3, "quality": "draft", "weather": "overcast", "lighting": "sunset", "road": "puddles",
        "replay": "carla", "time_factor": 2.0, "fps": [20, 1], "start_time": 1.0, "frames": 1, "ignore_hero": False,
        "limit_distance": 60.0, "area_threshold": 4.0,
    }  # fmt: skip
    assert {name: render[name] for name in expected} == expected
    folders = {path.name for path in files.output.iterdir() if path.is_dir()}
    assert {"masks", "sun_visibility", "albedo", "rgb_with_3d_bboxes", "videos"} <= folders
    assert clip.manifest.depth.unit == "mm"
    assert "not looked for" in done.out
    assert "video " in done.out
    assert str(files.output / "videos/rgb.mp4") in done.out
    assert not (files.output / "events_collision.json").exists()


def test_a_dry_run_prints_the_plan_and_writes_nothing(roadmark, files):
    done = roadmark("simulate", *files.all, "--dry-run")
    assert done.code == 0
    for word in ("recording", "map", "frames", "looks", "camera", "2 at 10 per second", "96x64"):
        assert word in done.out
    assert not files.output.exists()


def test_notes_are_said(roadmark, files):
    workflow = files.folder / "global.json"
    workflow.write_text(json.dumps({"timeout": 10, "class_filter_config": "config/filter_semantic_classes.yaml"}))
    done = roadmark("simulate", *files.all, "--wf-config", workflow, "--dry-run")
    assert done.code == 0
    assert "note: timeout mean something only to a live CARLA server" in done.err
    assert "note: class filter config/filter_semantic_classes.yaml is not here" in done.err


def test_a_folder_that_is_not_empty_is_refused_unless_told(roadmark, files):
    assert roadmark("simulate", *files.all).code == 0
    before = (files.output / "clip.json").read_bytes()
    refused = roadmark("simulate", *files.all)
    assert refused.code == 1
    assert refused.err.splitlines()[-1] == (
        f"error: {files.output}: is not empty; choose another folder, or give --overwrite to replace it"
    )
    assert roadmark("simulate", *files.all, "--overwrite").code == 0
    assert (files.output / "clip.json").read_bytes() == before


def test_several_cameras_nest_on_request(roadmark, files):
    sensor = yaml.safe_load(files.camera.read_text())[0]
    names = ["a", "b"]
    files.camera.write_text(yaml.safe_dump([sensor | {"name": name} for name in names]))
    assert roadmark("simulate", *files.all).code == 0
    assert all((files.folder / f"out_{name}/clip.json").is_file() for name in names)
    assert roadmark("simulate", *files.all, "--nest").code == 0
    assert all((files.output / name / "clip.json").is_file() for name in names)


def replace(files, **texts):
    """Write other contents into the input files."""
    for name, text in texts.items():
        path = getattr(files, name)
        path.write_bytes(text) if isinstance(text, bytes) else path.write_text(text)


def camera_with(**changes):
    def change(files):
        document = yaml.safe_load(files.camera.read_text())
        sensor = document[0]
        for path, value in changes.items():
            target, *keys = sensor, *path.split("__")
            for key in keys[:-1]:
                target = target[key]
            target[keys[-1]] = value
        files.camera.write_text(yaml.safe_dump(document))

    return change


def truncate(files):
    files.recording.write_bytes(files.recording.read_bytes()[:5000])


BAD = {
    "truncated recording": (truncate, "crossing.log", "byte", "--allow-truncated"),
    "empty recording": (lambda f: replace(f, recording=b""), "crossing.log"),
    "no recording": (lambda f: replace(f, recording=b"PNG not a log at all"), "crossing.log"),
    "no map": (lambda f: replace(f, xodr="<OpenDRIVE><road"), "RoadmarkCrossing.xodr"),
    "unreadable YAML": (lambda f: replace(f, camera="- sensor: [rgb"), "camera.yaml, line", "not valid YAML"),
    "binary YAML": (lambda f: replace(f, camera=b"\xff\xfe\x00rgb"), "camera.yaml", "UTF-8"),
    "unreadable JSON": (lambda f: replace(f, config='{"duration": 1,}'), "log.json: line 1", "not valid JSON"),
    "JSON list": (lambda f: replace(f, config="[1, 2]"), "log.json", "found list"),
    "key twice": (lambda f: replace(f, config='{"seed": 1, "seed": 2}'), "log.json", "'seed' is given twice"),
    "unknown camera key": (camera_with(attributes__zoom=3), "camera.yaml", "attributes.zoom", "remove it or check"),
    "not finite": (lambda f: replace(f, config='{"start_time": NaN}'), "log.json", "NaN is not a finite number"),
    "infinite place": (camera_with(transform__location__x=float("inf")), "camera.yaml", "transform.location.x = inf"),
    "zero width": (camera_with(attributes__image_size_x=0), "attributes.image_size_x = 0", "greater than 0"),
    "negative height": (camera_with(attributes__image_size_y=-4), "attributes.image_size_y = -4", "greater than 0"),
    "wide fov": (camera_with(attributes__fov=180), "attributes.fov = 180", "less than 180"),
    "no fov": (camera_with(attributes__fov=0), "attributes.fov = 0", "greater than 0"),
    "no rgb": (camera_with(sensor="depth"), "camera.yaml", "no rgb sensor", "add one"),
    "no sensors": (lambda f: replace(f, camera="sensors: []"), "camera.yaml", "at least one sensor"),
    "bad duration": (lambda f: replace(f, config='{"duration": -1}'), "log.json: duration = -1"),
    "late start": (lambda f: replace(f, config='{"start_time": 99}'), "start_time 99", "lasts 5 s"),
    "bad start": (lambda f: replace(f, config='{"start_time": "soon"}'), "log.json: start_time = 'soon'"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named_with_the_field_and_what_to_do(roadmark, files, case):
    change, *words = BAD[case]
    change(files)
    done = roadmark("simulate", *files.all)
    assert done.code == 1
    assert done.err.startswith("error: ") or "\nerror: " in done.err
    for word in words:
        assert word in done.err
    assert not files.output.exists()
    assert [path.name for path in files.folder.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--quality", "best"], ["command line: quality = 'best'", "'draft', 'standard' or 'high'"]),
        (["--target-fps", "0"], ["command line: target_fps = 0.0", "greater than or equal to 0.01"]),
        (["--target-fps", "nan"], ["target_fps", "finite"]),
        (["--time-factor", "-1"], ["time_factor = -1.0"]),
        (["--weather", "hail"], ["hail", "clear_sky"]),
        (["--depth-unit", "feet"], ["depth_unit = 'feet'"]),
        (["--threads", "0"], ["threads = 0"]),
        (["--seed", "-1"], ["seed = -1"]),
        (["--camera-follow-actor", "999"], ["camera_follow_actor = 999", "it has 20, 21"]),
        (["--class-filter-config", "mine.yaml"], ["class_filter_config = mine.yaml", "no such file"]),
        (["--wf-config", "none.json"], ["none.json: no such file", "check the path"]),
        (["--config", "none.json"], ["none.json: no such file"]),
        (["--run-id", "x"], ["--run-id goes with --batch"]),
        (["--xodr-path", "nowhere.xodr"], ["nowhere.xodr"]),
        (["--recorder-filename", "none.log"], ["none.log"]),
        (["--camera-config", "none.yaml"], ["none.yaml: no such file"]),
    ],
)
def test_bad_options_are_named(roadmark, files, options, words):
    done = roadmark("simulate", *files.all, *options)
    assert done.code == 1
    for word in words:
        assert word in done.err
    assert not files.output.exists()


def test_missing_options_are_all_listed(roadmark):
    done = roadmark("simulate")
    assert done.code == 1
    assert done.err.splitlines() == [
        "error: recorder_filename is missing; give --recorder-filename",
        "error: camera_config is missing; give --camera-config",
        "error: output_dir is missing; give --output-dir",
    ]


def test_a_map_that_is_not_given_is_named_with_its_option(roadmark, files):
    arguments = [a for a in files.all if a not in {"--xodr-path", files.xodr}]
    files.xodr.rename(files.folder / "in/elsewhere.txt")
    done = roadmark("simulate", *arguments)
    assert done.code == 1
    assert "'RoadmarkCrossing'" in done.err
    assert "--xodr-path" in done.err


def test_unknown_options_end_with_usage(roadmark):
    done = roadmark("simulate", "--frames", "3")
    assert done.code == 2
    assert "No such option" in done.err
    assert roadmark("simulate", "--target-fps", "fast").code == 2


def test_an_output_that_cannot_be_written_leaves_nothing(roadmark, files):
    blocked = files.folder / "file"
    blocked.write_text("")
    arguments = [blocked / "clip" if a == files.output else a for a in files.all]
    done = roadmark("simulate", *arguments)
    assert done.code == 1
    assert str(blocked) in done.err


def test_a_full_disk_is_an_error_and_leaves_no_clip(roadmark, files, monkeypatch):
    from roadmark.clip import ledger

    def full(self, name, data):
        raise OutputError(f"{self.root / name}: cannot be written: No space left on device")

    monkeypatch.setattr(ledger.Ledger, "write", full)
    done = roadmark("simulate", *files.all)
    assert done.code == 1
    assert "No space left on device" in done.err
    assert [path.name for path in files.folder.iterdir()] == ["in"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_leaves_no_clip(files):
    arguments = [a for a in files.all if a not in {"--config", files.config}]
    command = [sys.executable, "-m", "roadmark", "simulate", *map(str, arguments), "--target-fps", "1000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    partial = files.folder / ".out.partial"
    deadline = time.monotonic() + 240
    pictures = partial / "new" / "rgb"
    while not pictures.is_dir() or not any(pictures.iterdir()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert "interrupted" in err
    assert not files.output.exists()
    assert not partial.exists()


def test_an_unfinished_clip_of_a_killed_run_is_cleared_away(roadmark, files):
    assert roadmark("simulate", *files.all).code == 0
    partial = files.folder / ".out.partial"
    partial.mkdir()
    (partial / MARKER).touch()
    shutil.move(files.output, partial / "new")
    assert roadmark("simulate", *files.all).code == 0
    assert not partial.exists()


def test_errors_show_their_traceback_for_developers(files, shell):
    environment = {**os.environ, "ROADMARK_DEBUG": "1"}
    done = shell("simulate", *files.all, "--quality", "best", env=environment)
    assert done.code == 1
    assert "Traceback" in done.err
    plain = shell("simulate", *files.all, "--quality", "best", env={**os.environ, "ROADMARK_DEBUG": ""})
    assert plain.code == 1
    assert "Traceback" not in plain.err
    assert plain.err.startswith("error: command line: quality = 'best'")
