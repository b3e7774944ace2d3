"""Triangulating a height grid with few triangles: right-triangulated irregular networks without cracks.

Source: W. Evans, D. Kirkpatrick, G. Townsend, "Right-Triangulated Irregular Networks", Algorithmica 30 (2001).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from roadmark.world.shape import Doubles

Ints = npt.NDArray[np.int64]


def split_errors(height: Doubles, tolerance_scale: Doubles | None = None) -> Doubles:
    """How much worse a mesh gets without each grid point as the middle of a longest edge.

    The error of a point includes those of the points that need it, so that cutting wherever it is too large leaves no
    cracks between triangles of different size.

    Args:
        height: (n + 1, n + 1) with n a power of two.
        tolerance_scale: Same shape; errors are divided by it, so that some places may be coarser. 1 where None.

    Returns:
        (n + 1, n + 1) errors; zero at the four corners.
    """
    n = len(height) - 1
    error = np.zeros_like(height)
    scale = np.ones_like(height) if tolerance_scale is None else tolerance_scale
    step = 1
    while step < n:
        _edge_errors(height, error, scale, step)
        _center_errors(height, error, scale, step)
        step *= 2
    center = n // 2
    error[center, center] = max(error[center, center], 1e9)  # always at least one cut
    return error


def _edge_errors(height: Doubles, error: Doubles, scale: Doubles, h: int) -> None:
    """Points halfway along the sides of squares of size 2 h, whose longest edge is that side."""
    n = len(height) - 1
    half = h // 2
    for axis in (0, 1):
        z, e, s = (array if axis == 0 else array.T for array in (height, error, scale))
        middle = (slice(h, n, 2 * h), slice(0, n + 1, 2 * h))
        low, high = z[0 : n - h : 2 * h, 0 : n + 1 : 2 * h], z[2 * h : n + 1 : 2 * h, 0 : n + 1 : 2 * h]
        own = np.abs(z[middle] - (low + high) / 2.0) / s[middle]
        if half:
            for di in (-half, half):
                row = e[h + di : n : 2 * h]
                own[:, 1:] = np.maximum(own[:, 1:], row[:, 2 * h - half : n + 1 : 2 * h])
                own[:, :-1] = np.maximum(own[:, :-1], row[:, half : n + 1 : 2 * h][:, : own.shape[1] - 1])
        e[middle] = own


def _center_errors(height: Doubles, error: Doubles, scale: Doubles, h: int) -> None:
    """Centres of squares of size 2 h, whose longest edge is the diagonal between an even and an odd corner pair."""
    n = len(height) - 1
    middle = (slice(h, n, 2 * h), slice(h, n, 2 * h))
    z = height
    a, c = z[0 : n - h : 2 * h, 0 : n - h : 2 * h], z[2 * h : n + 1 : 2 * h, 2 * h : n + 1 : 2 * h]
    b, d = z[0 : n - h : 2 * h, 2 * h : n + 1 : 2 * h], z[2 * h : n + 1 : 2 * h, 0 : n - h : 2 * h]
    row, column = np.indices(a.shape)
    main = (row + column) % 2 == 0
    own = np.abs(z[middle] - np.where(main, a + c, b + d) / 2.0) / scale[middle]
    e = error
    for part in (
        e[0 : n - h : 2 * h, h:n : 2 * h], e[2 * h : n + 1 : 2 * h, h:n : 2 * h],
        e[h:n : 2 * h, 0 : n - h : 2 * h], e[h:n : 2 * h, 2 * h : n + 1 : 2 * h],
    ):  # fmt: skip
        own = np.maximum(own, part)
    e[middle] = own


def triangulate(error: Doubles, tolerance: float) -> Ints:
    """Triangles of a height grid, cut wherever the error exceeds the tolerance.

    Args:
        error: From `split_errors`.
        tolerance: In the unit of the errors.

    Returns:
        (T, 3, 2) row and column of the corners, counter-clockwise with columns to the right and rows up.
    """
    n = len(error) - 1
    # Each triangle as (a, b, c): a-b its longest edge, c the right angle.
    front = np.array([[[0, 0], [n, n], [n, 0]], [[n, n], [0, 0], [0, n]]], dtype=np.int64)[:, [1, 0, 2]]
    done: list[Ints] = []
    while len(front):
        a, b, c = front[:, 0], front[:, 1], front[:, 2]
        middle = (a + b) // 2
        whole = np.all((a + b) % 2 == 0, axis=1)
        cut = whole & (error[middle[:, 0], middle[:, 1]] > tolerance)
        done.append(front[~cut])
        a, b, c, middle = a[cut], b[cut], c[cut], middle[cut]
        front = np.concatenate([np.stack([c, a, middle], axis=1), np.stack([b, c, middle], axis=1)])
    return np.concatenate(done)[:, [0, 2, 1]]
