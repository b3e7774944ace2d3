"""How a whole run is carried out: where, with what exceptions, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from roadmark.pipeline import Executor, ItemResult

Refused = Callable[[str, Exception], None]
"""Told of something that cannot be used, by its name, and why."""


class Listener(Protocol):
    """Is told how a run gets on."""

    def begin(self, totals: Mapping[str, int]) -> None:
        """Stages begin; each with its number of items."""

    def result(self, stage: str, result: ItemResult) -> None:
        """An item has ended, or needed nothing."""

    def refused(self, name: str, error: Exception) -> None:
        """Something that an earlier step left cannot be used, and is left out."""


@dataclass(frozen=True)
class How:
    """How a run is carried out.

    Attributes:
        executor: Where items run.
        parallel: Several of them run at a time: each then takes one processor.
        keep_going: After a failure go on with everything that does not depend on it.
        forced: Names of steps to do again.
        listener: Who is told.
    """

    executor: Executor
    parallel: bool
    keep_going: bool
    forced: frozenset[str]
    listener: Listener

    @property
    def threads(self) -> int | None:
        """Threads of one item; None takes every processor."""
        return 1 if self.parallel else None
