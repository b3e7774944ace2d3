"""Scenarios, as `roadmark scenario generate` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from roadmark.files import has_file, locked_folder, output_errors
from roadmark.generate import GenerateStage, Recipe, ScenarioPaths, generate_items, map_path, write_map
from roadmark.pipeline import MANIFEST_NAME, ItemState, RunManifest, RunSummary, is_whole, plan_stage, run_stage
from roadmark.recipe.how import How
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import Parts, PlannedStage, planned
from roadmark.simulate import ScenarioFiles


@dataclass(frozen=True)
class GenerateStep:
    """Makes the scenarios of a recipe."""

    recipe: Recipe
    layout: Layout
    name = "generate"

    def plan(self, *, force: bool) -> tuple[tuple[PlannedStage, ...], Parts]:
        """What a run would do, and the scenarios that there will be."""
        map_file = map_path(self.recipe, self.layout.scenarios)
        if not has_file(map_file):
            new = PlannedStage(self.name, {ItemState.NEW: self.recipe.total})
            return (new,), Parts(missing=self.recipe.total)
        stage = GenerateStage(self.recipe, map_file)
        items = generate_items(stage, self.layout.scenarios)
        manifest = self._manifest
        plan = plan_stage(stage, items, manifest, seed=self.recipe.seed, force=force)
        there = {
            item.output: plan.states[item.id] is not ItemState.DONE
            for item in items
            if is_whole(manifest.get(self.name, item.id), manifest, item)
        }
        return (planned(plan),), Parts(there, len(items) - len(there))

    def run(self, how: How) -> tuple[RunSummary, ...]:
        """Make what is missing."""
        folder = self.layout.scenarios
        with output_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with locked_folder(folder):
            stage = GenerateStage(self.recipe, write_map(self.recipe, folder))
            items = generate_items(stage, folder)
            how.listener.begin({self.name: len(items)})
            summary = run_stage(
                stage,
                items,
                self._manifest,
                seed=self.recipe.seed,
                executor=how.executor,
                keep_going=how.keep_going,
                force=self.name in how.forced,
                on_result=partial(how.listener.result, self.name),
            )
        return (summary,)

    def scenarios(self) -> list[ScenarioFiles]:
        """The recipe's scenarios that are whole."""
        manifest = self._manifest
        stage = GenerateStage(self.recipe, map_path(self.recipe, self.layout.scenarios))
        items = generate_items(stage, self.layout.scenarios)
        whole = [item for item in items if is_whole(manifest.get(self.name, item.id), manifest, item)]
        paths = [(item.id, ScenarioPaths(item.output)) for item in whole]
        return [ScenarioFiles(name, it.config, it.recording, it.cameras) for name, it in paths]

    @property
    def _manifest(self) -> RunManifest:
        return RunManifest(self.layout.scenarios / MANIFEST_NAME)
