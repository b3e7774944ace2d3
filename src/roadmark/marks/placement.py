"""Where the number plates go: beside their objects, over as little as possible, never over each other, and steady.

Every plate tries places around its box, from touching it to some plates' heights away, and pays for what it would
cover, for distance, and a little for each place's rank. It stays with its place until another is cheaper by a margin,
moves with its box, and slides to a new place instead of jumping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.marks.label_folder import Box

_GAP = 2.0
"""Pixels between plates, and (added to the line's width) between plate and box."""
_COVER_OTHER, _COVER_OWN, _COVER_INSIDE, _DISTANCE, _RANK = 1.0, 2.0, 0.3, 0.12, 0.01
"""Costs: of a plate over other objects, of the share of its own object that it hides, of lying over its own, of each
height of distance, of each rank of the place."""
_MARGIN = 0.35
"""By how much another place must be cheaper: a third of a plate over another object."""
_SLIDE = 0.3
"""Of its height a plate slides in a frame."""
_STILL = 1.5
"""Pixels a box may tremble without moving its plate."""
_WAY_STEPS = 8
_FORGET = 30
"""Frames after which a place is forgotten."""

# Places relative to the box, in the order of preference: where along the box's width and height the plate's own point
# lies (x, y of both 0 to 1), and how many gaps and plate heights it is pushed away (x, y).
_NEAR = (
    (0.0, 0.0, 0.0, 1.0, 0.0, -1.0),
    (1.0, 0.0, 1.0, 1.0, 0.0, -1.0),
    (0.5, 0.0, 0.5, 1.0, 0.0, -1.0),
    (0.0, 1.0, 0.0, 0.0, 0.0, 1.0),
    (1.0, 1.0, 1.0, 0.0, 0.0, 1.0),
    (0.5, 1.0, 0.5, 0.0, 0.0, 1.0),
    (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    (0.0, 0.0, 1.0, 0.0, -1.0, 0.0),
    (1.0, 1.0, 0.0, 1.0, 1.0, 0.0),
    (0.0, 1.0, 1.0, 1.0, -1.0, 0.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (1.0, 1.0, 1.0, 1.0, 0.0, 0.0),
)
_DIRECTIONS = ((0, -1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (1, 1), (-1, 1))
_RINGS = (0.8, 1.8, 3.2, 5.0)


def _places() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(C, 6) places and their (C,) distances in plate heights."""
    rows, far = [list(row) for row in _NEAR], [0.0] * len(_NEAR)
    for ring in _RINGS:
        for x, y in _DIRECTIONS:
            rows.append([0.5 + 0.5 * x, 0.5 + 0.5 * y, 0.5 - 0.5 * x, 0.5 - 0.5 * y, x, y])
            far.append(ring)
    return np.array(rows), np.array(far)


_PLACES, _FAR = _places()
_ALL = np.arange(len(_FAR))[None]


@dataclass(frozen=True)
class PlacedPlate:
    """Where a plate is.

    Attributes:
        x: Left edge, pixels.
        y: Upper edge, pixels.
        apart: Whether it is far enough from its box to need a line to it.
    """

    x: float
    y: float
    apart: bool


@dataclass
class _Memory:
    place: int
    x: float
    y: float
    box: Box
    seen: int


_Spot = tuple[int, float, float]
"""A place's number, and where that puts the plate's left upper corner."""


@dataclass(frozen=True, eq=False)
class _Scene:
    """What a frame's places depend on besides the plate itself.

    Attributes:
        size: (2,) width and height of the video.
        gap: Pixels between a box and its plate.
        obstacles: (N, 4) boxes of all objects.
    """

    size: NDArray[np.float64]
    gap: float
    obstacles: NDArray[np.float64]

    def options(
        self, box: NDArray[np.float64], size: NDArray[np.float64], places: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where places put plates, within the image, and what they cost.

        Args:
            box: (M, 4) the plates' objects.
            size: (M, 2) of the plates.
            places: (M, K) or (1, K) rows of the table of places.

        Returns:
            (M, K, 2) left upper corners and (M, K) costs.
        """
        row, far = _PLACES[places], _FAR[places]
        corner, extent = box[:, None, :2], (box[:, 2:] - box[:, :2])[:, None]
        push = self.gap + far[..., None] * size[:, None, 1:]
        spots = corner + row[..., :2] * extent - row[..., 2:4] * size[:, None] + row[..., 4:] * push
        spots = np.clip(spots, 0.0, np.maximum(self.size - size, 0.0)[:, None])
        ends = spots + size[:, None]
        own = _overlap(spots, ends, box[:, None])
        covered = _overlap(spots[:, :, None], ends[:, :, None], self.obstacles).sum(axis=2) - own
        plate_area, own_area = size.prod(axis=1)[:, None], np.maximum(extent.prod(axis=2), 1.0)
        cost = _COVER_OTHER * np.maximum(covered, 0.0) / plate_area + _DISTANCE * far + _RANK * places
        cost += _COVER_OWN * own / own_area + _COVER_INSIDE * own / plate_area
        return spots, cost


class PlatePlacer:
    """Places the plates of one video's frames, in order.

    Args:
        size: (width, height) of the video.
        gap: Pixels between a box and its plate.
    """

    def __init__(self, size: tuple[int, int], gap: float) -> None:
        self._size, self._gap = size, gap + _GAP
        self._known: dict[int, _Memory] = {}
        self._frame = -1

    def place(
        self, boxes: Mapping[int, Box], plates: Mapping[int, tuple[int, int]], obstacles: Sequence[Box]
    ) -> dict[int, PlacedPlate]:
        """Place the plates of the next frame.

        Args:
            boxes: Marked objects by actor id, pixels of the video.
            plates: (width, height) of their plates.
            obstacles: Boxes of all objects that should be seen, marked or not.

        Returns:
            Plates by actor id, within the image, none over another; those for which there is no room are left out.
        """
        self._frame += 1
        self._known = {a: it for a, it in self._known.items() if self._frame - it.seen <= _FORGET}
        # Who had a place first keeps it; of the new ones the larger choose first.
        order = sorted(boxes, key=lambda a: (a not in self._known, -_area(boxes[a]) if a not in self._known else 0.0))
        if not order:
            return {}
        scene = _Scene(np.array(self._size, dtype=np.float64), self._gap, np.array(obstacles).reshape(-1, 4))
        taken: list[Box] = []
        placed: dict[int, PlacedPlate] = {}
        known: dict[int, _Memory] = {}
        kept = self._kept(scene, order, boxes, plates)
        for actor in order:
            width, height = plates[actor]
            spot = kept.get(actor)
            if spot is None or not _is_free(spot[1], spot[2], width, height, taken):
                spot = self._choice(scene, boxes[actor], plates[actor], self._known.get(actor), taken)
            if spot is None:
                continue
            place, x, y = spot
            slid = self._slid(actor, boxes[actor], (x, y), (width, height))
            if slid is not None:
                x, y = _first_free(slid, (x, y), (width, height), taken)
            taken.append((x, y, x + width, y + height))
            known[actor] = _Memory(place, x, y, boxes[actor], self._frame)
            apart = _distance((x, y, x + width, y + height), boxes[actor]) > self._gap + 0.5 * height
            placed[actor] = PlacedPlate(x, y, apart)
        self._known = {**{a: it for a, it in self._known.items() if a not in known}, **known}
        return placed

    def _kept(
        self, scene: _Scene, order: Sequence[int], boxes: Mapping[int, Box], plates: Mapping[int, tuple[int, int]]
    ) -> dict[int, _Spot]:
        """The last places that are so cheap that none can be cheaper by the margin: most, and quickly found."""
        steady = [actor for actor in order if actor in self._known]
        if not steady:
            return {}
        places = np.array([[self._known[actor].place] for actor in steady])
        box, size = np.array([boxes[a] for a in steady]), np.array([plates[a] for a in steady], dtype=np.float64)
        spots, costs = scene.options(box, size, places)
        return {
            actor: (self._known[actor].place, x, y)
            for actor, (x, y), cost in zip(steady, spots[:, 0].tolist(), costs[:, 0].tolist(), strict=True)
            if cost <= _MARGIN
        }

    def _choice(
        self, scene: _Scene, box: Box, size: tuple[int, int], memory: _Memory | None, taken: Sequence[Box]
    ) -> _Spot | None:
        """The cheapest free place; the one it had, where that is free and not dearer by the margin."""
        spots, costs = scene.options(np.array([box]), np.array([size], dtype=np.float64), _ALL)
        where, cost = spots[0].tolist(), costs[0].tolist()
        for place in sorted(_ALL[0].tolist(), key=cost.__getitem__):
            x, y = where[place]
            if not _is_free(x, y, *size, taken):
                continue
            if memory is not None and memory.place != place and cost[memory.place] <= cost[place] + _MARGIN:
                kept_x, kept_y = where[memory.place]
                if _is_free(kept_x, kept_y, *size, taken):
                    return memory.place, kept_x, kept_y
            return place, x, y
        return None

    def _slid(
        self, actor: int, box: Box, target: tuple[float, float], size: tuple[int, int]
    ) -> tuple[float, float] | None:
        """Where the plate gets to from its last place, moved with its box; None where it was not there just now."""
        memory = self._known.get(actor)
        if memory is None or memory.seen != self._frame - 1:
            return None
        found = []
        for axis, (last, wanted) in enumerate(((memory.x, target[0]), (memory.y, target[1]))):
            # Of both edges the one that moved less: what covers an object from one side moves only the other.
            motion = min((box[side] - memory.box[side] for side in (axis, axis + 2)), key=abs)
            start = last + (motion if abs(motion) > _STILL else 0.0)
            way = wanted - start
            if abs(way) <= _STILL:
                way = 0.0
            step = _SLIDE * size[1]
            room = max(self._size[axis] - size[axis], 0)
            found.append(min(max(start + min(max(way, -step), step), 0.0), float(room)))
        return found[0], found[1]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _overlap(start: NDArray[np.float64], end: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Area shared by rectangles from `start` to `end` (..., 2) and boxes (..., 4)."""
    width = np.minimum(end[..., 0], box[..., 2]) - np.maximum(start[..., 0], box[..., 0])
    height = np.minimum(end[..., 1], box[..., 3]) - np.maximum(start[..., 1], box[..., 1])
    shared: NDArray[np.float64] = np.maximum(width, 0.0) * np.maximum(height, 0.0)
    return shared


def _is_free(x: float, y: float, width: float, height: float, taken: Sequence[Box]) -> bool:
    right, bottom = x + width + _GAP, y + height + _GAP
    left, top = x - _GAP, y - _GAP
    return all(right <= x0 or x1 <= left or bottom <= y0 or y1 <= top for x0, y0, x1, y1 in taken)


def _first_free(
    start: tuple[float, float], end: tuple[float, float], size: tuple[int, int], taken: Sequence[Box]
) -> tuple[float, float]:
    """The first free place on the way to a free one: a plate that must pass another jumps no farther than it has to."""
    for step in range(_WAY_STEPS):
        share = step / _WAY_STEPS
        x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
        if _is_free(x, y, *size, taken):
            return x, y
    return end


def _distance(plate: Box, box: Box) -> float:
    """Pixels between two rectangles along the axis on which they are farther apart."""
    across = max(box[0] - plate[2], plate[0] - box[2])
    down = max(box[1] - plate[3], plate[1] - box[3])
    return max(across, down, 0.0)
