"""What a folder of scenarios holds: incidents, actors, speeds, density and camera distances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadmark.catalog import blueprint, known
from roadmark.errors import InputError
from roadmark.events import Event, events_path, read_events
from roadmark.files import has_file, input_errors
from roadmark.geometry import FloatArray
from roadmark.scenario import Actor, ActorKind, Scenario, read_log
from roadmark.simulate import load_cameras

SAMPLE_STEP = 1.0
"""Seconds between the moments at which speeds are taken."""
AT_REST = 0.3
"""m/s below which an actor does not count as moving."""
DENSITY_REACH = 50.0
"""Metres around the incident within which actors are counted."""


@dataclass(frozen=True, eq=False)
class ScenarioFacts:
    """One scenario in numbers.

    Attributes:
        name: The recording's name without its ending.
        duration: Seconds.
        incidents: Kinds of its events, in order; `none` where nothing happens.
        actors: Number of actors by class: car, truck, pedestrian, ...
        vehicle_speeds: (S,) m/s of moving vehicles, once a second.
        walker_speeds: (W,) m/s of moving pedestrians, once a second.
        density: Actors within `DENSITY_REACH` of the first event, None without events.
        camera_distances: Metres from each camera to the first event.
        event_times: Seconds at which events begin.
    """

    name: str
    duration: float
    incidents: tuple[str, ...]
    actors: Counter[str]
    vehicle_speeds: FloatArray
    walker_speeds: FloatArray
    density: int | None
    camera_distances: tuple[float, ...]
    event_times: tuple[float, ...]


def scenario_facts(folder: Path) -> list[ScenarioFacts]:
    """Facts of every recording of a folder, in the order of their names.

    Recordings without an events file beside them count as `none`; those without cameras have no distances.

    Raises:
        InputError: No such folder, no recording in it, or one that cannot be read.
    """
    with input_errors(folder):
        if not folder.is_dir():
            raise InputError(f"{folder}: no such folder; give one with recordings (.log)")
        recordings = sorted(folder.glob("*.log"))
    if not recordings:
        raise InputError(f"{folder}: holds no recording (.log); make some with: roadmark scenario generate")
    return [_facts(recording) for recording in recordings]


def _facts(recording: Path) -> ScenarioFacts:
    scenario = read_log(recording)
    described = events_path(recording)
    events = read_events(described).events if has_file(described) else ()
    camera_file = recording.with_suffix(".yaml")
    cameras = load_cameras(camera_file) if has_file(camera_file) else []
    vehicles, walkers = (_speeds(scenario, kind) for kind in (ActorKind.VEHICLE, ActorKind.WALKER))
    place = np.array(events[0].place.position) if events else None
    return ScenarioFacts(
        name=recording.stem,
        duration=scenario.duration,
        incidents=tuple(event.kind for event in events) or ("none",),
        actors=Counter(_class(actor) for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)),
        vehicle_speeds=vehicles,
        walker_speeds=walkers,
        density=None if place is None else _density(scenario, events[0], place),
        camera_distances=()
        if place is None
        else tuple(float(np.linalg.norm(camera.pose.translation - place)) for camera in cameras),
        event_times=tuple(event.start for event in events),
    )


def _class(actor: Actor) -> str:
    if known(actor.blueprint_id):
        return blueprint(actor.blueprint_id).semantic.name.lower()
    return "pedestrian" if actor.kind is ActorKind.WALKER else "car"


def _speeds(scenario: Scenario, kind: ActorKind) -> FloatArray:
    keys = {actor.key for actor in scenario.of_kind(kind)}
    sampled = [np.empty(0)]
    for key in keys & set(scenario.tracks):
        track = scenario.tracks[key]
        _, rows = np.unique(np.floor((track.times - track.times[0] + 1e-6) / SAMPLE_STEP), return_index=True)
        speeds = np.linalg.norm(track.velocities[rows], axis=1)
        sampled.append(speeds[speeds > AT_REST])
    return np.sort(np.concatenate(sampled))


def _density(scenario: Scenario, event: Event, place: FloatArray) -> int:
    moment = event.start if event.contact is None else event.contact
    near = scenario.actors_near(moment, place, DENSITY_REACH)
    return sum(actor.kind in (ActorKind.VEHICLE, ActorKind.WALKER) for actor in near)


@dataclass(frozen=True)
class Totals:
    """Sums over scenarios.

    Attributes:
        scenarios: Their number.
        seconds: Their durations together.
        incidents: Events by kind.
        actors: Actors by class.
    """

    scenarios: int
    seconds: float
    incidents: Counter[str]
    actors: Counter[str]


def totals(facts: Sequence[ScenarioFacts]) -> Totals:
    """Sum up facts of scenarios."""
    return Totals(
        scenarios=len(facts),
        seconds=sum(fact.duration for fact in facts),
        incidents=Counter(kind for fact in facts for kind in fact.incidents),
        actors=sum((fact.actors for fact in facts), Counter()),
    )
