"""Small videos with labels as the published tool writes them: gray, with one bright rectangle per object."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from roadmark.media import VideoWriter

WIDTH, HEIGHT, RATE = 320, 180, Fraction(10)
Boxes = Mapping[int, tuple[int, int, int, int]]
"""Inclusive whole pixels by actor id."""


def instance(actor: int, box, category: str = "car", **fields) -> dict:
    """An object as the published tool lists it: a box and a mask, no 3D, no run lengths."""
    x0, y0, x1, y1 = box
    mask = [[x0, y0, x0, y1, x1, y1, x1, y0]]
    return {"object-id": actor, "category": category, "bbox_2d": list(box), "mask": mask, **fields}


def write_labels(
    folder: Path, number: int, instances: list[dict], *, rate=RATE, size=(WIDTH, HEIGHT), **fields
) -> Path:
    """One label file."""
    folder.mkdir(exist_ok=True, parents=True)
    record = {
        "frame_id": f"frame_{number:012d}",
        "timestamp": float(number / rate),
        "width": size[0],
        "height": size[1],
        "detections": {"instances": instances},
        **fields,
    }
    path = folder / f"odvg_{number:012d}.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


def write_video(path: Path, frames: int, *, size=(WIDTH, HEIGHT), rate=RATE, gray: int = 90) -> Path:
    """A gray video."""
    path.parent.mkdir(exist_ok=True, parents=True)
    with VideoWriter(path, *size, rate) as video:
        for _ in range(frames):
            video.write(np.full((size[1], size[0], 3), gray, np.uint8))
    return path


def write_scene(folder: Path, boxes: Callable[[int], Boxes], frames: int = 6) -> tuple[Path, Path]:
    """A video and the folder of its labels."""
    for number in range(frames):
        objects = [instance(actor, box) for actor, box in boxes(number).items()]
        write_labels(folder / "odvg", number, objects)
    return write_video(folder / "input.mp4", frames), folder / "odvg"


def still(_: int) -> Boxes:
    """Two cars that stand."""
    return {968: (100, 80, 159, 119), 970: (220, 90, 259, 119)}
