"""Stretches of frames in which something holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Run = tuple[int, int]
"""First and last index, both inclusive."""


def runs_of(holds: ArrayLike) -> list[Run]:
    """Stretches of consecutive true values in (N,).

    Examples:
        >>> runs_of([False, True, True, False, True])
        [(1, 2), (4, 4)]
    """
    flags = np.concatenate([[False], np.asarray(holds, dtype=bool), [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(flags))
    return [(int(first), int(after) - 1) for first, after in zip(edges[::2], edges[1::2], strict=True)]


def joined(runs: list[Run], times: ArrayLike, gap: float) -> list[Run]:
    """Stretches that follow each other within `gap` seconds as one; `times` (N,) are the indices' seconds.

    Examples:
        >>> joined([(0, 1), (3, 4), (9, 9)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 2.0)
        [(0, 4), (9, 9)]
    """
    seconds = np.asarray(times, dtype=np.float64)
    merged: list[Run] = []
    for first, last in runs:
        if merged and seconds[first] - seconds[merged[-1][1]] <= gap:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return merged
