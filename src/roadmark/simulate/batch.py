"""A folder of scenarios as items of the pipeline: N.json + N.log + N.yaml, as the recipe's batch script takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from roadmark import __version__
from roadmark.clip import OVERLAYS
from roadmark.config import load_mapping
from roadmark.errors import ConfigError, InputError, RoadmarkError
from roadmark.pipeline import Item, JsonValue
from roadmark.simulate.cameras import NAME_PATTERN, load_cameras
from roadmark.simulate.plan import plan_simulation
from roadmark.simulate.run import run_simulation
from roadmark.simulate.settings import resolve_settings

PARTS = {"config": ".json", "recorder_filename": ".log", "camera_config": ".yaml"}
"""The three files of a scenario, by the setting each gives."""
NOT_LOOKS = frozenset(
    {"threads", "output_dir", "recorder_filename", "camera_config", "xodr_path", "class_filter_config"}
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
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give the folder with N.json, N.log and N.yaml")
    names = sorted((path.stem for path in folder.glob("*.json")), key=lambda name: (name.rjust(20, "0"), name))
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
    bad = [name for name in names if not NAME_PATTERN.fullmatch(name)]
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
        options = {name: str(value) for name, value in self.options.items() if name not in NOT_LOOKS}
        workflow = {} if self.wf_config is None else load_mapping(self.wf_config)
        return {"options": options, "workflow": workflow, "nest": self.nest, "overlays": list(OVERLAYS)}

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Simulate one scenario; randomness comes from the `seed` setting, so a clip made alone has the same bytes."""
        files = {name: Path(value) for name, value in item.inputs.items() if name in PARTS}
        resolved, metadata = resolve_settings(
            wf_config=self.wf_config,
            config=files["config"],
            command_line={
                **self.options,
                "recorder_filename": files["recorder_filename"],
                "camera_config": files["camera_config"],
                "output_dir": item.output.parent / str(item.inputs["folder"]),
            },
        )
        plan = plan_simulation(resolved, metadata, nest=self.nest)
        results = run_simulation(plan, overwrite=self.overwrite or item.replace)
        return {
            "clips": [result.path.name for result in results],
            "frames": len(plan.sample),
            "labels": sum(result.objects for result in results),
            "collisions": results[0].events,
            "notes": list(plan.notes),
        }


def scenario_items(scenarios: list[ScenarioFiles], run_dir: Path, stage: SimulateStage) -> list[Item]:
    """Pipeline items that write `run_dir/scenario_N`, or one folder per camera beside it."""
    items = []
    for scenario in scenarios:
        folder = f"scenario_{scenario.name}"
        inputs: dict[str, Path | str] = {
            "config": scenario.config,
            "recorder_filename": scenario.recording,
            "camera_config": scenario.cameras,
            "folder": folder,
        }
        for name in ("xodr_path", "class_filter_config"):
            if (path := stage.options.get(name)) is not None and Path(path).is_file():
                inputs[name] = Path(path)
        items.append(Item(folder, run_dir / _first_output(folder, scenario.cameras, stage.nest), inputs))
    return items


def _first_output(folder: str, cameras: Path, nest: bool) -> str:
    """The folder that exists once a scenario is done; a camera file that is wrong fails when its scenario runs."""
    try:
        names = [camera.name for camera in load_cameras(cameras)]
    except RoadmarkError:
        return folder
    return folder if len(names) == 1 or nest else f"{folder}_{names[0]}"


def check_run_id(run_id: str) -> None:
    """Check that a run's name can be a folder.

    Raises:
        ConfigError: It has characters no folder of ours has.
    """
    if not NAME_PATTERN.fullmatch(run_id) or not run_id.strip("."):
        raise ConfigError(f"--run-id {run_id!r}: use letters, digits, '_', '-' and '.' only")
