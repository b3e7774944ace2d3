"""Tables of poses as Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from roadmark.errors import FormatError
from roadmark.files import input_errors, open_input
from roadmark.geometry import FloatArray
from roadmark.imports.columns import COMPLETE, NUMBERS, TEXTS, check_header
from roadmark.imports.pose_table import LARGEST, MAX_BYTES, MAX_ROWS, PoseTable, cell_error

_BATCH = 1 << 16
_LONGEST_TEXT = 4096
_REQUIRED = frozenset({*COMPLETE, "yaw", "yaw_deg"})


def read_parquet_table(path: Path) -> PoseTable:
    """Read a Parquet file of poses.

    Raises:
        InputError: It cannot be read.
        FormatError: It is no Parquet, a column or cell is wrong, or it is too large; says where.
    """
    with input_errors(path):
        if path.stat().st_size > MAX_BYTES:
            raise FormatError(f"larger than {MAX_BYTES} bytes; split it", path=path)
        with open_input(path) as stream:
            try:
                return _read(pq.ParquetFile(stream), path)
            except (pa.ArrowException, OSError) as error:
                raise FormatError(f"no readable Parquet: {str(error)[:200]}", path=path) from None


def _read(file: Any, path: Path) -> PoseTable:
    names = list(file.schema_arrow.names)
    check_header(names, path)
    if file.metadata.num_rows > MAX_ROWS:
        raise FormatError(f"{file.metadata.num_rows} rows; at most {MAX_ROWS} are read", path=path)
    wanted = [name for name in names if name in NUMBERS | TEXTS]
    numbers: dict[str, list[FloatArray]] = {name: [] for name in wanted if name in NUMBERS}
    texts: dict[str, list[str]] = {name: [] for name in wanted if name in TEXTS}
    first, known = 0, dict[str, str]()
    for batch in file.iter_batches(_BATCH, columns=wanted):
        for name in wanted:
            column = batch.column(name)
            if name in numbers:
                numbers[name].append(_numbers(column, name, first, path))
            else:
                texts[name].extend(known.setdefault(cell, cell) for cell in _texts(column, name, first, path))
        first += len(batch)
    joined = {name: np.concatenate([np.empty(0), *parts]) for name, parts in numbers.items()}
    return PoseTable(path, "row", np.arange(1, first + 1), joined, texts)


def _numbers(column: Any, name: str, first: int, path: Path) -> FloatArray:
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
        raise FormatError(f"holds {column.type}, not numbers", path=path, field=name)
    values = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), np.float64)
    given = ~np.asarray(column.is_null().to_numpy(zero_copy_only=False), np.bool_)
    if name in _REQUIRED and not given.all():
        raise cell_error(path, "row", first + 1 + int(np.argmin(given)), name, "is null; give a number")
    wrong = given & ~(np.abs(values) <= LARGEST)
    if wrong.any():
        row = int(np.argmax(wrong))
        message = f"{values[row]} is not a finite number of sensible size; leave missing values null"
        raise cell_error(path, "row", first + 1 + row, name, message)
    return np.where(given, values, np.nan)


def _texts(column: Any, name: str, first: int, path: Path) -> list[str]:
    plain = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if pa.types.is_integer(plain.type) or pa.types.is_null(plain.type):
        plain = plain.cast(pa.string())
    if not (pa.types.is_string(plain.type) or pa.types.is_large_string(plain.type)):
        raise FormatError(f"holds {plain.type}, not text", path=path, field=name)
    longest = pc.max(pc.utf8_length(plain)).as_py() or 0
    if longest > _LONGEST_TEXT:
        raise FormatError(
            f"has a text of {longest} characters; at most {_LONGEST_TEXT} are read", path=path, field=name
        )
    cells = ["" if cell is None else cell.strip() for cell in plain.to_pylist()]
    if name in _REQUIRED and "" in cells:
        raise cell_error(path, "row", first + 1 + cells.index(""), name, "is empty")
    return cells
