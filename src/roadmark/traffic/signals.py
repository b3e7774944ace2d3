"""What traffic lights show over time: fixed programs, known in advance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.geometry import FloatArray
from roadmark.scenario import SignalState


@dataclass(frozen=True)
class SignalProgram:
    """One light's repeating program.

    Attributes:
        cycle: Seconds after which it repeats.
        offset: Seconds into the cycle at time 0.
        changes: (second in the cycle, state from then on), by time, the first at 0.
        durations: Green, yellow and red seconds, as recordings state them.
    """

    cycle: float
    offset: float
    changes: tuple[tuple[float, SignalState], ...]
    durations: tuple[float, float, float]

    def states(self, times: ArrayLike) -> NDArray[np.int8]:
        """What it shows at times (...), as values of `SignalState`."""
        at = np.mod(np.asarray(times, dtype=np.float64) + self.offset, self.cycle)
        starts = np.array([second for second, _ in self.changes])
        values = np.array([state for _, state in self.changes], dtype=np.int8)
        return np.asarray(values[np.searchsorted(starts, at, side="right") - 1])

    def elapsed(self, times: ArrayLike) -> FloatArray:
        """Seconds since it last changed, at times (...)."""
        at = np.mod(np.asarray(times, dtype=np.float64) + self.offset, self.cycle)
        starts = np.array([second for second, _ in self.changes])
        if len(self.changes) > 1 and self.changes[0][1] == self.changes[-1][1]:
            starts[0] = starts[-1] - self.cycle  # it shows the same on both sides of the cycle's seam
        return np.asarray(at - starts[np.searchsorted(starts, at, side="right") - 1])


@dataclass(frozen=True)
class SignalPlan:
    """The programs of all traffic lights of a map, by signal id."""

    programs: Mapping[str, SignalProgram]

    def states(self, signal_id: str, times: ArrayLike) -> NDArray[np.int8]:
        """What a light shows at times (...), as values of `SignalState`.

        Raises:
            KeyError: No such light.
        """
        return self.programs[signal_id].states(times)
