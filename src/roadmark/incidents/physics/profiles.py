"""Speed along a line and over time: cruise, slow for bends, brake, stand; with onsets without jerks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from roadmark.geometry import FloatArray

GRID = 0.2
"""Metres between two values of a speed profile."""
RATE = 240
"""Values per second of a timetable."""
ONSET = 0.3
"""Seconds over which changes of acceleration are spread."""


def reachable(distance: FloatArray, cap: FloatArray, accelerate: float, brake: float) -> FloatArray:
    """(N,) the fastest speeds under `cap` (N,) that ordinary acceleration and braking allow, m/s."""
    squares = cap * cap
    forward = np.minimum.accumulate(squares - 2.0 * accelerate * distance) + 2.0 * accelerate * distance
    rest = (forward + 2.0 * brake * distance)[::-1]
    backward = np.minimum.accumulate(rest)[::-1] - 2.0 * brake * distance
    return np.sqrt(np.maximum(backward, 0.0))


@dataclass(frozen=True, eq=False)
class Profile:
    """Speeds along a line.

    Attributes:
        distance: (N,) metres, evenly spaced.
        speed: (N,) m/s, 0 at single places at most.
        time: (N,) seconds since the first place.
    """

    distance: FloatArray
    speed: FloatArray
    time: FloatArray

    @classmethod
    def of(cls, distance: FloatArray, speed: FloatArray) -> Profile:
        """With the times that follow from the speeds."""
        mean = np.maximum(0.5 * (speed[1:] + speed[:-1]), 1e-3)
        return cls(distance, speed, np.concatenate([[0.0], np.cumsum(np.diff(distance) / mean)]))

    def time_at(self, distance: float) -> float:
        """Seconds at which a place is passed; linear beyond the ends."""
        if distance < self.distance[0]:
            return float((distance - self.distance[0]) / max(self.speed[0], 0.1))
        if distance > self.distance[-1]:
            return float(self.time[-1] + (distance - self.distance[-1]) / max(self.speed[-1], 0.1))
        return float(np.interp(distance, self.distance, self.time))

    def speed_at(self, distance: float) -> float:
        """m/s at a place."""
        return float(np.interp(distance, self.distance, self.speed))

    def places(self, times: FloatArray) -> FloatArray:
        """(M,) where it is at times (M,), seconds since the first place; it goes on evenly beyond the ends."""
        index = np.clip(np.searchsorted(self.time, times, side="right") - 1, 0, len(self.time) - 2)
        v0, v1 = self.speed[index], self.speed[index + 1]
        span = self.time[index + 1] - self.time[index]
        past = times - self.time[index]
        inside = np.clip(past, 0.0, span)
        at = self.distance[index] + inside * (v0 + 0.5 * (v1 - v0) * inside / span)
        return np.asarray(at + np.where(past < 0.0, v0 * past, v1 * np.maximum(past - span, 0.0)))


@dataclass(frozen=True, eq=False)
class Timetable:
    """Where along a line a vehicle is over time.

    Attributes:
        times: (M,) seconds, `RATE` per second.
        places: (M,) metres along the line.
    """

    times: FloatArray
    places: FloatArray

    @classmethod
    def of(cls, profile: Profile, duration: float, at: float, time: float) -> Timetable:
        """Drive a profile such that place `at` is passed at `time`."""
        times = np.arange(round(duration * RATE) + 2) / RATE
        return cls(times, profile.places(times - time + profile.time_at(at)))

    def at(self, times: FloatArray | float) -> FloatArray:
        """(...) places at times (...)."""
        return np.asarray(np.interp(times, self.times, self.places))

    def speed_at(self, time: float) -> float:
        """m/s at a time."""
        low, high = max(time - 0.5 / RATE, 0.0), min(time + 0.5 / RATE, float(self.times[-1]))
        return float((self.at(high) - self.at(low)) / (high - low))

    def when(self, place: float) -> float:
        """The first second at which a place is reached; infinite if it never is."""
        row = int(np.searchsorted(self.places, place))
        if row == 0:
            return 0.0
        if row == len(self.places):
            return float("inf")
        before, after = self.places[row - 1], self.places[row]
        return float(self.times[row - 1] + (place - before) / (after - before) / RATE)

    def braked(self, time: float, strength: float, until: float = 0.0) -> Timetable:
        """Brake from `time` on with `strength` m/s2 down to `until` m/s, and keep that."""
        speed, start = self.speed_at(time), float(self.at(time))
        if speed <= until:
            return self
        past = np.maximum(self.times - time, 0.0)
        lasts = (speed - until) / strength
        inside = np.minimum(past, lasts)
        places = start + speed * inside - 0.5 * strength * inside**2 + until * (past - inside)
        return replace(self, places=np.where(self.times <= time, self.places, places))

    def smoothed(self, seconds: float = ONSET) -> Timetable:
        """Spread changes of acceleration over some seconds; places at even speed stay the same."""
        half = max(round(0.5 * seconds * RATE), 1)
        ramp = np.arange(1, half + 1, dtype=np.float64)
        kernel = np.concatenate([ramp, ramp[-2::-1]])
        reach = half - 1
        steps = np.arange(1, reach + 1)
        head = self.places[0] - steps[::-1] * (self.places[1] - self.places[0])
        tail = self.places[-1] + steps * (self.places[-1] - self.places[-2])
        padded = np.concatenate([head, self.places, tail])
        return replace(self, places=np.convolve(padded, kernel / kernel.sum(), "valid"))
