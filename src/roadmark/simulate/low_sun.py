"""Where a low sun stands: streets are narrow, so of a year's sunrises and sunsets the one that shines into the view."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass
from roadmark.clip import ClipFrame
from roadmark.render import Renderer, preset_sun

AZIMUTHS = {"sunrise": (52, 128), "sunset": (232, 308), "golden_hour": (232, 308)}
"""Compass bearings in degrees between which the sun rises and sets over a year in mid latitudes (49 degrees)."""

_STEP = 4  # degrees
_POINTS = 400  # of the ground, about
_LIFT = 0.5  # metres above the ground from which the sun is looked for
_WORTH = 0.002  # share of lit ground that a degree away from the usual bearing must bring
_GROUND = (SemanticClass.ROADS, SemanticClass.ROAD_LINES, SemanticClass.SIDEWALKS)


def low_sun(lighting: str, frame: ClipFrame, renderer: Renderer) -> tuple[float, float] | None:
    """Azimuth and elevation, radians, at which a low sun lights most of the ground that a frame shows.

    Args:
        lighting: A lighting condition.
        frame: With its depth and semantic images.
        renderer: Of the frame's town.

    Returns:
        None for conditions whose sun is not low, and for frames that show no ground.
    """
    if lighting not in AZIMUTHS:
        return None
    usual = preset_sun(lighting)
    ground = _ground_points(frame)
    if not len(ground):
        return None
    first, last = AZIMUTHS[lighting]
    bearings = np.arange(first, last + 1, _STEP)
    scores = []
    for bearing in bearings.tolist():
        level = math.cos(usual.elevation)
        towards = np.array([level * math.sin(math.radians(bearing)), level * math.cos(math.radians(bearing)), 0.0])
        towards[2] = math.sin(usual.elevation)
        lit = np.isinf(renderer.probe(ground, ground + towards).distance).mean()
        scores.append(lit - _WORTH * abs(bearing - math.degrees(usual.azimuth)))
    return math.radians(float(bearings[int(np.argmax(scores))])), usual.elevation


def _ground_points(frame: ClipFrame) -> NDArray[np.float64]:
    """(N, 3) world places a little above some of the ground in the picture."""
    depth = frame.depth().astype(np.float64)
    rows, columns = np.nonzero(np.isin(frame.semantic(), _GROUND) & np.isfinite(depth))
    step = max(1, len(rows) // _POINTS)
    rows, columns = rows[::step], columns[::step]
    rays = frame.clip.camera.rays(np.stack([columns + 0.5, rows + 0.5], axis=1))
    along = depth[rows, columns]
    if frame.clip.manifest.depth.measure == "z":
        along = along / rays[:, 2]
    places = np.array(frame.pose.apply(rays * along[:, None]))
    places[:, 2] += _LIFT
    return places
