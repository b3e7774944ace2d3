"""`MapElement`: lines, areas and boxes of a drive's map, kept as the files have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from roadmark.geometry import Box3D, FloatArray

LayerName = Literal[
    "lane", "lane_line", "road_boundary", "wait_line", "pole", "crosswalk", "road_marking", "intersection_area",
    "road_island", "buffer_zone", "traffic_light", "traffic_sign",
]  # fmt: skip
"""Names of layers; those of ClipGT's tables."""


@dataclass(frozen=True, eq=False)
class MapElement:
    """One thing of the map.

    Attributes:
        lines: Polylines, each (N, 3), world FLU, metres: of a lane its left and its right border, of everything else
            one (closed in meaning for areas, without the first point again); empty where there is a box.
        box: Of traffic lights and signs.
        attributes: Everything else the file says of it: text, numbers, lists of text.
    """

    lines: tuple[FloatArray, ...] = ()
    box: Box3D | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
