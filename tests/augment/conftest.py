"""Two small clips of the sample scenario, that tests of augmentation share."""

import shutil

import pytest
import yaml

from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from sample_crossing import write_crossing

FRAMES, FPS = 6, 10
CAMERA = {
    "sensor": "rgb",
    "attributes": {"image_size_x": 192, "image_size_y": 112, "fov": 94},
    "transform": {
        "location": {"x": -2100, "y": 1350, "z": 900},
        "rotation": {"pitch": -19, "yaw": -30, "roll": 0},
    },
}
"""Over a corner of the crossing, in Unreal's axes and centimetres."""


@pytest.fixture(scope="session")
def crossing_run(tmp_path_factory):
    """A run of two clips, `a` and `b`, two seconds apart in the same recording; not to be changed."""
    folder = tmp_path_factory.mktemp("augment")
    files = write_crossing(folder / "files")
    cameras = folder / "camera.yaml"
    cameras.write_text(yaml.safe_dump([CAMERA]), encoding="utf-8")
    for name, start in (("a", 1.0), ("b", 3.0)):
        options = {
            "recorder_filename": files.recording,
            "xodr_path": files.xodr,
            "camera_config": cameras,
            "output_dir": folder / "run" / name,
            "start_time": start,
            "duration": FRAMES / FPS,
            "target_fps": FPS,
            "quality": "draft",
            "threads": 1,
        }
        resolved, metadata = resolve_settings(wf_config=None, config=None, command_line=options)
        run_simulation(plan_simulation(resolved, metadata))
    return folder / "run"


@pytest.fixture
def two_clips(crossing_run, tmp_path):
    """A copy of the run that a test may change."""
    return shutil.copytree(crossing_run, tmp_path / "simulated")
