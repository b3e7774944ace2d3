"""JSON arrays written item by item: memory does not grow with their length."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from roadmark.files import atomic_file, output_errors


class JsonArray:
    """An array in a file that is no output by itself yet; a context manager.

    Its bytes are those of `json.dump(list(records), file, indent=indent)`.

    Args:
        path: The file; its folder exists.
        indent: Spaces of a level.

    Attributes:
        count: Records written.

    Raises:
        OutputError: The file cannot be written.
    """

    def __init__(self, path: Path, indent: int = 4) -> None:
        self.count = 0
        self._path, self._indent = path, indent
        with output_errors(path):
            self._stream = path.open("w", encoding="utf-8", newline="\n")
            self._stream.write("[")

    def add(self, record: Any) -> None:
        """Write a record.

        Raises:
            OutputError: It cannot be written.
        """
        step = " " * self._indent
        text = _laid_out(record, step, step)
        with output_errors(self._path):
            self._stream.write((",\n" if self.count else "\n") + step + text)
        self.count += 1

    def __enter__(self) -> JsonArray:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with output_errors(self._path), self._stream:
            self._stream.write("\n]" if self.count else "]")


def write_json_array(path: Path | str, records: Iterable[Any], *, indent: int = 4) -> int:
    """Write an array whole or not at all.

    Returns:
        How many records there are.

    Raises:
        OutputError: The file cannot be written.
    """
    with atomic_file(Path(path)) as partial, JsonArray(partial, indent) as array:
        for record in records:
            array.add(record)
    return array.count


def _laid_out(value: Any, margin: str, step: str) -> str:
    """JSON over several lines. The library's own way makes a dozen functions for every call, which stay for a while."""
    if not isinstance(value, dict | list | tuple) or not value:
        return json.dumps(value, allow_nan=False)
    inner = margin + step
    if isinstance(value, dict):
        rows = [f"{json.dumps(str(key))}: {_laid_out(item, inner, step)}" for key, item in value.items()]
        opening, closing = "{", "}"
    else:
        rows = [_laid_out(item, inner, step) for item in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(rows) + f"\n{margin}{closing}"
