"""`ObjectTrack`: one object of a drive, its box at the times it was observed, and in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.drive.labels import Category
from roadmark.drive.trajectory import freeze_columns, interpolate, known_times
from roadmark.errors import GeometryError
from roadmark.geometry import Box3D, FloatArray


@dataclass(frozen=True)
class TrackRules:
    """Where an object is known between and beside its observations.

    Attributes:
        max_gap: Seconds without an observation that are bridged; a longer gap is a time when nothing is known.
        parked_within: Metres: a track of only two observations this near to one another is a parked object, known all
            the time in between (labellers store the first and the last one).
        extrapolation: Seconds before the first and after the last observation; as in NVIDIA's reader, RDS-HQ has 0 and
            ClipGT 0.5.

    Source: specs/av-grounding.md sections 2 and 8.
    """

    max_gap: float = 0.5
    parked_within: float = 0.5
    extrapolation: float = 0.0


@dataclass(frozen=True, eq=False)
class ObjectTrack:
    """One object over time.

    Attributes:
        id: As the file has it; unique within its drive.
        label: The class in the words of the file.
        category: The class in Roadmark's words.
        times: (N,) seconds of the drive when it was observed, rising strictly, N >= 1.
        centers: (N, 3) box centres, world FLU, metres.
        sizes: (N, 3) length, width, height, metres.
        quaternions: (N, 4) w, x, y, z: world_from_object, object axes heading, left, up.
        moving: Whether the file says it moves; None where it does not say.

    Raises:
        GeometryError: Shapes, non-finite values, times that do not rise, sizes <= 0.
    """

    id: str
    label: str
    category: Category
    times: FloatArray
    centers: FloatArray
    sizes: FloatArray
    quaternions: FloatArray
    moving: bool | None = None

    def __post_init__(self) -> None:
        freeze_columns(self, {"times": 0, "centers": 3, "sizes": 3, "quaternions": 4}, f"track {self.id}")
        if not (self.sizes > 0.0).all():
            raise GeometryError(f"track {self.id}: sizes must be > 0 metres, got {self.sizes.min():g}")

    def parked(self, rules: TrackRules) -> bool:
        """Whether its two only observations say that it stood in between."""
        return len(self.times) == 2 and bool(np.linalg.norm(self.centers[1] - self.centers[0]) < rules.parked_within)

    def knows(self, times: ArrayLike, rules: TrackRules) -> NDArray[np.bool_]:
        """(M,) at which of these times (M,) it is known where the object is."""
        gap = np.inf if self.parked(rules) else rules.max_gap
        return known_times(self.times, times, gap, rules.extrapolation)

    def box_at(self, time: float, rules: TrackRules) -> Box3D | None:
        """Its box in the world at a time in seconds; None where nothing is known of it then."""
        if not self.knows([time], rules)[0]:
            return None
        rows = np.concatenate([self.centers, self.sizes], axis=1)
        moved, rotations = interpolate(self.times, rows, self.quaternions, [time])
        low, high = self.sizes.min(axis=0), self.sizes.max(axis=0)  # beyond the ends a size must not go on shrinking
        return Box3D(moved[0, :3], np.clip(moved[0, 3:], low, high), rotations[0], "world")
