"""The caption of a clip that was really simulated: the sample crossing's collision."""

import yaml
from typer.testing import CliRunner

from roadmark.captions import GroundTruthCaptioner
from roadmark.cli.app import app
from roadmark.clip import Clip
from sample_crossing import write_crossing


def test_the_sample_crossing_is_told(tmp_path, bare_town):
    files = write_crossing(tmp_path / "scenario")
    cameras = yaml.safe_load(files.cameras.read_text())
    for sensor in cameras:
        sensor["attributes"] = {"image_size_x": 320, "image_size_y": 180, "fov": 94}
    camera_file = tmp_path / "cameras.yaml"
    camera_file.write_text(yaml.safe_dump(cameras))
    arguments = [
        *("simulate", "--recorder-filename", str(files.recording), "--xodr-path", str(files.xodr)),
        *("--camera-config", str(camera_file), "--output-dir", str(tmp_path / "clip"), "--start-time", "1.0"),
        *("--duration", "4", "--target-fps", "4", "--quality", "draft", "--area-threshold", "20"),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    told = GroundTruthCaptioner().caption(Clip.open(tmp_path / "clip"))
    assert told.core.startswith(
        "A fixed camera about seven metres above the ground looks down at a four-way junction with traffic lights and "
        "crosswalks, whose roads have one lane in each direction. "
        # the contact is 2.6 s into the recording, 1.6 s into the clip
        "About two seconds in, a red sedan runs a red light and hits the right side of a white SUV in a side "
        "collision, in the middle of the picture. Both come to rest. "
    )
    assert "An ambulance" in told.core or "an ambulance" in told.core
    assert "a yellow bus is standing still" in told.core
    assert told.conditions == "It is mid-morning with a clear sky, and the road is dry."
    assert told.terms == ("side collision", "red sedan", "white SUV")
