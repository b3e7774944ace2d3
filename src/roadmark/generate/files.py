"""A generated scenario on disk: recording, events, log config and cameras, under one name."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadmark import __version__
from roadmark.errors import OutputError
from roadmark.events import events_path, write_events
from roadmark.files import hash_file, output_errors
from roadmark.generate.recipe import Recipe
from roadmark.generate.search import Found
from roadmark.scenario import ActorKind, Scenario, write_log
from roadmark.scenario.carla_log import blueprint_uid, read_uids
from roadmark.simulate import PlacedCamera, ViewOptions, write_camera_file


TOWN_SEED = ViewOptions().seed
"""Seed of the town that cameras were placed in; simulations must grow the same."""


@dataclass(frozen=True)
class ScenarioPaths:
    """The files of one scenario.

    Attributes:
        recording: The CARLA recording; the others are named after it.
    """

    recording: Path

    @property
    def events(self) -> Path:
        """What happens."""
        return events_path(self.recording)

    @property
    def config(self) -> Path:
        """The log config: window, actors of the incident, and how the scenario came about."""
        return self.recording.with_suffix(".json")

    @property
    def cameras(self) -> Path:
        """The camera file."""
        return self.recording.with_suffix(".yaml")

    def beside(self, *, cameras: bool) -> tuple[Path, ...]:
        """All files but the recording."""
        return (self.events, self.config, *((self.cameras,) if cameras else ()))


def write_scenario(found: Found, recipe: Recipe, map_file: Path, paths: ScenarioPaths, *, replace: bool) -> None:
    """Write a scenario's files; the recording comes last, so where it is the others are.

    Raises:
        OutputError: A file cannot be written, or is there and may not be replaced.
    """
    folder = paths.recording.parent
    every = (*paths.beside(cameras=bool(found.cameras)), paths.recording)
    taken = [path for path in every if path.exists()]
    if taken and not replace:
        raise OutputError(f"{taken[0]}: exists; choose another folder, or replace it with --overwrite")
    uids = None if recipe.uids is None else read_uids(recipe.uids)
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{paths.recording.stem}.", dir=folder) as name:
            staged = ScenarioPaths(Path(name) / paths.recording.name)
            write_log(found.draw.scenario, staged.recording, uids)
            write_events(staged.events, found.events, found.draw.scenario.map_name)
            document = _log_config(found, recipe, map_file, uids)
            staged.config.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            if found.cameras:
                write_camera_file(staged.cameras, found.cameras)
            paths.recording.unlink(missing_ok=True)
            for path in every:
                (Path(name) / path.name).replace(path)


def _log_config(found: Found, recipe: Recipe, map_file: Path, uids: Mapping[str, int] | None) -> dict[str, Any]:
    scenario = found.draw.scenario
    involved = sorted({actor for event in found.events if event.contact is not None for actor in event.actor_ids})
    return {
        "source_scenario": found.draw.plan.name,
        "start_time": 0.0,
        "duration": recipe.duration,
        "lighting": recipe.lighting,
        "seed": TOWN_SEED,
        **({"collision_actor_ids": involved} if involved else {}),
        "generated": {
            "roadmark": __version__,
            "incident": found.draw.plan.name,
            "requested": found.requested,
            "seed": recipe.seed,
            "tries": found.tries,
            "rejected": dict(found.rejected),
            "map": map_file.name,
            "map_sha256": hash_file(map_file)[1].hex(),
            "measures": dict(found.draw.plan.measures),
            "cameras": [dict(camera.measures) for camera in found.cameras if isinstance(camera, PlacedCamera)],
            "uncalibrated_blueprints": _uncalibrated(scenario, uids),
        },
    }


def _uncalibrated(scenario: Scenario, uids: Mapping[str, int] | None) -> list[str]:
    """Blueprints whose registration number at a server is not known: it would spawn others for them."""
    blueprints = {actor.blueprint_id for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)}
    return sorted(name for name in blueprints if not blueprint_uid(name, uids)[1])
