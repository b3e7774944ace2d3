"""Writing what a simulation reads: camera files and log configs, in the published recipe's own terms."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from roadmark.files import write_atomically
from roadmark.geometry import (
    CENTIMETRES_PER_METRE,
    body_pose_from_camera,
    carla_degrees_from_flu_rpy,
    carla_location_from_flu,
    rpy_from_rotation,
)
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.lenses import lens_entry
from roadmark.simulate.view_options import PlacedCamera

DIGITS = 7
"""Decimals of centimetres and degrees: a thousandth of a micrometre."""


def write_camera_file(path: Path, cameras: Sequence[CameraSetup | PlacedCamera]) -> None:
    """Write a camera file that `load_cameras` reads as the same cameras.

    Args:
        path: The YAML file.
        cameras: At least one; each becomes one entry per sensor.

    Raises:
        OutputError: It cannot be written.
    """
    setups = [camera.setup if isinstance(camera, PlacedCamera) else camera for camera in cameras]
    entries = [entry for setup in setups for entry in _entries(setup, len(setups) > 1)]
    write_atomically(path, yaml.safe_dump(entries, sort_keys=False, width=120, default_flow_style=None))


def _entries(setup: CameraSetup, named: bool) -> list[dict[str, Any]]:
    x, y, z = (_plain(CENTIMETRES_PER_METRE * value) for value in carla_location_from_flu(setup.pose.translation))
    rpy = rpy_from_rotation(body_pose_from_camera(setup.pose).rotation)
    roll, pitch, yaw = (_plain(value) for value in carla_degrees_from_flu_rpy(rpy))
    size = {"image_size_x": setup.camera.width, "image_size_y": setup.camera.height}
    optics = lens_entry(setup.camera)
    shared: dict[str, Any] = {
        "attributes": size | ({"fov": _plain(optics["fov"])} if "fov" in optics else {}),
        "transform": {"location": {"x": x, "y": y, "z": z}, "rotation": {"roll": roll, "pitch": pitch, "yaw": yaw}},
    }
    shared |= {} if setup.follow is None else {"follow": setup.follow}
    shared |= {} if "fov" in optics else {"lens": optics}
    name = {"name": setup.name} if named or setup.name != "camera" else {}
    return [name | {"sensor": sensor} | deepcopy(shared) for sensor in setup.sensors]  # else YAML would refer back


def _plain(value: float) -> float:
    """A number as people write it: few digits, no negative zero."""
    return round(float(value), DIGITS) + 0.0
