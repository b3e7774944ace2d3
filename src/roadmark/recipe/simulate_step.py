"""Clips, as `roadmark simulate --batch` makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from roadmark.files import output_errors
from roadmark.pipeline import (
    MANIFEST_NAME,
    Item,
    ItemState,
    RunManifest,
    RunSummary,
    is_whole,
    plan_stage,
    run_stage,
)
from roadmark.recipe.how import How
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import Parts, PlannedStage, planned
from roadmark.simulate import ScenarioFiles, SimulateSettings, SimulateStage, scenario_items


@dataclass(frozen=True)
class SimulateStep:
    """Replays scenarios before their cameras.

    Attributes:
        settings: Those of the run's file.
        layout: The run's folders.
        cameras: Clips that a scenario which is not there yet will have.
        size: Megapixels of all frames of a scenario.
    """

    settings: SimulateSettings
    layout: Layout
    cameras: int = 1
    size: float = 1.0
    name = "simulate"

    def plan(
        self, scenarios: Sequence[ScenarioFiles], coming: Parts, *, force: bool
    ) -> tuple[tuple[PlannedStage, ...], Parts]:
        """What a run would do, and the clips that there will be.

        Args:
            scenarios: Those that are there.
            coming: All that there will be.
            force: Make again what is done.
        """
        stage, manifest = self._stage(None), self._manifest
        items = self._items(stage, scenarios)
        changing = {item.id for item in items if coming.there.get(Path(item.inputs["recorder_filename"]))}
        plan = plan_stage(stage, items, manifest, seed=self.settings.seed, force=force, changing=changing)
        there = {
            clip: plan.states[item.id] is not ItemState.DONE
            for item in items
            if is_whole(manifest.get(self.name, item.id), manifest, item)
            for clip in _clips(item)
        }
        missing = coming.missing + len(items) - len({item.id for item in items if item.output in there})
        return (planned(plan, coming.missing, size=self.size),), Parts(there, missing * self.cameras)

    def run(self, scenarios: Sequence[ScenarioFiles], how: How) -> tuple[RunSummary, ...]:
        """Make what is missing."""
        stage = self._stage(how.threads)
        items = self._items(stage, scenarios)
        with output_errors(self.layout.simulated):
            self.layout.simulated.mkdir(parents=True, exist_ok=True)
        how.listener.begin({self.name: len(items)})
        summary = run_stage(
            stage,
            items,
            self._manifest,
            seed=self.settings.seed,
            executor=how.executor,
            keep_going=how.keep_going,
            force=self.name in how.forced,
            on_result=partial(how.listener.result, self.name),
        )
        return (summary,)

    def clips(self, scenarios: Sequence[ScenarioFiles]) -> list[Path]:
        """The scenarios' clips that are whole."""
        manifest = self._manifest
        items = self._items(self._stage(None), scenarios)
        whole = [item for item in items if is_whole(manifest.get(self.name, item.id), manifest, item)]
        return [clip for item in whole for clip in _clips(item)]

    def _stage(self, threads: int | None) -> SimulateStage:
        options: dict[str, Any] = {} if threads is None else {"threads": threads}
        given: Mapping[str, Any] = {name: getattr(self.settings, name) for name in self.settings.model_fields_set}
        return SimulateStage(None, {**options, **given})

    def _items(self, stage: SimulateStage, scenarios: Sequence[ScenarioFiles]) -> list[Item]:
        return scenario_items(list(scenarios), self.layout.simulated, stage)

    @property
    def _manifest(self) -> RunManifest:
        return RunManifest(self.layout.simulated / MANIFEST_NAME)


def _clips(item: Item) -> tuple[Path, ...]:
    return (*item.companions, item.output)
