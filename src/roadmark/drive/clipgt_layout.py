"""What ClipGT's reader and writer share: names of files, tables and columns.

Source: specs/av-grounding.md section 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from roadmark.drive.map_layers import LayerName

FORMAT = "clipgt"
CALIBRATION, EGO, OBSTACLE = "calibration_estimate", "egomotion_estimate", "obstacle"
FPS = 30
"""Frames a second where no file gives their times."""
EXTRAPOLATION = 0.5
"""Seconds beyond a track's ends, as NVIDIA's reader."""

VEC3 = pa.struct([(axis, pa.float32()) for axis in "xyz"])
QUATERNION = pa.struct([(axis, pa.float32()) for axis in "xyzw"])
POLYLINE = pa.list_(VEC3)

MAP_LINES: Mapping[LayerName, tuple[str, ...]] = {
    "lane": ("left_rail", "right_rail"),
    "lane_line": ("line_rail",),
    "road_boundary": ("location",),
    "wait_line": ("location",),
    "pole": ("location",),
    "crosswalk": ("location",),
    "road_marking": ("location",),
    "intersection_area": ("location",),
    "road_island": ("location",),
    "buffer_zone": ("location",),
}
"""Columns of polylines, by table."""
MAP_BOXES: tuple[LayerName, ...] = ("traffic_light", "traffic_sign")
"""Tables with center, dimensions, orientation."""
OLD_COLUMNS = {"line_rail": "path"}
"""Older names of columns."""


def key_type(**more: Any) -> Any:
    """Arrow type of a table's key: the clip, then its other fields."""
    return pa.struct([("clip_id", pa.string()), *more.items()])


def file_name(prefix: str, name: str) -> str:
    """Name of a clip's file: `<clip>.<name>`, or the bare name where files have no prefix."""
    return f"{prefix}.{name}" if prefix else name
