"""`import_openscenario`: an OpenSCENARIO XML file becomes a scenario."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from roadmark.errors import InputError
from roadmark.geometry import rotation_from_rpy
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.entities import read_entities
from roadmark.imports.openscenario.model import Entity
from roadmark.imports.openscenario.positions import Positions
from roadmark.imports.openscenario.roads import Roads
from roadmark.imports.openscenario.runner import LONGEST, MAX_DURATION, Frame, Run, spots_of
from roadmark.imports.openscenario.storyboard import StoryReader
from roadmark.imports.result import Imported, ImportedActor
from roadmark.maps import find_map
from roadmark.traffic import Clock, MovingActor, Network, SignalPlan, actor_ids, to_scenario

_TOP: Final = (
    *("FileHeader", "ParameterDeclarations", "CatalogLocations", "RoadNetwork", "Entities", "Storyboard"),
    *("VariableDeclarations", "MonitorDeclarations"),
)


@dataclass(frozen=True)
class OpenScenarioOptions:
    """How to carry out an OpenSCENARIO file.

    Attributes:
        fps: Frames per second.
        duration: Seconds at most, None for as long as the file says.
        night: Whether vehicles burn their beams.
        seed: Of the paints that the file does not give.
    """

    fps: int = 30
    duration: float | None = None
    night: bool = False
    seed: int = 0


def logic_file(path: Path, place: Path | None = None) -> Path:
    """The map of a file.

    Args:
        path: The OpenSCENARIO file.
        place: The map, or a folder of maps; by default the one that the file names, there or of that name beside the
            file. Other folders are not looked into.

    Raises:
        InputError: None is named, or it is not there.
        FormatError: The file is no OpenSCENARIO.
    """
    if place is not None and not place.is_dir():
        return find_map(place, path.stem)
    document = Document(path)
    network = document.child(document.root, "RoadNetwork")
    named = network.find("LogicFile")
    name = None if named is None else document.optional(named, "filepath")
    if named is None or name is None:
        raise InputError(f"{path}: names no map; give it with --xodr-path FILE.xodr")
    parts = Path(name.replace("\\", "/"))
    stem = parts.stem if parts.suffix == ".xodr" else parts.name
    if place is not None:
        return find_map(place, stem)
    inside = not parts.is_absolute() and ".." not in parts.parts
    if inside and parts.suffix == ".xodr" and (path.parent / parts).is_file():
        return path.parent / parts
    try:
        return find_map(path.parent, stem)
    except InputError:
        line = document.line(named)
        raise InputError(
            f"{path}, line {line}, <LogicFile>: the map {name[:200]!r} is not beside the file; give it with "
            "--xodr-path FILE.xodr"
        ) from None


def import_openscenario(path: Path, network: Network, options: OpenScenarioOptions | None = None) -> Imported:
    """Carry out an OpenSCENARIO XML file (1.0 to 1.2).

    Args:
        path: The file.
        network: Of its map.
        options: How.

    Raises:
        InputError: It cannot be read, or there is nothing in it.
        FormatError: It breaks the format, or holds something that is not supported; names line and element.
    """
    how = options or OpenScenarioOptions()
    if how.duration is not None and not 0.0 < how.duration <= MAX_DURATION:
        raise InputError(f"--duration {how.duration:g}: must be above 0 and at most {MAX_DURATION:g} s")
    document = Document(path)
    for child in document.children(document.root, *_TOP):
        if child.tag in {"VariableDeclarations", "MonitorDeclarations"} and len(child):
            document.unsupported(child)
    _road_network(document)
    entities = read_entities(document, how.seed)
    if not entities:
        raise InputError(f"{path}: has no entities")
    roads = Roads(network)
    board = StoryReader(document, Positions(document, roads, entities)).read()
    run = Run(document, board, entities, roads)
    run.run(how.fps, how.duration)
    if run.count < 2:
        raise InputError(f"{path}: ends at once by {run.end}; nothing can be shown of it")
    clock = Clock(how.fps, run.count)
    actors = [moving_actor(entities[name], frames, clock) for name, frames in run.frames.items() if frames]
    there = [name for name, frames in run.frames.items() if frames]
    signals = SignalPlan({})
    scenario = to_scenario(network, signals, actors, clock, night=how.night, focus=actors[0].positions.mean(axis=0))
    ids = actor_ids(signals, len(actors))
    who = [
        ImportedActor(name, number, entities[name].spec.blueprint.id) for name, number in zip(there, ids, strict=True)
    ]
    left = [
        f"{name} leaves at the end of its road after {len(frames) / how.fps:.1f} s"
        for name, frames in run.frames.items()
        if len(frames) < run.count
    ]
    ending = [f"it ends {run.end}"] if run.end.startswith("after") and f"{LONGEST:g}" in run.end else []
    return Imported(scenario, tuple(who), (*document.notes, *left, *ending))


def _road_network(document: Document) -> None:
    network = document.child(document.root, "RoadNetwork")
    for child in document.children(network, "LogicFile", "SceneGraphFile", "TrafficSignals", "UsedArea"):
        if child.tag == "TrafficSignals" and len(child):
            document.unsupported(child, "traffic lights of the file are not carried out; remove them")


def moving_actor(entity: Entity, frames: list[Frame], clock: Clock) -> MovingActor:
    """The course of an entity from where its reference point was."""
    rows = spots_of(frames)
    rpy = rows[:, 3:].copy()
    body = entity.spec.blueprint
    ahead = np.array([entity.reach[0], entity.reach[1], body.half_extents[2] if body.kind == "walker" else 0.0])
    if body.kind == "walker":
        rpy[:, :2] = 0.0
    positions = rows[:, :3] + rotation_from_rpy(rpy) @ ahead
    velocity, yaw_rate = np.zeros_like(positions), np.zeros(len(rows))
    if len(rows) > 1:
        velocity, yaw_rate = np.gradient(positions, clock.step, axis=0), np.gradient(rpy[:, 2], clock.step)
    blinkers = np.array([blink for _, blink in frames], np.int8)
    return MovingActor(entity.spec, positions, rpy, velocity, yaw_rate, 0, blinkers)
