"""What a clip's labels say of each actor over time, as arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from roadmark.clip import Clip, ObjectLabel
from roadmark.errors import FormatError, InputError
from roadmark.geometry import flu_rpy_from_carla_degrees, rpy_from_rotation

Array = NDArray[np.float64]

STANDING = 0.3
"""m/s: slower is standing."""

_TABLE_COLUMNS = (
    *("frame", "timestamp", "object_id", "category", "blueprint_id", "color_r", "color_g", "color_b"),
    *("xmin", "ymin", "xmax", "ymax", "mask_area", "visible_fraction", "speed", "height", "distance_to_camera"),
    *("world_x", "world_y", "world_z", "world_roll", "world_pitch", "world_yaw"),
)


@dataclass(frozen=True, eq=False)
class Course:
    """One actor in the N frames in which it is labelled.

    Attributes:
        actor_id: Its id.
        category: car, truck, bus, motorcycle, bicycle, pedestrian.
        blueprint_id: Such as vehicle.audi.tt; empty where not known.
        color: Paint, sRGB; None where it has none or it is not known.
        frames: (N,) ascending frames of the clip.
        times: (N,) seconds from the clip's start.
        places: (N, 3) centre of its box, world FLU metres.
        headings: (N,) radians, unwrapped, left turns ascending.
        tilts: (N,) radians between its box's up and the world's.
        heights: (N,) metres of its box.
        speeds: (N,) m/s.
        boxes: (N, 4) xmin, ymin, xmax, ymax, pixels.
        areas: (N,) visible pixels, or those of the box where they are not known.
        visible: (N,) visible fraction; 1 where it is not known.
        distances: (N,) metres to the camera.
    """

    actor_id: int
    category: str
    blueprint_id: str
    color: tuple[int, int, int] | None
    frames: NDArray[np.int64]
    times: Array
    places: Array
    headings: Array
    tilts: Array
    heights: Array
    speeds: Array
    boxes: Array
    areas: Array
    visible: Array
    distances: Array

    @property
    def is_vehicle(self) -> bool:
        """Whether it drives or is ridden."""
        return self.category not in ("pedestrian", "rider")

    @cached_property
    def travelled(self) -> float:
        """Metres between the places of all neighbouring frames together."""
        return float(np.linalg.norm(np.diff(self.places[:, :2], axis=0), axis=1).sum())

    @property
    def stood(self) -> bool:
        """Whether it stands from its first to its last frame."""
        return bool((self.speeds < STANDING).all()) and self.travelled < 1.0

    @property
    def ends_standing(self) -> bool:
        """Whether it stands in its last half second in view."""
        return bool((self.speeds[self.times >= self.times[-1] - 0.5] < STANDING).all())

    @property
    def begins_standing(self) -> bool:
        """Whether it stands in its first half second in view."""
        return bool((self.speeds[self.times <= self.times[0] + 0.5] < STANDING).all())

    def turned(self, until: float = math.inf, since: float = -math.inf) -> float:
        """Radians it turns to the left between two times."""
        inside = self.headings[(self.times <= until) & (self.times >= since)]
        return float(inside[-1] - inside[0]) if len(inside) > 1 else 0.0

    def at(self, time: float) -> int:
        """Row nearest to a time."""
        return int(np.argmin(np.abs(self.times - time)))

    def seen_during(self, start: float, end: float) -> bool:
        """Whether it is labelled at any time between two."""
        return bool(((self.times >= start) & (self.times <= end)).any())


def read_courses(clip: Clip) -> dict[int, Course]:
    """Courses of all labelled actors by id, in order of ids.

    Raises:
        InputError: A label file is missing.
        FormatError: A label file is malformed.
    """
    try:
        rows = _from_table(clip.table(), clip)
    except FormatError:
        raise
    except InputError:
        rows = _from_frames(clip)  # clips that others made have no table
    return {actor: _course(actor, rows[actor], clip) for actor in sorted(rows)}


@dataclass
class _Rows:
    """An actor's rows while they are collected."""

    category: str
    blueprint_id: str
    color: tuple[int, int, int] | None
    numbers: list[tuple[float, ...]]
    """frame, time, xmin, ymin, xmax, ymax, area, visible, speed, height, distance, x, y, z, roll, pitch, yaw; FLU."""


def _from_table(table: pa.Table, clip: Clip) -> dict[int, _Rows]:
    try:
        return _table_rows({name: table.column(name).to_pylist() for name in _TABLE_COLUMNS}, clip)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FormatError(f"labels.parquet: {type(error).__name__} {error}", path=clip.path) from None


def _table_rows(columns: dict[str, list[Any]], clip: Clip) -> dict[int, _Rows]:
    rows: dict[int, _Rows] = {}
    if not columns["frame"]:
        return rows
    carla = np.array([columns[f"world_{name}"] for name in ("roll", "pitch", "yaw")], np.float64).T
    rpy = flu_rpy_from_carla_degrees(carla)
    start = clip.manifest.frames[0].time
    for index, actor in enumerate(columns["object_id"]):
        row = {name: values[index] for name, values in columns.items()}
        if actor not in rows:
            color = None if row["color_r"] is None else (row["color_r"], row["color_g"], row["color_b"])
            rows[actor] = _Rows(row["category"], row["blueprint_id"] or "", color, [])
        box = (row["xmin"], row["ymin"], row["xmax"], row["ymax"])
        rows[actor].numbers.append(
            (
                row["frame"],
                row["timestamp"] - start,
                *box,
                _area(row["mask_area"], box),
                1.0 if row["visible_fraction"] is None else row["visible_fraction"],
                math.nan if row["speed"] is None else row["speed"],
                row["height"],
                row["distance_to_camera"],
                row["world_x"],
                -row["world_y"],  # CARLA's y points right
                row["world_z"],
                *rpy[index],
            )
        )
    return rows


def _from_frames(clip: Clip) -> dict[int, _Rows]:
    rows: dict[int, _Rows] = {}
    if "odvg" not in clip.manifest.folders:
        return rows
    start = clip.manifest.frames[0].time
    for frame in clip:
        camera = frame.pose.translation
        for label in frame.labels().objects:
            known = rows.setdefault(label.actor_id, _Rows(label.category, label.blueprint_id, label.color, []))
            known.numbers.append(_numbers(label, frame.index, frame.time - start, camera))
    return rows


def _numbers(label: ObjectLabel, frame: int, time: float, camera: Array) -> tuple[float, ...]:
    center = np.asarray(label.box.center)
    return (
        frame,
        time,
        *label.bbox_2d,
        _area(label.pixels, label.bbox_2d),
        1.0 if label.visible_fraction is None else label.visible_fraction,
        math.nan if label.speed is None else label.speed,
        float(label.box.size[2]),
        float(np.linalg.norm(center - camera)),
        *center,
        *rpy_from_rotation(label.box.rotation),
    )


def _area(pixels: int | None, box: tuple[int, int, int, int]) -> float:
    return float((box[2] - box[0] + 1) * (box[3] - box[1] + 1) if pixels is None else pixels)


def _course(actor: int, rows: _Rows, clip: Clip) -> Course:
    numbers = np.array(rows.numbers, np.float64)
    times, places, rpy = numbers[:, 1], numbers[:, 11:14], numbers[:, 14:17]
    speeds = numbers[:, 8]
    if not np.isfinite(speeds).all():
        speeds = _speeds(times, places)
    return Course(
        actor_id=actor,
        category=rows.category.lower(),
        blueprint_id=rows.blueprint_id,
        color=rows.color,
        frames=numbers[:, 0].astype(np.int64),
        times=times,
        places=places,
        headings=np.unwrap(rpy[:, 2]),
        tilts=np.arccos(np.clip(np.cos(rpy[:, 0]) * np.cos(rpy[:, 1]), -1.0, 1.0)),
        heights=numbers[:, 9],
        speeds=speeds,
        boxes=numbers[:, 2:6],
        areas=numbers[:, 6],
        visible=numbers[:, 7],
        distances=numbers[:, 10],
    )


def _speeds(times: Array, places: Array) -> Array:
    """Speeds from places, over about a third of a second: recorded places jitter."""
    if len(times) < 2:
        return np.zeros(len(times))
    step = max(1, round(0.17 * (len(times) - 1) / max(float(times[-1] - times[0]), 1e-6)))
    index = np.arange(len(times))
    after, before = np.minimum(index + step, len(times) - 1), np.maximum(index - step, 0)
    moved = np.linalg.norm(places[after, :2] - places[before, :2], axis=1)
    return np.asarray(moved / np.maximum(times[after] - times[before], 1e-6))
