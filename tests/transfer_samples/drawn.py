"""A clip that carries its scenario, so that it can be drawn again."""

from __future__ import annotations

import json
from pathlib import Path

from roadmark.clip import Clip
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from sample_crossing import write_crossing

CAMERA = {
    "sensor": "rgb",
    "attributes": {"image_size_x": 128, "image_size_y": 72, "fov": 90},
    "transform": {"location": {"x": -21.0, "y": 13.5, "z": 9.0}, "rotation": {"roll": 0, "pitch": -19, "yaw": -30}},
}


def make_drawn_clip(folder: Path) -> Clip:
    """Three frames of the sample crossing before its collision."""
    files = write_crossing(folder / "files")
    cameras = folder / "cameras.yaml"
    cameras.write_text(json.dumps([CAMERA]), encoding="utf-8")  # JSON is YAML
    options = {
        "recorder_filename": files.recording,
        "xodr_path": files.xodr,
        "camera_config": cameras,
        "start_time": 2.0,
        "duration": 0.3,
        "target_fps": 10,
        "quality": "draft",
        "threads": 2,
        "output_dir": folder / "drawn",
    }
    resolved, _ = resolve_settings(wf_config=None, config=None, command_line=options)
    return Clip.open(run_simulation(plan_simulation(resolved, {}, nest=False))[0].path)
