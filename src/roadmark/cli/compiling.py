"""One line before the minute in which kernels are compiled, on a machine's first use of a command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numba.core import event

from roadmark.cli import console
from roadmark.generate import GenerateStage

if TYPE_CHECKING:
    from roadmark.pipeline import Executor, Failure, Item, JsonValue, Pause, Success

A = TypeVar("A")
R = TypeVar("R")

NOTE = "compiling kernels; this happens once on a machine and takes about a minute"


class CompileTeller(event.Listener):
    """Says it when the first function is compiled; those that are loaded from disk are not."""

    def __init__(self) -> None:
        self.told = False

    def on_start(self, event: event.Event) -> None:
        """A function is being compiled."""
        del event
        if not self.told:
            self.told = True
            console.note(NOTE)

    def on_end(self, event: event.Event) -> None:
        """It has been."""
        del event


@cache
def tell_when_compiling() -> None:
    """From now on, once in this process, tell the user when a kernel is not on disk and has to be compiled."""
    event.register("numba:compile", CompileTeller())  # type: ignore[no-untyped-call] # numba has no types


class TellingStage(GenerateStage):
    """The generation of scenarios, which tells about compiling in whatever process it runs."""

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Search and write one scenario."""
        tell_when_compiling()
        return super().run(item, rng)


class TellingExecutor:
    """Another executor, whose workers tell about compiling, each by itself: for minutes nothing else is told.

    Args:
        executor: The other one.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def run(
        self, function: Callable[[A], R], arguments: Iterable[A | Pause]
    ) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Run it, telling."""
        return self._executor.run(_Telling(function), arguments)


@dataclass(frozen=True)
class _Telling(Generic[A, R]):
    """A function that goes to a worker."""

    function: Callable[[A], R]

    def __call__(self, argument: A) -> R:
        tell_when_compiling()
        return self.function(argument)
