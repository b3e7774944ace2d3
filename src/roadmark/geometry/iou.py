"""Overlap of boxes: exact oriented intersection over union in space and from above, and of rectangles in the image.

The 3D intersection is computed, not sampled: one box is cut by the six planes of the other as a closed polyhedron whose
faces share their vertices, so every vertex is classified once and the result stays closed (and the volume exact to
rounding) also where faces coincide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from roadmark.errors import GeometryError
from roadmark.geometry.boxes import FACES, Box3D
from roadmark.geometry.rotations import FloatArray, finite_array

_Faces = list[list[int]]


def intersection_volume(a: Box3D, b: Box3D) -> float:
    """Volume in cubic metres common to two boxes of the same frame, any rotations.

    Raises:
        GeometryError: The boxes are in different frames.
    """
    _check_frames(a, b)
    reach = 0.5 * (np.linalg.norm(a.size) + np.linalg.norm(b.size))
    if np.linalg.norm(a.center - b.center) >= reach:
        return 0.0
    vertices: list[FloatArray] = list((a.corners() - b.center) @ b.rotation)
    faces: _Faces = [list(face) for face in FACES]
    for axis in range(3):
        for sign in (1.0, -1.0):
            faces = _cut(vertices, faces, axis, sign, 0.5 * float(b.size[axis]))
            if not faces:
                return 0.0
    return _volume(vertices, faces)


def box_iou_3d(a: Box3D, b: Box3D) -> float:
    """Intersection over union of two oriented boxes of the same frame, in [0, 1], exact to rounding.

    Examples:
        >>> a = Box3D(np.zeros(3), np.array([4.0, 2.0, 1.5]), np.eye(3))
        >>> b = Box3D(np.array([2.0, 0.0, 0.0]), np.array([4.0, 2.0, 1.5]), np.eye(3))
        >>> round(box_iou_3d(a, b), 12)  # half of each: 6 / (12 + 12 - 6)
        0.333333333333
    """
    return _ratio(intersection_volume(a, b), a.volume, b.volume)


def box_iou_bev(a: Box3D, b: Box3D, up: ArrayLike = (0.0, 0.0, 1.0)) -> float:
    """Intersection over union of two boxes' shadows on the ground (bird's-eye view).

    For a tilted box the shadow is the hull of all eight corners, so heights play no part and the value does not
    depend on which side a box calls its length.

    Args:
        a: A box.
        b: A box of the same frame.
        up: (3,) direction of up in that frame; (0, -1, 0) in a level camera's RDF frame.
    """
    _check_frames(a, b)
    axis = finite_array(up, 3, "up")
    length = float(np.linalg.norm(axis))
    if length < 1e-12:
        raise GeometryError("up must be a direction, not zero")
    # Any two axes across `up` do: the ratio does not depend on the turn about it.
    across = np.linalg.svd((axis / length)[None, :])[2][1:]
    first, second = (_convex_hull((box.corners() - b.center) @ across.T) for box in (a, b))
    common = _clip_convex(first, second)
    return _ratio(_area(common), _area(first), _area(second))


def box_iou_matrix(a: Sequence[Box3D], b: Sequence[Box3D]) -> FloatArray:
    """(len(a), len(b)) of `box_iou_3d`; pairs whose bounding spheres are apart cost next to nothing."""
    return np.array([[box_iou_3d(one, other) for other in b] for one in a]).reshape(len(a), len(b))


def iou_2d(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Intersection over union of image rectangles.

    Args:
        a: (N, 4) xmin, ymin, xmax, ymax in continuous pixels (a rectangle of one pixel has xmax = xmin + 1).
        b: (M, 4).

    Returns:
        (N, M) in [0, 1]; 0 where both are empty.

    Raises:
        GeometryError: Not finite, or a maximum below its minimum.
    """
    first, second = (finite_array(np.reshape(np.asarray(x), (-1, 4)), 4, "rectangles") for x in (a, b))
    for rectangles in (first, second):
        if (rectangles[:, 2:] < rectangles[:, :2]).any():
            raise GeometryError("a rectangle's maximum lies below its minimum: give xmin, ymin, xmax, ymax")
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    common = np.maximum(high - low, 0.0).prod(axis=-1)
    areas = [(r[:, 2:] - r[:, :2]).prod(axis=-1) for r in (first, second)]
    union = areas[0][:, None] + areas[1][None, :] - common
    return np.asarray(np.divide(common, union, out=np.zeros_like(common), where=union > 0.0))


def _check_frames(a: Box3D, b: Box3D) -> None:
    if a.frame and b.frame and a.frame != b.frame:
        raise GeometryError(f"boxes in {a.frame!r} and {b.frame!r} have no overlap to speak of; transform one first")


def _ratio(common: float, a: float, b: float) -> float:
    return min(max(common / (a + b - common), 0.0), 1.0)


def _cut(vertices: list[FloatArray], faces: _Faces, axis: int, sign: float, half: float) -> _Faces:
    """Keep the part of a closed convex polyhedron with ``sign * x[axis] <= half``; new vertices are appended."""
    used = {index for face in faces for index in face}
    beyond = {index: sign * float(vertices[index][axis]) - half for index in used}
    if max(beyond.values()) <= 0.0:
        return faces
    if min(beyond.values()) >= 0.0:
        return []
    cuts: dict[tuple[int, int], int] = {}

    def crossing(inner: int, outer: int) -> int:
        if (inner, outer) not in cuts:
            share = beyond[inner] / (beyond[inner] - beyond[outer])
            cuts[inner, outer] = len(vertices)
            vertices.append(vertices[inner] + share * (vertices[outer] - vertices[inner]))
        return cuts[inner, outer]

    kept: _Faces = []
    follower: dict[int, int] = {}  # the caps' edges: the faces' cut edges, run the other way round
    for face in faces:
        polygon: list[int] = []
        leaving: list[int] = []
        entering: list[int] = []
        for here, there in zip(face, face[1:] + face[:1], strict=True):
            if beyond[here] <= 0.0:
                polygon.append(here)
            if beyond[here] <= 0.0 < beyond[there]:
                leaving.append(crossing(here, there))
                polygon.append(leaving[-1])
            elif beyond[there] <= 0.0 < beyond[here]:
                entering.append(crossing(there, here))
                polygon.append(entering[-1])
        # A face lying in the plane up to rounding may leave and enter more than once. Each way out has its way back in:
        # the next one, which comes first in the list where the face begins outside.
        if entering and beyond[face[0]] > 0.0:
            entering = entering[1:] + entering[:1]
        follower.update(zip(entering, leaving, strict=True))
        if polygon:
            kept.append(polygon)
    return [*kept, *_loops(follower)]


def _loops(follower: dict[int, int]) -> _Faces:
    """The closed loops of a permutation given as vertex -> next vertex."""
    loops: _Faces = []
    while follower:
        loop = [next(iter(follower))]
        while (following := follower.pop(loop[-1])) != loop[0]:
            loop.append(following)
        loops.append(loop)
    return loops


def _volume(vertices: list[FloatArray], faces: _Faces) -> float:
    """Volume of a closed polyhedron by the divergence theorem, from a point of its own for precision."""
    origin = vertices[faces[0][0]]
    total = 0.0
    for face in faces:
        corners = np.array([vertices[index] for index in face]) - origin  # slivers of two vertices add nothing
        total += float((np.cross(corners[1:-1], corners[2:]) @ corners[0]).sum())
    return total / 6.0


def _convex_hull(points: FloatArray) -> FloatArray:
    """(K, 2) hull of points (N, 2), counter-clockwise; Qhull merges corners that differ by rounding only."""
    from scipy.spatial import ConvexHull  # noqa: PLC0415 - slow to load, and only this measure needs it

    return np.asarray(points[ConvexHull(points).vertices])


def _rounding(points: FloatArray) -> float:
    """Turns (twice an area) below this are zero but for rounding; coinciding edges must not cross each other."""
    extent = float(np.ptp(points, axis=0).max())
    return 1e-11 * extent * extent


def _turn(a: FloatArray, b: FloatArray, c: FloatArray) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _clip_convex(subject: FloatArray, clip: FloatArray) -> FloatArray:
    """Sutherland-Hodgman: the part (K, 2) of a convex polygon inside another, both counter-clockwise."""
    polygon = list(subject)
    straight = _rounding(clip)
    for start, end in zip(clip, np.roll(clip, -1, axis=0), strict=True):
        turns = [_turn(start, end, point) for point in polygon]
        sides = [0.0 if abs(turn) <= straight else turn for turn in turns]
        clipped: list[FloatArray] = []
        for k, point in enumerate(polygon):
            following = (k + 1) % len(polygon)
            if sides[k] >= 0.0:
                clipped.append(point)
            if sides[k] * sides[following] < 0.0:
                share = sides[k] / (sides[k] - sides[following])
                clipped.append(point + share * (polygon[following] - point))
        polygon = clipped
    return np.array(polygon).reshape(-1, 2)


def _area(polygon: FloatArray) -> float:
    following = np.roll(polygon, -1, axis=0)
    return 0.5 * float((polygon[:, 0] * following[:, 1] - polygon[:, 1] * following[:, 0]).sum())
