"""A whole small dataset made for the tests: three clips on three sides, one of them augmented, videos with marks."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import numpy as np

from augmented_samples import write_augmented
from detection_samples import CAR, HEIGHT, WALKER, WIDTH, write_clip
from roadmark.dataset import (
    Mark,
    Media,
    Message,
    Sample,
    Sources,
    SplitPlan,
    count_samples,
    write_samples,
    write_sources,
    write_split,
)
from roadmark.files import write_atomically
from roadmark.marks import MarkOptions, mark_video
from roadmark.media import VideoWriter

SIDES = {"clip_a": "train", "clip_b": "val", "clip_c": "test"}
FRAMES = {"clip_a": 3, "clip_b": 2, "clip_c": 2}
COLLISION = (
    "Is there a car collision between vehicles with numeric IDs {} and {}? "
    "Your final answer should be either Yes or No."
)


def collision(clip, answer, augmentation=None, number=1) -> Sample:
    """The published recipe's question about a marked video."""
    video = "rgb" if augmentation is None else augmentation
    return Sample(
        id=f"{clip}-{augmentation or 'original'}-collision-{number}",
        media=(Media("video", f"videos/{clip}/{video}_som.mp4"),),
        messages=(Message("user", COLLISION.format(CAR, WALKER)), Message("assistant", answer)),
        clip=clip,
        family="collision",
        answer_kind="yes_no",
        augmentation=augmentation,
        marks=(Mark(CAR, CAR), Mark(WALKER, WALKER)),
    )


def weather(clip, answer, augmentation=None) -> Sample:
    """A question of another family about a plain video."""
    return Sample(
        id=f"{clip}-{augmentation or 'original'}-weather-1",
        media=(Media("video", f"videos/{clip}/{augmentation or 'rgb'}.mp4"),),
        messages=(Message("user", "What is the weather?"), Message("assistant", answer)),
        clip=clip,
        family="weather",
        answer_kind="short",
        augmentation=augmentation,
    )


SAMPLES = [
    collision("clip_a", "Yes"),
    weather("clip_a", "Clear"),
    collision("clip_a", "Yes", "Augmentation_0"),
    weather("clip_a", "Rain", "Augmentation_0"),
    collision("clip_b", "No"),
    weather("clip_b", "Clear"),
    collision("clip_c", "No"),
]


def write_dataset(root) -> SimpleNamespace:
    """`runs` with clips, `augmented` with an augmented one, and `dataset`; returns their folders."""
    dataset = root / "dataset"
    clips = {name: write_clip(root / "runs" / "1" / name, frames=count) for name, count in FRAMES.items()}
    augmented = root / "augmented" / "1" / "clip_a" / "Augmentation_0"
    write_augmented(augmented, clips["clip_a"], frame_map=(0, 1, 1, 2), invisible={WALKER: (2, 2)})
    for name, clip in clips.items():
        videos = dataset / "videos" / name
        videos.mkdir(parents=True)
        level = 60 + 30 * list(clips).index(name)  # every clip looks different
        with VideoWriter(videos / "rgb.mp4", WIDTH, HEIGHT, 10) as video:
            for _ in range(FRAMES[name]):
                video.write(np.full((HEIGHT, WIDTH, 3), level, np.uint8))
        mark_video(videos / "rgb.mp4", clip / "odvg", videos / "rgb_som.mp4", MarkOptions())
    videos = dataset / "videos" / "clip_a"
    (videos / "Augmentation_0.mp4").write_bytes((augmented / "output.mp4").read_bytes())
    mark_video(augmented / "output.mp4", clips["clip_a"] / "odvg", videos / "Augmentation_0_som.mp4", MarkOptions())
    plan = SplitPlan(SIDES)
    write_samples(dataset / "samples.jsonl", SAMPLES)
    write_split(dataset / "split.json", plan)
    statistics = count_samples(SAMPLES, plan.side_of).to_record()
    write_atomically(dataset / "statistics.json", json.dumps(statistics))
    places = {name: os.path.relpath(clip, dataset) for name, clip in clips.items()}
    write_sources(
        dataset / "sources.json",
        Sources(places, {"clip_a/Augmentation_0": os.path.relpath(augmented, dataset)}),
    )
    return SimpleNamespace(dataset=dataset, clips=clips, augmented=augmented)
