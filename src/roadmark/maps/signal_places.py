"""Which of a map's signals is which light of a recording: by place."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Key = TypeVar("_Key", bound=Hashable)
_Name = TypeVar("_Name", bound=Hashable)

BINDING_DISTANCE = 1.5
"""Farthest that a recorded light may be from its signal in plan, metres (Town01's differ by 0.07 to 0.19)."""


def nearest_places(
    positions: Mapping[_Key, ArrayLike], places: Mapping[_Name, ArrayLike], limit: float = BINDING_DISTANCE
) -> dict[_Key, _Name]:
    """Match things to places one to one, with the smallest total distance in plan.

    Heights are ignored: recorded light actors stand 0.65 m and more above the map's signals.

    Args:
        positions: (3,) or (2,) metres of each thing.
        places: (3,) or (2,) metres of each place.
        limit: Farthest match in metres.

    Returns:
        The place of each thing that has one.
    """
    things, names = list(positions), list(places)
    if not things or not names:
        return {}
    here = np.array([np.asarray(positions[thing], dtype=np.float64)[:2] for thing in things])
    there = np.array([np.asarray(places[name], dtype=np.float64)[:2] for name in names])
    distance = np.linalg.norm(here[:, None] - there[None], axis=2)
    return {things[row]: names[column] for row, column in _nearest_pairs(distance, limit)}


def _nearest_pairs(distance: NDArray[np.float64], limit: float) -> list[tuple[int, int]]:
    """Pairs (row, column) with the smallest total distance, none farther apart than the limit, by ascending row."""
    nearest = distance.argmin(axis=1)
    rows = np.flatnonzero(distance.min(axis=1) <= limit)
    columns = nearest[rows]
    if len(np.unique(columns)) < len(columns):
        from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow to load, and seldom two want the same

        # Pairs beyond the limit all cost the same, so that they never decide between good ones.
        rows, columns = linear_sum_assignment(np.minimum(distance, 1e3 * limit) + 1e6 * (distance > limit))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [(row, column) for row, column in pairs if distance[row, column] <= limit]
