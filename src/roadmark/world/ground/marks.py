"""Lane marks as thin painted quads: solid, broken and double lines with their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.catalog import SemanticClass
from roadmark.maps import LaneMark, LaneStrip, RoadMap
from roadmark.render import Material
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.raster import Raster, strip_quads
from roadmark.world.shape import Doubles, Shape, merge, quads

#: Paint lies this far above the surface: rays meet it first, and it throws no shadow that could be seen.
PAINT_HEIGHT = 0.003

PAINT_COLORS = {
    "white": (226, 225, 218),
    "standard": (226, 225, 218),
    "yellow": (206, 164, 52),
    "orange": (206, 120, 44),
    "red": (176, 52, 44),
    "blue": (50, 84, 150),
    "green": (52, 120, 72),
    "violet": (110, 66, 130),
    "black": (40, 40, 40),
}

# Each mark kind as lines: offset to the left in widths, and whether the line is broken.
_LINES: dict[str, tuple[tuple[float, bool], ...]] = {
    "solid": ((0.0, False),),
    "broken": ((0.0, True),),
    "solid_solid": ((1.0, False), (-1.0, False)),
    "broken_broken": ((1.0, True), (-1.0, True)),
    "solid_broken": ((1.0, False), (-1.0, True)),
    "broken_solid": ((1.0, True), (-1.0, False)),
    "botts_dots": ((0.0, True),),
    "edge": ((0.0, False),),
    "custom": ((0.0, False),),
}
#: Visible and invisible length of a broken line where the file gives no pattern, metres.
_DASH = (3.0, 4.5)
_DOT = (0.12, 1.2)
_LEAST_WIDTH = 0.10
_PIECE = 1.0  # longest piece of a solid line in a junction, so that it can end where another lane crosses
_CELL = 0.25
_LEVEL = 2.0  # lanes two such steps apart in height belong to different storeys


def marks_shape(road_map: RoadMap) -> Shape:
    """The paint of all lane marks; inside junctions, not where another road's lanes cross."""
    crossed = _Crossings(road_map)
    rows: list[tuple[Doubles, tuple[int, int, int], bool, str]] = []
    for mark in road_map.marks():
        color = PAINT_COLORS.get(mark.color, PAINT_COLORS["white"])
        for line in _lines(mark):
            corners = _line_quads(mark, *line, piece=_PIECE if mark.junction is not None else np.inf)
            if mark.junction is not None:
                corners = corners[~crossed.at(corners.mean(axis=1), mark.lane.road, mark.junction)]
            if len(corners):
                rows.append((corners, color, False, mark.kind))
    if not rows:
        return merge([])
    counts = [len(corners) for corners, *_ in rows]
    return quads(
        np.concatenate([corners for corners, *_ in rows]),
        material=Material.MARKING,
        semantic=SemanticClass.ROAD_LINES,
        color=np.repeat(np.array([color for _, color, *_ in rows], dtype=np.uint8), counts, axis=0),
    )


def _lines(mark: LaneMark) -> list[tuple[float, float, float, float, float]]:
    """Lines of a mark: offset to the left, width, visible length, gap (0: solid), start of the pattern."""
    width = max(mark.width, _LEAST_WIDTH)
    if mark.lines:
        return [
            (line.t_offset, max(line.width or width, _LEAST_WIDTH / 2), line.length, line.space, line.s_offset)
            for line in mark.lines
        ]
    dash, gap = _DOT if mark.kind == "botts_dots" else _DASH
    return [(offset * width, width, dash, gap if broken else 0.0, 0.0) for offset, broken in _LINES.get(mark.kind, ())]


def _line_quads(
    mark: LaneMark, offset: float, width: float, dash: float, gap: float, start: float, *, piece: float
) -> Doubles:
    """One line of a mark as quads (Q, 4, 3) facing up."""
    s0, s1 = mark.s[0], mark.s[-1]
    cuts = [mark.s]
    visible: npt.NDArray[np.float64] | None = None
    if gap > 0.0 and dash > 0.0:
        # The pattern runs with the road's own s, so that it continues from section to section.
        period = dash + gap
        first = np.floor((s0 - start) / period) * period + start
        begins = np.arange(first, s1, period)
        visible = np.clip(np.stack([begins, begins + dash], axis=1), s0, s1)
        least = min(0.6 * dash, 0.9 * (s1 - s0))  # no stumps where two roads meet
        visible = visible[visible[:, 1] - visible[:, 0] >= least]
        cuts.append(visible.ravel())
    elif np.isfinite(piece):
        cuts.append(np.linspace(s0, s1, int((s1 - s0) / piece) + 2))
    s = np.unique(np.concatenate(cuts))
    if len(s) < 2:
        return np.zeros((0, 4, 3))
    points = np.stack([np.interp(s, mark.s, mark.points[:, axis]) for axis in range(3)], axis=1)
    across = np.stack([np.interp(s, mark.s, mark.across[:, axis]) for axis in range(3)], axis=1)
    points[:, 2] += PAINT_HEIGHT
    left, right = points + across * (offset + width / 2.0), points + across * (offset - width / 2.0)
    corners = np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1)
    if visible is None:
        return corners
    middle = (s[:-1] + s[1:]) / 2.0
    dash_index = np.searchsorted(visible[:, 0], middle, side="right") - 1
    inside = (dash_index >= 0) & (middle < visible[np.maximum(dash_index, 0), 1]) if len(visible) else middle < -1.0
    return corners[inside]


@dataclass(frozen=True, eq=False)
class _Cover:
    """How many roads cover each pixel of a junction, by height: layer k holds lanes between k and k + 1 steps high."""

    raster: Raster
    total: dict[int, npt.NDArray[np.uint8]]
    own: dict[str, dict[int, npt.NDArray[np.uint8]]]


class _Crossings:
    """Where, inside a junction, lanes of more than one road lie over each other at about the same height."""

    def __init__(self, road_map: RoadMap) -> None:
        carriageway, _, _ = split_lanes(road_map)
        self._by_junction: dict[str, dict[str, list[LaneStrip]]] = {}
        for strip in carriageway:
            if strip.junction is not None and strip.type not in ("shoulder", "none"):
                roads = self._by_junction.setdefault(strip.junction, {})
                roads.setdefault(strip.key.road, []).append(strip)
        self._made: dict[str, _Cover] = {}

    def at(self, points: Doubles, road: str, junction: str) -> npt.NDArray[np.bool_]:
        """(N,) whether a lane of another road of the junction covers each point (N, 3)."""
        crossed = np.zeros(len(points), dtype=bool)
        if junction not in self._by_junction:
            return crossed
        if junction not in self._made:
            self._made[junction] = _cover(self._by_junction[junction])
        cover = self._made[junction]
        level = np.floor(points[:, 2] / _LEVEL).astype(np.int64)
        for step in np.unique(level).tolist():
            mine = level == step
            for near in (step - 1, step, step + 1):
                if near not in cover.total:
                    continue
                count = cover.raster.sample(cover.total[near], points[mine], 0)
                if near in cover.own.get(road, {}):
                    count = count - cover.raster.sample(cover.own[road][near], points[mine], 0)
                crossed[mine] |= count > 0
        return crossed


def _cover(roads: dict[str, list[LaneStrip]]) -> _Cover:
    """The cover of one junction by the lanes of its roads, without the outer 0.4 m of each lane."""
    corners = strip_quads([strip for strips in roads.values() for strip in strips])[..., :2].reshape(-1, 2)
    raster = Raster.around(corners.min(axis=0), corners.max(axis=0), _CELL, margin=1.0)
    cover = _Cover(raster, {}, {})
    for road, strips in roads.items():
        lanes = _narrowed(strips)
        low, high = (np.floor(f(lanes[..., 2], axis=1) / _LEVEL).astype(np.int64) for f in (np.min, np.max))
        cover.own[road] = {}
        for step in range(int(low.min()), int(high.max()) + 1):
            layer = np.zeros(raster.shape, dtype=np.uint8)
            raster.fill(layer, lanes[(low <= step) & (high >= step)])
            cover.own[road][step] = layer
            cover.total[step] = layer + cover.total[step] if step in cover.total else layer
    return cover


def _narrowed(strips: Sequence[LaneStrip], margin: float = 0.4) -> Doubles:
    """Quads (Q, 4, 3) of one road's lanes without a margin along both edges of each lane."""
    parts = []
    for strip in strips:
        width = np.linalg.norm(strip.left - strip.right, axis=1, keepdims=True)
        inward = (strip.left - strip.right) / np.maximum(width, 1e-9) * np.minimum(margin, 0.45 * width)
        right, left = strip.right + inward, strip.left - inward
        parts.append(np.stack([right[:-1], right[1:], left[1:], left[:-1]], axis=1))
    return np.concatenate(parts)
