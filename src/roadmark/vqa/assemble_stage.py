"""The dataset of all clips, as a pipeline stage: balanced, split, counted, and with the published recipe's files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.dataset import (
    BIAS,
    CARD,
    SAMPLES,
    SOURCES,
    SPLIT,
    STATISTICS,
    Sample,
    Sources,
    SplitPlan,
    count_samples,
    group_of,
    plan_split,
    read_samples,
    read_split,
    write_card,
    write_samples,
    write_sources,
    write_split,
)
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, relative_path, write_atomically
from roadmark.formats import write_published
from roadmark.pipeline import Item, JsonValue
from roadmark.questions import template_of
from roadmark.vqa.balance import Balance, balanced, plan_balance
from roadmark.vqa.bias import measure_bias
from roadmark.vqa.settings import DatasetSettings
from roadmark.vqa.videos import ShownVideo

PUBLISHED_TEMPLATE = "collision.published"
"""Questions that the published recipe's files hold."""
PUBLISHED_FILES = (
    "carla_annotations.json",
    "cosmos_annotations.json",
    "carla_cosmos_annotations.json",
    "carla_cosmos_annotations_balanced.json",
)
BESIDE = (SPLIT, SOURCES, STATISTICS, BIAS, CARD, *PUBLISHED_FILES)
"""Files beside the samples."""


class AssembleStage:
    """Writes `samples.jsonl` and what belongs to it, in passes over the clips' questions: they are never all in memory.

    Args:
        settings: Of the dataset.
        folder: The dataset's.
        videos: All videos that are asked about.
    """

    name = "dataset"
    """Name in manifests."""

    def __init__(self, settings: DatasetSettings, folder: Path, videos: Sequence[ShownVideo]) -> None:
        self._settings, self._folder, self._videos = settings, folder, videos

    @property
    def version(self) -> str:
        """Roadmark's version: another one may assemble otherwise."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """What decides the dataset besides its questions."""
        chosen = self._settings
        return {"balance": chosen.balance, "split": dict(chosen.split), "split_by": chosen.split_by}

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Assemble the dataset."""
        files = [path for name, path in sorted(item.inputs.items()) if isinstance(path, Path)]
        split = self._split(files)
        candidates = partial(_all_samples, files)
        balance = plan_balance(candidates()) if self._settings.balance else Balance()
        seed = int(rng.integers(2**63))

        def chosen() -> Iterator[Sample]:
            if not self._settings.balance:
                return candidates()
            return balanced(candidates(), balance, np.random.Generator(np.random.PCG64(seed)))

        write_split(self._folder / SPLIT, split)
        write_sources(self._folder / SOURCES, self._sources())
        statistics = count_samples(chosen(), split.side_of)
        bias = self._bias(chosen, balance)
        for name, record in ((STATISTICS, statistics.to_record()), (BIAS, bias)):
            write_atomically(self._folder / name, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        write_card(self._folder, statistics, split, _card_rows(bias), self._provenance())
        published = write_published(self._folder, lambda: _published(candidates()), rng)
        count = write_samples(item.output, chosen())
        failing = [name for name, found in bias["families"].items() if found["verdict"].startswith("guessed")]
        return {
            "samples": count,
            "published_yes": published.balanced_yes,
            "published_no": published.balanced_no,
            "biased": failing,
            "left_out": dict(balance.left_out),
        }

    def _split(self, files: Sequence[Path]) -> SplitPlan:
        by, path = self._settings.split_by, self._folder / SPLIT
        clips = {video.clip for video in self._videos}
        groups = clips if by == "clip" else {group_of(one, by) for one in _all_samples(files)}
        kept = None
        if has_file(path):
            before = read_split(path)
            if (before.by, before.seed, dict(before.shares)) == (by, self._settings.seed, self._settings.split):
                kept = before.sides
        return plan_split(groups, self._settings.split, seed=self._settings.seed, by=by, kept=kept)

    def _sources(self) -> Sources:
        clips = {video.clip: relative_path(video.clip_path, self._folder) for video in self._videos}
        augmented = {
            f"{video.clip}/{video.augmentation}": relative_path(video.record.parent, self._folder)
            for video in self._videos
            if video.record is not None
        }
        return Sources(clips, augmented)

    def _provenance(self) -> dict[str, str]:
        chosen = self._settings
        return {"roadmark": __version__, "seed": str(chosen.seed), "marks": chosen.marks}

    def _bias(self, chosen: Any, balance: Balance) -> dict[str, Any]:
        report = measure_bias(chosen)
        return {
            "families": {name: found.to_record() for name, found in sorted(report.families.items())},
            "templates": {name: found.to_record() for name, found in sorted(report.templates.items())},
            "left_out": dict(sorted(balance.left_out.items())),
        }


def assemble_item(clips: Sequence[str], folder: Path) -> Item:
    """The one item of the stage."""
    inputs = {name: folder / "questions" / f"{name}.jsonl" for name in clips}
    return Item("dataset", folder / SAMPLES, inputs, companions=tuple(folder / name for name in BESIDE))


def _all_samples(files: Sequence[Path]) -> Iterator[Sample]:
    for file in files:
        try:
            yield from read_samples(file)
        except FormatError as error:
            raise InputError(f"{error}; ask again with --force questions") from None


def _card_rows(bias: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A row per family."""
    return {
        name: {"samples": found["samples"], "chance": found["chance"], **found["guessers"], "verdict": found["verdict"]}
        for name, found in bias["families"].items()
    }


def _published(samples: Iterator[Sample]) -> Iterator[Sample]:
    return (sample for sample in samples if template_of(sample) == PUBLISHED_TEMPLATE)
