"""Executors: where the items of a stage run. All keep one contract, so what comes out does not depend on which is used.

An executor takes a function and a stream of arguments and yields ``(index, outcome)`` as outcomes come. It pulls an
argument only when it can start it, so whoever feeds the stream can stop it; what has started is finished. A `Pause`
in the stream holds it back. A function that raises, or takes its process down with it, is the `Failure` of that one
argument and never the end of the run.
"""

from __future__ import annotations

import math
import pickle
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

A = TypeVar("A")
R = TypeVar("R")

WORKER_DIED = "WorkerDied"
"""Type of the failure of an argument whose process went down with it."""


@dataclass(frozen=True)
class Success(Generic[R]):
    """A function returned."""

    value: R


@dataclass(frozen=True)
class Failure:
    """A function raised, or its process died.

    Attributes:
        type: Class name of the exception, or "WorkerDied".
        message: Its message.
        traceback: Where, for a log; empty where there is none.
    """

    type: str
    message: str
    traceback: str = ""


@dataclass(frozen=True)
class Pause:
    """In a stream of arguments: the next one may not start yet.

    Attributes:
        seconds: When to ask again at the latest; sooner where an outcome comes. Infinite only while something runs.
    """

    seconds: float = math.inf

    @property
    def timeout(self) -> float | None:
        """The seconds, as functions that wait take them."""
        return None if math.isinf(self.seconds) else self.seconds


class Executor(Protocol):
    """Runs a function over arguments."""

    def run(
        self, function: Callable[[A], R], arguments: Iterable[A | Pause]
    ) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield (index of the argument, outcome) in order of completion, exactly one for each argument."""


class SequentialExecutor:
    """One after the other, in this process: the default, and the one to debug with."""

    def run(
        self, function: Callable[[A], R], arguments: Iterable[A | Pause]
    ) -> Iterator[tuple[int, Success[R] | Failure]]:
        """Yield outcomes in the order of the arguments."""
        index = 0
        for argument in arguments:
            if isinstance(argument, Pause):
                time.sleep(argument.seconds)
                continue
            yield index, attempt(function, argument)
            index += 1


def attempt(function: Callable[[A], R], argument: A) -> Success[R] | Failure:
    """Call a function; whatever it raises, also to end its process, is its failure."""
    try:
        return Success(function(argument))
    except (Exception, SystemExit) as error:
        return failure_of(error)


def failure_of(error: BaseException) -> Failure:
    """An exception as a failure."""
    return Failure(type(error).__name__, str(error), "".join(traceback.format_exception(error)))


class Workshop:
    """A worker's side of executors with processes: it calls a pickled function with pickled arguments.

    The function is unpickled once, however many arguments follow, so that what it holds (a stage with its connections
    and caches) is kept from one to the next.
    """

    def __init__(self) -> None:
        self._pickled = b""
        self._function: Callable[[Any], Any] | None = None

    def answer(self, function: bytes, argument: bytes) -> bytes:
        """The pickled outcome; an empty function stands for the one before."""
        try:
            if self._function is None or function not in (b"", self._pickled):
                self._function, self._pickled = pickle.loads(function), function  # noqa: S301 (our own driver)
            return pickle.dumps(attempt(self._function, pickle.loads(argument)))  # noqa: S301
        except Exception as error:  # what cannot be unpickled here, or pickled for the way back
            return pickle.dumps(failure_of(error))
