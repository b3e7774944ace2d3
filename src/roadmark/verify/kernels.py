"""Compiled loops: the gradient of a picture, and how well an object's samples fit it at many displacements."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

Function = TypeVar("Function", bound=Callable[..., Any])

NOISE = 0.25
"""Standard deviation of `Picture.structure` that compression alone makes: no structure is weaker."""
GRAY_NOISE = 0.7
"""The same of gray levels."""


def _kernel(function: Function) -> Function:
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True}
    try:
        return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]  # numba has no types
    except RuntimeError:  # no folder that can be written to: compiled anew by every process
        return numba.njit(**options)(function)  # type: ignore[no-any-return]


@_kernel
def magnitude(dx: NDArray[Any], dy: NDArray[Any], scale: float, out: NDArray[np.float32]) -> None:
    """Length of the gradient (H, W) of int16 components, scaled, into `out`."""
    factor = np.float32(scale)
    for row in range(dx.shape[0]):
        for column in range(dx.shape[1]):
            x, y = np.float32(dx[row, column]), np.float32(dy[row, column])
            out[row, column] = factor * math.sqrt(x * x + y * y)


@_kernel
def correlate(
    image: NDArray[Any],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    template: NDArray[np.float32],
    displacements: NDArray[np.int32],
    noise: float,
    out: NDArray[np.float64],
) -> None:
    """Normalised correlation of a template's samples with a picture, at every displacement.

    Args:
        image: (H, W) picture.
        rows: (N,) where the samples lie.
        columns: (N,) where the samples lie.
        template: (N,) what is expected there.
        displacements: (D, 2) dx, dy; samples pushed out of the picture do not count.
        noise: Standard deviation of the picture's noise: what varies less does not correlate.
        out: (D,) correlations in [-1, 1]; 0 where too little is left.
    """
    height, width = image.shape
    for number in range(displacements.shape[0]):
        dx, dy = displacements[number, 0], displacements[number, 1]
        count = 0
        sum_a = sum_b = sum_aa = sum_bb = sum_ab = 0.0
        for sample in range(rows.shape[0]):
            row, column = rows[sample] + dy, columns[sample] + dx
            if 0 <= row < height and 0 <= column < width:
                a, b = np.float64(image[row, column]), np.float64(template[sample])
                count += 1
                sum_a += a
                sum_b += b
                sum_aa += a * a
                sum_bb += b * b
                sum_ab += a * b
        out[number] = 0.0
        if 2 * count >= rows.shape[0] and count >= 8:
            variance_a = sum_aa / count - (sum_a / count) ** 2 + noise * noise
            variance_b = sum_bb / count - (sum_b / count) ** 2
            if variance_b > 1e-9:
                covariance = sum_ab / count - sum_a * sum_b / count / count
                out[number] = covariance / math.sqrt(variance_a * variance_b)
