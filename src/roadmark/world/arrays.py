"""Index arithmetic on arrays of rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def repeat_index(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For row i repeated counts[i] times: the row and the position within the row, each (sum(counts),)."""
    row = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return row, np.arange(len(row)) - first[row]
