"""How a run of many stages gets on: what is done, how much is left, and how long that will take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskID, TextColumn

from roadmark.cli import console

if TYPE_CHECKING:
    from roadmark.pipeline import ItemResult, Timings

DONE, SKIPPED, FAILED = "done", "skipped", "failed"


def duration(seconds: float) -> str:
    """Seconds in words.

    Examples:
        >>> [duration(value) for value in (0.4, 59.6, 125, 7330)]
        ['0 s', '1 min', '2 min 5 s', '2 h 2 min']
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    parts = [(hours, "h"), (minutes, "min"), (rest if not hours else 0, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


class Pace:
    """Counts a stage's results, and says how many there are and how long the rest takes.

    The time left comes from what this run made: items that were made before take none.

    Args:
        total: Items in all.
        begun: When the stage began, on a clock that does not go back.
    """

    def __init__(self, total: int, begun: float) -> None:
        self._total = total
        self._begun = begun
        self._counts: Counter[str] = Counter()

    def count(self, status: str, now: float) -> str:
        """Count a result, and say what is left.

        Examples:
            >>> pace = Pace(3, begun=0.0)
            >>> pace.count("done", 20.0), pace.count("skipped", 20.0), pace.count("done", 50.0)
            ('1/3, about 40 s left', '2/3, about 20 s left', '3/3')
        """
        self._counts[status] += 1
        number = f"{self._counts.total()}/{self._total}"
        remaining = self._total - self._counts.total()
        made = self._counts[DONE] + self._counts[FAILED]
        if remaining <= 0 or not made:
            return number
        return f"{number}, about {duration((now - self._begun) / made * remaining)} left"


class StageProgress:
    """Tells every result with the time left, in lines; on a terminal with a bar below them. A context manager.

    The time left is that of the stage.

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
        self._paces: dict[str, Pace] = {}
        self._since = clock()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
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
        pace = self._paces.setdefault(stage, Pace(self._totals.get(stage, 0), self._since))
        self._since = now
        left = pace.count(result.status.value, now)
        if result.seconds is not None and self._timings is not None:
            self._timings.add(stage, result.item_id, result.seconds)
        self._tell(stage, result, left)
        if stage not in self._bar:
            self._bar[stage] = self._bars.add_task(stage, total=self._totals.get(stage), left="")
        self._bars.update(self._bar[stage], advance=1, left=left)

    def _tell(self, stage: str, result: ItemResult, left: str) -> None:
        facts = result.result or {}
        if result.error is not None:
            console.fail(f"{stage} {result.item_id}: {result.error.message}")
        elif result.status.value == DONE:
            verdict = ", rejected" if facts.get("verdict") == "reject" else ""
            console.tell(f"{stage} {result.item_id}: done{verdict} ({left})")
        if result.status.value != SKIPPED:
            for message in (*facts.get("reasons", ()), *facts.get("notes", ())):
                console.note(f"{result.item_id}: {message}")
