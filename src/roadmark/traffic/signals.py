"""What traffic lights show over time: fixed programs, known in advance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
            begins = starts.copy()  # it shows the same on both sides of the cycle's seam
            begins[0] = starts[-1] - self.cycle
        else:
            begins = starts
        return np.asarray(at - begins[np.searchsorted(starts, at, side="right") - 1])


@dataclass(frozen=True)
class WalkProgram:
    """When people can cross at a crosswalk guarded by lights.

    Attributes:
        cycle: Seconds after which it repeats.
        offset: Seconds into the cycle at time 0.
        intervals: (from, to) seconds in the cycle in which no traffic drives straight over it, by time, apart.
    """

    cycle: float
    offset: float
    intervals: tuple[tuple[float, float], ...]

    def remaining(self, times: ArrayLike) -> FloatArray:
        """Seconds until traffic comes again, at times (...); 0 while it does."""
        at = np.mod(np.asarray(times, dtype=np.float64) + self.offset, self.cycle)
        left = np.zeros_like(at)
        for start, stop in self.intervals:
            left = np.where((at >= start) & (at < stop), stop - at, left)
        return left


@dataclass(frozen=True)
class SignalPlan:
    """The programs of all traffic lights of a map, by signal id.

    Attributes:
        programs: What each light shows.
        walks: When people can cross, by index of the crosswalk; crosswalks without lights are not there.
    """

    programs: Mapping[str, SignalProgram]
    walks: Mapping[int, WalkProgram] = field(default_factory=dict)

    def states(self, signal_id: str, times: ArrayLike) -> NDArray[np.int8]:
        """What a light shows at times (...), as values of `SignalState`.

        Raises:
            KeyError: No such light.
        """
        return self.programs[signal_id].states(times)
