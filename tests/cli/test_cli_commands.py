"""The smaller commands: version, help, demo, config show, clip adopt."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from rich.console import Console

import roadmark as package
from roadmark.cli import console, main
from roadmark.clip import Clip
from roadmark.dataset import read_samples
from roadmark.errors import ConfigError
from roadmark.events import read_events


def test_version_and_help(roadmark, shell):
    done = roadmark("--version")
    assert (done.code, done.out.strip()) == (0, package.__version__)
    for arguments in ((), ("clip",), ("config",), ("scenario",)):
        shown = roadmark(*arguments)
        assert "Usage" in shown.out + shown.err
    for command in ("simulate", "demo", "clip", "config", "scenario"):
        shown = roadmark(command, "--help")
        assert shown.code == 0
        assert "Usage" in shown.out
    outside = shell("--version")
    assert (outside.code, outside.out.strip()) == (0, package.__version__)


def test_many_options_are_shown_under_headings_in_plain_text(roadmark):
    shown = roadmark("simulate", "--help").out
    headings = [line for line in shown.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Inputs:", "Output:", "Replay:", "Labels:", "Looks:", "Batch:", "Options:"]
    assert shown.isascii()
    labels, looks = shown.split("Labels:")[1].split("Looks:")
    assert "--detect-events" in labels
    assert "--sun-time" in looks
    names = [word for word in shown.split() if word.startswith("--videos")]
    assert names == ["--videos"]


def test_help_loads_nothing_heavy():
    heavy = "{'numpy', 'numba', 'pyarrow', 'pydantic', 'cv2'}"
    program = f"import sys, roadmark.cli; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_demo_needs_nothing(roadmark, tmp_path, monkeypatch):
    tiny = Path(__file__).parents[1] / "recipe" / "tiny.yaml"
    (tmp_path / "standard.yaml").write_text(tiny.read_text())
    (tmp_path / "demo.yaml").write_text("generate: {incidents: [side_collision]}")
    monkeypatch.setattr("roadmark.recipe.load._FOLDER", tmp_path)
    done = roadmark("demo", "--output-dir", tmp_path / "demo")
    assert done.code == 0, done.err
    assert len(Clip.open(tmp_path / "demo/simulated/run1/scenario_side_collision_0000")) == 4
    assert f"report {tmp_path}/demo/report.html" in done.out
    assert f"dataset {tmp_path}/demo/dataset" in done.out
    found = read_events(tmp_path / "demo/scenarios/side_collision_0000.events.json").events
    assert found[-1].kind == "side_collision"
    assert len(list(read_samples(tmp_path / "demo/dataset/samples.jsonl"))) > 0
    again = roadmark("demo", "--output-dir", tmp_path / "demo")
    assert again.code == 0
    assert "side_collision_0000: done" not in again.err


def test_config_show_tells_where_values_come_from(roadmark, tmp_path):
    workflow, config = tmp_path / "global.json", tmp_path / "1.json"
    workflow.write_text(json.dumps({"limit_distance": 80.0, "output_dir": "/path/to/output_dir"}))
    config.write_text(json.dumps({"duration": 5, "source_scenario": {"name": "NV_1"}}))
    shown = roadmark("config", "show", "--wf-config", workflow, "--config", config, "--json")
    assert shown.code == 0
    document = json.loads(shown.out)
    assert document["settings"]["limit_distance"] == {"value": 80.0, "origin": str(workflow)}
    assert document["settings"]["duration"] == {"value": 5.0, "origin": str(config)}
    assert document["settings"]["quality"] == {"value": "standard", "origin": "default"}
    assert document["settings"]["output_dir"] == {"value": None, "origin": "default"}
    assert document["metadata"] == {"source_scenario": {"name": "NV_1"}}
    table = roadmark("config", "show", "--wf-config", workflow, "--config", config)
    assert table.code == 0
    for word in ("limit_distance", "80.0", "default", "source_scenario", "(metadata)"):
        assert word in table.out
    workflow.write_text(json.dumps({"limit_distanse": 80.0}))
    wrong = roadmark("config", "show", "--wf-config", workflow)
    assert wrong.code == 1
    assert "unknown key 'limit_distanse'" in wrong.err


def reference_clip(root, frames=3):
    """What the reference's tool leaves, as far as adopting needs it."""
    for name in ("rgb", "depth", "odvg"):
        (root / name).mkdir(parents=True)
    for number in range(frames):
        cv2.imwrite(str(root / f"rgb/frame_{number:012d}.jpg"), np.full((64, 96, 3), 90, np.uint8))
        cv2.imwrite(str(root / f"depth/depth_{number:012d}.png"), np.full((64, 96), 5000, np.uint16))
        record = {"timestamp": number / 20, "detections": {"instances": []}}
        (root / f"odvg/odvg_{number:012d}.json").write_text(json.dumps(record))
    return root


@pytest.fixture
def camera(tmp_path):
    """A camera file with two views, as large as the reference clip."""
    sensors = [
        {
            "name": name,
            "sensor": "rgb",
            "attributes": {"image_size_x": 96, "image_size_y": 64},
            "transform": {"location": {"x": x, "y": 0, "z": 300}},
        }
        for name, x in (("north", 0), ("south", 500))
    ]
    path = tmp_path / "cameras.yaml"
    path.write_text(yaml.safe_dump(sensors))
    return path


def test_a_clip_of_the_references_tool_is_adopted(roadmark, tmp_path, camera):
    root = reference_clip(tmp_path / "theirs")
    several = roadmark("clip", "adopt", root, "--camera-config", camera)
    assert several.code == 1
    assert "north, south" in several.err
    assert "--camera" in several.err
    unknown = roadmark("clip", "adopt", root, "--camera-config", camera, "--camera", "west")
    assert unknown.code == 1
    assert "no camera 'west'" in unknown.err
    done = roadmark("clip", "adopt", root, "--camera-config", camera, "--camera", "south", "--depth-unit", "mm")
    assert done.code == 0, done.err
    assert "adopted, 3 frames" in done.out
    assert "do not trust depth: " in done.out
    assert "do not trust bbox_3d.rotation: the bearing to the object" in done.out
    clip = Clip.open(root)
    assert clip.fps == 20
    assert clip.manifest.depth.unit == "mm"
    np.testing.assert_allclose(clip[0].pose.translation, [5.0, 0.0, 3.0])
    again = roadmark("clip", "adopt", root, "--camera-config", camera, "--camera", "south")
    assert again.code == 1
    assert "--overwrite" in again.err
    forced = roadmark(
        "clip", "adopt", root, "--camera-config", camera, "--camera", "south", "--overwrite", "--fps", "29.97"
    )
    assert forced.code == 0
    assert abs(float(Clip.open(root).fps) - 29.97) < 1e-3


def test_adopting_nothing_says_so(roadmark, tmp_path, camera):
    for path, word in ((tmp_path / "nowhere", "no such folder"), (tmp_path, "no output of the recipe's tool")):
        done = roadmark("clip", "adopt", path, "--camera-config", camera, "--camera", "north")
        assert done.code == 1
        assert word in done.err
    root = reference_clip(tmp_path / "theirs")
    (root / "rgb/frame_000000000001.jpg").unlink()
    gap = roadmark("clip", "adopt", root, "--camera-config", camera, "--camera", "north")
    assert gap.code == 1
    assert "frame_000000000001.jpg is missing" in gap.err
    assert roadmark("clip", "adopt", root, "--camera-config", camera, "--depth-unit", "feet").code == 2


def test_adoption_notes_what_is_left_out(roadmark, tmp_path, camera):
    root = reference_clip(tmp_path / "theirs")
    (root / "depth/depth_000000000002.png").unlink()
    done = roadmark("clip", "adopt", root, "--camera-config", camera, "--camera", "north")
    assert done.code == 0
    assert "note: depth: 2 of 3 frames; left out" in done.err


def test_progress_on_a_terminal_has_a_bar_with_rate_and_time_left(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=screen, force_terminal=True, width=100))
    with console.frame_progress("clip", 3) as advance:
        for _ in range(3):
            advance()
    assert "3/3" in screen.getvalue()
    assert "frames/s" in screen.getvalue()


def test_plain_progress_reports_now_and_then(monkeypatch, capsys):
    clock = iter([0.0, 1.0, 6.0, 7.0, 9.0])  # the start, then each frame: the first one pays for what happens once
    monkeypatch.setattr(console.time, "monotonic", lambda: next(clock))
    with console.frame_progress("clip", 4) as advance:
        for _ in range(4):
            advance()
    assert capsys.readouterr().err.splitlines() == [
        "clip: 2/4 frames, 0.20 frames/s, 10 s left",
        "clip: 4/4 frames, 0.38 frames/s, 0 s left",
    ]


def test_messages_are_printed_as_they_are(capsys):
    console.warn("a [bold] word")
    console.fail("")
    assert capsys.readouterr().err.splitlines() == ["warning: a [bold] word", "error: "]


def test_the_first_compilation_is_announced(roadmark, files, monkeypatch):
    monkeypatch.setattr("roadmark.cli.clips.kernels_are_cached", lambda quality: False)
    done = roadmark("simulate", *files.all)
    assert done.code == 0
    assert "note: compiling the render kernels; this happens once on a machine" in done.err


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), SystemExit(130)])
def test_interruptions_end_with_130_and_say_so(roadmark, monkeypatch, stop):
    def stopped():
        raise stop

    monkeypatch.setattr(sys.modules["roadmark.cli.app"], "app", stopped)
    done = roadmark("simulate")
    assert (done.code, done.err) == (130, "error: interrupted\n")
    for command in (["run"], ["demo"], ["scenario", "generate"], ["simulate", "--batch", "scenarios"]):
        done = roadmark(*command)
        assert (done.code, done.err.split(": ", 1)[1]) == (
            130,
            "interrupted; what is whole is kept: the same command goes on from here\n",
        )


def test_developers_get_the_exception_itself(monkeypatch):
    def failing():
        raise ConfigError("bad")

    monkeypatch.setattr(sys.modules["roadmark.cli.app"], "app", failing)
    monkeypatch.setenv("ROADMARK_DEBUG", "1")
    with pytest.raises(ConfigError, match="bad"):
        main()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("arguments", [[], ["--json"], ["--frames"], ["--text", "info"]])
def test_a_full_output_is_one_line(files, arguments):
    command = [sys.executable, "-m", "roadmark", "scenario", "inspect", str(files.recording), *arguments]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--frames"]])
def test_an_output_that_nobody_reads_ends_quietly(files, arguments):
    command = [sys.executable, "-m", "roadmark", "scenario", "inspect", str(files.recording), *arguments]
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_closed_outputs_are_no_obstacle(files):
    command = f"{sys.executable} -m roadmark scenario inspect {files.recording}"
    assert subprocess.run(["sh", "-c", f"{command} >&- 2>&-"], check=False).returncode == 0


def test_a_clip_that_cannot_be_announced_is_said_to_be_complete(roadmark, files, monkeypatch):
    def refuse(*_, **__):
        raise SystemExit(1)  # what Rich does where nobody reads

    monkeypatch.setattr(console.out, "print", refuse)
    ran = roadmark("simulate", *files.all)
    assert ran.code == 1
    assert f"note: complete: {files.output}" in ran.err
    assert (files.output / "clip.json").is_file()


def test_what_was_not_heard_is_told(capsys):
    with pytest.raises(OSError, match="full"), console.unless_heard("complete: out"):
        raise OSError(28, "full")
    with console.unless_heard("never said"):
        pass
    assert capsys.readouterr().err == "note: complete: out\n"


def test_messages_that_cannot_be_written_stop_nothing(monkeypatch):
    def refuse(*_, **__):
        raise OSError(28, "full")

    monkeypatch.setattr(console.err, "print", refuse)
    for say in (console.note, console.warn, console.fail):
        say("words")


def test_a_removed_working_folder_is_said(roadmark, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    ran = roadmark("config", "show")
    assert (ran.code, ran.err) == (1, "error: the working folder was removed; change to one that exists\n")


def test_pipes_are_neither_read_nor_replaced(roadmark, files):
    """A pipe that nobody writes into would be waited for without end."""
    pipe = files.folder / "pipe"
    os.mkfifo(pipe)
    for option in ("--recorder-filename", "--camera-config", "--xodr-path", "--config"):
        ran = roadmark("simulate", *files.all, option, pipe)
        assert ran.code == 1, option
        assert f"{pipe}: is not a regular file" in ran.err, option
    table = pipe.rename(files.folder / "pipe.parquet")
    assert "is not replaced" in roadmark("scenario", "inspect", files.recording, "--to-parquet", table).err
    assert table.is_fifo()


@pytest.mark.parametrize("name", ["", ".", "..", f"{'a' * 300}.parquet"])
def test_tables_need_the_name_of_a_file(roadmark, files, monkeypatch, name):
    monkeypatch.chdir(files.folder)
    ran = roadmark("scenario", "inspect", files.recording, "--to-parquet", name)
    assert ran.code == 1
    assert ran.err.startswith("error: ")
