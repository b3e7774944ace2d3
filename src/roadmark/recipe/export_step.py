"""The dataset in trainers' formats, as `roadmark export` writes it, and as a stage: what has not changed is left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from roadmark import __version__
from roadmark.dataset import SAMPLES, SOURCES, SPLIT, DatasetFolder
from roadmark.formats import export_dataset
from roadmark.pipeline import (
    MANIFEST_NAME,
    Item,
    ItemState,
    JsonValue,
    RunManifest,
    RunSummary,
    plan_stage,
    run_stage,
)
from roadmark.recipe.how import How
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import PlannedStage, planned
from roadmark.recipe.settings import ExportSection

_DECIDING = (SAMPLES, SPLIT, SOURCES, MANIFEST_NAME)
"""Files of a dataset that change whenever anything in it does."""


@dataclass(frozen=True)
class ExportStage:
    """The pipeline stage that writes one format."""

    settings: ExportSection
    dataset: Path
    name = "export"

    @property
    def version(self) -> str:
        """Roadmark's version: another one may write otherwise."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """What is written and how."""
        config: Mapping[str, JsonValue] = json.loads(json.dumps(asdict(self.settings.options)))
        return config

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Write one format."""
        dataset = DatasetFolder.open(self.dataset)
        done = export_dataset(dataset, item.id, item.output, self.settings.options, overwrite=item.replace)
        return {"counts": dict(done.counts), "notes": list(done.notes)}


@dataclass(frozen=True)
class ExportStep:
    """Writes the formats that the run's file names."""

    settings: ExportSection
    layout: Layout
    name = "export"

    def plan(self, *, changing: bool, force: bool) -> tuple[PlannedStage, ...]:
        """What a run would do; `changing` where the dataset will be another one by then."""
        if not self.layout.dataset.is_dir():
            return (PlannedStage(self.name, {ItemState.NEW: len(self.settings.to)}),)
        stage, items = self._work
        names = self.settings.to if changing else ()
        return (planned(plan_stage(stage, items, self._manifest, force=force, changing=names)),)

    def run(self, how: How) -> tuple[RunSummary, ...]:
        """Write what is missing."""
        stage, items = self._work
        how.listener.begin({self.name: len(items)})
        summary = run_stage(
            stage,
            items,
            self._manifest,
            executor=how.executor,
            keep_going=how.keep_going,
            force=self.name in how.forced,
            on_result=partial(how.listener.result, self.name),
        )
        return (summary,)

    @property
    def _work(self) -> tuple[ExportStage, list[Item]]:
        inputs: dict[str, Path | str] = {name: self.layout.dataset / name for name in _DECIDING}
        items = [Item(target, self.layout.exports / target, inputs) for target in self.settings.to]
        return ExportStage(self.settings, self.layout.dataset), items

    @property
    def _manifest(self) -> RunManifest:
        return RunManifest(self.layout.exports / MANIFEST_NAME)
