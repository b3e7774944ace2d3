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
_COVER_OTHER, _COVER_OWN, _DISTANCE, _RANK = 1.0, 2.0, 0.12, 0.01
_MARGIN = 0.35
"""By how much another place must be cheaper: a third of a plate over another object."""
_SLIDE = 0.3
"""Of its height a plate slides in a frame."""
_STILL = 1.5
"""Pixels a box may tremble without moving its plate."""
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
        spots, costs = self._options(order, boxes, plates, obstacles)
        taken: list[Box] = []
        placed: dict[int, PlacedPlate] = {}
        known: dict[int, _Memory] = {}
        for row, actor in enumerate(order):
            width, height = plates[actor]
            choice = self._choice(spots[row], costs[row], self._known.get(actor), (width, height), taken)
            if choice is None:
                continue
            x, y = float(spots[row, choice, 0]), float(spots[row, choice, 1])
            slid = self._slid(actor, boxes[actor], (x, y), (width, height))
            if slid is not None and _is_free(slid[0], slid[1], width, height, taken):
                x, y = slid
            taken.append((x, y, x + width, y + height))
            known[actor] = _Memory(choice, x, y, boxes[actor], self._frame)
            apart = _distance((x, y, x + width, y + height), boxes[actor]) > self._gap + 0.5 * height
            placed[actor] = PlacedPlate(x, y, apart)
        self._known = {**{a: it for a, it in self._known.items() if a not in known}, **known}
        return placed

    def _options(
        self,
        order: Sequence[int],
        boxes: Mapping[int, Box],
        plates: Mapping[int, tuple[int, int]],
        obstacles: Sequence[Box],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(M, C, 2) places of every plate within the image, and what (M, C) they cost."""
        box = np.array([boxes[actor] for actor in order])
        size = np.array([plates[actor] for actor in order], dtype=np.float64)
        corner, extent = box[:, None, :2], (box[:, 2:] - box[:, :2])[:, None]
        push = self._gap + _FAR[:, None] * size[:, None, 1:]
        spots = corner + _PLACES[:, :2] * extent - _PLACES[:, 2:4] * size[:, None] + _PLACES[:, 4:] * push
        spots = np.clip(spots, 0.0, np.maximum(np.array(self._size) - size, 0.0)[:, None])
        ends = spots + size[:, None]
        own = _overlap(spots, ends, box[:, None])
        plate_area = size.prod(axis=1)[:, None]
        covered = np.zeros_like(own)
        if obstacles:
            others = np.array(obstacles)
            covered = _overlap(spots[:, :, None], ends[:, :, None], others[None, None]).sum(axis=2) - own
        own_area = np.maximum((box[:, 2:] - box[:, :2]).prod(axis=1), 1.0)[:, None]
        cost = _COVER_OTHER * np.maximum(covered, 0.0) / plate_area + _DISTANCE * _FAR
        cost += _COVER_OWN * own / own_area + 0.3 * own / plate_area + _RANK * np.arange(len(_FAR))
        return spots, cost

    def _choice(
        self,
        spots: NDArray[np.float64],
        costs: NDArray[np.float64],
        memory: _Memory | None,
        size: tuple[int, int],
        taken: Sequence[Box],
    ) -> int | None:
        """The cheapest free place; the one it had, where that is free and not dearer by the margin."""
        for place in np.argsort(costs, kind="stable").tolist():
            if not _is_free(spots[place, 0], spots[place, 1], *size, taken):
                continue
            if memory is None or memory.place == place or costs[memory.place] > costs[place] + _MARGIN:
                return int(place)
            kept = spots[memory.place]
            return memory.place if _is_free(kept[0], kept[1], *size, taken) else int(place)
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


def _distance(plate: Box, box: Box) -> float:
    """Pixels between two rectangles along the axis on which they are farther apart."""
    across = max(box[0] - plate[2], plate[0] - box[2])
    down = max(box[1] - plate[3], plate[1] - box[3])
    return max(across, down, 0.0)
