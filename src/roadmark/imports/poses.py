"""`import_poses`: a table of poses becomes a scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

from roadmark.errors import FormatError, InputError
from roadmark.geometry import FloatArray
from roadmark.imports.csv_table import read_csv_table
from roadmark.imports.parquet_table import read_parquet_table
from roadmark.imports.pose_actors import MAP_PIECE, PoseActor, pose_actors
from roadmark.imports.pose_courses import Poses, actor_poses, moving_actor
from roadmark.imports.pose_table import PoseTable
from roadmark.imports.result import Imported, ImportedActor, keep_ids
from roadmark.imports.sampling import frames_within, held
from roadmark.scenario import Actor, ActorKind, LightTrack, Scenario, SignalState, SignalTrack
from roadmark.traffic import Clock, MovingActor, Network, SignalPlan, to_scenario

LARGEST_ID: Final = 65535
MAX_DURATION: Final = 7_200.0
"""Longest scenario, seconds."""
MAX_POSES: Final = 10_000_000
"""Most frames of all actors together."""
_STATES: Final = {state.name.lower(): state for state in SignalState}


@dataclass(frozen=True)
class PoseOptions:
    """How to read a table of poses.

    Attributes:
        fps: Frames per second of the scenario.
        frame: Axes of the table: `flu` (right-handed, as OpenDRIVE) or `carla` (left-handed, y to the right).
        origin: What its positions are: `actor` (CARLA's: of vehicles on the ground, of walkers the middle) or `center`
            of the box.
        max_gap: Most seconds between two rows of an actor.
        night: Whether vehicles burn their beams.
        seed: Of the paints that the table does not give.
    """

    fps: int = 30
    frame: Literal["flu", "carla"] = "flu"
    origin: Literal["actor", "center"] = "actor"
    max_gap: float = 1.0
    night: bool = False
    seed: int = 0


def import_poses(path: Path, network: Network, options: PoseOptions | None = None) -> Imported:
    """Read a table of poses.

    Args:
        path: A CSV (`.csv`) or Parquet file (`.parquet`).
        network: Of the map on which the poses are.
        options: How to read it.

    Raises:
        InputError: The file cannot be read, or is no scenario.
        FormatError: A column or cell is wrong; says which.
    """
    how = options or PoseOptions()
    table = read_csv_table(path) if path.suffix.lower() == ".csv" else read_parquet_table(path)
    if not len(table):
        raise FormatError("has no rows", path=path)
    found = pose_actors(table, how.max_gap)
    if not found:
        raise FormatError("has no actor but the spectator and sensors", path=path)
    if len(found) > LARGEST_ID:
        raise InputError(f"{path}: {len(found)} actors; a recording has room for {LARGEST_ID}")
    start = min(float(table.numbers["time"][one.rows[0]]) for one in found)
    stop = max(float(table.numbers["time"][one.rows[-1]]) for one in found)
    clock = _clock(path, stop - start, how.fps, len(found))
    rng = np.random.default_rng(how.seed)
    carla, centered = how.frame == "carla", how.origin == "center"
    poses = [actor_poses(table, one, network.road_map, start=start, carla=carla, centered=centered) for one in found]
    lights = [k for k, one in enumerate(found) if one.kind == "traffic_light"]
    courses = {
        k: moving_actor(one, poses[k], how.fps, rng) for k, one in enumerate(found) if one.kind != "traffic_light"
    }
    there = {k: course for k, course in courses.items() if course is not None}
    ids = keep_ids([one.source for one in found], LARGEST_ID)
    scenario = to_scenario(
        network, SignalPlan({}), list(there.values()), clock, night=how.night, ids=[ids[k] for k in there],
        focus=_focus(list(there.values())),
    )  # fmt: skip
    scenario = _with_lamps(scenario, table, {ids[k]: (found[k], poses[k], there[k]) for k in there})
    numbers = _light_ids([ids[k] for k in lights], scenario)
    for k, number in zip(lights, numbers, strict=True):
        ids[k] = number
        scenario = _with_light(scenario, number, table, found[k], poses[k])
    return Imported(scenario, tuple(_who(found[k], ids[k]) for k in (*there, *lights)), _notes(table, found, courses))


def _clock(path: Path, duration: float, fps: int, actors: int) -> Clock:
    count = frames_within(np.array([0.0, min(duration, 2.0 * MAX_DURATION)]), fps)[1]
    if count < 2:
        raise InputError(f"{path}: all rows are within {duration:g} s, which is less than two frames at {fps} fps")
    if duration > MAX_DURATION or count * actors > MAX_POSES:
        raise InputError(
            f"{path}: {duration:g} s of {actors} actors are more than {MAX_DURATION:g} s or {MAX_POSES} poses; "
            "are the times in seconds? else split the file or lower --fps"
        )
    return Clock(fps, count)


def _focus(courses: list[MovingActor]) -> FloatArray | None:
    return np.mean([course.positions.mean(axis=0) for course in courses], axis=0) if courses else None


def _with_lamps(
    scenario: Scenario, table: PoseTable, actors: dict[int, tuple[PoseActor, Poses, MovingActor]]
) -> Scenario:
    """The scenario with the lamps that the table gives instead of derived ones."""
    given = table.numbers.get("light_flags")
    if given is None:
        return scenario
    lamps = dict(scenario.vehicle_lights)
    for number, (actor, poses, _) in actors.items():
        flags = given[actor.rows]
        if number not in lamps or np.isnan(flags).all():
            continue
        wrong = ~np.isnan(flags) & ((flags < 0) | (flags >= 2**32) | (flags != np.floor(flags)))
        if wrong.any():
            table.fail(int(actor.rows[np.argmax(wrong)]), "light_flags", "no bits of CARLA's VehicleLightState")
        known = ~np.isnan(flags)
        times = lamps[number].times
        lamps[number] = LightTrack(times, held(poses.times[known], flags[known], times).astype(np.uint32))
    return replace(scenario, vehicle_lights=lamps)


def _light_ids(wanted: list[int], scenario: Scenario) -> list[int]:
    """Ids of traffic lights: their own unless someone has them."""
    taken = set(scenario.actors)
    free = (number for number in range(1, LARGEST_ID + 1) if number not in taken and number not in wanted)
    return [number if number not in taken else next(free) for number in wanted]


def _with_light(scenario: Scenario, number: int, table: PoseTable, actor: PoseActor, poses: Poses) -> Scenario:
    cells = table.texts.get("signal_state")
    states = []
    for row in actor.rows.tolist():
        state = _STATES.get(cells[row].lower() if cells is not None and cells[row] else "unknown")
        if state is None:
            table.fail(row, "signal_state", f"{cells and cells[row][:40]!r} is none of {', '.join(_STATES)}")
        states.append(int(state))
    light = Actor(
        number,
        ActorKind.TRAFFIC_LIGHT,
        "traffic.traffic_light",
        spawn_position=poses.positions[0],
        spawn_rpy=poses.rpy[0],
    )
    times = scenario.times
    values = held(poses.times, np.array(states, np.float64), times).astype(np.int8)
    changes = np.concatenate([[True], values[1:] != values[:-1]])
    since = times[np.maximum.accumulate(np.where(changes, np.arange(len(times)), 0))]
    track = SignalTrack(number, times, values, np.zeros(len(times), np.bool_), times - since)
    return replace(scenario, actors={**scenario.actors, number: light}, signals={**scenario.signals, number: track})


def _who(actor: PoseActor, number: int) -> ImportedActor:
    body = actor.blueprint
    return ImportedActor(actor.source, number, "traffic.traffic_light" if body is None else body.id, actor.remark)


def _notes(table: PoseTable, found: list[PoseActor], courses: dict[int, MovingActor | None]) -> tuple[str, ...]:
    away = [found[k].source for k, course in courses.items() if course is None]
    notes = [f"between two frames only, left out: {', '.join(away)[:300]}"] if away else []
    names = zip(table.texts["actor_id"], table.texts.get("blueprint", ()), strict=False)
    pieces = {source for source, name in names if name == MAP_PIECE}
    if pieces:
        notes.append(f"{len(pieces)} pieces of the map ({MAP_PIECE}) are left out")
    return tuple(notes)
