"""JSON arrays written item by item: memory does not grow with their length."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from roadmark.files import atomic_file


def write_json_array(path: Path | str, records: Iterable[Any], *, indent: int = 4) -> int:
    """Write an array whole or not at all, in the very bytes of `json.dump(list(records), file, indent=indent)`.

    Returns:
        How many records there are.

    Raises:
        OutputError: The file cannot be written.
    """
    margin = " " * indent
    count = 0
    with atomic_file(Path(path)) as partial, partial.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("[")
        for record in records:
            text = json.dumps(record, indent=indent, allow_nan=False)  # ASCII: a text's own line ends are escaped
            stream.write((",\n" if count else "\n") + margin + text.replace("\n", f"\n{margin}"))
            count += 1
        stream.write("\n]" if count else "]")
    return count
