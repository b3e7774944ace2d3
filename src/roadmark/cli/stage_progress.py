"""How a run of many stages gets on: what is done, how much is left, and how long that will take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from roadmark.cli import console

if TYPE_CHECKING:
    from roadmark.pipeline import ItemResult, Timings

DONE, SKIPPED, FAILED = "done", "skipped", "failed"


def duration(seconds: float) -> str:
    """Seconds in words.

    Examples:
        >>> [duration(value) for value in (0.4, 59.6, 125, 7300)]
        ['0 s', '1 min', '2 min 5 s', '2 h 2 min']
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest if not hours else 0, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


class StageProgress:
    """Tells every result with the time left, in lines; on a terminal with a bar below them. A context manager.

    The time left is that of the stage, from what this run made of it: items that were made before take none.

    Args:
        timings: Where the seconds of items are kept.
        clock: Seconds of a clock that does not go back.

    Attributes:
        refusals: Number of things that could not be used.
    """

    def __init__(self, timings: Timings | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.refusals = 0
        self._timings = timings
        self._clock = clock
        self._totals: Mapping[str, int] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._begun: dict[str, float] = {}
        self._since = clock()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
        )
        self._bars = Progress(*columns, console=console.err, disable=not console.err.is_terminal)
        self._bar: dict[str, TaskID] = {}

    def __enter__(self) -> StageProgress:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, totals: Mapping[str, int]) -> None:
        """Stages begin; each with its number of items."""
        self._totals = {**self._totals, **totals}
        self._since = self._clock()

    def refused(self, name: str, error: Exception) -> None:
        """Something cannot be used, and is left out."""
        self.refusals += 1
        console.fail(f"{name}: {error}")

    def result(self, stage: str, result: ItemResult) -> None:
        """An item has ended, or needed nothing."""
        now = self._clock()
        counts = self._counts.setdefault(stage, Counter())
        begun = self._begun.setdefault(stage, self._since)
        self._since = now
        counts[result.status.value] += 1
        if result.seconds is not None and self._timings is not None:
            self._timings.add(stage, result.item_id, result.seconds)
        left = self._left(stage, now - begun)
        self._tell(stage, result, left)
        if stage not in self._bar:
            self._bar[stage] = self._bars.add_task(stage, total=self._totals.get(stage), left="")
        self._bars.update(self._bar[stage], advance=1, left=left)

    def _left(self, stage: str, elapsed: float) -> str:
        counts = self._counts[stage]
        remaining = self._totals.get(stage, 0) - counts.total()
        made = counts[DONE] + counts[FAILED]
        if remaining <= 0 or not made:
            return ""
        return f"about {duration(elapsed / made * remaining)} left"

    def _tell(self, stage: str, result: ItemResult, left: str) -> None:
        facts = result.result or {}
        number = f"{self._counts[stage].total()}/{self._totals.get(stage, 0)}"
        if result.error is not None:
            console.fail(f"{stage} {result.item_id}: {result.error.message}")
        elif result.status.value == DONE:
            verdict = ", rejected" if facts.get("verdict") == "reject" else ""
            console.tell(f"{stage} {result.item_id}: done{verdict} ({', '.join(filter(None, (number, left)))})")
        if result.status.value != SKIPPED:
            for message in (*facts.get("reasons", ()), *facts.get("notes", ())):
                console.note(f"{result.item_id}: {message}")
