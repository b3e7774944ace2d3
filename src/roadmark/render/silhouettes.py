"""How many pixels an object covers if nothing stands before it, inside the image and beyond its edges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Camera, PinholeCamera
from roadmark.render.frame import Silhouette
from roadmark.render.hits import Scratch, new_scratch
from roadmark.render.jit import Array, Scalar, device_function, kernel
from roadmark.render.packets import (
    DIRECTION_X,
    DIRECTION_Y,
    DIRECTION_Z,
    FAR,
    LANES,
    ORIGIN_X,
    ORIGIN_Y,
    ORIGIN_Z,
    SceneArrays,
    occluded16,
)
from roadmark.render.rays import (
    CENTER_U,
    CENTER_V,
    DOWN,
    EYE,
    FORWARD,
    RADIUS_LIMIT,
    RIGHT,
    X_FROM_U,
    Y_FROM_V,
    PackedCamera,
    camera_ray,
)
from roadmark.render.scene import PlacedScene, SceneStore

EXTENT = 3
"""Width and height of the searched area in images, the image in the middle."""

CELL = 64
"""Side of the coarsest squares of pixels that are tested against bounding spheres; halved down to a packet's 4 x 4."""

TILE = 4
COARSE_PIXELS = 100_000
"""Above this estimate of pixels outside the image, only every fourth row and column is sampled there."""

COARSE_STEP = 4

NEAREST_CORNER = 0.05
"""Boxes with a corner nearer to the camera's plane than this, metres, have no pixel window."""

# Cosines no angle has, for squares the camera sees in part or not at all.
PARTLY_SEEN = -2.0
UNSEEN = 2.0

f32 = np.float32


def measure_silhouettes(
    store: SceneStore,
    placed: PlacedScene,
    packed: PackedCamera,
    camera: Camera,
    groups: Sequence[Sequence[int]],
    mapper: Callable[[Callable[[int], Any], Iterable[int]], list[Any]],
) -> list[Silhouette]:
    """Measure groups of placed instances, each alone.

    Args:
        store: Where the instances are placed.
        placed: All of them.
        packed: The camera at its pose.
        camera: Its size.
        groups: Rows of `placed` per object.
        mapper: Calls a function for all items, possibly in parallel.
    """
    cells = cell_cones(packed, camera.width, camera.height)
    bounds = np.column_stack([placed.centers, placed.radii]).astype(np.float32)
    windows = pixel_windows(placed, packed, camera)

    # Scenes that share instances are made one after the other; rays may then go through all of them at once.
    scenes = [store.subset(placed, rows) if rows else None for rows in groups]

    def measure(index: int) -> Silhouette:
        found, rows = scenes[index], list(groups[index])
        if found is None:
            return Silhouette(0, 0, None)
        scene = found[0]
        result = np.zeros(6, np.int64)
        spheres = around(bounds[rows])
        rows_windows = windows[rows]
        whole = np.concatenate([rows_windows[:, :2].min(axis=0), rows_windows[:, 2:].max(axis=0)])
        count_pixels(
            scene, packed.view, packed.table, cells, spheres, np.concatenate([whole[None], rows_windows]),
            camera.width, camera.height, new_scratch(), result,
        )  # fmt: skip
        inside, total, xmin, ymin, xmax, ymax = result.tolist()
        return Silhouette(inside, total, (xmin, ymin, xmax, ymax) if inside else None)

    return mapper(measure, range(len(groups)))


def pixel_windows(placed: PlacedScene, packed: PackedCamera, camera: Camera) -> NDArray[np.float32]:
    """(I, 4) float32 left, top, right, bottom of the pixels each instance's box can cover; infinite if unknown.

    A pinhole maps a box before it into the window of its corners. For boxes that reach behind the camera,
    and for lenses that bend lines, bounding spheres have to do.
    """
    windows = np.tile(np.array([-np.inf, -np.inf, np.inf, np.inf], np.float32), (len(placed.corners), 1))
    if not isinstance(camera, PinholeCamera):
        return windows
    axes = packed.view[RIGHT:CENTER_U].astype(np.float64).reshape(3, 3)
    x, y, z = np.moveaxis((placed.corners - packed.view[EYE:RIGHT]) @ axes.T, -1, 0)
    before = (z > NEAREST_CORNER).all(axis=1)
    u = camera.fx * x[before] / z[before] + camera.cx
    v = camera.fy * y[before] / z[before] + camera.cy
    edges = np.stack([u.min(axis=1) - 1, v.min(axis=1) - 1, u.max(axis=1) + 1, v.max(axis=1) + 1], axis=1)
    windows[before] = np.clip(edges, -1e9, 1e9)
    return windows


def around(spheres: NDArray[np.float32]) -> NDArray[np.float32]:
    """(K + 1, 4) float32: a sphere around all K spheres, then those."""
    largest = spheres[np.argmax(spheres[:, 3])]
    reach = np.linalg.norm(spheres[:, :3] - largest[:3], axis=1) + spheres[:, 3]
    return np.concatenate([[[*largest[:3], reach.max() * 1.0001]], spheres]).astype(np.float32)


def cell_cones(packed: PackedCamera, width: int, height: int) -> NDArray[np.float32]:
    """(rows, columns, 5) float32 cones around the rays of every cell of the searched area.

    Columns: unit axis, sine and cosine of the half angle; or a cosine that marks a cell beyond the lens.
    """
    rows, columns = -(-EXTENT * height // CELL), -(-EXTENT * width // CELL)
    cones = np.zeros((rows, columns, 5), np.float32)
    fill_cones(packed.view, packed.table, -width, -height, CELL, cones)
    return cones


@kernel
def fill_cones(view: Array, table: Array, x0: int, y0: int, size: int, cones: Array) -> None:
    """Fill `cell_cones`' array for cells of `size` pixels from (x0, y0)."""
    for row in range(cones.shape[0]):
        for column in range(cones.shape[1]):
            ax, ay, az, sine, cosine = _cone(view, table, x0 + column * size, y0 + row * size, size)
            cones[row, column, 0] = ax
            cones[row, column, 1] = ay
            cones[row, column, 2] = az
            cones[row, column, 3] = sine
            cones[row, column, 4] = cosine


@device_function
def _unit_ray(view: Array, table: Array, u: Scalar, v: Scalar) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    dx, dy, dz, _, inside = camera_ray(view, table, u, v)
    inverse = f32(1.0) / np.sqrt(dx * dx + dy * dy + dz * dz + f32(1e-20))
    return dx * inverse, dy * inverse, dz * inverse, inside


@device_function
def _cone(
    view: Array, table: Array, x: Scalar, y: Scalar, size: Scalar
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Axis, sine and cosine of the half angle of the rays of a square of pixels."""
    half = f32(0.5) * f32(size)
    ax, ay, az, inside = _unit_ray(view, table, f32(x) + half, f32(y) + half)
    least = f32(1.0)
    all_inside = inside
    any_inside = inside
    for corner in range(4):
        bx, by, bz, corner_inside = _unit_ray(view, table, f32(x + (corner & 1) * size), f32(y + (corner >> 1) * size))
        all_inside = all_inside and corner_inside
        any_inside = any_inside or corner_inside
        least = min(least, ax * bx + ay * by + az * bz)
    if not all_inside:
        # A lens that is large against the square cannot be inside it without reaching its centre or a corner.
        beyond = not any_inside and view[RADIUS_LIMIT] > f32(4 * size)
        return f32(0.0), f32(0.0), f32(1.0), f32(0.0), f32(UNSEEN) if beyond else f32(PARTLY_SEEN)
    least = max(least - f32(2e-6), f32(-1.0))
    return ax, ay, az, np.sqrt(max(f32(1.0) - least * least, f32(0.0))), least


@device_function
def _meets(
    ax: Scalar, ay: Scalar, az: Scalar, sine: Scalar, cosine: Scalar, ex: Scalar, ey: Scalar, ez: Scalar,
    spheres: Array, begin: Scalar, end: Scalar,
) -> Scalar:  # fmt: skip
    """Whether a cone from the eye may meet one of the spheres `begin` to `end - 1`."""
    if cosine == f32(PARTLY_SEEN):
        return True
    if cosine == f32(UNSEEN):
        return False
    for i in range(begin, end):
        x = spheres[i, 0] - ex
        y = spheres[i, 1] - ey
        z = spheres[i, 2] - ez
        radius = spheres[i, 3] * f32(1.0001) + f32(1e-4)
        squared = x * x + y * y + z * z
        if squared <= radius * radius:
            return True
        along = x * ax + y * ay + z * az
        across = np.sqrt(max(squared - along * along, f32(0.0)))
        # Distance of the sphere's centre from the cone's surface, in the plane through the axis.
        if across * cosine - along * sine <= radius and along * cosine + across * sine > -radius:
            return True
    return False


@device_function
def _overlaps(windows: Array, begin: Scalar, end: Scalar, x: Scalar, y: Scalar, size: Scalar) -> Scalar:
    """Whether a square of pixels meets one of the windows `begin` to `end - 1`."""
    left, top, right, bottom = f32(x), f32(y), f32(x + size), f32(y + size)
    for i in range(begin, end):
        if left < windows[i, 2] and right > windows[i, 0] and top < windows[i, 3] and bottom > windows[i, 1]:
            return True
    return False


@kernel
def count_pixels(
    scene: SceneArrays,
    view: Array,
    table: Array,
    cells: Array,
    spheres: Array,
    windows: Array,
    width: int,
    height: int,
    scratch: Scratch,
    result: Array,
) -> None:
    """Count the pixels whose centre's ray hits the scene.

    Args:
        scene: One object.
        view: Packed camera.
        table: Its radial table.
        cells: From `cell_cones`.
        spheres: (K + 1, 4) float32 bounding spheres of the object and of its parts.
        windows: (K + 1, 4) float32 pixel windows of the same, see `pixel_windows`.
        width: Image width.
        height: Image height.
        scratch: Working memory.
        result: (6,) int64, written: pixels inside the image, in all, and xmin, ymin, xmax, ymax inside.
    """
    rays, words, valid = scratch.rays, scratch.words, scratch.valid
    ex, ey, ez = view[EYE], view[EYE + 1], view[EYE + 2]
    for lane in range(LANES):
        rays[ORIGIN_X + lane] = ex
        rays[ORIGIN_Y + lane] = ey
        rays[ORIGIN_Z + lane] = ez
    result[2] = width
    result[3] = height
    result[4] = -1
    result[5] = -1
    outside = 0
    for row in range(cells.shape[0]):
        for column in range(cells.shape[1]):
            x = column * CELL - width
            y = row * CELL - height
            inside = 0 <= x < width - CELL and 0 <= y < height - CELL
            if not inside and _overlaps(windows, 0, 1, x, y, CELL) and _meets(
                cells[row, column, 0], cells[row, column, 1], cells[row, column, 2], cells[row, column, 3],
                cells[row, column, 4], ex, ey, ez, spheres, 0, 1,
            ):  # fmt: skip
                outside += CELL * CELL
    step = COARSE_STEP if outside > COARSE_PIXELS else 1
    for row in range(cells.shape[0]):
        for column in range(cells.shape[1]):
            x = column * CELL - width
            y = row * CELL - height
            if _overlaps(windows, 0, 1, x, y, CELL) and _meets(
                cells[row, column, 0], cells[row, column, 1], cells[row, column, 2], cells[row, column, 3],
                cells[row, column, 4], ex, ey, ez, spheres, 0, 1,
            ):  # fmt: skip
                _count_cell(scene, view, table, rays, words, valid, spheres, windows, x, y, width, height, step, result)


@device_function
def _count_cell(
    scene: SceneArrays, view: Array, table: Array, rays: Array, words: Array, valid: Array, spheres: Array,
    windows: Array, x0: Scalar, y0: Scalar, width: Scalar, height: Scalar, step: Scalar, result: Array,
) -> None:  # fmt: skip
    """Count one cell: sharpen it to tiles, then trace those that may meet the object."""
    ex, ey, ez = view[EYE], view[EYE + 1], view[EYE + 2]
    # Quarters of a cell that lie wholly outside the image may be sampled coarsely; a tile then spans `step` times as
    # much.
    for qy in range(y0, y0 + CELL, TILE * COARSE_STEP):
        for qx in range(x0, x0 + CELL, TILE * COARSE_STEP):
            size = TILE * COARSE_STEP
            if not _overlaps(windows, 1, windows.shape[0], qx, qy, size):
                continue
            ax, ay, az, sine, cosine = _cone(view, table, qx, qy, size)
            if not _meets(ax, ay, az, sine, cosine, ex, ey, ez, spheres, 1, spheres.shape[0]):
                continue
            beyond = qx >= width or qy >= height or qx + size <= 0 or qy + size <= 0
            stride = step if beyond else 1
            span = TILE * stride
            for ty in range(qy, qy + size, span):
                for tx in range(qx, qx + size, span):
                    if not _overlaps(windows, 1, windows.shape[0], tx, ty, span):
                        continue
                    _count_tile(scene, view, table, rays, words, valid, tx, ty, stride, width, height, result)


@device_function
def _aim_tile(
    view: Array, table: Array, rays: Array, valid: Array, x0: Scalar, y0: Scalar, stride: Scalar, width: Scalar,
    height: Scalar,
) -> Scalar:  # fmt: skip
    """Aim a packet at 4 x 4 pixels `stride` apart; whether any of them is seen and searched."""
    seen = 0
    if view[RADIUS_LIMIT] > f32(0.0):
        for lane in range(LANES):
            x = x0 + (lane & 3) * stride
            y = y0 + (lane >> 2) * stride
            dx, dy, dz, _, inside = camera_ray(view, table, f32(x) + f32(0.5), f32(y) + f32(0.5))
            rays[DIRECTION_X + lane] = dx
            rays[DIRECTION_Y + lane] = dy
            rays[DIRECTION_Z + lane] = dz
            rays[FAR + lane] = f32(np.inf)
            valid[lane] = -1 if inside else 0
    else:
        # The same as `camera_ray` for a pinhole, without a branch per pixel.
        for lane in range(LANES):
            x = f32(x0 + (lane & 3) * stride) + f32(0.5)
            y = f32(y0 + (lane >> 2) * stride) + f32(0.5)
            x = view[X_FROM_U] * (x - view[CENTER_U])
            y = view[Y_FROM_V] * (y - view[CENTER_V])
            rays[DIRECTION_X + lane] = view[RIGHT] * x + view[DOWN] * y + view[FORWARD]
            rays[DIRECTION_Y + lane] = view[RIGHT + 1] * x + view[DOWN + 1] * y + view[FORWARD + 1]
            rays[DIRECTION_Z + lane] = view[RIGHT + 2] * x + view[DOWN + 2] * y + view[FORWARD + 2]
            rays[FAR + lane] = f32(np.inf)
            valid[lane] = -1
    if x0 < 0 or y0 < 0 or x0 + 3 * stride >= width or y0 + 3 * stride >= height:
        for lane in range(LANES):
            x = x0 + (lane & 3) * stride
            y = y0 + (lane >> 2) * stride
            if not (-width <= x < 2 * width and -height <= y < 2 * height):
                valid[lane] = 0
    for lane in range(LANES):
        seen += valid[lane]
    return seen != 0


@device_function
def _count_tile(
    scene: SceneArrays, view: Array, table: Array, rays: Array, words: Array, valid: Array, x0: Scalar, y0: Scalar,
    stride: Scalar, width: Scalar, height: Scalar, result: Array,
) -> None:  # fmt: skip
    """Trace a packet over 4 x 4 pixels `stride` apart and count its hits, each for stride squared pixels."""
    if not _aim_tile(view, table, rays, valid, x0 + (stride >> 1), y0 + (stride >> 1), stride, width, height):
        return
    occluded16(scene, valid, rays, words, scene.coherent)
    for lane in range(LANES):
        if valid[lane] != 0 and rays[FAR + lane] < f32(0.0):
            x = x0 + (lane & 3) * stride + (stride >> 1)
            y = y0 + (lane >> 2) * stride + (stride >> 1)
            result[1] += stride * stride
            if 0 <= x < width and 0 <= y < height:
                result[0] += 1
                result[2] = min(result[2], x)
                result[3] = min(result[3], y)
                result[4] = max(result[4], x)
                result[5] = max(result[5], y)
