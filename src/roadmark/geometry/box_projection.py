"""Where a 3D box lands in an image: tight bounds and drawable edges, also for boxes partly behind or beside the camera.

Extremes of a convex body's image lie on its edges, so only edges are projected: straight ones by their ends through a
pinhole, sampled and refined through an f-theta lens, whose images of straight edges are curves. Within the image the
bounds are those of the visible part itself, not of the full extent clamped to the border.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry.boxes import EDGES, Box3D
from roadmark.geometry.cameras import Camera, FThetaCamera, PinholeCamera
from roadmark.geometry.rotations import FloatArray

_SAMPLES = 33  # of an f-theta edge, and of each refinement between neighbours
_REFINEMENTS = 2  # each narrows 16-fold: to 1 / 8192 of an edge, and the error goes with the square: 1e-5 px
_CANDIDATES = 3  # edges refined for each of the four sides
_CROSSING_STEPS = 6  # each narrows 32-fold


def project_box(camera: Camera, box: Box3D, *, clip_to_image: bool = True, near: float = 0.01) -> FloatArray | None:
    """Tight bounds of a box in the image.

    Args:
        camera: The camera.
        box: The box in the camera's RDF frame.
        clip_to_image: True gives the bounds of the part within the image; False those of the whole box, in the image or
            not, as far as it lies in front of the camera.
        near: For a pinhole without `clip_to_image`: metres in front of the camera where edges are cut. An f-theta lens
            cuts at its largest angle or at 90 degrees off its axis, whichever is more.

    Returns:
        (4,) xmin, ymin, xmax, ymax in continuous pixels, or None where no part of the box is in view.

    Examples:
        >>> camera = PinholeCamera(100, 100, 50.0, 50.0, 50.0, 50.0)
        >>> box = Box3D(np.array([0.0, 0.0, 11.0]), np.array([2.0, 2.0, 2.0]), np.eye(3), "camera")
        >>> project_box(camera, box).tolist()  # its near face is 10 m away: 50 ± 50 * 1 / 10
        [45.0, 45.0, 55.0, 55.0]
    """
    corners = box.corners()
    starts, ends = (corners[[edge[k] for edge in EDGES]] for k in (0, 1))
    if isinstance(camera, FThetaCamera):
        points = _curve_points(camera, starts, ends, clip_to_image)
    elif clip_to_image:
        points = _segment_points(camera, starts, ends, _frustum(camera), 0.0)
    else:
        points = _segment_points(camera, starts, ends, np.array([[0.0, 0.0, 1.0]]), near)
    if clip_to_image:
        points = np.concatenate([points, _covered_image_corners(camera, box)])
        points = np.clip(points, 0.0, np.array([camera.width, camera.height]))
    if not len(points):
        return None
    bounds = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return bounds if (bounds[2:] > bounds[:2]).all() else None


def box_outline(camera: Camera, box: Box3D, *, samples: int = 24, near: float = 0.01) -> list[FloatArray]:
    """The box's edges as polylines for drawing, in image coordinates and not clipped to the image.

    Args:
        camera: The camera.
        box: The box in the camera's RDF frame.
        samples: Points per edge through an f-theta lens; a pinhole's edges are straight and have two.
        near: Metres in front of a pinhole where edges are cut.

    Returns:
        Arrays (K, 2), K >= 2, of continuous pixels in the order of `boxes.EDGES`; what is out of view is left out.
    """
    corners = box.corners()
    lines: list[FloatArray] = []
    for first, second in EDGES:
        start, end = corners[first], corners[second]
        if isinstance(camera, PinholeCamera):
            line = _segment_points(camera, start[None], end[None], np.array([[0.0, 0.0, 1.0]]), near)
        else:
            projection = camera.project(start + np.linspace(0.0, 1.0, samples)[:, None] * (end - start))
            line = projection.uv[projection.valid]
        if len(line) >= 2:
            lines.append(line)
    return lines


def _frustum(camera: PinholeCamera) -> FloatArray:
    """(4, 3) inward normals of the planes through the camera and the image's borders."""
    return np.array(
        [
            [camera.fx, 0.0, camera.cx],
            [-camera.fx, 0.0, camera.width - camera.cx],
            [0.0, camera.fy, camera.cy],
            [0.0, -camera.fy, camera.height - camera.cy],
        ]
    )


def _segment_points(
    camera: PinholeCamera, starts: FloatArray, ends: FloatArray, normals: FloatArray, offset: float
) -> FloatArray:
    """(2 K, 2) pixels of both ends of the K segments' parts with ``normal . point >= offset`` for every plane."""
    first, last = np.zeros(len(starts)), np.ones(len(starts))
    for normal in normals:
        before, after = starts @ normal - offset, ends @ normal - offset
        change = np.where(before == after, 1.0, before - after)
        crossing = before / change
        first = np.where((before < 0.0) & (after >= 0.0), np.maximum(first, crossing), first)
        last = np.where((before >= 0.0) & (after < 0.0), np.minimum(last, crossing), last)
        last = np.where((before < 0.0) & (after < 0.0), -1.0, last)
    kept = first <= last
    along = (ends - starts)[kept]
    points = np.stack([starts[kept] + t[kept, None] * along for t in (first, last)], axis=1).reshape(-1, 3)
    projection = camera.project(points)
    return np.asarray(projection.uv[projection.valid])


def _covered_image_corners(camera: Camera, box: Box3D) -> FloatArray:
    """(K, 2) those corners of the image whose rays hit the box (slab test in the box's frame)."""
    width, height = camera.width, camera.height
    pixels = np.array([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]])
    directions = camera.rays(pixels) @ box.rotation
    directions = np.where(np.abs(directions) < 1e-15, 1e-15, directions)
    origin = -box.center @ box.rotation
    planes = np.stack([(sign * 0.5 * box.size - origin) / directions for sign in (-1.0, 1.0)])
    enter, leave = planes.min(axis=0).max(axis=1), planes.max(axis=0).min(axis=1)
    return np.asarray(pixels[(leave >= enter) & (leave > 0.0)])


def _curve_points(camera: FThetaCamera, starts: FloatArray, ends: FloatArray, clip_to_image: bool) -> FloatArray:
    """(K, 2) pixels among which are the extremes of the parts in view of the curves that the edges project to."""
    curves = _Curves(camera, starts, ends, clip_to_image)
    edges = np.arange(len(starts))
    s = np.broadcast_to(np.linspace(0.0, 1.0, _SAMPLES), (len(edges), _SAMPLES))
    # An edge may enter the view between two samples: look where it comes closest.
    s = np.sort(np.concatenate([s, _narrowed(curves.margin, edges, s)], axis=1), axis=1)
    uv = curves.pixels(edges, s)
    inside = curves.margin(edges, s) >= 0.0
    found = [uv[inside], curves.crossings(s, inside)]
    for axis, sign in ((0, 1.0), (0, -1.0), (1, 1.0), (1, -1.0)):

        def reach(rows: NDArray[np.intp], t: FloatArray, axis: int = axis, sign: float = sign) -> FloatArray:
            return np.where(curves.margin(rows, t) >= 0.0, sign * curves.pixels(rows, t)[..., axis], -np.inf)

        # Sampling leaves far less between neighbours than separates the first edges from the rest.
        best = np.argsort(np.where(inside, sign * uv[..., axis], -np.inf).max(axis=1))[-_CANDIDATES:]
        t = _narrowed(reach, best, s[best])
        found.append(curves.pixels(best, t)[curves.margin(best, t) >= 0.0])
    return np.concatenate(found)


class _Curves:
    """Edges as curves in an f-theta image, parameter 0..1 from end to end.

    The parameter runs straight between the unit directions of the ends: even steps in the image, whatever the
    perspective.
    """

    def __init__(self, camera: FThetaCamera, starts: FloatArray, ends: FloatArray, clip_to_image: bool) -> None:
        self._camera = camera
        self._ends = [p / np.maximum(np.linalg.norm(p, axis=1, keepdims=True), 1e-12) for p in (starts, ends)]
        self._limit = None if clip_to_image else max(camera.max_angle, 0.5 * np.pi)

    def pixels(self, rows: NDArray[np.intp], s: FloatArray) -> FloatArray:
        """(R, S, 2) pixels of the edges `rows` at s (R, S)."""
        directions = self._directions(rows, s)
        return self._camera.project(directions.reshape(-1, 3)).uv.reshape(*s.shape, 2)

    def margin(self, rows: NDArray[np.intp], s: FloatArray) -> FloatArray:
        """(R, S) how far inside the view the edges `rows` are at s (R, S); negative outside."""
        if self._limit is not None:
            directions = self._directions(rows, s)
            lateral = np.hypot(directions[..., 0], directions[..., 1])
            return np.asarray(self._limit - np.arctan2(lateral, directions[..., 2]))
        uv = self.pixels(rows, s)
        size = np.array([self._camera.width, self._camera.height])
        return np.asarray(np.minimum(uv, size - uv).min(axis=-1))

    def crossings(self, s: FloatArray, inside: NDArray[np.bool_]) -> FloatArray:
        """(K, 2) pixels where edges cross the border of the view, between neighbouring samples of all edges."""
        rows, at = np.nonzero(inside[:, 1:] != inside[:, :-1])
        entering = inside[rows, at + 1]
        within, without = s[rows, at + entering], s[rows, at + ~entering]
        for _ in range(_CROSSING_STEPS if len(rows) else 0):
            t = within[:, None] + (without - within)[:, None] * np.linspace(0.0, 1.0, _SAMPLES)
            outside = self.margin(rows, t) < 0.0
            outside[:, -1] = True
            first = np.maximum(np.argmax(outside, axis=1), 1)
            within, without = t[np.arange(len(rows)), first - 1], t[np.arange(len(rows)), first]
        return self.pixels(rows, within[:, None])[:, 0]

    def _directions(self, rows: NDArray[np.intp], s: FloatArray) -> FloatArray:
        first, last = (end[rows, None] for end in self._ends)
        return np.asarray((1.0 - s)[..., None] * first + s[..., None] * last)


def _narrowed(
    function: Callable[[NDArray[np.intp], FloatArray], FloatArray], rows: NDArray[np.intp], s: FloatArray
) -> FloatArray:
    """(R, _SAMPLES) parameters closing in on each edge's maximum of `function` near its best sample of s (R, S)."""
    for _ in range(_REFINEMENTS):
        best = np.argmax(function(rows, s), axis=1)[:, None]
        low = np.take_along_axis(s, np.maximum(best - 1, 0), axis=1)
        high = np.take_along_axis(s, np.minimum(best + 1, s.shape[1] - 1), axis=1)
        s = low + (high - low) * np.linspace(0.0, 1.0, _SAMPLES)
    return s
