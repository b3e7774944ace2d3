"""A clip's labels as dense arrays over frames and objects, for mining without a loop over either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.errors import FormatError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_COLUMNS = (
    *("frame", "object_id", "category", "xmin", "ymin", "xmax", "ymax", "road_lane_id", "length", "width", "height"),
    *("world_x", "world_y", "world_z", "world_yaw", "visible_fraction"),
)


@dataclass(frozen=True, eq=False)
class LabelTracks:
    """F frames, N objects. Where an object is not labelled its numbers are NaN, its lane -1.

    Attributes:
        times: (F,) seconds from the clip's start.
        actor_ids: (N,) ascending.
        present: (F, N) whether it is labelled.
        center: (F, N, 3) box centres, world FLU, metres.
        yaw: (F, N) heading in the world, radians.
        size: (F, N, 3) length, width, height, metres.
        box_2d: (F, N, 4) xmin, ymin, xmax, ymax of the visible mask, pixels with their full extent.
        visible: (F, N) visible fraction; NaN also where it is not known.
        lane: (F, N) a number per lane, -1 off the lanes.
    """

    times: FloatArray
    actor_ids: NDArray[np.int64]
    present: BoolArray
    center: FloatArray
    yaw: FloatArray
    size: FloatArray
    box_2d: FloatArray
    visible: FloatArray
    lane: NDArray[np.int32]


def load_tracks(clip: Clip, categories: Sequence[str]) -> LabelTracks:
    """Read the objects of some categories.

    Raises:
        InputError: The clip has no table of labels.
        FormatError: The table lacks a column, names a frame the clip does not have, or an object twice in a frame.
    """
    times = np.array([frame.time for frame in clip.manifest.frames], np.float64)
    table = clip.table(_COLUMNS)
    where = clip.path / "labels.parquet"
    if missing := [name for name in _COLUMNS if name not in table.column_names]:
        raise FormatError("is missing", path=where, field=missing[0])
    try:
        table = table.select(_COLUMNS)
        table = table.filter(pc.is_in(table["category"], pa.array(list(categories), pa.string())))
        return _dense(table, times - times[0])
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise FormatError(f"no table of labels: {error}", path=where) from None


def _dense(table: pa.Table, times: FloatArray) -> LabelTracks:
    frames = _numbers(table, "frame").astype(np.int64)
    actor_ids, objects = np.unique(_numbers(table, "object_id").astype(np.int64), return_inverse=True)
    shape = (len(times), len(actor_ids))
    if frames.size and not 0 <= frames.min() <= frames.max() < len(times):
        raise ValueError(f"frame {frames.max()} is none of the clip's {len(times)}")
    present = np.zeros(shape, np.bool_)
    present[frames, objects] = True
    if np.count_nonzero(present) != len(frames):
        raise ValueError("an object is labelled twice in a frame")

    def spread(*names: str, offset: Sequence[float] | None = None) -> FloatArray:
        values = np.full((*shape, len(names)), np.nan)
        rows = np.stack([_numbers(table, name) for name in names], axis=-1)
        values[frames, objects] = rows if offset is None else rows + offset
        return values

    lanes = table["road_lane_id"].combine_chunks().dictionary_encode()
    lane = np.full(shape, -1, np.int32)
    lane[frames, objects] = lanes.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    center = spread("world_x", "world_y", "world_z") * (1.0, -1.0, 1.0)  # the table has CARLA's left-handed axes
    return LabelTracks(
        times=times,
        actor_ids=actor_ids,
        present=present,
        center=center,
        yaw=-np.radians(spread("world_yaw")[..., 0]),
        size=spread("length", "width", "height"),
        box_2d=spread("xmin", "ymin", "xmax", "ymax", offset=(0.0, 0.0, 1.0, 1.0)),
        visible=spread("visible_fraction")[..., 0],
        lane=lane,
    )


def _numbers(table: pa.Table, name: str) -> FloatArray:
    column: Any = table[name].cast(pa.float64())
    values: FloatArray = column.to_numpy()
    return values
