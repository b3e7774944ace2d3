"""`labels.parquet`: one row per frame and object with every scalar label, for questions, mining and statistics."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from roadmark.clip.labels import FrameLabels
from roadmark.clip.layout import frame_id
from roadmark.files import output_errors

ROWS_PER_GROUP = 8192
"""Rows held in memory before they are written."""

_FLOATS = (
    *("center_x", "center_y", "center_z", "length", "width", "height", "roll", "pitch", "yaw", "distance_to_camera"),
    *("world_x", "world_y", "world_z", "world_roll", "world_pitch", "world_yaw"),
    *("orientation_w", "orientation_x", "orientation_y", "orientation_z"),
    *("visible_fraction", "truncation", "speed", "lane_position"),
)

SCHEMA = pa.schema(
    [
        ("frame", pa.int32()),
        ("frame_id", pa.string()),
        ("source_frame", pa.int64()),
        ("timestamp", pa.float64()),
        ("object_id", pa.int64()),
        ("stored_id", pa.int32()),
        ("category", pa.string()),
        ("blueprint_id", pa.string()),
        *((name, pa.int32()) for name in ("xmin", "ymin", "xmax", "ymax", "mask_area")),
        ("road_lane_id", pa.string()),
        *((name, pa.uint8()) for name in ("color_r", "color_g", "color_b")),
        *((name, pa.float64()) for name in _FLOATS),
    ],
    metadata={
        "camera": "center, roll, pitch, yaw, orientation: camera RDF, metres, radians, rdf-lhw-xyz",
        "world": "world_*: CARLA's left-handed axes, metres, degrees",
    },
)
"""Columns; units as in odvg/*.json."""


class LabelTable:
    """Streams rows into a Parquet file in groups, so memory does not grow with the clip.

    Args:
        path: The file.

    Raises:
        OutputError: It cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
        with output_errors(path):
            self._stream = path.open("wb")
            self._writer = pq.ParquetWriter(self._stream, SCHEMA, compression="zstd")

    def add(self, index: int, labels: FrameLabels, records: list[dict[str, Any]], stored: list[int]) -> None:
        """Append a frame's rows; `records` are those of `odvg.object_record`, `stored` the ids in instance images."""
        for label, record, stored_id in zip(labels.objects, records, stored, strict=True):
            row = _row(record)
            row |= {
                "frame": index,
                "frame_id": frame_id(index),
                "source_frame": labels.source_frame,
                "timestamp": labels.time,
                "object_id": label.actor_id,
                "stored_id": stored_id,
            }
            for name, column in self._columns.items():
                column.append(row[name])
        if len(self._columns["frame"]) >= ROWS_PER_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left and the footer."""
        self._flush()
        with output_errors(self._path):
            self._writer.close()
            self._stream.close()

    def abort(self) -> None:
        """Let go of the file without its rows."""
        with suppress(OSError):
            self._writer.close()
        self._writer.is_open = False  # else its finaliser tries again
        with suppress(OSError):
            self._stream.close()

    def _flush(self) -> None:
        if self._columns["frame"]:
            with output_errors(self._path):
                self._writer.write_table(pa.table(self._columns, schema=SCHEMA))
            self._columns = {name: [] for name in SCHEMA.names}


def _row(record: dict[str, Any]) -> dict[str, Any]:
    xmin, ymin, xmax, ymax = record["bbox_2d"]
    red, green, blue = record["vehicle_color"] or (None, None, None)
    camera, world = record["bbox_3d"], record["bbox_3d_world"]
    row = {name: record[name] for name in ("category", "blueprint_id", "mask_area", "road_lane_id", "lane_position")}
    row |= {name: record[name] for name in ("visible_fraction", "truncation", "speed")}
    row |= {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax, "color_r": red, "color_g": green, "color_b": blue}
    row |= {f"center_{axis}": camera["center"][axis] for axis in "xyz"}
    row |= {f"world_{axis}": world["center"][axis] for axis in "xyz"}
    row |= camera["dimensions"] | camera["rotation"]
    row |= {f"world_{angle}": value for angle, value in world["rotation"].items()}
    row |= {f"orientation_{axis}": value for axis, value in zip("wxyz", record["orientation_wxyz"], strict=True)}
    return row | {"distance_to_camera": camera["distance_to_camera"]}
