"""CPU of drawing clips again under other conditions, per frame.

    python -m benchmarks rerender         # needs ROADMARK_DATA with carla/xodr/Town10HD.xodr

A Town10HD junction with 40 vehicles and a camera that stands still, in `standard` quality. The first render
writes the whole default clip; drawing it again reads its labels, compares them and encodes the video. Both are the
difference of two lengths, so that growing the town and loading kernels do not count. First renders and those of every
condition take turns, and what is printed are medians over the rounds, of ratios within a round.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks._traffic import write_traffic
from benchmarks.simulate import CENTER, VEHICLES, write_camera_file
from roadmark.augment.transfer.protocol import TransferRequest
from roadmark.augment.transfer.rerender import RerenderTransfer
from roadmark.clip import Clip
from roadmark.maps import load_opendrive
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation

CONDITIONS = (
    ("clear_sky", "mid_morning", "dry"),
    ("overcast", "afternoon", "dry"),
    ("fog", "afternoon", "dry"),
    ("snow_falling", "afternoon", "snow"),
    ("clear_sky", "golden_hour", "sand"),
    ("raining", "afternoon", "puddles"),
    ("clear_sky", "afternoon", "flooding"),
    ("clear_sky", "night", "dry"),
    ("raining", "night", "puddles"),
    ("raining", "night", "flooding"),
)
SIZES = ((1280, 704), (1920, 1080))
SHORT, LONG = 5, 35
ROUNDS = 3
FPS = 10


def rerender(folder: Path, xodr: Path) -> None:
    """Print CPU per frame of the first render, and of drawing it again under each of `CONDITIONS`."""
    write_traffic(folder / "traffic.log", load_opendrive(xodr), CENTER, VEHICLES, LONG / FPS + 0.5)
    for width, height in SIZES:
        camera = write_camera_file(folder / f"camera_{height}.yaml", width, height)
        warm, _ = _first_render(folder, xodr, camera, 1)  # fills the kernel cache
        for conditions in CONDITIONS:
            _again(warm, conditions, folder / "out.mp4")
        first = []
        again: dict[tuple[str, str, str], list[float]] = {conditions: [] for conditions in CONDITIONS}
        for _ in range(ROUNDS):
            (short, short_cost), (long, long_cost) = (_first_render(folder, xodr, camera, n) for n in (SHORT, LONG))
            first.append((long_cost - short_cost) / (LONG - SHORT))
            for conditions, costs in again.items():
                spent = [_again(clip, conditions, folder / "out.mp4") for clip in (short, long)]
                costs.append((spent[1] - spent[0]) / (LONG - SHORT))
        print(f"{width}x{height}  first render {1000 * median(first):6.0f} ms CPU per frame", flush=True)
        for conditions, costs in again.items():
            ratio = median(cost / base for cost, base in zip(costs, first, strict=True))
            print(f"  {' '.join(conditions):32s} {1000 * median(costs):6.0f} ms  {ratio:5.2f} x", flush=True)


def _first_render(folder: Path, xodr: Path, camera: Path, frames: int) -> tuple[Clip, float]:
    """The clip, and the seconds of CPU it took."""
    options = {
        "recorder_filename": folder / "traffic.log", "xodr_path": xodr, "camera_config": camera,
        "output_dir": folder / f"clip_{frames}", "duration": frames / FPS, "target_fps": FPS, "quality": "standard",
    }  # fmt: skip
    resolved, metadata = resolve_settings(wf_config=None, config=None, command_line=options)
    started = time.process_time()
    (result,) = run_simulation(plan_simulation(resolved, metadata), overwrite=True)
    return Clip.open(result.path), time.process_time() - started


def _again(clip: Clip, conditions: tuple[str, str, str], output: Path) -> float:
    names = ("weather_condition", "lighting_condition", "road_condition")
    request = TransferRequest("x", clip.video("rgb"), clip, {}, "", dict(zip(names, conditions, strict=True)), 0)
    started = time.process_time()
    RerenderTransfer().transfer(request, output, lambda done, message="": None)
    return time.process_time() - started


def main() -> None:
    """Print every table."""
    data = os.environ.get("ROADMARK_DATA")
    if not data:
        sys.exit("set ROADMARK_DATA to the folder that holds carla/xodr/Town10HD.xodr")
    with tempfile.TemporaryDirectory() as name:
        rerender(Path(name), Path(data) / "carla" / "xodr" / "Town10HD.xodr")


if __name__ == "__main__":
    main()
