"""The lower body of car-like vehicles: sills to shoulders, with wheel arches, fascias, lamps and door gaps.

A warped lattice: stations along x (rear to front), rows along z, columns along y. Coordinates are metres in the box's
frame: x = 0 in the middle of its length, y = 0 in the middle of its width, z = 0 on the ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from roadmark.world.lofts import ALL, Doubles, Hull
from roadmark.world.vehicles import looks
from roadmark.world.vehicles.shapes import CarShape

COLUMNS: Final = 10
"""Cells across the lower body; column 0 is the rightmost, 5 begins left of the middle."""
TOP_SHARES: Final = np.array([1.0, 0.955, 0.82, 0.52, 0.25, 0.0])
_CORNER_POWER: Final = 2.4
_SIDE_PROFILE: Final = np.array([[0.0, 0.952], [0.10, 0.972], [0.5, 1.0], [0.72, 0.997], [0.88, 0.982], [1.0, 0.945]])
_SHOULDER: Final = np.array([[0.0, 0.0], [0.5, 0.06], [0.8, 0.22], [0.95, 0.55], [1.0, 1.0]])
_GAP: Final = 0.005
_WELL_DEPTH: Final = 0.36


@dataclass(frozen=True, slots=True)
class Frame:
    """The numbers of one body that its parts share (metres, box frame).

    Attributes:
        shape: The style.
        length: Of the box.
        half_width: Of the lower body.
        height: Of the box.
        axles: x of the rear and the front axle.
        radius: Of the tyres.
    """

    shape: CarShape
    length: float
    half_width: float
    height: float
    axles: tuple[float, float]
    radius: float

    def x_at(self, share: float | Doubles) -> Doubles:
        """The x of a fraction of the length counted from the nose."""
        return np.asarray(self.length * (0.5 - np.asarray(share)))

    def top_at(self, x: float | Doubles) -> Doubles:
        """Height of the hood, belt or deck line at x."""
        points = np.array(self.shape.top)
        return np.asarray(np.interp(0.5 - np.asarray(x) / self.length, points[:, 0], points[:, 1]) * self.height)

    def door_gaps(self) -> list[float]:
        """X of the door gaps, rear to front, moved clear of the wheel arches."""
        clear = self.radius + self.shape.arch_gap + 0.05
        low, high = self.axles[0] + clear, self.axles[1] - clear
        return sorted({float(np.clip(self.x_at(share), low, high)) for share in self.shape.doors})

    def side_at(self, x: float, z: float) -> float:
        """Half width of the side at a place well between the corners."""
        top = float(self.top_at(x)) - self.shape.drop
        share = (z - self.shape.sill) / (top - self.shape.sill)
        return float(self.half_width * np.interp(share, _SIDE_PROFILE[:, 0], _SIDE_PROFILE[:, 1]))


@dataclass(frozen=True, slots=True)
class _Stations:
    """Stations from rear to front: place, half width, lower edge, and whether each lies in a wheel arch."""

    x: Doubles
    width: Doubles
    low: Doubles
    arch: Doubles


def _corner_lengths(frame: Frame) -> tuple[float, float]:
    """Front and rear corner lengths, short enough to end before the wheel arches."""
    clear, half = frame.radius + frame.shape.arch_gap + 0.04, frame.length / 2.0
    front, rear = frame.shape.corner
    return max(min(front, half - frame.axles[1] - clear), 0.06), max(min(rear, half + frame.axles[0] - clear), 0.06)


def _corner(length: float, share: float, angles: Doubles) -> tuple[Doubles, Doubles]:
    """Depth behind the foremost line (metres) and share of the half width, around a corner (0 side, pi/2 front)."""
    power = 2.0 / _CORNER_POWER
    return length * (1.0 - np.sin(angles) ** power), 1.0 - share + share * np.cos(angles) ** power


def _stations(frame: Frame) -> _Stations:
    shape, half = frame.shape, frame.length / 2.0
    rows: list[tuple[float, float, float, float]] = []
    angles = np.radians([45.0, 30.0, 16.0, 0.0])
    for sign, length, share in zip((1.0, -1.0), _corner_lengths(frame), shape.corner_share, strict=True):
        depth, width = _corner(length, share, angles)
        rows += [(sign * (half - d), w, shape.sill, 0.0) for d, w in zip(depth, width, strict=True)]
    radius = frame.radius + shape.arch_gap
    for axle in frame.axles:
        turn = np.linspace(0.0, np.pi, 13)
        rows += [(axle - radius * np.cos(a), 1.0, frame.radius + radius * np.sin(a), 1.0) for a in turn]
        rows += [(axle + side * (radius + 0.012), 1.0, shape.sill, 0.0) for side in (-1.0, 1.0)]
    gaps = frame.door_gaps()
    rows += [(gap + side * _GAP, 1.0, shape.sill, 2.0) for gap in gaps for side in (-1.0, 1.0)]
    between = [frame.axles[0] + radius, *gaps, frame.axles[1] - radius]
    rows += [((a + b) / 2.0, 1.0, shape.sill, 0.0) for a, b in pairwise(between) if b - a > 0.5]
    table = np.array(sorted(rows))
    return _Stations(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def _row_shares(frame: Frame, stations: _Stations) -> Doubles:
    """(I+1, J+1) heights of the rows as shares between lower edge and shoulder, blended from rear to front."""
    shape, half = frame.shape, frame.length / 2.0
    reach = np.array([half - frame.axles[1] - frame.radius, frame.axles[0] + half - frame.radius]).clip(0.25) + 0.15
    to_front = np.clip(1.0 - (half - stations.x) / reach[0], 0.0, 1.0)
    to_rear = np.clip(1.0 - (half + stations.x) / reach[1], 0.0, 1.0)
    front, rear = (np.clip(1.6 * w, 0.0, 1.0)[:, None] for w in (to_front, to_rear))
    side = np.array(shape.side_rows)
    shares: Doubles = side + front * (np.array(shape.front_rows) - side) + rear * (np.array(shape.rear_rows) - side)
    return shares


def _flare(frame: Frame, x: Doubles, z: Doubles) -> Doubles:
    """How far the side stands out around the wheel arches, metres."""
    out = np.zeros(np.broadcast_shapes(x.shape, z.shape))
    for axle in frame.axles:
        distance = np.hypot(x - axle, z - frame.radius) - frame.radius - frame.shape.arch_gap
        out = np.maximum(out, frame.shape.flare * np.exp(-((np.maximum(distance, 0.0) / 0.13) ** 2)))
    return out


def _end_columns(length: float, share: float) -> tuple[Doubles, Doubles]:
    """Depth (metres) and share of the half width of the six columns from the corner to the middle of an end."""
    depth, width = _corner(length, share, np.radians([45.0, 66.0, 90.0]))
    rest = width[-1] * np.array([0.66, 0.33, 0.0])
    bow = 0.03 * (width[-1] ** 2 - rest**2) / width[-1] ** 2
    width = np.concatenate([width, rest])
    depth = np.concatenate([depth[:1], depth[1:2] + 0.02, depth[2:] + 0.03, 0.03 - bow])
    return depth - depth[0], width / width[0]


def lower_hull(frame: Frame) -> tuple[Hull, Doubles]:
    """The lower body, painted plainly, and the x of its stations."""
    shape, half = frame.shape, frame.length / 2.0
    stations = _stations(frame)
    x, count = stations.x, len(stations.x)
    shares = _row_shares(frame, stations)
    nose, tail = _corner_lengths(frame)
    ends = {0: _end_columns(tail, shape.corner_share[1]), count - 1: _end_columns(nose, shape.corner_share[0])}
    across = np.tile(TOP_SHARES, (count, 1))
    for end, length, sign in ((0, tail, -1.0), (count - 1, nose, 1.0)):
        near = np.clip(1.0 - (half - sign * x) / (1.6 * length), 0.0, 1.0)[:, None]
        across += near * (ends[end][1] - TOP_SHARES)
    top = frame.top_at(x)[:, None] - shape.drop * np.interp(across, _SHOULDER[:, 0], _SHOULDER[:, 1])
    top = np.maximum(top, stations.low[:, None] + 0.05)
    low = stations.low[:, None, None]
    z = low + shares[:, :, None] * (top[:, None, :] - low)
    edge = top[:, None, :1]
    height = np.clip((z[:, :, :1] - shape.sill) / (edge - shape.sill), 0.0, 1.0)
    side = (
        frame.half_width * stations.width[:, None, None] * np.interp(height, _SIDE_PROFILE[:, 0], _SIDE_PROFILE[:, 1])
    )
    side = side + _flare(frame, x[:, None, None], z[:, :, :1]) - shape.flare
    y = side * across[:, None, :]
    xs = np.broadcast_to(x[:, None, None], z.shape).copy()
    xs[-1] -= ends[count - 1][0][None, :]
    xs[0] += ends[0][0][None, :]
    xs += _sheared(frame, x, z)
    inside = np.flatnonzero(stations.arch == 1.0)
    deep = side[inside, 0, 0] - _WELL_DEPTH
    y[inside, 0, 1], y[inside, 0, 2] = deep, deep - 0.002
    z[inside, 0, 1] = stations.low[inside]
    z[:, 0, 2:] = shape.sill
    y[inside, 0, 3:] = deep[:, None] * np.array([0.66, 0.33, 0.0])
    points = np.stack([np.concatenate([v, v[:, :, -2::-1]], axis=2) for v in (xs, y, z)], axis=-1)
    points[:, :, : COLUMNS // 2, 1] *= -1.0
    hull = Hull(points, looks.PAINT)
    _paint_body(hull, stations, shape)
    return hull, x


def _sheared(frame: Frame, x: Doubles, z: Doubles) -> Doubles:
    """How far the nose and tail profiles move each lattice point along x."""
    shape, half = frame.shape, frame.length / 2.0
    moved = np.zeros(z.shape)
    for sign, profile, axle in ((1.0, shape.nose, frame.axles[1]), (-1.0, shape.tail, -frame.axles[0])):
        points = np.array(profile)
        back = np.interp(z / frame.height, points[:, 0], points[:, 1])
        reach = max(half - axle - frame.radius - shape.arch_gap, 0.2)
        near = np.clip(1.0 - (half - sign * x) / reach, 0.0, 1.0) ** 1.3
        moved -= sign * near[:, None, None] * back
    return moved


def _paint_body(hull: Hull, stations: _Stations, shape: CarShape) -> None:
    trim = looks.CLADDING if shape.cladding else looks.TRIM
    hull.paint("bottom", ALL, ALL, looks.UNDERBODY)
    hull.paint_sides(ALL, 0, trim)
    gaps = np.flatnonzero((stations.arch[:-1] == 2.0) & (stations.arch[1:] == 2.0) & (np.diff(stations.x) < 2.5 * _GAP))
    if shape.door_look is not None and len(gaps) > 1:
        hull.paint_sides(slice(int(gaps[0]), int(gaps[-1]) + 1), slice(1, 6), shape.door_look)
    if shape.glass_door and len(gaps) > 1:
        hull.paint("right", slice(int(gaps[-2]) + 1, int(gaps[-1])), slice(1, 6), looks.GLASS)
    hull.paint_sides(gaps.tolist(), slice(1, 6), looks.GAP)
    _paint_front(hull, shape)
    _paint_rear(hull, shape)


def _paint_front(hull: Hull, shape: CarShape) -> None:
    lamps, last = shape.lamps, hull.points.shape[0] - 2
    hull.paint("front", 0, ALL, looks.TRIM)
    if shape.bumpers != "painted":
        bumper = looks.CLADDING if shape.bumpers == "plastic" else looks.CHROME
        hull.paint("front", 1, ALL, bumper)
        hull.paint_sides([last, last - 1], 1, bumper)
    else:
        hull.paint_mirrored("front", 1, [2, 3, 4], looks.TRIM)
    if lamps.grille[1]:
        hull.paint_mirrored("front", list(lamps.grille[0]), lamps.grille[1], looks.TRIM)
    if not lamps.head[1]:
        return
    hull.paint_mirrored("front", list(lamps.head[0]), lamps.head[1], looks.HEAD_HOUSING)
    _paint_blinkers(hull, [last], lamps.head[0])


def _paint_rear(hull: Hull, shape: CarShape) -> None:
    lamps = shape.lamps
    rows, columns = lamps.tail
    hull.paint("rear", 0, ALL, looks.TRIM)
    if shape.bumpers != "painted":
        bumper = looks.CLADDING if shape.bumpers == "plastic" else looks.CHROME
        hull.paint("rear", 1, ALL, bumper)
        hull.paint_sides([0, 1], 1, bumper)
    if lamps.tail_bar:
        hull.paint("rear", list(rows), ALL, looks.TAIL_LAMP)
    hull.paint_mirrored("rear", list(rows), columns, looks.TAIL_LAMP)
    if len(columns) > 1:
        hull.paint_mirrored("rear", list(rows), columns[1:2], looks.BRAKE_LAMP)
    else:
        hull.paint_mirrored("rear", list(rows)[-1:], columns, looks.BRAKE_LAMP)
    _paint_blinkers(hull, [0], rows)
    hull.paint_sides([1], list(rows), looks.TAIL_LAMP)


def _paint_blinkers(hull: Hull, stations: Sequence[int], rows: Sequence[int]) -> None:
    hull.paint("left", list(stations), list(rows), looks.LEFT_BLINKER)
    hull.paint("right", list(stations), list(rows), looks.RIGHT_BLINKER)
