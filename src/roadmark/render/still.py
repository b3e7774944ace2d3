"""Cameras that stand still: blocks of pixels that nothing new can have changed are taken from the frame before.

A block stays as it was when no instance that moved, came, went or changed its look can be seen in it, directly or in a
mirror, can shade it or can take sky light from it, neither where it was nor where it is; and when no such lamp shines
on it. What only a lamp, a mirror image or a neighbour changed keeps its hits and is shaded again. These questions are
answered with boxes that are never too small, so a frame is the same, byte for byte, as one rendered anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, PinholeCamera
from roadmark.render.bounds import MIRRORED, POINTS
from roadmark.render.hits import BLOCK, PLACED, SIDE, SURFACE
from roadmark.render.lamps import HIGHLIGHT_MARGIN
from roadmark.render.lighting import LAMP_COLUMNS
from roadmark.render.mesh import Mesh
from roadmark.render.passes import RELIT
from roadmark.render.rays import CENTER_U, EYE, RIGHT, PackedCamera
from roadmark.render.scene import Attribute, PlacedScene
from roadmark.render.touching import mark_boxes, mark_highlights, mark_lit, mark_mirrored
from roadmark.render.trace import OCCLUSION_RANGE

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
        boxes: (I, 6) as `bounds`.
        objects: (I,) equal for instances of one object.
        surfaces: (I,) first triangle record.
        lamps: (12,) float64 rows of `LAMP_COLUMNS` along the same axes as boxes, by what tells a lamp from others.
    """

    rows: dict[_Signature, int]
    windows: NDArray[np.float64]
    boxes: NDArray[np.float64]
    objects: NDArray[np.int64]
    surfaces: NDArray[np.int32]
    lamps: dict[bytes, NDArray[np.float64]]

    def but(self, other: _Reach) -> list[int]:
        """Rows of the instances that the other frame lacks."""
        return [row for signature, row in self.rows.items() if signature not in other.rows]

    def lamps_but(self, other: _Reach) -> NDArray[np.float64]:
        """(N, 12) lamps that the other frame lacks."""
        rows = [row for signature, row in self.lamps.items() if signature not in other.lamps]
        return np.array(rows, np.float64).reshape(-1, LAMP_COLUMNS)

    def rename_hits(self, marks: NDArray[np.int32], last: _Reach) -> None:
        """Let hits of the last frame's instances be hits of this frame's; `marks` as of `HitBuffers`."""
        rows = np.zeros(len(last.surfaces), np.int32)
        for signature, row in last.rows.items():
            rows[row] = self.rows.get(signature, 0)
        shift = np.where(rows > 0, self.surfaces[rows] - last.surfaces, 0).astype(np.int32)
        if shift.any() or (rows[rows > 0] != np.flatnonzero(rows)).any():
            surface, placed = marks[:, SURFACE : SURFACE + BLOCK], marks[:, PLACED : PLACED + BLOCK]
            old = np.where(surface >= 0, placed, 0)
            surface += shift[old]
            placed[:] = rows[old]


@dataclass(eq=False)
class StillView:
    """One still camera's last frame.

    Attributes:
        images: The kernels' images, changed in place.
        buffers: The kernels' buffers, kept for what their neighbours need.
        bounds: (blocks, 24) float32; the kernels write them.
        reach: Of the frame in `images`; None where they hold none.
    """

    images: Any
    buffers: Any
    bounds: NDArray[np.float32]
    reach: _Reach | None = None

    def stale_blocks(
        self,
        reach: _Reach,
        *,
        shadows: bool,
        occlusion: bool,
        neighbours: bool,
        mirrors: bool = False,
        wet: bool = False,
    ) -> NDArray[np.uint8]:
        """(2, blocks) 1 where the images have to be traced, and where shaded, for a frame of this reach.

        Where only lamps changed and what they shine on was kept, the second is `RELIT`.

        The images and the kept hits then belong to that frame.

        Args:
            reach: Of the frame to come; becomes `reach` when its images are rendered.
            shadows: Whether instances shade.
            occlusion: Whether instances take sky light.
            neighbours: Whether pixels depend on those beside them.
            mirrors: Whether mirror images are traced.
            wet: Whether lamps show on the ground beyond their cones.
        """
        height, width = self.images.depth.shape
        last, self.reach = self.reach, None
        stale = np.ones((2, -(-height // SIDE), -(-width // SIDE)), np.uint8)
        keeps = occlusion and bool(last and last.lamps)
        if last is None or (reach.lamps and occlusion and not keeps):
            return stale.reshape(2, -1)
        stale[:] = 0
        traced, shaded = stale.reshape(2, -1)
        changes = []
        for here, there in ((reach, last), (last, reach)):
            rows = here.but(there)
            _mark_windows(here.windows[rows], stale[0])
            boxes = _boxes_of_objects(here.boxes[rows], here.objects[rows])
            shadow = boxes.copy() if shadows else boxes[:0].copy()
            shadow[:, 4] = -np.inf
            mark_boxes(shadow, self.bounds, POINTS, traced)
            if occlusion:
                mark_boxes(boxes + OCCLUSION_REACH * _OUTWARDS, self.bounds, POINTS, traced)
            changes.append((boxes, shadow, here.lamps_but(there)))
        stale[1] = cv2.dilate(stale[0], np.ones((3, 3), np.uint8)) if neighbours else stale[0]
        if mirrors:
            for boxes, shadow, lamps in changes:
                mark_lit(lamps, self.bounds, MIRRORED, 0.0, _LAMP_MARGIN, shaded)
                mark_boxes(shadow, self.bounds, MIRRORED, shaded)
                mark_mirrored(boxes, self.bounds, shaded)
        lit = shaded.copy()
        for _, _, lamps in changes:
            mark_lit(lamps, self.bounds, POINTS, 0.0, _LAMP_MARGIN, lit)
            if wet:
                mark_highlights(lamps, self.bounds, HIGHLIGHT_MARGIN, _LAMP_MARGIN, lit)
        shaded[lit > shaded] = RELIT if keeps else 1
        if occlusion:  # frames without are traced and shaded at once, and keep no hits
            reach.rename_hits(self.buffers.hits.marks, last)
        return stale.reshape(2, -1)


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
    turned = lamps.astype(np.float64)
    turned[:, :3] = lamps[:, :3] @ axes.T.astype(np.float64)
    turned[:, 3:6] = lamps[:, 3:6] @ axes.T.astype(np.float64)
    by_lamp = {lamp.tobytes(): along for lamp, along in zip(lamps, turned, strict=True)}
    surfaces = placed.arrays.attributes[:, Attribute.FIRST_SURFACE].copy()
    return _Reach(rows, windows, boxes, objects, surfaces, by_lamp)


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
