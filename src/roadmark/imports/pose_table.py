"""`PoseTable`: a table of poses from a CSV or Parquet file, read within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.geometry import FloatArray

MAX_BYTES: Final = 2 << 30
"""Largest file."""
MAX_ROWS: Final = 10_000_000
"""Most rows: more is memory spent on a wrong file."""
LARGEST: Final = 1e9
"""Metres, seconds or radians beyond which a number describes no scenario."""


@dataclass(frozen=True, eq=False)
class PoseTable:
    """The rows of a file, column by column.

    Attributes:
        path: The file.
        unit: What `rows` counts: lines of a CSV, the header being line 1, or rows of a Parquet file, from 1.
        rows: (N,) where each row is.
        numbers: (N,) by column; NaN where a cell is empty.
        texts: (N) by column; "" where a cell is empty.
    """

    path: Path
    unit: str
    rows: NDArray[np.int64]
    numbers: Mapping[str, FloatArray]
    texts: Mapping[str, list[str]]

    def __len__(self) -> int:
        return len(self.rows)

    def fail(self, row: int, column: str, message: str) -> NoReturn:
        """Say what is wrong with a cell.

        Raises:
            FormatError: Always; it names file, line or row, and column.
        """
        raise cell_error(self.path, self.unit, int(self.rows[row]), column, message)


def cell_error(path: Path, unit: str, row: int, column: str, message: str) -> FormatError:
    """The error of one cell."""
    return FormatError(message, path=path, field=f"{unit} {row}, {column}")


def number(text: str) -> float | None:
    """A cell's number; None where it is none, or not finite, or absurdly large."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= LARGEST and "_" not in text else None
