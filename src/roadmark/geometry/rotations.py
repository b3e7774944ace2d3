"""Rotations as matrices, roll-pitch-yaw angles and unit quaternions, for any number of them at once.

Matrices are the working form (`parent_from_child`, so columns are the child's axes seen from the parent). Angles are
right-handed about x, y, z of the parent, applied in that order: ``R = Rz(yaw) @ Ry(pitch) @ Rx(roll)`` (extrinsic xyz).
Quaternions are Hamilton, scalar first (w, x, y, z). Formats that differ convert in their own reader and writer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import GeometryError

FloatArray = NDArray[np.float64]

_IDENTITY = np.eye(3)
_LOCKED = 1e-12  # cos(pitch) under which roll and yaw are one and the same turn in double precision


def finite_array(values: ArrayLike, last: int, what: str) -> FloatArray:
    """Return `values` as float64 of shape (..., last), all finite.

    Raises:
        GeometryError: The shape or a value does not fit; the message names `what`.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != last:
        raise GeometryError(f"{what} must have shape (..., {last}), not {array.shape}")
    if not np.isfinite(array).all():
        raise GeometryError(f"{what} must be finite numbers, got {array.tolist() if array.size <= 9 else 'NaN or inf'}")
    return array


def rows(values: ArrayLike, last: int, what: str) -> FloatArray:
    """Return `values` as float64 of shape (N, last), all finite; a single one of shape (last,) becomes one row.

    Raises:
        GeometryError: The shape or a value does not fit; the message names `what`.
    """
    array = np.atleast_2d(finite_array(values, last, what))
    if array.ndim != 2:
        raise GeometryError(f"{what} must have shape (N, {last}), not {array.shape}")
    return array


def rotation_from_rpy(rpy: ArrayLike) -> FloatArray:
    """Rotation matrices of roll, pitch, yaw.

    Args:
        rpy: (..., 3) radians, right-handed about x, y, z; ``R = Rz(yaw) @ Ry(pitch) @ Rx(roll)``.

    Returns:
        (..., 3, 3) rotation matrices.

    Examples:
        >>> forward, left, up = rotation_from_rpy((0.0, 0.0, np.pi / 2)).T  # a quarter turn to the left
        >>> forward.round(12).tolist()
        [0.0, 1.0, -0.0]
    """
    angles = finite_array(rpy, 3, "roll, pitch, yaw")
    sr, sp, sy = np.moveaxis(np.sin(angles), -1, 0)
    cr, cp, cy = np.moveaxis(np.cos(angles), -1, 0)
    rotation = np.empty((*angles.shape[:-1], 3, 3))
    rotation[..., 0, 0] = cy * cp
    rotation[..., 0, 1] = cy * sp * sr - sy * cr
    rotation[..., 0, 2] = cy * sp * cr + sy * sr
    rotation[..., 1, 0] = sy * cp
    rotation[..., 1, 1] = sy * sp * sr + cy * cr
    rotation[..., 1, 2] = sy * sp * cr - cy * sr
    rotation[..., 2, 0] = -sp
    rotation[..., 2, 1] = cp * sr
    rotation[..., 2, 2] = cp * cr
    return rotation


def rpy_from_rotation(rotation: ArrayLike) -> FloatArray:
    """Roll, pitch, yaw of rotation matrices; the inverse of `rotation_from_rpy`.

    Args:
        rotation: (..., 3, 3) rotation matrices.

    Returns:
        (..., 3) radians, roll and yaw in [-pi, pi], pitch in [-pi/2, pi/2]. At gimbal lock (pitch = ±90°), where only
        one combination of roll and yaw is defined, roll is 0.
    """
    m = _matrices(rotation)
    cos_pitch = np.hypot(m[..., 2, 1], m[..., 2, 2])
    roll = np.where(cos_pitch < _LOCKED, 0.0, np.arctan2(m[..., 2, 1], m[..., 2, 2]))
    pitch = np.arctan2(-m[..., 2, 0], cos_pitch)
    # From R Rx(roll)^T = Rz(yaw) Ry(pitch): given roll, yaw is well defined even where roll itself is mostly noise.
    sin_roll, cos_roll = np.sin(roll), np.cos(roll)
    yaw = np.arctan2(
        m[..., 0, 2] * sin_roll - m[..., 0, 1] * cos_roll, m[..., 1, 1] * cos_roll - m[..., 1, 2] * sin_roll
    )
    return np.stack([roll, pitch, yaw], axis=-1)


def rotation_from_quaternion(quaternion: ArrayLike) -> FloatArray:
    """Rotation matrices of quaternions, which need not be normalised.

    Args:
        quaternion: (..., 4) as w, x, y, z.

    Returns:
        (..., 3, 3) rotation matrices.

    Raises:
        GeometryError: A quaternion is zero or not finite.
    """
    values = finite_array(quaternion, 4, "quaternion (w, x, y, z)")
    norm = np.linalg.norm(values, axis=-1, keepdims=True)
    if (norm < 1e-12).any():
        raise GeometryError("a quaternion of length zero describes no rotation")
    w, x, y, z = np.moveaxis(values / norm, -1, 0)
    rotation = np.empty((*values.shape[:-1], 3, 3))
    rotation[..., 0, 0] = 1.0 - 2.0 * (y * y + z * z)
    rotation[..., 0, 1] = 2.0 * (x * y - w * z)
    rotation[..., 0, 2] = 2.0 * (x * z + w * y)
    rotation[..., 1, 0] = 2.0 * (x * y + w * z)
    rotation[..., 1, 1] = 1.0 - 2.0 * (x * x + z * z)
    rotation[..., 1, 2] = 2.0 * (y * z - w * x)
    rotation[..., 2, 0] = 2.0 * (x * z - w * y)
    rotation[..., 2, 1] = 2.0 * (y * z + w * x)
    rotation[..., 2, 2] = 1.0 - 2.0 * (x * x + y * y)
    return rotation


def quaternion_from_rotation(rotation: ArrayLike) -> FloatArray:
    """Unit quaternions of rotation matrices.

    Each is read from its largest component (Shepperd 1978), which keeps full precision for every angle.

    Args:
        rotation: (..., 3, 3) rotation matrices.

    Returns:
        (..., 4) as w, x, y, z with w >= 0 (of the twins q and -q).
    """
    m = _matrices(rotation)
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    wx, wy, wz = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1]
    # Row k is 4 * q[k] * q: parallel to q, and longest where |q[k]| is largest.
    candidates = np.stack(
        [
            np.stack([1.0 + xx + yy + zz, wx, wy, wz], axis=-1),
            np.stack([wx, 1.0 + xx - yy - zz, xy, xz], axis=-1),
            np.stack([wy, xy, 1.0 - xx + yy - zz, yz], axis=-1),
            np.stack([wz, xz, yz, 1.0 - xx - yy + zz], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(np.stack([candidates[..., k, k] for k in range(4)], axis=-1), axis=-1)
    chosen = np.take_along_axis(candidates, best[..., None, None], axis=-2)[..., 0, :]
    unit = chosen / np.linalg.norm(chosen, axis=-1, keepdims=True)
    return np.asarray(np.where(unit[..., :1] < 0.0, -unit, unit))


def nearest_rotation(matrix: ArrayLike, tolerance: float = 1e-4) -> FloatArray:
    """The rotation nearest to a matrix that is one up to rounding, as files in single precision hold it.

    Args:
        matrix: (..., 3, 3).
        tolerance: Largest accepted entry of ``|M Mᵀ - 1|``.

    Raises:
        GeometryError: The matrix scales, shears or mirrors beyond the tolerance.
    """
    values = _matrices(matrix)
    check_rotation(values, tolerance)
    left, _, right = np.linalg.svd(values)
    return np.asarray(left @ right, dtype=np.float64)


def check_rotation(rotation: FloatArray, tolerance: float = 1e-6) -> None:
    """Raise `GeometryError` unless `rotation` (..., 3, 3) is orthonormal and right-handed within `tolerance`."""
    error = np.abs(rotation @ rotation.swapaxes(-1, -2) - _IDENTITY).max(initial=0.0)
    if not error <= tolerance:
        raise GeometryError(f"not a rotation: R Rᵀ differs from the identity by {error:.3g}")
    if (np.linalg.det(rotation) < 0.0).any():
        raise GeometryError("not a rotation: it mirrors (determinant -1); a left-handed frame was not converted")


def slerp(start: ArrayLike, end: ArrayLike, fraction: ArrayLike) -> FloatArray:
    """Turn evenly from one rotation to another, the short way round.

    Args:
        start: (..., 4) unit quaternions w, x, y, z.
        end: (..., 4) unit quaternions.
        fraction: (...) 0 gives `start`, 1 gives `end`.

    Returns:
        (..., 4) unit quaternions.

    Examples:
        >>> half = slerp([1, 0, 0, 0], [0, 0, 0, 1], 0.5)  # half of a half turn about z
        >>> bool(np.allclose(rpy_from_rotation(rotation_from_quaternion(half)), [0.0, 0.0, np.pi / 2]))
        True
    """
    a, b = finite_array(start, 4, "quaternion (w, x, y, z)"), finite_array(end, 4, "quaternion (w, x, y, z)")
    t = np.asarray(fraction, dtype=np.float64)[..., None]
    b = np.where((a * b).sum(axis=-1, keepdims=True) < 0.0, -b, b)
    # The angle from both sum and difference: exact for tiny and for right angles alike (Kahan).
    angle = 2.0 * np.arctan2(
        np.linalg.norm(b - a, axis=-1, keepdims=True), np.linalg.norm(b + a, axis=-1, keepdims=True)
    )
    sine = np.sin(angle)
    safe = np.where(sine > 1e-12, sine, 1.0)
    wide = (np.sin((1.0 - t) * angle) * a + np.sin(t * angle) * b) / safe
    mixed = np.where(sine > 1e-12, wide, (1.0 - t) * a + t * b)
    return np.asarray(mixed / np.linalg.norm(mixed, axis=-1, keepdims=True))


def wrap_angle(angle: ArrayLike) -> FloatArray:
    """Angles (...) in radians brought into (-pi, pi]."""
    return np.pi - np.mod(np.pi - np.asarray(angle, dtype=np.float64), 2.0 * np.pi)


def _matrices(rotation: ArrayLike) -> FloatArray:
    matrix = np.asarray(rotation, dtype=np.float64)
    if matrix.shape[-2:] != (3, 3):
        raise GeometryError(f"rotation must have shape (..., 3, 3), not {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise GeometryError("rotation must be finite numbers")
    return matrix
