"""Vector products of the many small arrays a town is made of, where numpy's own spend most of their time on checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def cross(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Cross products (..., 3) of vectors (..., 3) of one floating type, equal to `numpy.cross` bit for bit."""
    x, y, z = first[..., 0], first[..., 1], first[..., 2]
    u, v, w = second[..., 0], second[..., 1], second[..., 2]
    product = np.empty(np.broadcast(first, second).shape, dtype=first.dtype)
    product[..., 0] = y * w - z * v
    product[..., 1] = z * u - x * w
    product[..., 2] = x * v - y * u
    return product
