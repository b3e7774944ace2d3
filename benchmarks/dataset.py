"""CPU time of the dataset: hard negatives of 150 frames with 40 vehicles, and 100,000 samples through each writer.

Run: python -m benchmarks dataset
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from roadmark.clip import Clip, ClipOptions, ClipWriter, FrameImages, FrameLabels, ObjectLabel
from roadmark.dataset import Media, Message, Sample, check_samples, find_hard_negatives, read_samples, write_samples
from roadmark.formats import write_huggingface, write_llava, write_qwen
from roadmark.geometry import Box3D, PinholeCamera, Pose, rotation_from_rpy

FRAMES, VEHICLES, FPS = 150, 40, 30
SIZE = (64, 48)
SAMPLES = 100_000
REPEATS = 5
LIMIT = 0.1
"""Seconds that the mining of a clip may take."""


def main() -> None:
    """Print what each step costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = _clip(folder / "clip")
        find_hard_negatives(clip, np.random.default_rng(0))  # loads Arrow's parts
        best = min(_spent(lambda: find_hard_negatives(clip, np.random.default_rng(0))) for _ in range(REPEATS))
        print(f"hard negatives, {FRAMES} frames, {VEHICLES} vehicles: {best:.3f} s CPU (at most {LIMIT:g})", flush=True)
        lines = folder / "samples.jsonl"
        steps: dict[str, Callable[[], object]] = {
            "write_samples": lambda: write_samples(lines, _samples()),
            "read_samples": lambda: sum(1 for _ in read_samples(lines)),
            "check_samples": lambda: list(check_samples(_samples())),
            "write_llava": lambda: write_llava(folder / "llava.json", _samples()),
            "write_qwen, lines": lambda: write_qwen(folder / "qwen.jsonl", _samples()),
            "write_huggingface": lambda: write_huggingface(folder / "hf", _samples()),
        }
        for step, work in steps.items():
            print(f"{step:20s} {1e6 * _spent(work) / SAMPLES:6.1f} us CPU per sample", flush=True)


def _spent(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _clip(path: Path) -> Clip:
    """Vehicles that drive about, all of them in view all the time."""
    width, height = SIZE
    generator = np.random.default_rng(0)
    places, courses = generator.uniform(-60, 60, (VEHICLES, 2)), generator.uniform(-0.3, 0.3, (VEHICLES, 2))
    corners = generator.integers(0, (width - 8, height - 8), (VEHICLES, 2)).tolist()
    rotation = rotation_from_rpy((0.0, 0.0, 0.3))
    gray = np.zeros((height, width, 3), np.uint8)
    flat = np.zeros((height, width), np.uint8)
    images = FrameImages(gray, flat.astype(np.float32) + 9, flat, flat.astype(np.uint16), gray)
    with ClipWriter(path, PinholeCamera.from_fov(*SIZE, 1.5), Fraction(FPS), ClipOptions(), collisions=[]) as writer:
        for frame in range(FRAMES):
            labels = [
                ObjectLabel(
                    100 + number, "car", "", (x, y, x + 7, y + 7), [], None, None,
                    Box3D(np.array([*place, 0.8]), np.array([4.5, 1.9, 1.6]), rotation),
                    visible_fraction=1.0, road_lane_id=f"{number % 6}_0_1",
                )
                for number, (place, (x, y)) in enumerate(zip(places + frame * courses, corners, strict=True))
            ]  # fmt: skip
            pose = Pose(np.eye(3), np.zeros(3), "world", "camera")
            writer.write_frame(images, FrameLabels(frame / FPS, frame, pose, labels))
        writer.finish()
    return Clip.open(path)


def _samples() -> Iterator[Sample]:
    """Thirty questions about every clip."""
    for number in range(SAMPLES):
        clip = f"scenario_{number // 30:06d}"
        question = f"Do the vehicles marked 1 and 2 collide? Answer Yes or No. ({number})"
        yield Sample(
            id=f"{clip}-{number}",
            media=(Media("video", f"videos/{clip}.mp4"),),
            messages=(Message("user", question), Message("assistant", "Yes")),
            clip=clip,
            family="collision",
            answer_kind="yes_no",
        )


if __name__ == "__main__":
    main()
