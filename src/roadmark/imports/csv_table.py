"""Tables of poses as CSV: comma separated, a header, UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from roadmark.errors import FormatError
from roadmark.files import input_errors, open_input
from roadmark.geometry import FloatArray
from roadmark.imports.columns import COMPLETE, NUMBERS, TEXTS, check_header
from roadmark.imports.pose_table import MAX_BYTES, MAX_ROWS, PoseTable, cell_error, number

_LONGEST_LINE = 1 << 16
_BLOCK = 1 << 15  # rows that are text at a time
_REQUIRED = frozenset({*COMPLETE, "yaw", "yaw_deg"})


def read_csv_table(path: Path) -> PoseTable:
    """Read a CSV of poses.

    Raises:
        InputError: It cannot be read.
        FormatError: A column or cell is wrong, or the file is too large; says where.
    """
    with input_errors(path), open_input(path) as raw:
        text = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8-sig", newline="")
        reader = csv.reader(_lines(text, path), strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if not header:
                raise FormatError("is empty; the first line names the columns", path=path)
            check_header(header, path)
            return _Columns(path, header).read(reader)
        except csv.Error as error:
            raise FormatError(f"no CSV: {error}", path=path, field=f"line {reader.line_num}") from None
        except UnicodeDecodeError as error:
            raise FormatError(f"not UTF-8 text: {error.reason}", path=path) from None


def _lines(text: IO[str], path: Path) -> Iterator[str]:
    size = 0
    number_of_line = 0
    while line := text.readline(_LONGEST_LINE):
        number_of_line += 1
        size += len(line)
        if len(line) == _LONGEST_LINE:
            raise FormatError("longer than 65535 characters", path=path, field=f"line {number_of_line}")
        if size > MAX_BYTES:
            raise FormatError(f"larger than {MAX_BYTES} bytes; split it", path=path)
        yield line


class _Columns:
    """Columns that grow block by block."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path, self.header = path, header
        self.lines: list[int] = []
        self.numbers: dict[str, list[FloatArray]] = {name: [] for name in header if name in NUMBERS}
        self.texts: dict[str, list[str]] = {name: [] for name in header if name in TEXTS}
        self.known: dict[str, str] = {}

    def read(self, reader: Iterator[list[str]]) -> PoseTable:
        block: list[list[str]] = []
        first = 0
        for cells in reader:
            if not cells:
                continue
            line = reader.line_num  # type: ignore[attr-defined]
            if len(cells) != len(self.header):
                message = f"{len(cells)} cells, but the header has {len(self.header)} columns"
                raise FormatError(message, path=self.path, field=f"line {line}")
            self.lines.append(line)
            if len(self.lines) > MAX_ROWS:
                raise FormatError(f"more than {MAX_ROWS} rows; split the file", path=self.path)
            block.append(cells)
            if len(block) == _BLOCK:
                self._add(block, first)
                first, block = len(self.lines), []
        self._add(block, first)
        numbers = {name: np.concatenate(parts) for name, parts in self.numbers.items()}
        return PoseTable(self.path, "line", np.array(self.lines, np.int64), numbers, self.texts)

    def _add(self, block: list[list[str]], first: int) -> None:
        for index, name in enumerate(self.header):
            if name in self.numbers:
                self.numbers[name].append(self._numbers([row[index].strip() for row in block], name, first))
            elif name in self.texts:
                cells = [row[index].strip() for row in block]
                if name in _REQUIRED and "" in cells:
                    raise cell_error(self.path, "line", self.lines[first + cells.index("")], name, "is empty")
                self.texts[name].extend(self.known.setdefault(cell, cell) for cell in cells)

    def _numbers(self, cells: list[str], name: str, first: int) -> FloatArray:
        values = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells):
            if cell:
                value = number(cell)
                if value is None:
                    message = f"{cell[:40]!r} is not a finite number of sensible size"
                    raise cell_error(self.path, "line", self.lines[first + row], name, message)
                values[row] = value
            elif name in _REQUIRED:
                raise cell_error(self.path, "line", self.lines[first + row], name, "is empty; give a number")
        return values
