"""CPU time of verification: 1280 x 704, every fifth frame judged, every frame decoded; and the share of its parts.

Run: python -m benchmarks verify
"""

from __future__ import annotations

import cProfile
import pstats
import tempfile
import time
from pathlib import Path

import cv2
import yaml

from roadmark.augment.transfer.protocol import TransferRequest
from roadmark.augment.transfer.relight import RelightTransfer
from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.generate import write_demo_scenario
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from roadmark.verify import verify_video

SIZE = (1280, 704)
FRAMES, FPS = 91, 30
REPEATS = 3
LIMIT = 20.0
"""Milliseconds of CPU per frame of the video that verification may take."""
CONDITIONS = (Conditions("raining", "night", "puddles"), Conditions("overcast"))
PARTS = 14


def main() -> None:
    """Print the cost of both conditions, and where it goes."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        clip = _clip(Path(folder))
        for conditions in CONDITIONS:
            video = _video(clip, conditions, Path(folder))
            verify_video(clip, video, conditions)  # loads the kernels
            best = min(_spent(clip, video, conditions) for _ in range(REPEATS))
            name = " ".join(conditions.selections().values())
            print(f"{name:32s} {1e3 * best / FRAMES:6.1f} ms CPU per frame (at most {LIMIT:g})", flush=True)
        _profile(clip, video, conditions)


def _spent(clip: Clip, video: Path, conditions: Conditions) -> float:
    started = time.process_time()
    verify_video(clip, video, conditions)
    return time.process_time() - started


def _clip(folder: Path) -> Clip:
    """The demo's collision, as long as a second video takes to say something."""
    made = write_demo_scenario(folder / "scenario", 0)
    cameras = yaml.safe_load(made.paths.cameras.read_text())
    for sensor in cameras:
        sensor["attributes"]["image_size_x"], sensor["attributes"]["image_size_y"] = SIZE
    camera_file = folder / "cameras.yaml"
    camera_file.write_text(yaml.safe_dump(cameras))
    resolved, metadata = resolve_settings(
        wf_config=None,
        config=made.paths.config,
        command_line={
            "recorder_filename": made.paths.recording,
            "xodr_path": made.map_file,
            "camera_config": camera_file,
            "output_dir": folder / "clip",
            "start_time": made.start,
            "duration": (FRAMES - 0.5) / FPS,
            "target_fps": FPS,
            "quality": "draft",
            "aov": True,
        },
    )
    return Clip.open(run_simulation(plan_simulation(resolved, metadata))[0].path)


def _video(clip: Clip, conditions: Conditions, folder: Path) -> Path:
    video = folder / f"{conditions.weather}.mp4"
    request = TransferRequest("bench", clip.video("rgb"), clip, {}, "", conditions.selections(), 0)
    RelightTransfer().transfer(request, video, lambda *_: None)
    return video


def _profile(clip: Clip, video: Path, conditions: Conditions) -> None:
    """The costliest functions of the measuring thread."""
    profile = cProfile.Profile(time.thread_time)
    profile.runcall(verify_video, clip, video, conditions)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    rows = sorted(((own, name[2]) for name, (_, _, own, _, _) in stats.items()), reverse=True)
    for own, name in rows[:PARTS]:
        print(f"  {name:60s} {1e3 * own / FRAMES:6.2f} ms")
