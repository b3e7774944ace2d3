"""What a clip's labels say of each actor over time, as arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from roadmark.clip import Clip, ObjectLabel
from roadmark.errors import FormatError, GeometryError, InputError
from roadmark.geometry import (
    Pose,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
    flu_from_carla_location,
    flu_rpy_from_carla_degrees,
    rpy_from_rotation,
)

Array = NDArray[np.float64]

STANDING = 0.3
"""m/s: slower is standing."""

_NUMBERS = (
    *("frame", "timestamp", "xmin", "ymin", "xmax", "ymax", "mask_area", "visible_fraction", "speed"),
    *(
        "height",
        "length",
        "width",
        "distance_to_camera",
        "world_x",
        "world_y",
        "world_z",
        "world_roll",
        "world_pitch",
        "world_yaw",
    ),
    *("center_x", "center_y", "center_z", "roll", "pitch", "yaw"),
)
"""Columns of the clip's table that are read, in this order; not known is NaN."""
_WORDS = ("category", "blueprint_id", "color_r", "color_g", "color_b")
"""Columns that are the same in every row of an actor."""
_COLUMNS = (*_NUMBERS, *_WORDS, "object_id", "road_lane_id")


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
        lengths: (N,) metres of its box.
        widths: (N,) metres of its box.
        lanes: (N,) `<road>_<section>_<lane>`, None off the lanes.
        camera_boxes: (N, 9) its 3D box in the camera, convention `rdf-lhw-xyz` with exact angles: x, y, z, length,
            height, width in metres, roll, pitch, yaw in radians.
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
    lengths: Array
    widths: Array
    lanes: NDArray[np.object_]
    camera_boxes: Array

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

    def cut(self, rows: NDArray[np.bool_]) -> Course:
        """The course in some of its frames.

        Args:
            rows: (N,) which of them.
        """
        if rows.all():
            return self
        arrays = {name: values for name, values in vars(self).items() if isinstance(values, np.ndarray)}
        per_frame: dict[str, Any] = {name: values[rows] for name, values in arrays.items()}
        return replace(self, **per_frame)

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
        rows = _from_table(clip.table(_COLUMNS), clip)
    except FormatError:
        raise
    except InputError:
        rows = _from_frames(clip)  # clips that others made have no table
    order = np.argsort(rows.actors, kind="stable")  # within an actor, frames stay in order
    actors, starts = np.unique(rows.actors[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(actors) else []
    return {int(actor): _course(int(actor), rows, part, clip) for actor, part in zip(actors, parts, strict=True)}


@dataclass(frozen=True, eq=False)
class _Rows:
    """All labels of a clip, R rows in order of frames.

    Attributes:
        actors: (R,) ids.
        numbers: (R, 25) as in `_NUMBERS`: pixels, metres, m/s, CARLA's axes and degrees, the camera's axes and radians.
        words: Values of `_WORDS` of every actor, from its first row.
        lanes: (R,) lane ids, None off the lanes.
    """

    actors: NDArray[np.int64]
    numbers: Array
    words: dict[int, tuple[Any, ...]]
    lanes: NDArray[np.object_]


def _from_table(table: pa.Table, clip: Clip) -> _Rows:
    try:
        numbers = [table.column(name).to_numpy().astype(np.float64) for name in _NUMBERS]
        actors = table.column("object_id").to_numpy().astype(np.int64)
        ids, first = np.unique(actors, return_index=True)
        words = zip(*(table.column(name).take(first).to_pylist() for name in _WORDS), strict=True)
        lanes = table.column("road_lane_id").combine_chunks().dictionary_encode()
        names = np.array([*lanes.dictionary.to_pylist(), None], np.object_)  # -1, not known, is the last one
        index = lanes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return _Rows(actors, np.column_stack(numbers), dict(zip(ids.tolist(), words, strict=True)), names[index])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise FormatError(f"labels.parquet: {type(error).__name__} {error}", path=clip.path) from None


def _from_frames(clip: Clip) -> _Rows:
    actors, numbers, lanes = [], [], []
    words: dict[int, tuple[Any, ...]] = {}
    for frame in clip if "odvg" in clip.manifest.folders else ():
        camera = frame.pose
        for label in frame.labels().objects:
            actors.append(label.actor_id)
            numbers.append(_numbers(label, frame.index, frame.time, camera))
            words.setdefault(label.actor_id, (label.category, label.blueprint_id, *(label.color or (None, None, None))))
            lanes.append(label.road_lane_id)
    table = np.array(numbers, np.float64).reshape(-1, len(_NUMBERS))
    return _Rows(np.array(actors, np.int64), table, words, np.array(lanes, np.object_))


def _numbers(label: ObjectLabel, frame: int, time: float, camera: Pose) -> tuple[float, ...]:
    center = np.asarray(label.box.center)
    in_camera = label.box.transformed(camera.inverse()).to_lhw_xyz("full")
    unknown = (math.nan if value is None else value for value in (label.pixels, label.visible_fraction, label.speed))
    return (
        *(frame, time, *label.bbox_2d, *unknown),
        *(*label.box.size[[2, 0, 1]].tolist(), float(np.linalg.norm(in_camera[:3]))),
        *carla_location_from_flu(center),
        *carla_degrees_from_flu_rpy(rpy_from_rotation(label.box.rotation)),
        *(*in_camera[:3].tolist(), *in_camera[6:].tolist()),
    )


def _course(actor: int, rows: _Rows, part: NDArray[np.int64], clip: Clip) -> Course:
    numbers = rows.numbers[part]
    category, blueprint_id, *color = rows.words[actor]
    times = numbers[:, 1] - clip.manifest.frames[0].time
    boxes, areas, visible, speeds = numbers[:, 2:6], numbers[:, 6], numbers[:, 7], numbers[:, 8]
    try:
        places, rpy = flu_from_carla_location(numbers[:, 13:16]), flu_rpy_from_carla_degrees(numbers[:, 16:19])
    except GeometryError as error:
        raise FormatError(f"labels of actor {actor}: {error}", path=clip.path) from None
    whole = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
    return Course(
        actor_id=actor,
        category=str(category or "").lower(),
        blueprint_id=str(blueprint_id or ""),
        color=_paint(color),
        frames=numbers[:, 0].astype(np.int64),
        times=times,
        places=places,
        headings=np.unwrap(rpy[:, 2]),
        tilts=np.arccos(np.clip(np.cos(rpy[:, 0]) * np.cos(rpy[:, 1]), -1.0, 1.0)),
        heights=numbers[:, 9],
        speeds=speeds if np.isfinite(speeds).all() else _speeds(times, places),
        boxes=boxes,
        areas=np.where(np.isfinite(areas), areas, whole),
        visible=np.where(np.isfinite(visible), visible, 1.0),
        distances=numbers[:, 12],
        lengths=numbers[:, 10],
        widths=numbers[:, 11],
        lanes=rows.lanes[part],
        camera_boxes=numbers[:, [19, 20, 21, 10, 9, 11, 22, 23, 24]],
    )


def _paint(color: list[Any]) -> tuple[int, int, int] | None:
    if not all(isinstance(value, int) and 0 <= value <= 255 for value in color):
        return None
    return color[0], color[1], color[2]


def _speeds(times: Array, places: Array) -> Array:
    """Speeds from places, over about a third of a second: recorded places jitter."""
    if len(times) < 2:
        return np.zeros(len(times))
    step = max(1, round(0.17 * (len(times) - 1) / max(float(times[-1] - times[0]), 1e-6)))
    index = np.arange(len(times))
    after, before = np.minimum(index + step, len(times) - 1), np.maximum(index - step, 0)
    moved = np.linalg.norm(places[after, :2] - places[before, :2], axis=1)
    return np.asarray(moved / np.maximum(times[after] - times[before], 1e-6))
