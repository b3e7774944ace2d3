"""A folder of scenarios as items of the pipeline: N.json + N.log + N.yaml, as the recipe's batch script takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.config import Resolved, load_mapping
from roadmark.errors import ConfigError, InputError, RoadmarkError
from roadmark.files import input_errors, is_plain_name
from roadmark.pipeline import MANIFEST_NAME, Item, JsonValue
from roadmark.simulate.events import described_events
from roadmark.simulate.inputs import locate_inputs
from roadmark.simulate.plan import SimulationPlan, plan_simulation
from roadmark.simulate.run import run_simulation
from roadmark.simulate.settings import SimulateSettings, resolve_settings
from roadmark.twins import SURROUNDINGS_ENDING

NO_CONFIGS = (".events.json", SURROUNDINGS_ENDING)
"""Endings of files beside recordings and maps that are no scenario of their own."""
PARTS = {"config": ".json", "recorder_filename": ".log", "camera_config": ".yaml"}
"""The three files of a scenario, by the setting each gives."""
FILE_OPTIONS = frozenset(
    {
        "threads",
        "output_dir",
        "recorder_filename",
        "camera_config",
        "xodr_path",
        "surroundings",
        "scene_model",
        "scene_classes",
        "class_filter_config",
    }
)
"""Options that do not change a clip's bytes, or that count by their files' contents."""


@dataclass(frozen=True)
class ScenarioFiles:
    """One scenario of a folder."""

    name: str
    config: Path
    recording: Path
    cameras: Path


def find_scenarios(folder: Path) -> list[ScenarioFiles]:
    """The scenarios of a folder, in the order of their names (numbers count as numbers).

    Raises:
        InputError: The folder does not exist or has no scenario, or one lacks a file; every missing file is named.
    """
    with input_errors(folder):
        return _scenarios(folder)


def _scenarios(folder: Path) -> list[ScenarioFiles]:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the folder with N.json, N.log and N.yaml")
    configs = [
        path for path in folder.glob("*.json") if not path.name.endswith(NO_CONFIGS) and path.name != MANIFEST_NAME
    ]
    names = sorted((path.stem for path in configs), key=lambda name: (name.rjust(20, "0"), name))
    if not names:
        raise InputError(f"{folder}: has no N.json; a scenario is N.json, N.log and N.yaml")
    missing = [
        str(folder / f"{name}{suffix}")
        for name in names
        for suffix in PARTS.values()
        if not (folder / f"{name}{suffix}").is_file()
    ]
    if missing:
        raise InputError(f"{folder}: scenarios are N.json, N.log and N.yaml; missing: {', '.join(missing)}")
    bad = [name for name in names if not is_plain_name(name)]
    if bad:
        raise InputError(f"{folder}: {bad[0]!r}: names use letters, digits, '_', '-' and '.' only")
    return [ScenarioFiles(name, *(folder / f"{name}{suffix}" for suffix in PARTS.values())) for name in names]


@dataclass(frozen=True)
class SimulateStage:
    """The pipeline stage that turns one scenario into its clips.

    Attributes:
        wf_config: Global (workflow) JSON, or none.
        options: Command-line options by setting.
        overwrite: Replace clips that an earlier run did not make.
        nest: Clips of several cameras go inside the scenario's folder.
    """

    wf_config: Path | None
    options: Mapping[str, Any]
    overwrite: bool = False
    nest: bool = False

    @property
    def name(self) -> str:
        """Name in manifests."""
        return "simulate"

    @property
    def version(self) -> str:
        """Roadmark's version: another one may draw another picture."""
        return __version__

    def config(self) -> Mapping[str, JsonValue]:
        """Everything that decides the clips besides the scenario's files."""
        options = {name: str(value) for name, value in self.options.items() if name not in FILE_OPTIONS}
        workflow = {} if self.wf_config is None else load_mapping(self.wf_config)
        return {"options": options, "workflow": workflow, "nest": self.nest}

    def resolve(self, files: Mapping[str, Path], output_dir: Path) -> tuple[Resolved[SimulateSettings], dict[str, Any]]:
        """Settings and metadata of one scenario.

        Args:
            files: The scenario's files, by the names of `PARTS`.
            output_dir: Its folder.
        """
        given = {name: files[name] for name in ("recorder_filename", "camera_config")}
        command_line = {**self.options, **given, "output_dir": output_dir}
        return resolve_settings(wf_config=self.wf_config, config=files["config"], command_line=command_line)

    def plan(self, item: Item) -> SimulationPlan:
        """The checked plan of one item."""
        files = {name: Path(value) for name, value in item.inputs.items() if name in PARTS}
        resolved, metadata = self.resolve(files, scenario_folder(item))
        return plan_simulation(resolved, metadata, nest=self.nest)

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Simulate one scenario; randomness comes from the `seed` setting, so a clip made alone has the same bytes."""
        plan = self.plan(item)
        results = run_simulation(plan, overwrite=self.overwrite or item.replace)
        return {
            "clips": [result.path.name for result in results],
            "frames": len(plan.sample),
            "labels": sum(result.objects for result in results),
            "collisions": results[0].events,
            "notes": list(plan.notes),
        }


def scenario_folder(item: Item) -> Path:
    """The scenario's folder: the item's output, or what the folders of its cameras are named after."""
    folder = item.output.parent.parent if item.inputs["placing"] == "inside" else item.output.parent
    return folder / item.id


def scenario_items(scenarios: list[ScenarioFiles], run_folder: Path, stage: SimulateStage) -> list[Item]:
    """Pipeline items that write `run_folder/scenario_N`, or one folder per camera.

    Every file that a clip depends on is an input of its item: a change of the map or the class filter is noticed.
    """
    return [_item(scenario, run_folder / f"scenario_{scenario.name}", stage) for scenario in scenarios]


def _item(scenario: ScenarioFiles, folder: Path, stage: SimulateStage) -> Item:
    files = {
        "config": scenario.config,
        "recorder_filename": scenario.recording,
        "camera_config": scenario.cameras,
    }
    try:
        resolved, _ = stage.resolve(files, folder)
        located = locate_inputs(resolved, nest=stage.nest)
    except RoadmarkError:
        return Item(folder.name, folder, {**files, "placing": "beside"})  # its run meets the same error, and reports it
    inputs = {**files, "map": located.map_file, "class_filter": located.class_filter}
    events = described_events(located.recording) if resolved.settings.detect_events else None
    if events is not None:
        inputs["events"] = events
    if located.surroundings is not None:
        inputs["surroundings"] = located.surroundings
    for name, path in (("scene_model", located.scene_model), ("scene_classes", located.scene_classes)):
        if path is not None:
            inputs[name] = path
    *others, last = located.output_dirs
    placing = "inside" if stage.nest and others else "beside"
    return Item(folder.name, last, {**inputs, "placing": placing}, companions=tuple(others))


def check_run_id(run_id: str) -> None:
    """Check that a run's name can be a folder.

    Raises:
        ConfigError: It has characters no folder of ours has.
    """
    if not is_plain_name(run_id):
        raise ConfigError(f"--run-id {run_id!r}: use letters, digits, '_', '-' and '.' only")
