"""Time, CPU and memory of whole simulations: a Town10HD junction with 40 vehicles, everything written.

    python -m benchmarks simulate           # needs ROADMARK_DATA with carla/xodr/Town10HD.xodr

Every case runs in a process of its own; two frame counts separate the cost of a frame from that of starting. The last
but one column is the time from the process's start to the first frame's picture on disk, the middle one of three.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from benchmarks._traffic import write_traffic
from roadmark.maps import load_opendrive

CENTER = np.array([-55.0, -10.0])
CAMERA = {"x": -2600, "y": 4000, "z": 900, "pitch": -17, "yaw": -135, "fov": 90}
SHORT, LONG = 5, 35
VEHICLES = 40
STARTS = 3
_POLL = 0.005  # seconds between two looks for the first picture


def write_camera_file(path: Path, width: int, height: int) -> Path:
    """Write the camera file of the junction."""
    location = {axis: CAMERA[axis] for axis in "xyz"}
    rotation = {"roll": 0, "pitch": CAMERA["pitch"], "yaw": CAMERA["yaw"]}
    sensor = {
        "sensor": "rgb",
        "attributes": {"image_size_x": width, "image_size_y": height, "fov": CAMERA["fov"]},
        "transform": {"location": location, "rotation": rotation},
    }
    path.write_text(yaml.safe_dump([sensor]), encoding="utf-8")
    return path


def _case(folder: Path, quality: str, frames: int, extra: list[str]) -> dict[str, float]:
    output = folder / "clip"
    command = [
        sys.executable, "-m", "roadmark", "simulate", "--recorder-filename", str(folder / "traffic.log"),
        "--xodr-path", str(folder / "map.xodr"), "--camera-config", str(folder / "camera.yaml"),
        "--output-dir", str(output), "--overwrite", "--target-fps", "30", "--duration", str(frames / 30),
        "--quality", quality, *extra,
    ]  # fmt: skip
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    first = float("nan")
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        if np.isnan(first) and _has_picture(output):
            first = time.perf_counter() - started
        time.sleep(_POLL)
    _, status, usage = ended
    wall = time.perf_counter() - started
    if status:
        sys.exit(process.stderr.read() if process.stderr else "failed")
    made = len(json.loads((output / "clip.json").read_text(encoding="utf-8"))["frames"])
    assert made == frames, (made, frames)
    cpu = usage.ru_utime + usage.ru_stime
    return {"wall": wall, "first": first, "cpu": cpu, "rss": usage.ru_maxrss / 1024}


def _has_picture(output: Path) -> bool:
    """Whether the first frame's picture is written; until a clip is complete it lies in a hidden sibling."""
    return any(output.parent.glob(f".{output.name}.partial/new/rgb/frame_*"))


def main() -> None:
    """Print the table."""
    data = os.environ.get("ROADMARK_DATA")
    if not data:
        sys.exit("set ROADMARK_DATA to the folder that holds carla/xodr/Town10HD.xodr")
    xodr = Path(data) / "carla" / "xodr" / "Town10HD.xodr"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "map.xodr").write_bytes(xodr.read_bytes())
        road_map = load_opendrive(xodr)
        write_traffic(folder / "traffic.log", road_map, CENTER, VEHICLES, LONG / 30 + 0.5)
        write_camera_file(folder / "camera.yaml", 1920, 1080)
        _case(folder, "draft", 1, [])  # fills the kernel cache
        print(f"Town10HD, {VEHICLES} vehicles, 1920x1080, default files and videos, {os.cpu_count()} processors")
        heads = ("wall s/frame", "CPU s/frame", "start wall s", "start CPU s", "1st file s", "peak MB")
        print(f"{'quality':10s}", *(f"{head:>12s}" for head in heads))
        for quality in ("draft", "standard", "high"):
            short, long = (_case(folder, quality, frames, []) for frames in (SHORT, LONG))
            wall, cpu = ((long[key] - short[key]) / (LONG - SHORT) for key in ("wall", "cpu"))
            start, cpu_start = short["wall"] - SHORT * wall, short["cpu"] - SHORT * cpu
            first = float(np.median([_case(folder, quality, 1, [])["first"] for _ in range(STARTS)]))
            print(
                f"{quality:10s} {wall:12.3f} {cpu:12.3f} {start:12.2f} {cpu_start:12.2f} {first:12.2f} "
                f"{long['rss']:12.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
