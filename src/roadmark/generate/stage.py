"""Generation as a pipeline stage: every scenario is an item with a random generator of its own."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadmark import __version__
from roadmark.files import has_file
from roadmark.generate.files import ScenarioPaths, write_scenario
from roadmark.generate.place import load_place
from roadmark.generate.recipe import Recipe
from roadmark.generate.search import search_scenario
from roadmark.pipeline import Item, JsonValue
from roadmark.twins import surroundings_path

_FILES = ("uids", "sumo_net", "sumo_routes")
"""Fields of recipes whose files decide a scenario by their content."""


@dataclass(frozen=True)
class GenerateStage:
    """The pipeline stage that makes one scenario of a recipe.

    Attributes:
        recipe: What to make.
        map_file: The recipe's map, in the scenarios' folder.
        overwrite: Replace scenarios that an earlier run did not make.
    """

    recipe: Recipe
    map_file: Path
    overwrite: bool = False

    @property
    def name(self) -> str:
        """Name in manifests."""
        return "generate"

    @property
    def version(self) -> str:
        """Roadmark's version: another one may draw another scenario."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """Everything that decides a scenario besides its map, its name and the run's seed."""
        apart = {"map", "town", "town_seed", "incidents", "count", "seed", *_FILES}
        config: Mapping[str, JsonValue] = self.recipe.model_dump(mode="json", exclude=apart)
        return config

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Search and write one scenario."""
        found = search_scenario(load_place(self.map_file), self.recipe, str(item.inputs["incident"]), rng)
        paths = ScenarioPaths(item.output)
        write_scenario(found, self.recipe, self.map_file, paths, replace=self.overwrite or item.replace)
        return {
            "incident": found.draw.plan.name,
            "events": list(found.draw.plan.captions),
            "actors": len(found.draw.moving),
            "tries": found.tries,
            "cameras": len(found.cameras),
            "notes": list(found.draw.notes),
        }


def scenario_names(recipe: Recipe) -> list[tuple[str, str]]:
    """Name and incident of every scenario of a recipe: its incidents in turn, numbered each."""
    names = []
    numbers: Counter[str] = Counter()
    for incident in itertools.islice(itertools.cycle(recipe.incidents), recipe.total):
        names.append((f"{incident}_{numbers[incident]:04d}", incident))
        numbers[incident] += 1
    return names


def generate_items(stage: GenerateStage, folder: Path) -> list[Item]:
    """Pipeline items that write `folder/<incident>_<number>.log` with the files beside it."""
    files = {name: getattr(stage.recipe, name) for name in _FILES}
    items = []
    for name, incident in scenario_names(stage.recipe):
        inputs: dict[str, Path | str] = {"incident": incident, "map": stage.map_file}
        inputs |= {field: path for field, path in files.items() if path is not None}
        around = surroundings_path(stage.map_file)
        if has_file(around):
            inputs["surroundings"] = around
        paths = ScenarioPaths(folder / f"{name}.log")
        items.append(
            Item(name, paths.recording, inputs, companions=paths.beside(cameras=stage.recipe.camera != "none"))
        )
    return items
