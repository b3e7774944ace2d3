"""How long items took, in a file of its own: what a run makes must not depend on a clock.

One JSON line per item, ``{"stage": "simulate", "item": "scenario_1", "seconds": 12.5}``; appended, never rewritten. A
line that a killed process left half written counts as not written, and so does a file that cannot be written.
"""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path

from roadmark.files import has_file, read_bounded

MAX_TIMINGS_BYTES = 1 << 26


class Timings:
    """The seconds of items of earlier runs and of this one.

    Args:
        path: The file; what it holds is read.

    Raises:
        InputError: It is there and cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._totals: dict[str, tuple[float, int]] = {}
        if has_file(path):
            for line in read_bounded(path, MAX_TIMINGS_BYTES).splitlines():
                with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
                    entry = json.loads(line)
                    self._count(str(entry["stage"]), float(entry["seconds"]))

    def add(self, stage: str, item_id: str, seconds: float) -> None:
        """Remember an item."""
        self._count(stage, seconds)
        line = json.dumps({"stage": stage, "item": item_id, "seconds": round(seconds, 3)})
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")

    def mean(self, stage: str) -> float | None:
        """Seconds of an item of a stage; None where none is known."""
        seconds, number = self._totals.get(stage, (0.0, 0))
        return seconds / number if number else None

    def _count(self, stage: str, seconds: float) -> None:
        if not (seconds >= 0 and math.isfinite(seconds)):
            raise ValueError(f"{seconds} seconds")
        total, number = self._totals.get(stage, (0.0, 0))
        self._totals[stage] = (total + seconds, number + 1)
