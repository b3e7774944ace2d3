"""Columns of ClipGT's Parquet tables, read within bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.files import input_errors, open_input
from roadmark.geometry import FloatArray

MAX_BYTES = 4 << 30
MAX_ROWS = 10_000_000


class ClipTable:
    """One table: columns `key`, a payload named as the table, `version`.

    Args:
        path: The file.
        name: Name of the table.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is no readable Parquet (a truncated one is none), lacks its payload, or is too large.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        with input_errors(path):
            if path.stat().st_size > MAX_BYTES:
                raise FormatError(f"larger than {MAX_BYTES} bytes", path=path)
            with open_input(path) as stream:
                try:
                    file = pq.ParquetFile(stream)
                    if file.metadata.num_rows > MAX_ROWS:
                        message = f"{file.metadata.num_rows} rows; at most {MAX_ROWS} are read"
                        raise FormatError(message, path=path)
                    if name not in file.schema_arrow.names:
                        raise FormatError(f"has no column {name}; is it this table?", path=path)
                    self._table = file.read(columns=[name, "key"])
                except (pa.ArrowException, OSError, ValueError) as error:  # names of columns may be no text
                    message = f"no readable Parquet: {str(error)[:200]}; copy the file again"
                    raise FormatError(message, path=path) from None

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def column(self, *names: str, of: str = "") -> Any:
        """The Arrow column under these names of the payload (or of another column).

        Raises:
            FormatError: There is none.
        """
        column: Any = None
        try:
            column = self._table.column(of or self.name)
            for name in names:
                column = pc.struct_field(column, [name])
        except (pa.ArrowException, KeyError, IndexError) as error:
            field = ".".join((of or self.name, *names))
            raise FormatError(f"has no such column: {str(error)[:80]}", path=self.path, field=field) from None
        return column

    def timestamps(self) -> NDArray[np.int64]:
        """(N,) microseconds of the rows.

        Raises:
            FormatError: They are missing, or no whole numbers.
        """
        column = self.column("timestamp_micros", of="key")
        if not pa.types.is_integer(column.type) or column.null_count:
            raise FormatError("must be whole numbers", path=self.path, field="key.timestamp_micros")
        return np.asarray(column.to_numpy(), np.int64)

    def vectors(self, name: str, axes: str = "xyz") -> FloatArray:
        """(N, len(axes)) float64 of a struct of numbers; NaN where one is missing.

        Raises:
            FormatError: There is no such struct of numbers.
        """
        parts = []
        for axis in axes:
            column = self.column(name, axis)
            if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
                message = f"holds {column.type}, not numbers"
                raise FormatError(message, path=self.path, field=f"{self.name}.{name}.{axis}")
            parts.append(np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64))
        return np.stack(parts, axis=1)

    def texts(self, *names: str) -> list[str]:
        """(N,) texts, of numbers too; empty where missing.

        Raises:
            FormatError: They are neither, or no UTF-8.
        """
        column = self.column(*names)
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_integer(column.type):
            column = column.cast(pa.string())
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            field = ".".join((self.name, *names))
            raise FormatError(f"holds {column.type}, not text", path=self.path, field=field)
        try:
            return [text or "" for text in column.to_pylist()]
        except UnicodeDecodeError:
            field = ".".join((self.name, *names))
            raise FormatError("holds text that is not UTF-8", path=self.path, field=field) from None

    def rows(self) -> list[dict[str, Any]]:
        """Payloads as dictionaries.

        Raises:
            FormatError: They hold text that is none.
        """
        try:
            return [row or {} for row in self._table.column(self.name).to_pylist()]
        except UnicodeDecodeError:
            raise FormatError("holds text that is not UTF-8", path=self.path, field=self.name) from None
