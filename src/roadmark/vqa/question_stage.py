"""Questions about one clip and its augmentations, as a pipeline stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from roadmark import __version__
from roadmark.clip import AugmentedClip, Clip
from roadmark.dataset import HardNegative, Sample, find_hard_negatives, write_negatives, write_samples
from roadmark.errors import FormatError, InputError
from roadmark.files import output_errors
from roadmark.marks import MarksRecord, marks_file, read_marks
from roadmark.pipeline import Item, JsonValue, item_generator
from roadmark.questions import Family, ShownScene, chosen_families, draw_questions, read_scene, samples_of
from roadmark.scene import Places
from roadmark.verify import read_verification
from roadmark.vqa.settings import DatasetSettings
from roadmark.vqa.videos import ShownVideo

_PLACES = Places()
"""Maps of the last clips: those of a run share them."""


class QuestionStage:
    """Writes the questions that one clip and its augmentations could be asked, balanced and split later on.

    Args:
        settings: What is asked.
        folder: The dataset's.
        clips: Videos of every clip.
    """

    name = "questions"
    """Name in manifests."""

    def __init__(self, settings: DatasetSettings, folder: Path, clips: Mapping[str, Sequence[ShownVideo]]) -> None:
        self._settings, self._folder, self._clips = settings, folder, clips

    @property
    def version(self) -> str:
        """Roadmark's version: another one may ask otherwise."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """What decides the questions."""
        asked = self._settings
        return {
            "families": [family.name for family in chosen_families(asked.families)],
            "per_template": asked.per_template,
            "reasoning": asked.reasoning,
        }

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Ask about one clip."""
        videos = self._clips[item.id]
        clip = Clip.open(videos[0].clip_path)
        negatives, seed = draws_of(clip, rng)
        (events,) = item.companions
        with output_errors(events):
            events.mkdir(parents=True, exist_ok=True)
        write_negatives(events, [negative.event for negative in negatives])
        samples = (one for video in videos for one in self._samples(clip, video, negatives, seed))
        count = write_samples(item.output, samples)
        return {"questions": count, "videos": len(videos)}

    def _samples(self, clip: Clip, video: ShownVideo, negatives: Sequence[HardNegative], seed: int) -> Iterator[Sample]:
        scene = scene_of(clip, video, negatives, self._folder)
        for family in chosen_families(self._settings.families):
            questions = draw_questions(scene, family, chance_of(seed, video, family), self._settings.per_template)
            yield from samples_of(
                scene,
                questions,
                video.place(marked=False),
                video.place(marked=True),
                reasoning=self._settings.reasoning,
            )


def draws_of(clip: Clip, rng: np.random.Generator) -> tuple[list[HardNegative], int]:
    """What is drawn for a clip before anything is asked: hard negatives, and the seed of its questions."""
    known = "events_collision.json" in clip.manifest.files
    negatives = find_hard_negatives(clip, rng) if known else []
    return negatives, int(rng.integers(2**63))


def scene_of(clip: Clip, video: ShownVideo, negatives: Sequence[HardNegative], folder: Path) -> ShownScene:
    """What one video of a dataset's folder shows."""
    return read_scene(
        clip,
        video.clip,
        _PLACES,
        augmented=None if video.record is None else AugmentedClip.open(video.record),
        augmentation=video.augmentation,
        marks=_marks(marks_file(folder / video.place(marked=True))),
        verification=None if video.verification is None else read_verification(video.verification),
        negatives=negatives,
    )


def _marks(path: Path) -> MarksRecord:
    try:
        return read_marks(path)
    except FormatError as error:
        raise InputError(f"{error}; draw the marks again with --force marks") from None


def chance_of(seed: int, video: ShownVideo, family: Family) -> np.random.Generator:
    """The only source of chance of what a family asks about a video."""
    return item_generator(seed, video.id, family.name)


def question_items(clips: Mapping[str, Sequence[ShownVideo]], folder: Path) -> list[Item]:
    """One item per clip, named after it."""
    items = []
    for name, videos in clips.items():
        inputs: dict[str, Path | str] = {"clip": videos[0].clip_path / "clip.json"}
        for video in videos:
            inputs[f"marks.{video.id}"] = marks_file(folder / video.place(marked=True))
            if video.record is not None:
                inputs[f"record.{video.id}"] = video.record
            if video.verification is not None:
                inputs[f"verification.{video.id}"] = video.verification
        output, events = folder / "questions" / f"{name}.jsonl", folder / "events" / name
        items.append(Item(name, output, inputs, companions=(events,)))
    return items
