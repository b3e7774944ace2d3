"""`Trajectory`: where something was at its own times, and in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import GeometryError, InputError
from roadmark.geometry import FloatArray, Pose, quaternion_from_rotation, rotation_from_quaternion, slerp

SAME_TIME = 1e-6
"""Seconds within which two times are the same: files count microseconds."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Poses of a child frame in its parent over time: positions move linearly in between, rotations turn evenly.

    Attributes:
        times: (N,) seconds of the drive, rising strictly, N >= 1.
        positions: (N, 3) the child's origin in the parent frame, metres.
        quaternions: (N, 4) w, x, y, z, unit length, parent_from_child.
        parent: Name of the parent frame.
        child: Name of the child frame.
        max_gap: Longest time without a pose, seconds, that is bridged.
        extrapolation: Seconds before the first and after the last pose for which motion continues at the same velocity.

    Raises:
        GeometryError: Shapes, non-finite values, or times that do not rise.
    """

    times: FloatArray
    positions: FloatArray
    quaternions: FloatArray
    parent: str = "world"
    child: str = "rig"
    max_gap: float = 0.5
    extrapolation: float = 0.0

    def __post_init__(self) -> None:
        freeze_columns(self, {"times": 0, "positions": 3, "quaternions": 4}, f"{self.parent}_from_{self.child}")

    @classmethod
    def from_matrices(
        cls, times: ArrayLike, matrices: FloatArray, *, parent: str = "world", child: str = "rig", max_gap: float = 0.5
    ) -> Trajectory:
        """Build a trajectory from homogeneous matrices (N, 4, 4), parent_from_child, with exact rotations."""
        quaternions = quaternion_from_rotation(matrices[:, :3, :3])
        return cls(np.asarray(times, np.float64), matrices[:, :3, 3], quaternions, parent, child, max_gap)

    def matrices(self) -> FloatArray:
        """(N, 4, 4) homogeneous matrices, parent_from_child."""
        return _matrices(self.positions, rotation_from_quaternion(self.quaternions))

    def knows(self, times: ArrayLike) -> NDArray[np.bool_]:
        """(M,) at which of these times (M,) there is a pose."""
        return known_times(self.times, times, self.max_gap, self.extrapolation)

    def sampled(self, times: ArrayLike) -> FloatArray:
        """(M, 4, 4) poses, parent_from_child, at times (M,); see `knows` for where they mean something."""
        positions, rotations = interpolate(self.times, self.positions, self.quaternions, times)
        return _matrices(positions, rotations)

    def pose_at(self, time: float) -> Pose:
        """Where it is at a time in seconds.

        Raises:
            InputError: There is no pose near that time.
        """
        if not self.knows([time])[0]:
            raise InputError(
                f"there is no pose {self.parent}_from_{self.child} at {time:.6f} s: known are "
                f"{self.times[0]:.6f} to {self.times[-1]:.6f} s, gaps up to {self.max_gap:g} s are bridged"
            )
        positions, rotations = interpolate(self.times, self.positions, self.quaternions, [time])
        return Pose(rotations[0], positions[0], self.parent, self.child)


def freeze_columns(owner: object, widths: dict[str, int], what: str) -> None:
    """Make the arrays of a frozen dataclass read-only copies of one length, rising in `times`.

    Raises:
        GeometryError: A shape does not fit, a value is not finite, or times do not rise.
    """
    count = np.size(vars(owner)["times"])
    for name, width in widths.items():
        array = np.array(vars(owner)[name], dtype=np.float64)
        shape = (count, width) if width else (count,)
        if array.shape != shape or not count:
            raise GeometryError(f"{what}: {name} must have shape {shape} with at least one row, not {array.shape}")
        if not np.isfinite(array).all():
            raise GeometryError(f"{what}: {name} hold NaN or infinity")
        if width == 0 and not (np.diff(array) > 0.0).all():
            raise GeometryError(f"{what}: times must rise strictly")
        array.setflags(write=False)
        object.__setattr__(owner, name, array)


def known_times(own: FloatArray, asked: ArrayLike, max_gap: float, extrapolation: float) -> NDArray[np.bool_]:
    """(M,) which asked times are own times, between two that are not further apart than `max_gap`, or near an end.

    A single own time is both ends.
    """
    at = np.asarray(asked, np.float64)
    after = np.searchsorted(own, at, side="left")
    left, right = own[np.clip(after - 1, 0, None)], own[np.clip(after, None, len(own) - 1)]
    exact = np.minimum(np.abs(at - left), np.abs(right - at)) <= SAME_TIME
    bridged = (at > own[0]) & (at < own[-1]) & (right - left <= max_gap + SAME_TIME)
    near = ((at < own[0]) | (at > own[-1])) & (np.maximum(own[0] - at, at - own[-1]) <= extrapolation + SAME_TIME)
    return np.asarray(exact | bridged | near)


def interpolate(
    own: FloatArray, positions: FloatArray, quaternions: FloatArray, asked: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """Positions (M, K) and rotations (M, 3, 3) at asked times (M,), of rows at `own` times (N,).

    Beyond the ends positions go on at the same velocity and rotations stay.
    """
    at = np.asarray(asked, np.float64)
    if len(own) == 1:
        return np.repeat(positions, len(at), axis=0), rotation_from_quaternion(np.repeat(quaternions, len(at), axis=0))
    after = np.clip(np.searchsorted(own, at, side="right"), 1, len(own) - 1)
    fraction = (at - own[after - 1]) / (own[after] - own[after - 1])
    # Own times come back as they are, whatever the division rounds to.
    fraction = np.where(at == own[after], 1.0, fraction)[:, None]
    moved = positions[after - 1] * (1.0 - fraction) + positions[after] * fraction
    turned = slerp(quaternions[after - 1], quaternions[after], np.clip(fraction[:, 0], 0.0, 1.0))
    return moved, rotation_from_quaternion(turned)


def _matrices(positions: FloatArray, rotations: FloatArray) -> FloatArray:
    matrices = np.tile(np.eye(4), (len(positions), 1, 1))
    matrices[:, :3, :3] = rotations
    matrices[:, :3, 3] = positions
    return matrices
