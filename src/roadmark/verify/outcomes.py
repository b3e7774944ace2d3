"""What a measurement gives: a number, or the reason why there is none. Never nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

ObjectState = Literal["seen", "moved", "gone", "not visible", "not judged"]


@dataclass(frozen=True)
class Measured:
    """A number that was measured.

    Attributes:
        value: Finite.
    """

    value: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"a measured value is finite, not {self.value}")


@dataclass(frozen=True)
class NotMeasured:
    """Why there is no number.

    Attributes:
        reason: In words, for people.
    """

    reason: str


Outcome = Measured | NotMeasured
"""What a measurement gives."""


def mean_outcome(values: list[float], reason: str) -> Outcome:
    """The mean of values; `reason` where there are none."""
    return Measured(sum(values) / len(values)) if values else NotMeasured(reason)


@dataclass(frozen=True)
class Bounded:
    """A number beside what it is to be compared with.

    Attributes:
        value: Of the augmented video.
        identity: Of the source compared with itself: the best that any video can reach.
        shuffled: Of a video of another scene: what chance reaches.
        published: What a Cosmos-Transfer paper reports for the controls used.
    """

    value: Outcome
    identity: Outcome
    shuffled: Outcome
    published: Outcome
