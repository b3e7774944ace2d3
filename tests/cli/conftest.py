"""Running the command as a user does, and the files they bring."""

import json
import subprocess
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
import yaml

from roadmark.cli import main
from sample_crossing import write_crossing


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def roadmark(capsys, monkeypatch, bare_town):
    """Run `roadmark` with arguments in this process, on bare ground; `shell` grows the whole town."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["roadmark", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def shell():
    """Run `roadmark` with arguments in a process of its own."""

    def run(*arguments, **options):
        command = [sys.executable, "-m", "roadmark", *map(str, arguments)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, **options)
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


def camera_document(size=(96, 64), **changes):
    """One RGB camera over the sample crossing."""
    sensor = {
        "sensor": "rgb",
        "attributes": {"image_size_x": size[0], "image_size_y": size[1], "fov": 94},
        "transform": {"location": {"x": -2100, "y": 1350, "z": 900}, "rotation": {"roll": 0, "pitch": -19, "yaw": -30}},
    }
    return [sensor | changes]


@pytest.fixture
def files(tmp_path):
    """The sample scenario's files, with a small camera, and the arguments that name them."""
    demo = write_crossing(tmp_path / "in")
    camera = tmp_path / "in/camera.yaml"
    camera.write_text(yaml.safe_dump(camera_document()))
    config = tmp_path / "in/log.json"
    config.write_text(json.dumps({"source_scenario": "x", "start_time": 2.5, "duration": 0.2}))
    inputs = ["--recorder-filename", demo.recording, "--xodr-path", demo.xodr, "--camera-config", camera]
    quick = ["--config", config, "--target-fps", "10", "--quality", "draft", "--no-generate-videos"]
    return SimpleNamespace(
        recording=demo.recording, xodr=demo.xodr, camera=camera, config=config, inputs=inputs, quick=quick,
        output=tmp_path / "out", all=[*inputs, *quick, "--output-dir", tmp_path / "out"], folder=tmp_path,
    )  # fmt: skip
