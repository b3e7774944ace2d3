"""Cameras that stand still: blocks of pixels that nothing new can have changed are taken from the frame before.

A block stays as it was when no instance that moved, came, went or changed its look can be seen in it, directly or in a
mirror, can shade it or can take sky light from it, neither where it was nor where it is; and when no such lamp shines
on it. These questions are answered with boxes that are never too small, so a frame is the same, byte for byte, as one
rendered anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, PinholeCamera
from roadmark.render.hits import SIDE
from roadmark.render.lighting import HIGHLIGHT_MARGIN
from roadmark.render.mesh import Mesh
from roadmark.render.rays import CENTER_U, EYE, RIGHT, PackedCamera
from roadmark.render.scene import Attribute, PlacedScene
from roadmark.render.trace import OCCLUSION_RANGE

POINTS, DIRECTIONS, MIRRORED, BLOCK_BOUNDS = 0, 6, 12, 18
"""Columns of a block's bounds: six each of the points seen, of its mirror rays' directions and of the points these hit,
and how many in all. Six are the lowest and highest of two coordinates across the sun's rays, and of one along them."""

BOX = 6
"""Columns of a box: lowest and highest of each of the three."""

OCCLUSION_REACH = 2.0 * OCCLUSION_RANGE
"""Metres within which a thing may take sky light: occlusion rays are a normal and a unit vector long."""

MOST_BYTES = 512_000_000
"""Memory for the pictures of still cameras; the one used longest ago is forgotten first."""

_NEAR = 1.0e-3  # metres before the camera's plane at which boxes are cut
_TOUCHING = 0.1  # metres between the camera and a box around which every pixel may show it
_WINDOW_MARGIN = 1.0  # pixels
_BOX_MARGIN = 0.02  # metres
_LAMP_MARGIN = 0.1  # metres: lamps shine on the points seen, and bounds hold where rays leave them
_EDGES = np.array([[a, a | bit] for a in range(8) for bit in (1, 2, 4) if not a & bit])  # of a box

_OUTWARDS = np.array([-1.0, 1.0, -1.0, 1.0, -1.0, 1.0])

_Signature = tuple[Mesh, bytes]


@dataclass(eq=False)
class _Reach:
    """Where the instances of a frame can be seen and what they can shade.

    Attributes:
        rows: Row of the two arrays by what tells an instance from others.
        windows: (I, 4) left, top, right, bottom in pixels.
        boxes: (I, 6) as `BLOCK_BOUNDS`.
        objects: (I,) equal for instances of one object.
        lamps: What lamps light, (6,) as boxes, by what tells a lamp from others.
    """

    rows: dict[_Signature, int]
    windows: NDArray[np.float64]
    boxes: NDArray[np.float64]
    objects: NDArray[np.int64]
    lamps: dict[bytes, NDArray[np.float64]]

    def but(self, other: _Reach) -> list[int]:
        """Rows of the instances that the other frame lacks."""
        return [row for signature, row in self.rows.items() if signature not in other.rows]


@dataclass(eq=False)
class StillView:
    """One still camera's last frame.

    Attributes:
        images: The kernels' images, changed in place.
        buffers: The kernels' buffers, kept for what their neighbours need.
        bounds: (blocks, `BLOCK_BOUNDS`) float32; the kernels write them.
        reach: Of the frame in `images`; None where they hold none.
    """

    images: Any
    buffers: Any
    bounds: NDArray[np.float32]
    reach: _Reach | None = None

    def stale_blocks(
        self, reach: _Reach, *, shadows: bool, occlusion: bool, neighbours: bool, mirrors: bool = False
    ) -> NDArray[np.uint8]:
        """(blocks,) 1 where the images have to be rendered again for a frame of this reach; they then belong to it.

        Args:
            reach: Of the frame to come; becomes `reach` when its images are rendered.
            shadows: Whether instances shade.
            occlusion: Whether instances take sky light.
            neighbours: Whether pixels depend on those beside them.
            mirrors: Whether mirror images are traced.
        """
        height, width = self.images.depth.shape
        last, self.reach = self.reach, None
        stale = np.zeros((-(-height // SIDE), -(-width // SIDE)), np.uint8)
        if last is None:
            stale[:] = 1
            return stale.reshape(-1)
        bounds = self.bounds.reshape(*stale.shape, BLOCK_BOUNDS)
        for here, there in ((reach, last), (last, reach)):
            changed = here.but(there)
            _mark_windows(here.windows[changed], stale)
            boxes = _boxes_of_objects(here.boxes[changed], here.objects[changed])
            lit = np.array([box for lamp, box in here.lamps.items() if lamp not in there.lamps]).reshape(-1, BOX)
            shaded = boxes.copy()
            shaded[:, 4] = -np.inf
            touched = np.concatenate([lit, shaded if shadows else shaded[:0]])
            _mark_boxes(touched, bounds[..., POINTS:DIRECTIONS], stale)
            if occlusion:
                _mark_boxes(boxes + OCCLUSION_REACH * _OUTWARDS, bounds[..., POINTS:DIRECTIONS], stale)
            if mirrors:
                _mark_boxes(touched, bounds[..., MIRRORED:], stale)
                _mark_mirrored(boxes, bounds, stale)
        if neighbours:
            cv2.dilate(stale, np.ones((3, 3), np.uint8), stale)
        return stale.reshape(-1)


@dataclass
class StillViews:
    """The still cameras of a renderer, by everything but the instances that a frame depends on."""

    _views: dict[bytes, StillView | None] = field(default_factory=dict)

    def find(self, key: bytes, image_bytes: int) -> tuple[bool, StillView | None]:
        """Whether to keep the view of a camera, and its view if there is one already.

        The first camera of all is expected to stand still, others are believed when they are seen again.
        """
        known = not self._views or key in self._views
        view = self._views.pop(key, None)
        while len(self._views) >= max(1, MOST_BYTES // image_bytes):
            del self._views[next(iter(self._views))]
        self._views[key] = view
        return known, view

    def keep(self, key: bytes, view: StillView) -> None:
        """Keep the view of a camera."""
        self._views[key] = view


def sun_axes(sun: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3, 3) rows: two unit vectors across the sun's rays, and the one to the sun."""
    towards = sun.astype(np.float64)
    across = np.cross(towards, np.eye(3)[np.argmin(np.abs(towards))])
    across /= np.linalg.norm(across)
    return np.stack([across, np.cross(towards, across), towards]).astype(np.float32)


def reach_of(
    placed: PlacedScene,
    packed: PackedCamera,
    camera: Camera,
    axes: NDArray[np.float32],
    hidden: frozenset[int],
    lamps: NDArray[np.float32],
) -> _Reach:
    """Where the instances of a placed scene can be seen and what they can shade.

    Args:
        placed: The scene; row 0, the static mesh, is left out.
        packed: The camera at its pose.
        camera: The same.
        axes: From `sun_axes`.
        hidden: Object ids the camera does not see.
        lamps: (N, 12) rows of `SpotLight.pack`.
    """
    looks = placed.arrays.attributes[:, Attribute.OBJECT_ID :]
    rows: dict[_Signature, int] = {}
    for row, mesh in enumerate(placed.meshes[1:], start=1):
        seen = b"\0" if int(looks[row, 0]) in hidden else b"\1"
        rows[mesh, placed.arrays.placements[row].tobytes() + looks[row].tobytes() + seen] = row
    along = placed.corners @ axes.T.astype(np.float64)
    boxes = np.stack([along.min(axis=1), along.max(axis=1)], axis=2).reshape(-1, BOX)
    boxes += _BOX_MARGIN * _OUTWARDS
    ids = looks[:, 0].astype(np.int64)
    objects = np.where(ids > 0, ids, -np.arange(len(ids)))
    windows = box_windows(placed.corners, packed, camera)
    return _Reach(rows, windows, boxes, objects, {lamp.tobytes(): _lit_box(lamp, axes) for lamp in lamps})


def _lit_box(lamp: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float64]:
    """(6,) box around the part of a ball that a lamp lights: its apex and a cap, along given axes."""
    position, direction = axes.astype(np.float64) @ lamp[:3], axes.astype(np.float64) @ lamp[3:6]
    cone = np.arccos(np.clip(float(lamp[10]) - HIGHLIGHT_MARGIN, -1.0, 1.0)) + 1e-3
    box = np.empty(BOX)
    for side, sign in ((0, -1.0), (1, 1.0)):
        apart = np.arccos(np.clip(sign * direction, -1.0, 1.0)) - cone
        reach = float(lamp[11]) * np.maximum(np.cos(np.clip(apart, 0.0, np.pi)), 0.0)
        box[side::2] = position + sign * (reach + _LAMP_MARGIN)
    return box


def box_windows(corners: NDArray[np.float64], packed: PackedCamera, camera: Camera) -> NDArray[np.float64]:
    """(I, 4) left, top, right, bottom of the pixels that boxes (I, 8, 3) can cover; right < left for none.

    Everything for a lens that bends lines.

    The part of a box before the camera is the hull of its corners there and of the points where its edges meet the
    camera's plane, and a pinhole maps a hull into the window of its corners.
    """
    if not isinstance(camera, PinholeCamera):
        return np.tile([-np.inf, -np.inf, np.inf, np.inf], (len(corners), 1))
    axes = packed.view[RIGHT:CENTER_U].astype(np.float64).reshape(3, 3)
    points = (corners - packed.view[EYE:RIGHT]) @ axes.T
    start, end = points[:, _EDGES[:, 0]], points[:, _EDGES[:, 1]]
    step = end[..., 2] - start[..., 2]
    crosses = (start[..., 2] - _NEAR) * (end[..., 2] - _NEAR) < 0.0
    share = np.where(crosses, (_NEAR - start[..., 2]) / np.where(step == 0.0, 1.0, step), 0.0)
    points = np.concatenate([points, start + (end - start) * share[..., None]], axis=1)
    before = np.concatenate([points[:, :8, 2] >= _NEAR, crosses], axis=1)
    z = np.where(before, np.maximum(points[..., 2], _NEAR), 1.0)
    u = camera.fx * points[..., 0] / z + camera.cx
    v = camera.fy * points[..., 1] / z + camera.cy
    low = [np.where(before, w, np.inf).min(axis=1) - _WINDOW_MARGIN for w in (u, v)]
    high = [np.where(before, w, -np.inf).max(axis=1) + _WINDOW_MARGIN for w in (u, v)]
    windows = np.stack([*low, *high], axis=1)
    extent = np.maximum(corners.min(axis=1) - packed.view[EYE:RIGHT], packed.view[EYE:RIGHT] - corners.max(axis=1))
    windows[extent.max(axis=1) < _TOUCHING] = (-np.inf, -np.inf, np.inf, np.inf)
    return windows


def _mark_windows(windows: NDArray[np.float64], stale: NDArray[np.uint8]) -> None:
    """Mark the blocks (rows, columns) that pixel windows meet."""
    rows, columns = stale.shape
    edges = np.clip(windows, -SIDE, SIDE * (max(rows, columns) + 1))  # infinities become numbers
    for left, top, right, bottom in np.floor(edges / SIDE).astype(int).tolist():
        if right >= max(left, 0) and bottom >= max(top, 0):
            stale[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = 1


def _boxes_of_objects(boxes: NDArray[np.float64], objects: NDArray[np.int64]) -> NDArray[np.float64]:
    """(K, 6) boxes around those (I, 6) of each object: fewer to look for, at little loss."""
    ids, group = np.unique(objects, return_inverse=True)
    merged = np.tile(-np.inf * _OUTWARDS, (len(ids), 1))
    np.minimum.at(merged[:, ::2], group, boxes[:, ::2])
    np.maximum.at(merged[:, 1::2], group, boxes[:, 1::2])
    return merged


def _mark_boxes(boxes: NDArray[np.float64], bounds: NDArray[np.float32], stale: NDArray[np.uint8]) -> None:
    """Mark the blocks (rows, columns) whose points' bounds (rows, columns, 6) meet boxes."""
    rows = np.stack([bounds[..., k].max(axis=1) if k % 2 else bounds[..., k].min(axis=1) for k in range(6)], axis=1)
    for box in boxes:
        near = np.flatnonzero(_meet(rows, box))
        if near.size:
            stale[near] |= _meet(bounds[near], box).astype(np.uint8)


def _mark_mirrored(boxes: NDArray[np.float64], bounds: NDArray[np.float32], stale: NDArray[np.uint8]) -> None:
    """Mark the blocks whose mirror rays may meet boxes: rays from their points, in their bounds of directions."""
    some = bounds[..., DIRECTIONS] <= bounds[..., DIRECTIONS + 1]
    start, along = (bounds[some][:, first : first + 6].astype(np.float64) for first in (POINTS, DIRECTIONS))
    met = np.zeros(len(start), np.bool_)
    for box in boxes:
        # Each axis leaves a span of ways along the ray on which it can be within the box.
        least, most = np.zeros(len(start)), np.full(len(start), np.inf)
        for axis in range(0, 6, 2):
            for room, slope in (
                (box[axis + 1] - start[:, axis], along[:, axis]),
                (start[:, axis + 1] - box[axis], -along[:, axis + 1]),
            ):
                # slope * way <= room
                way = room / np.where(slope == 0.0, 1.0, slope)
                most = np.where(slope > 0.0, np.minimum(most, way), most)
                least = np.where(slope < 0.0, np.maximum(least, way), least)
                most = np.where((slope == 0.0) & (room < 0.0), -1.0, most)
        met |= least <= most
    stale[some] |= met.astype(np.uint8)


def _meet(bounds: NDArray[np.float32], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether bounds (..., 6) meet a box (6,)."""
    apart = (bounds[..., ::2] > box[1::2]) | (bounds[..., 1::2] < box[::2])
    return np.logical_not(apart.any(axis=-1))
