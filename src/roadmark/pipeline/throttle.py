"""How much a run asks of services: limits that hold wherever its items run, as only the driver starts items."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from roadmark.errors import ConfigError
from roadmark.pipeline.items import Item, Stage

_MINUTE = 60.0


@runtime_checkable
class AskingStage(Protocol):
    """A stage whose items ask services."""

    def requests(self, item: Item) -> Mapping[str, int]:
        """Requests that an item makes when all goes well, by endpoint; repetitions and questions for progress apart."""


def requests_of(stage: Stage, item: Item) -> Mapping[str, int]:
    """The requests of an item; none of a stage that asks no service."""
    return stage.requests(item) if isinstance(stage, AskingStage) else {}


@dataclass(frozen=True)
class RateLimit:
    """How much one endpoint may be asked.

    Attributes:
        at_once: Items that ask it at the same time, each one request after the other; None sets no limit.
        per_minute: Requests of the items started within any 60 seconds; None sets no limit.

    Raises:
        ConfigError: A limit below 1.
    """

    at_once: int | None = None
    per_minute: int | None = None

    def __post_init__(self) -> None:
        for name in ("at_once", "per_minute"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"{name} must be at least 1, not {value}")


class Throttle:
    """Says when an item may start, so that no endpoint is asked more than its limit allows.

    Args:
        limits: Limits by endpoint; others are free.
        clock: Seconds of a clock that does not go back.

    Examples:
        >>> throttle = Throttle({"vlm": RateLimit(at_once=1, per_minute=2)}, clock=lambda: 0.0)
        >>> throttle.wait({"vlm": 1})
        0.0
        >>> throttle.begin({"vlm": 1})
        >>> throttle.wait({"vlm": 1}), throttle.wait({"llm": 1})
        (inf, 0.0)
        >>> throttle.end({"vlm": 1})
        >>> throttle.begin({"vlm": 1})
        >>> throttle.end({"vlm": 1})
        >>> throttle.wait({"vlm": 1})
        60.0
    """

    def __init__(self, limits: Mapping[str, RateLimit], clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = dict(limits)
        self._clock = clock
        self._running: dict[str, int] = dict.fromkeys(limits, 0)
        self._sent: dict[str, deque[tuple[float, int]]] = {name: deque() for name in limits}

    def wait(self, requests: Mapping[str, int]) -> float:
        """Seconds until an item with these requests may start: 0 now, infinite not before a running one has ended."""
        return max((self._wait(name, count) for name, count in requests.items() if name in self._limits), default=0.0)

    def begin(self, requests: Mapping[str, int]) -> None:
        """An item starts."""
        for name, count in requests.items():
            if name in self._limits:
                self._running[name] += 1
                self._sent[name].append((self._clock(), count))

    def end(self, requests: Mapping[str, int]) -> None:
        """An item has ended, however it did."""
        for name in requests:
            if name in self._limits:
                self._running[name] -= 1

    def _wait(self, name: str, count: int) -> float:
        limit = self._limits[name]
        if limit.at_once is not None and self._running[name] >= limit.at_once:
            return math.inf
        if limit.per_minute is None:
            return 0.0
        now, sent = self._clock(), self._sent[name]
        while sent and sent[0][0] + _MINUTE <= now:
            sent.popleft()
        surplus = sum(number for _, number in sent) + count - limit.per_minute
        free_at = now
        for begun, number in sent:  # an item that asks more than a minute's share starts when it is alone
            if surplus <= 0:
                break
            surplus -= number
            free_at = begun + _MINUTE
        return free_at - now
