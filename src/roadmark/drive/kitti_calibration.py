"""`calib/<number>.txt` of KITTI: projections of the rectified cameras, and the way from there to the vehicle.

Source: KITTI development kits, readme.txt.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from roadmark.drive.arrays import FARTHEST
from roadmark.errors import FormatError, GeometryError
from roadmark.files import read_bounded
from roadmark.geometry import FloatArray, Pose, nearest_rotation

_MAX_CALIBRATION = 1 << 20
_TOLERANCE = 1e-3  # of rotations in the files: seven digits


class Projection(NamedTuple):
    """One rectified camera: pixels, whole numbers at their centres, and its place in the rectified frame in metres."""

    fx: float
    fy: float
    cx: float
    cy: float
    place: FloatArray


def read_calibration(path: Path) -> tuple[dict[str, Projection], Pose]:
    """Read projections by name (P2, P3), and the rig (inertial unit, FLU) from the rectified frame (RDF).

    Raises:
        InputError: The file is missing.
        FormatError: A matrix is missing, or is none.
    """
    rows = _rows(path)
    rectify = _pose(rows, ("R0_rect", "R_rect"), 9, path)
    camera_from_lidar = _pose(rows, ("Tr_velo_to_cam", "Tr_velo_cam"), 12, path)
    lidar_from_rig = _pose(rows, ("Tr_imu_to_velo", "Tr_imu_velo"), 12, path)
    rectified_from_rig = rectify @ camera_from_lidar @ lidar_from_rig
    rig_from_rectified = Pose(rectified_from_rig.rotation, rectified_from_rig.translation, "rectified", "rig").inverse()
    projections: dict[str, Projection] = {}
    for name in ("P2", "P3"):
        if name in rows:
            projections[name] = _projection(rows[name], name, path)
    return projections, rig_from_rectified


def _rows(path: Path) -> dict[str, FloatArray]:
    try:
        text = read_bounded(path, _MAX_CALIBRATION).decode("ascii")
    except UnicodeDecodeError as error:
        raise FormatError("not plain text", path=path, offset=error.start) from None
    rows = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, *words = line.split() or [""]
        if not words:
            continue
        try:
            values = np.array([float(word) for word in words])
        except ValueError:
            raise FormatError("holds no numbers", path=path, field=f"line {number}") from None
        if not (np.abs(values) < FARTHEST).all():
            raise FormatError("holds NaN, or a number that is none of a camera", path=path, field=f"line {number}")
        rows[name.rstrip(":")] = values
    return rows


def _pose(rows: dict[str, FloatArray], names: tuple[str, ...], count: int, path: Path) -> Pose:
    """A rotation of 9 numbers or a transform of 12, under the name of either benchmark."""
    name = next((name for name in names if name in rows), None)
    if name is None or rows[name].shape != (count,):
        raise FormatError(f"{' or '.join(names)} of {count} numbers is missing; add it", path=path)
    matrix = np.zeros((3, 4))
    matrix[:, : count // 3] = rows[name].reshape(3, -1)
    try:
        return Pose(nearest_rotation(matrix[:, :3], _TOLERANCE), matrix[:, 3], "", "")
    except GeometryError as error:
        raise FormatError(str(error), path=path, field=name) from None


def _projection(values: FloatArray, name: str, path: Path) -> Projection:
    if values.shape != (12,):
        raise FormatError(f"must be 12 numbers, not {len(values)}", path=path, field=name)
    matrix = values.reshape(3, 4)
    (fx, skew, cx, _), (zero, fy, cy, _), (a, b, one, _) = matrix.tolist()
    if (skew, zero, a, b, one) != (0.0, 0.0, 0.0, 0.0, 1.0) or fx <= 0.0 or fy <= 0.0:
        raise FormatError("is no projection of a rectified camera", path=path, field=name)
    # P = K [1 | t]: what is at -t in the rectified frame is at the camera's centre.
    return Projection(fx, fy, cx, cy, -np.asarray(np.linalg.solve(matrix[:, :3], matrix[:, 3]), np.float64))
