"""Time of `roadmark som`, the whole process, and of its parts: 150 frames of 1920 x 1080 with 40 boxes.

Run: python -m benchmarks marks
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.marks.canvas import Canvas
from roadmark.media import MARKED, VideoWriter, decode_video

WIDTH, HEIGHT, FRAMES, OBJECTS, RATE = 1920, 1080, 150, 40, Fraction(30)
REPEATS = 5


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_scene(folder)
        size = (folder / "rgb.mp4").stat().st_size
        print(f"{FRAMES} frames of {WIDTH} x {HEIGHT}, {OBJECTS} objects, {size / 1e6:.1f} MB, {os.cpu_count()} cores")
        parts(folder)
        for overlay in ("2d", "masks", "contours"):
            whole(folder, overlay)


def write_scene(folder: Path) -> None:
    """A video of a textured ground with coloured bodies that move over it, and its labels."""
    rng = np.random.default_rng(3)
    coarse = rng.uniform(60, 190, (HEIGHT // 12, WIDTH // 12, 3)).astype(np.uint8)
    ground = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    ground = np.clip(ground + rng.normal(0.0, 4.0, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)
    start = rng.uniform((0, 200), (WIDTH - 200, HEIGHT - 150), (OBJECTS, 2))
    size = rng.uniform((40, 30), (180, 110), (OBJECTS, 2))
    speed = rng.uniform(-4.0, 4.0, (OBJECTS, 2)) * (1.0, 0.3)
    colors = rng.integers(0, 255, (OBJECTS, 3)).tolist()
    (folder / "odvg").mkdir()
    with VideoWriter(folder / "rgb.mp4", WIDTH, HEIGHT, RATE) as video:
        for number in range(FRAMES):
            picture: NDArray[np.uint8] = ground.copy()
            corners = np.clip(start + speed * number, 0, (WIDTH - 200, HEIGHT - 120)).astype(int)
            instances = []
            for k in range(OBJECTS):
                (x0, y0), (x1, y1) = corners[k].tolist(), (corners[k] + size[k]).astype(int).tolist()
                cv2.rectangle(picture, (x0, y0), (x1, y1), colors[k], cv2.FILLED)
                mask = [[x0, y0, x0, y1, x1, y1, x1, y0]]
                instances.append({"object-id": 900 + k, "category": "car", "bbox_2d": [x0, y0, x1, y1], "mask": mask})
            video.write(picture)
            record = {
                "width": WIDTH,
                "height": HEIGHT,
                "timestamp": number / 30,
                "detections": {"instances": instances},
            }
            (folder / "odvg" / f"odvg_{number:012d}.json").write_text(json.dumps(record), encoding="utf-8")


def parts(folder: Path) -> None:
    """CPU time of what any such command must do: decode, and encode again."""
    began = time.process_time()
    frames = [frame for number, frame in enumerate(decode_video(folder / "rgb.mp4")) if number < 30]
    decoding = time.process_time() - began
    began = time.process_time()
    with VideoWriter(folder / "part.mp4", WIDTH, HEIGHT, RATE, style=MARKED) as video:
        for frame in frames:
            video.write_planes(Canvas(frame).planes)
    encoding = (time.process_time() - began) * FRAMES / len(frames)
    print(f"  {'decode':34s} {decoding:6.2f} s CPU")
    print(f"  {'copy and encode':34s} {encoding:6.2f} s CPU")


def whole(folder: Path, overlay: str) -> None:
    """The least time of a few whole processes."""
    command = [sys.executable, "-m", "roadmark", "som", "-i", str(folder / "rgb.mp4"), "-d", str(folder / "odvg")]
    command += ["-o", str(folder / f"{overlay}.mp4"), "-t", overlay]
    wall, cpu = [], []
    for _ in range(REPEATS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.perf_counter() - began)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    size = (folder / f"{overlay}.mp4").stat().st_size
    print(f"  {'roadmark som, ' + overlay:34s} {min(cpu):6.2f} s CPU {min(wall):6.2f} s wall {size / 1e6:6.1f} MB")


if __name__ == "__main__":
    main()
