"""Buffers that are missing, made up from those that are there, so that kernels need not know."""

from __future__ import annotations

import math

import cv2
import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.geometry import RDF_FROM_FLU, Camera, FloatArray, PinholeCamera, Pose, pixel_centers, rotation_from_rpy
from roadmark.relight.buffers import ViewBuffers
from roadmark.relight.edges import edge_marks
from roadmark.relight.images import KIND_BITS, KINDS, Floats, Kind, Picture, Place
from roadmark.relight.windows import window_glass
from roadmark.render.kernels import Array, Scalar, camera_ray, device_function_inlined, f32, kernel

_SAMPLE = 8  # pixels between those that say how high the road lies
_SKYLINE = 60.0  # metres at which what rises above the horizon is taken to stand where no depth is known
_ROAD, _PAVEMENT = int(Kind.ROAD), int(Kind.PAVEMENT)
_IS_GROUND = np.isin(KINDS, (Kind.ROAD, Kind.PAVEMENT))
_NOWHERE = np.zeros((1, 1), np.uint8)
_ASSUMED_HEIGHT = 6.0
_ASSUMED_TILT = math.radians(14.0)
_ASSUMED_VIEW = math.radians(70.0)


def assumed_camera(width: int, height: int) -> tuple[Camera, Pose]:
    """A camera for pictures of which nothing is known: 6 m above the street, tilted down by 14 degrees.

    Its place only serves what falls and the haze; no depth may be trusted to it.
    """
    rotation = rotation_from_rpy(np.array([0.0, _ASSUMED_TILT, 0.0])) @ RDF_FROM_FLU.T
    return PinholeCamera.from_fov(width, height, _ASSUMED_VIEW), Pose(
        rotation, np.array([0.0, 0.0, _ASSUMED_HEIGHT]), "world", "camera"
    )


def complete_picture(
    buffers: ViewBuffers, depth: Floats, view: Floats, table: Floats, *, windows: bool = False
) -> Picture:
    """A frame's buffers, none missing.

    Args:
        buffers: What is there.
        depth: (H, W) of the frame, in the kernels' measure.
        view: Packed camera.
        table: Its radial table.
        windows: Whether windows are to be found.
    """
    height, width = depth.shape
    semantic = buffers.semantic
    if semantic is None:
        if buffers.depth is None:
            semantic = np.zeros((height, width), np.uint8)
        else:
            sky = np.isinf(depth)
            semantic = np.where(sky, np.uint8(SemanticClass.SKY), np.uint8(SemanticClass.UNLABELLED))
    elif buffers.depth is not None and bool((np.isinf(depth) & (semantic != SemanticClass.SKY)).any()):
        # What returns no depth has no place: it is sky, whatever its class.
        semantic = np.where(np.isinf(depth), np.uint8(SemanticClass.SKY), semantic)
    normals = buffers.normals
    if normals is None:
        normals = np.empty((height, width, 3), np.float32)
        if buffers.depth is None:
            normals[:] = (0.0, 0.0, 1.0)
        else:
            normals_from_depth(depth, view, table, normals)
            # Depth from videos has steps, which show most where the view is flattest.
            normals[_IS_GROUND[semantic]] = (0.0, 0.0, 1.0)
    visibility = _NOWHERE if buffers.sun_visibility is None else buffers.sun_visibility
    glass = _NOWHERE
    if windows and buffers.semantic is not None:
        glass = window_glass(buffers.rgb if buffers.albedo is None else buffers.albedo, semantic)
    plain = np.ascontiguousarray
    kinds = np.asarray(cv2.LUT(plain(semantic), KINDS), np.uint8)
    kinds = kinds | edge_marks(kinds, buffers.sun_visibility)
    return Picture(
        plain(buffers.rgb), plain(depth), plain(normals), plain(semantic), kinds, plain(visibility), plain(glass)
    )


def road_height(picture: Picture, place: Place) -> float:
    """Height of the road near the camera in the kernels' frame: the median over its pixels within 60 m.

    Without any road in view, the lowest tenth of what is there.
    """
    heights = np.full(tuple(-(-side // _SAMPLE) for side in picture.depth.shape), np.nan, np.float32)
    sample_heights(picture, place, heights)
    near = picture.kinds[::_SAMPLE, ::_SAMPLE] & KIND_BITS
    known = np.isfinite(heights)
    road = heights[known & ((near == Kind.ROAD) | (near == Kind.UNKNOWN))]
    if road.size:
        return float(np.median(road))
    if known.any():
        return float(np.percentile(heights[known], 10.0))
    return float(place.camera[2]) - _ASSUMED_HEIGHT


def has_steps(depth: Floats) -> bool:
    """Whether depth has no more values than a gray video can hold."""
    return len(np.unique(depth[::_SAMPLE, ::_SAMPLE])) <= 256


def with_level_ground(picture: Picture, place: Place, ground: float) -> Floats:
    """(H, W) depth with roads and pavements that lie about level at `ground` put there: steps would show as waves."""
    depth = picture.depth.copy()
    put_on_ground(picture, place, np.float32(ground), depth)
    return depth


@kernel
def put_on_ground(picture: Picture, place: Place, ground: np.float32, depth: Array) -> None:
    """Move the ground's points along their rays to the height `ground`, where they are within a seventh of it."""
    height, width = depth.shape
    for row in range(height):
        for column in range(width):
            kind = picture.kinds[row, column] & KIND_BITS
            if kind not in (_ROAD, _PAVEMENT):
                continue
            _dx, _dy, dz, scale, _seen = camera_ray(
                place.camera, place.table, f32(column) + f32(0.5), f32(row) + f32(0.5)
            )
            if dz < f32(-1e-3):
                level = (ground - place.camera[2]) / dz * scale
                if abs(level - depth[row, column]) < f32(1.0 / 7.0) * level:
                    depth[row, column] = level


@kernel
def sample_heights(picture: Picture, place: Place, heights: Array) -> None:
    """World heights, in the kernels' frame, of every `_SAMPLE`-th pixel within 60 m; others stay as they are."""
    for row in range(heights.shape[0]):
        for column in range(heights.shape[1]):
            v, u = row * _SAMPLE, column * _SAMPLE
            dx, dy, dz, scale, _seen = camera_ray(place.camera, place.table, f32(u) + f32(0.5), f32(v) + f32(0.5))
            t = picture.depth[v, u] / scale
            if t * f32(math.sqrt(dx * dx + dy * dy + dz * dz)) < f32(60.0):
                heights[row, column] = place.camera[2] + t * dz


def depth_factors(camera: Camera) -> Floats:
    """(H, W) float32 factor from the distance along the ray to the depth along z."""
    rays = camera.rays(pixel_centers(camera.width, camera.height).reshape(-1, 2))
    return np.asarray(rays[:, 2].reshape(camera.height, camera.width), np.float32)


def assumed_depth(camera: Camera, pose: Pose, ground: float) -> Floats:
    """(H, W) distance along the rays to level ground at the height `ground`; above the horizon a fixed distance."""
    rays: FloatArray = camera.rays(pixel_centers(camera.width, camera.height).reshape(-1, 2)) @ pose.rotation.T
    drop = max(float(pose.translation[2]) - ground, 0.5)
    distance = drop / np.maximum(-rays[:, 2], drop / _SKYLINE)
    return np.asarray(distance.reshape(camera.height, camera.width), np.float32)


@device_function_inlined
def _point(depth: Array, view: Array, table: Array, row: int, column: int) -> tuple[Scalar, Scalar, Scalar]:
    dx, dy, dz, scale, _seen = camera_ray(view, table, f32(column) + f32(0.5), f32(row) + f32(0.5))
    t = depth[row, column] / scale
    return t * dx, t * dy, t * dz


@device_function_inlined
def _flatter(depth: Array, row: int, column: int, down: int, right: int) -> int:
    """On which side (-1, 1) the neighbour lies on the same surface: where depth bends less; 0 where neither exists."""
    height, width = depth.shape
    best, side = f32(1e30), 0
    for step in (-1, 1):
        y1, x1 = row + step * down, column + step * right
        y2, x2 = row + 2 * step * down, column + 2 * step * right
        if not (0 <= y1 < height and 0 <= x1 < width and depth[y1, x1] < f32(1e8)):
            continue
        # Inverse depth is linear on a plane.
        a, b = f32(1.0) / depth[row, column], f32(1.0) / depth[y1, x1]
        c = b + (b - a)
        if 0 <= y2 < height and 0 <= x2 < width and depth[y2, x2] < f32(1e8):
            c = f32(1.0) / depth[y2, x2]
        bend = abs(a - f32(2.0) * b + c) + f32(0.02) * abs(a - b)
        if bend < best:
            best, side = bend, step
    return side


@kernel
def normals_from_depth(depth: Array, view: Array, table: Array, normals: Array) -> None:
    """World normals towards the camera from neighbouring points on the same surface.

    Args:
        depth: (H, W) float32; inf is sky.
        view: Packed camera.
        table: Its radial table.
        normals: (H, W, 3) float32, written; upward where there is no surface.
    """
    height, width = depth.shape
    for row in range(height):
        for column in range(width):
            nx, ny, nz = f32(0.0), f32(0.0), f32(1.0)
            if depth[row, column] < f32(1e8):
                right = _flatter(depth, row, column, 0, 1)
                down = _flatter(depth, row, column, 1, 0)
                if right != 0 and down != 0:
                    x, y, z = _point(depth, view, table, row, column)
                    ax, ay, az = _point(depth, view, table, row, column + right)
                    bx, by, bz = _point(depth, view, table, row + down, column)
                    ax, ay, az, bx, by, bz = ax - x, ay - y, az - z, bx - x, by - y, bz - z
                    cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
                    squared = cx * cx + cy * cy + cz * cz
                    if squared > f32(1e-20):
                        sign = f32(-1.0) if cx * x + cy * y + cz * z > f32(0.0) else f32(1.0)
                        scale = sign / f32(math.sqrt(squared))
                        nx, ny, nz = cx * scale, cy * scale, cz * scale
            normals[row, column, 0] = nx
            normals[row, column, 1] = ny
            normals[row, column, 2] = nz
