"""A generated scenario on disk: recording, events, log config and cameras, under one name."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadmark import __version__
from roadmark.errors import InputError, OutputError
from roadmark.events import events_path, write_events
from roadmark.files import AtomicDirectory, hash_file, output_errors, read_json, write_file
from roadmark.generate.recipe import Recipe
from roadmark.generate.search import Found
from roadmark.pipeline import item_generator
from roadmark.scenario import ActorKind, Scenario, write_log
from roadmark.scenario.carla_log import blueprint_uid, read_uids
from roadmark.simulate import PlacedCamera, ViewOptions, write_camera_file

MAX_CONFIG_BYTES = 1 << 23
"""Largest log config that is looked into before it is replaced."""
INCIDENT_PLACE = (0.3, 0.7)
"""Shares of a clip between which its incident lies, each as likely as another."""
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
    every = (*paths.beside(cameras=bool(found.cameras)), paths.recording)
    uids = None if recipe.uids is None else read_uids(recipe.uids)
    with output_errors(paths.recording), _staging(paths) as staged:
        _check_replaceable(every, replace=replace)
        outdated = not found.cameras and _has_generated_cameras(paths)
        write_log(found.draw.scenario, staged.recording, uids)
        write_events(staged.events, found.events, found.draw.scenario.map_name)
        document = _log_config(found, recipe, paths.recording.stem, map_file, uids)
        write_file(staged.config, (json.dumps(document, indent=1) + "\n").encode())
        if found.cameras:
            write_camera_file(staged.cameras, found.cameras)
        paths.recording.unlink(missing_ok=True)
        if outdated:
            paths.cameras.unlink(missing_ok=True)
        for path in every:
            (staged.recording.parent / path.name).replace(path)


@contextlib.contextmanager
def _staging(paths: ScenarioPaths) -> Iterator[ScenarioPaths]:
    """The same files in a hidden folder that this process locks; gone afterwards, as is what a killed writer left."""
    hidden = AtomicDirectory(paths.recording.with_suffix(".scenario"), overwrite=True)
    try:
        yield ScenarioPaths(hidden.path / paths.recording.name)
    finally:
        hidden.discard()


def _check_replaceable(every: Sequence[Path], *, replace: bool) -> None:
    for path in every:
        if path.exists() and not path.is_file():
            raise OutputError(f"{path}: is no regular file and is not replaced; move it away or choose another folder")
        if path.exists() and not replace:
            raise OutputError(f"{path}: exists; choose another folder, or replace it with --overwrite")


def _has_generated_cameras(paths: ScenarioPaths) -> bool:
    """Whether the scenario to be replaced came with cameras: they look where nothing will happen any more."""
    try:
        document = read_json(paths.config, MAX_CONFIG_BYTES)
    except InputError:
        return False
    generated = document.get("generated") if isinstance(document, dict) else None
    return isinstance(generated, dict) and generated.get("camera") in {"auto", "ego"}


def _log_config(
    found: Found, recipe: Recipe, name: str, map_file: Path, uids: Mapping[str, int] | None
) -> dict[str, Any]:
    scenario = found.draw.scenario
    start, duration = _shown(found, recipe, name)
    involved = sorted({actor for event in found.events if event.contact is not None for actor in event.actor_ids})
    return {
        "source_scenario": found.draw.plan.name,
        "start_time": start,
        "duration": duration,
        "lighting": recipe.lighting,
        "seed": TOWN_SEED,
        **({"collision_actor_ids": involved} if involved else {}),
        "generated": {
            "roadmark": __version__,
            "incident": found.draw.plan.name,
            "requested": found.requested,
            "seed": recipe.seed,
            "camera": recipe.camera,
            "tries": found.tries,
            "rejected": dict(found.rejected),
            "map": map_file.name,
            "map_sha256": hash_file(map_file)[1].hex(),
            "measures": dict(found.draw.plan.measures),
            "cameras": [dict(camera.measures) for camera in found.cameras if isinstance(camera, PlacedCamera)],
            "uncalibrated_blueprints": _uncalibrated(scenario, uids),
        },
    }


def _shown(found: Found, recipe: Recipe, name: str) -> tuple[float, float]:
    """Start and duration of the clip: its incident comes sooner or later, so that the time alone tells nothing."""
    if recipe.clip_duration is None:
        return 0.0, recipe.duration
    place = item_generator(recipe.seed, name, "clip").uniform(*INCIDENT_PLACE)
    start = found.draw.plan.focus_time - place * recipe.clip_duration
    return round(min(max(start, 0.0), recipe.duration - recipe.clip_duration), 2), recipe.clip_duration


def _uncalibrated(scenario: Scenario, uids: Mapping[str, int] | None) -> list[str]:
    """Blueprints whose registration number at a server is not known: it would spawn others for them."""
    blueprints = {actor.blueprint_id for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)}
    return sorted(name for name in blueprints if not blueprint_uid(name, uids)[1])
