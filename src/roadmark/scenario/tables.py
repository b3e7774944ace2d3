"""A scenario as one tidy table: a row for every actor at every recorded frame it has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from roadmark.files import atomic_file
from roadmark.geometry import FloatArray
from roadmark.scenario.model import Actor, SignalState, SignalTrack, Track
from roadmark.scenario.scenario import Scenario

SCHEMA = pa.schema(
    [
        ("frame", pa.int64()),
        ("time", pa.float64()),
        ("actor_id", pa.int64()),
        ("life", pa.int32()),
        ("kind", pa.dictionary(pa.int32(), pa.string())),
        ("blueprint", pa.dictionary(pa.int32(), pa.string())),
        ("role_name", pa.dictionary(pa.int32(), pa.string())),
        ("color", pa.dictionary(pa.int32(), pa.string())),
        *((name, pa.float64()) for name in ("length", "width", "height", "box_x", "box_y", "box_z")),
        *((name, pa.float64()) for name in ("x", "y", "z", "roll", "pitch", "yaw", "vx", "vy", "vz", "yaw_rate")),
        ("travelled", pa.float64()),
        ("steer", pa.float64()),
        ("throttle", pa.float64()),
        ("brake", pa.float64()),
        ("gear", pa.int32()),
        ("light_flags", pa.int64()),
        ("walker_speed", pa.float64()),
        ("signal_state", pa.dictionary(pa.int32(), pa.string())),
    ]
)
"""Metres, seconds, radians, FLU world; `box_x` and so on are the box's centre in the actor's frame; `steer` is the
recorded control, positive to the right. Missing values are null."""
_PLAIN = pa.schema(
    [(one.name, one.type.value_type if pa.types.is_dictionary(one.type) else one.type) for one in SCHEMA]
)


def to_parquet(scenario: Scenario, path: str | Path) -> None:
    """Write the scenario as a Parquet table with the columns of `SCHEMA`, actor by actor, each by time.

    Args:
        scenario: What to write.
        path: The file; its folder is made where missing.

    Raises:
        OutputError: The file cannot be written.
    """
    with atomic_file(Path(path)) as partial, pq.ParquetWriter(partial, SCHEMA) as writer:
        for table in _tables(scenario):
            writer.write_table(table)


def to_csv(scenario: Scenario, path: str | Path) -> None:
    """Write the same table as text: a header, one line per row, missing values empty; numbers read back exactly.

    Args:
        scenario: What to write.
        path: The file; its folder is made where missing.

    Raises:
        OutputError: The file cannot be written.
    """
    options = pa_csv.WriteOptions(quoting_style="needed")
    with atomic_file(Path(path)) as partial, pa_csv.CSVWriter(partial, _PLAIN, write_options=options) as writer:
        for table in _tables(scenario):
            writer.write_table(table.cast(_PLAIN))


def _tables(scenario: Scenario) -> Iterator[pa.Table]:
    """One table per actor that was somewhere, in order of appearance."""
    for key, actor in scenario.actors.items():
        if key in scenario.tracks:
            yield _track_table(scenario, key, actor, scenario.tracks[key])
        elif key in scenario.signals:
            yield _signal_table(scenario, actor, scenario.signals[key])


def _track_table(scenario: Scenario, key: int, actor: Actor, track: Track) -> pa.Table:
    columns: dict[str, Any] = _common(scenario, actor, track.times)
    for index, name in enumerate("xyz"):
        columns[name] = track.positions[:, index]
        columns[f"v{name}"] = track.velocities[:, index]
    for index, name in enumerate(("roll", "pitch", "yaw")):
        columns[name] = track.rpy[:, index]
    columns["yaw_rate"], columns["travelled"] = track.yaw_rates, track.travelled
    if (controls := scenario.controls.get(key)) is not None:
        for name in ("steer", "throttle", "brake", "gear"):
            columns[name] = _at(controls.times, getattr(controls, name), track.times)
    if (lights := scenario.vehicle_lights.get(key)) is not None:
        columns["light_flags"] = _at(lights.times, lights.flags, track.times)
    if (speeds := scenario.walker_speeds.get(key)) is not None:
        columns["walker_speed"] = _at(speeds.times, speeds.speed, track.times)
    return _table(columns, len(track.times))


def _signal_table(scenario: Scenario, actor: Actor, signal: SignalTrack) -> pa.Table:
    columns: dict[str, Any] = _common(scenario, actor, signal.times)
    count = len(signal.times)
    for name, value in zip(
        ("x", "y", "z", "roll", "pitch", "yaw"), (*actor.spawn_position, *actor.spawn_rpy), strict=True
    ):
        columns[name] = np.full(count, value)
    columns["signal_state"] = [SignalState(state).name.lower() for state in signal.state.tolist()]
    return _table(columns, count)


def _common(scenario: Scenario, actor: Actor, times: FloatArray) -> dict[str, Any]:
    count = len(times)
    looks: dict[str, Any] = {}
    if actor.color is not None:
        looks["color"] = [",".join(map(str, actor.color.tolist()))] * count
    if actor.bounding_box is not None:
        for name, value in zip(("length", "width", "height"), actor.bounding_box.half_extents, strict=True):
            looks[name] = np.full(count, 2.0 * float(value))
        for name, value in zip("xyz", actor.bounding_box.center, strict=True):
            looks[f"box_{name}"] = np.full(count, float(value))
    return looks | {
        "frame": scenario.source_frames[np.searchsorted(scenario.times, times)],
        "time": times,
        "actor_id": np.full(count, actor.id),
        "life": np.full(count, actor.life, np.int32),
        "kind": [actor.kind.label] * count,
        "blueprint": [actor.blueprint_id] * count,
        "role_name": [actor.role_name] * count,
    }


def _at(times: FloatArray, values: Any, wanted: FloatArray) -> pa.Array:
    """Values that hold at the wanted times, null before the first."""
    rows = np.searchsorted(times, wanted, side="right") - 1
    return pa.array(values[np.maximum(rows, 0)], mask=rows < 0)


def _table(columns: dict[str, Any], count: int) -> pa.Table:
    arrays = [
        pa.array(columns[column.name]).cast(column.type) if column.name in columns else pa.nulls(count, column.type)
        for column in SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)
