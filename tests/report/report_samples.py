"""A dataset of two clips made for the tests: frames are told apart by their gray, and every question is one's own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from augmented_samples import write_augmented
from labelled_world import BLUE, ORANGE, WHITE, Part, standing, straight, write_world
from roadmark.clip import ClipEvent, CollisionEvent
from roadmark.dataset import (
    Mark,
    Media,
    Message,
    Sample,
    Sources,
    SplitPlan,
    write_negatives,
    write_samples,
    write_sources,
    write_split,
)
from roadmark.media import VideoWriter

FPS, FRAMES = 5, 10
"""Of every clip: two seconds."""
FRAME_MAP = (0, 3, 5, 7)
"""The clip's frame that each frame of an augmentation shows; those are gray 40, 90, 140, 190."""

CARS = (
    Part(11, "vehicle.tesla.model3", straight((-14.0, -2.0), 0.0, 3.0), ORANGE),
    Part(12, "vehicle.audi.tt", straight((2.0, 14.0), -1.5708, 2.0), BLUE),
    Part(13, "vehicle.mini.cooper_s", standing(6.0, 6.0), WHITE),
)
CRASH = CollisionEvent(
    1.0, 1.4, 5, 7, (11, 12), "vehicle_vehicle", "The orange car hits the blue one.",
    {"contact_time": 1.05, "roles": {"11": "striking", "12": "struck"}, "cause": "ran a red light"},
)  # fmt: skip
NEAR = ClipEvent("normal", 0.4, 1.8, 2, 9, (11, 13), "closest", "They do not collide.")


def gray_of(frame: int) -> int:
    """Gray of a frame of the plain videos."""
    return 20 + 22 * frame


def write_grays(path: Path, offset: int = 0, frames: int = FRAMES) -> None:
    """A video whose frames are told apart by their gray."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with VideoWriter(path, 320, 180, FPS) as video:
        for number in range(frames):
            video.write(np.full((180, 320, 3), min(gray_of(number) + offset, 255), np.uint8))


def question(number: int, clip: str = "crash", family: str = "collision", **fields) -> Sample:
    """A yes/no question about a clip's plain video, unless said otherwise."""
    text, answer = fields.pop("text", f"Question {number}?"), fields.pop("answer", "Yes")
    return Sample(
        **{
            "id": f"{clip}-{number}",
            "media": (Media("video", fields.pop("video", f"videos/{clip}/rgb.mp4")),),
            "messages": (Message("user", text), Message("assistant", answer)),
            "clip": clip,
            "family": family,
            "answer_kind": "yes_no",
        }
        | fields
    )


QUESTIONS = (
    question(1, text="Do the vehicles collide?", facts={"template": "collision.any"}),
    question(
        2, text="When do 11 and 12 meet?", video="videos/crash/rgb_som.mp4", answer="from 1.2 s to 1.6 s",
        answer_kind="time_span", marks=(Mark(11, 11), Mark(12, 12)), facts={"during": [1.2, 1.6]}, event="event_000001",
    ),
    question(
        3, family="conditions", text="How is the weather?\nA. clear\nB. fog\nAnswer with a letter.", answer="A",
        answer_kind="choice",
    ),
    question(
        4, family="conditions", text="Is it night?", video="videos/crash/Augmentation_0.mp4",
        augmentation="Augmentation_0", facts={"during": [0.25, 0.3]},
    ),
    question(5, "quiet", "conditions", text="Is it day?", answer="No"),
)  # fmt: skip


def write_dataset(root: Path, questions=QUESTIONS) -> Path:
    """Write clips, augmentations and the dataset beside each other; returns the dataset's folder."""
    clips, augmented, dataset = root / "simulated", root / "augmented", root / "dataset"
    write_world(clips / "crash", CARS, seconds=2.0, collisions=(CRASH,), with_map=False, videos="default")
    write_world(clips / "quiet", CARS, seconds=2.0, with_map=False, videos="default")
    for number, verdict in enumerate(("accept", "reject")):
        folder = augmented / "crash" / f"Augmentation_{number}"
        write_augmented(folder, clips / "crash", frame_map=FRAME_MAP, invisible={13: (0, 3)}, verdict=verdict)
        (dataset / "videos" / "crash").mkdir(parents=True, exist_ok=True)
        (dataset / "videos" / "crash" / f"Augmentation_{number}.mp4").write_bytes((folder / "output.mp4").read_bytes())
    for name in ("crash", "quiet"):
        write_grays(dataset / "videos" / name / "rgb.mp4")
    write_grays(dataset / "videos" / "crash" / "rgb_som.mp4", offset=10)
    write_negatives(dataset / "events" / "crash", [NEAR])
    write_samples(dataset / "samples.jsonl", questions)
    sources = Sources(
        {name: f"../simulated/{name}" for name in ("crash", "quiet")},
        {f"crash/Augmentation_{n}": f"../augmented/crash/Augmentation_{n}" for n in (0, 1)},
    )
    write_sources(dataset / "sources.json", sources)
    write_split(
        dataset / "split.json", SplitPlan({"crash": "train", "quiet": "val"}, shares={"train": 0.5, "val": 0.5})
    )
    bias = {"samples": 4, "chance": 0.5, "guessers": {"answer": 0.75, "template": 0.25}, "verdict": "too few questions"}
    (dataset / "bias.json").write_text(json.dumps({"families": {"all": bias}, "templates": {}}))
    return dataset


def index_of(page: Path) -> dict:
    """What the page's scripts read first."""
    return json.loads(_between(page.read_text(encoding="utf-8"), '<script type="application/json" id="index">'))


def clip_of(page: Path, place: int) -> dict:
    """A clip's data in a page that holds them."""
    return json.loads(_between(page.read_text(encoding="utf-8"), f'<script type="application/json" id="clip-{place}">'))


def _between(text: str, start: str) -> str:
    return text.split(start, 1)[1].split("</script>", 1)[0]
