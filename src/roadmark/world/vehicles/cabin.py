"""The upper body of car-like vehicles: pillars, windows, windscreen, rear window and roof, as one warped lattice.

Windows and pillars are cells of the same closed surface, so there is nothing to gape or flicker; pillar edges are the
lattice's own lines and therefore straight.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from roadmark.world.lofts import ALL, Doubles, Hull
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.lower import Frame
from roadmark.world.vehicles.shapes import Cabin

_ROOF: Final = np.array([[0.0, 0.0], [0.35, 0.06], [0.65, 0.22], [0.9, 0.6], [1.0, 1.0]])
_SUNK: Final = 0.07  # metres the cabin reaches into the lower body


def _station_table(frame: Frame, cabin: Cabin) -> tuple[Doubles, Doubles, list[int], list[int]]:
    """X at base and roof of the stations from rear to front, and the cells that are glass and pillars between."""
    marks: list[tuple[float, float, str]] = [(cabin.base[0], cabin.top[0], "pillar")]
    for window in cabin.windows:
        middle = ((window.base[0] + window.base[1]) / 2.0, (window.top[0] + window.top[1]) / 2.0)
        kind = "glass" if window.glazed else "panel"
        marks += [(window.base[0], window.top[0], kind), (*middle, kind), (window.base[1], window.top[1], "pillar")]
    marks.append((cabin.base[1], cabin.top[1], "end"))
    marks.reverse()
    base = frame.x_at(np.array([m[0] for m in marks]))
    top = frame.x_at(np.array([m[1] for m in marks]))
    kinds = [m[2] for m in marks[1:]]
    glass = [i for i, kind in enumerate(kinds) if kind == "glass"]
    first, last = (min(glass), max(glass)) if glass else (0, 0)
    return base, top, glass, [i for i, kind in enumerate(kinds) if kind == "pillar" and first < i < last]


def _kept_off_the_ends(frame: Frame, cabin: Cabin, base: Doubles, top: Doubles) -> tuple[Doubles, Doubles]:
    """Stations moved inwards where the windscreen or the rear window would otherwise hang over nose or tail."""
    half, limits = frame.length / 2.0, []
    for sign, profile, bow in ((1.0, frame.shape.nose, cabin.bow[0]), (-1.0, frame.shape.tail, cabin.bow[1])):
        points = np.array(profile)
        level = float(frame.top_at(sign * half)) / frame.height
        limits.append(half - float(np.interp(level, points[:, 0], points[:, 1])) - bow - 0.012)
    steps = 0.03 * np.arange(len(base))
    low, high = steps - limits[1], limits[0] - steps[::-1]
    return np.clip(base, low, high), np.clip(top, low, high)


def _columns(frame: Frame, cabin: Cabin) -> Doubles:
    edge = 1.0 - cabin.pillar / (frame.half_width * cabin.width[0])
    return np.array([1.0, edge, 0.62, 0.3, 0.0])


def cabin_hull(frame: Frame) -> Hull:
    """The upper body with glass, pillars and roof."""
    cabin = frame.shape.cabin
    base, top, glass, pillars = _station_table(frame, cabin)
    rows = np.array(
        [0.0, cabin.rows[0] * 0.72, cabin.rows[0], sum(cabin.rows) / 2.0, cabin.rows[1], cabin.screen_top, 1.0]
    )
    across = _columns(frame, cabin)
    base, top = _kept_off_the_ends(frame, cabin, base, top)
    foot = frame.top_at(base) - _SUNK
    span = (top[-1] - top[0]) / 2.0
    place = (top - (top[-1] + top[0]) / 2.0) / span
    camber = np.where(place > 0.0, cabin.camber[0], cabin.camber[1]) * np.abs(place) ** 2.2
    crown = cabin.rail + 0.03
    roof = frame.height - camber
    peak = roof[:, None] - crown * np.interp(across, _ROOF[:, 0], _ROOF[:, 1])[None, :]
    z = foot[:, None, None] + rows[None, :, None] * (peak[:, None, :] - foot[:, None, None])
    x = base[:, None] + rows[None, :] * (top - base)[:, None]
    share = cabin.width[0] + rows * (cabin.width[1] - cabin.width[0]) + 0.035 * np.sin(np.pi * rows)
    narrowing = 1.0 - cabin.taper * np.clip((place[-1] - place) / 2.0, 0.0, 1.0) ** 2
    half = frame.half_width * share[None, :] * narrowing[:, None]
    half[:, -1] -= cabin.rail * 0.75
    half[:, -2] -= cabin.rail * 0.12
    bow = 1.0 - across**2
    xs = np.repeat(x[:, :, None], len(across), axis=2)
    fade = 1.0 - 0.45 * rows
    xs[-1] += cabin.bow[0] * fade[:, None] * bow[None, :]
    xs[0] -= cabin.bow[1] * fade[:, None] * bow[None, :]
    xs[1:-1, -1, :] += (place[1:-1, None] * np.where(place[1:-1] > 0, *cabin.bow)[:, None] * 0.5 * bow[None, :]) * 0.8
    y = half[:, :, None] * across[None, None, :]
    points = np.stack([np.concatenate([v, v[:, :, -2::-1]], axis=2) for v in (xs, y, z)], axis=-1)
    points[:, :, : len(across) - 1, 1] *= -1.0
    hull = Hull(points, cabin.look or looks.PAINT)
    _paint_cabin(hull, cabin, glass, pillars)
    return hull


def _paint_cabin(hull: Hull, cabin: Cabin, glass: list[int], pillars: list[int]) -> None:
    inner = [1, 2, 3]
    if glass:
        hull.paint_sides(slice(min(glass), max(glass) + 1), 1, looks.TRIM)
    hull.paint_sides(glass, [2, 3], looks.GLASS)
    hull.paint_sides(pillars, [2, 3], looks.TRIM)
    hull.paint_mirrored("front", [0, 1], inner, looks.TRIM)
    hull.paint_mirrored("front", [2, 3, 4], inner, looks.GLASS)
    if cabin.rear_glass:
        hull.paint_mirrored("rear", [2, 3], inner, looks.GLASS)
    if cabin.dark_roof:
        hull.paint_mirrored("top", slice(1, -1), inner, looks.GLASS)
    hull.paint("bottom", ALL, ALL, looks.UNDERBODY)
