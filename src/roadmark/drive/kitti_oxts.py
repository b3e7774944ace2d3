"""`oxts/<sequence>.txt` of KITTI: where the inertial unit was, one line a frame.

Source: KITTI raw development kit, convertOxtsToPose.m and dataformat.txt.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roadmark.drive.problems import Problems
from roadmark.drive.trajectory import Trajectory
from roadmark.errors import FormatError, InputError
from roadmark.files import read_bounded
from roadmark.geometry import quaternion_from_rotation, rotation_from_rpy

EARTH_RADIUS = 6378137.0  # metres, of the Mercator projection
_LIMITS = (90.0, 361.0, 1e5, 10.0, 10.0, 10.0)  # degrees, degrees, metres, radians
_FPS = 10
_MAX_BYTES = 256 << 20


def read_oxts(path: Path, max_gap: float, problems: Problems) -> Trajectory:
    """World (east, north, up from the first pose's place) from rig (FLU).

    Args:
        path: The file: latitude, longitude in degrees, altitude in metres, roll, pitch, yaw in radians, then others.
        max_gap: Longest time without a pose that is bridged, seconds.
        problems: Takes lines without a pose.

    Raises:
        InputError: The file is missing, or holds no pose.
        FormatError: It is no text.
    """
    try:
        lines = read_bounded(path, _MAX_BYTES).decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError("not plain text", path=path, offset=error.start) from None
    frames, rows = [], []
    for frame, line in enumerate(lines):
        try:
            row = [float(word) for word in line.split()[:6]]
        except ValueError:
            row = []
        if len(row) != 6 or not (np.abs(row) < _LIMITS).all():
            message = f"needs latitude, longitude, altitude, roll, pitch, yaw, got {line[:80]!r}"
            problems.add("bad_pose", "oxts", message, path=path, field=f"line {frame + 1}")
        else:
            frames.append(frame)
            rows.append(row)
    if not rows:
        raise InputError(f"{path}: holds no pose of the vehicle; without it, remove the file")
    values = np.array(rows)
    latitude, longitude = np.deg2rad(values[:, 0]), np.deg2rad(values[:, 1])
    scale = EARTH_RADIUS * np.cos(latitude[0])
    north = scale * np.log(np.tan(np.pi / 4 + latitude / 2))
    places = np.stack([scale * longitude, north, values[:, 2]], axis=1)
    turns = quaternion_from_rotation(rotation_from_rpy(values[:, 3:6]))
    times = np.round(np.array(frames) * 1e6 / _FPS) / 1e6
    return Trajectory(times, places - places[0], turns, max_gap=max_gap)
