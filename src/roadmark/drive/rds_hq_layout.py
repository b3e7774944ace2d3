"""What RDS-HQ's reader and writer share: frames and times, names of drives, layers of the map.

Source: specs/av-grounding.md section 1.
"""

from __future__ import annotations

from collections.abc import Mapping

from roadmark.drive.map_layers import LayerName

FORMAT = "rds-hq"
FPS = 30
KEYFRAME_STEP = 3
"""Frames between two keyframes of objects: 10 a second."""

MAP_LAYERS: Mapping[LayerName, str] = {
    "lane": "lanes",
    "lane_line": "lanelines",
    "road_boundary": "road_boundaries",
    "wait_line": "wait_lines",
    "pole": "poles",
    "crosswalk": "crosswalks",
    "road_marking": "road_markings",
    "traffic_light": "traffic_lights",
    "traffic_sign": "traffic_signs",
}
"""RDS-HQ's name of each layer: its folder is `3d_<name>`."""

CUBOID_SIGNS = ((1, 1, 1), (1, -1, 1), (-1, -1, 1), (-1, 1, 1), (1, 1, -1), (1, -1, -1), (-1, -1, -1), (-1, 1, -1))
"""Corners of a `cuboid3d` along heading, left, up, in the order of the file."""


def frame_time(frame: int) -> float:
    """Seconds of a frame: 30 a second, rounded to microseconds as NVIDIA's reader does."""
    return round(frame * 1e6 / FPS) / 1e6
