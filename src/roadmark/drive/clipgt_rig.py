"""The rig of a ClipGT drive: `rig_json`, cameras with f-theta lenses and where they sit.

Source: specs/av-grounding.md section 2; corrections as NVIDIA DriveWorks applies them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from roadmark.drive.names import canonical_camera_name
from roadmark.drive.problems import Problems
from roadmark.errors import FormatError, InputError
from roadmark.geometry import (
    FloatArray,
    FThetaCamera,
    Pose,
    body_pose_from_camera,
    camera_pose_from_body,
    rotation_from_rpy,
    rpy_from_rotation,
)

MAX_RIG = 64 << 20  # characters
_COEFFICIENTS = 6
_LARGEST = 1e12  # of what describes a camera; beyond, polynomials overflow
_BACKWARD, _FORWARD = "pixeldistance-to-angle", "angle-to-pixeldistance"
_Record = dict[str, Any]


class RigCamera(NamedTuple):
    """One camera of a rig: its lens, and the rig (FLU) from the camera (RDF)."""

    name: str
    model: FThetaCamera
    rig_from_camera: Pose


def read_rig(text: str, path: Path, problems: Problems, *, corrections: bool) -> list[RigCamera]:
    """Read the cameras of a rig; other sensors are passed over, and wrong cameras are problems.

    Args:
        text: `rig_json`.
        path: For messages.
        problems: Takes cameras without lens or place, or with wrong ones.
        corrections: Apply `correction_sensor_R_FLU` and `correction_rig_T`.

    Raises:
        FormatError: It is no rig.
    """
    if len(text) > MAX_RIG:
        raise FormatError(f"{len(text)} characters; at most {MAX_RIG} are read", path=path, field="rig_json")
    try:
        sensors = json.loads(text)["rig"]["sensors"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"is no rig: {type(error).__name__} {str(error)[:100]}"
        raise FormatError(message, path=path, field="rig_json") from None
    if not isinstance(sensors, list):
        raise FormatError("rig.sensors must be a list", path=path, field="rig_json")
    cameras: dict[str, RigCamera] = {}
    for number, sensor in enumerate(sensors):
        field = f"rig.sensors[{number}]"
        name = sensor.get("name") if isinstance(sensor, dict) else None
        if not isinstance(name, str):
            problems.add("bad_calibration", field, "is no sensor with a name", path=path, field=field)
        elif name.lower().replace("_", ":").startswith("camera:"):
            with problems.recording("bad_calibration", f"camera {name[:80]}", path=path, field=f"{field} {name[:80]}"):
                camera = _camera(sensor, canonical_camera_name(name), path, problems, corrections)
                if camera is not None and camera.name in cameras:
                    message = "is there twice; the first is kept"
                    problems.add("duplicate_id", f"camera {camera.name}", message, path=path, field=field)
                elif camera is not None:
                    cameras[camera.name] = camera
    return list(cameras.values())


def rig_text(cameras: Iterable[RigCamera]) -> str:
    """`rig_json` of cameras; names get the form `camera:front:wide:120fov`."""
    sensors = [
        {
            "name": "camera:" + camera.name.removeprefix("camera_").replace("_", ":"),
            "protocol": "camera.virtual",
            "properties": _properties(camera.model),
            "nominalSensor2Rig_FLU": _place_record(camera.rig_from_camera),
        }
        for camera in cameras
    ]
    return json.dumps({"rig": {"sensors": sensors}, "version": 1}, allow_nan=False)


def _camera(sensor: _Record, name: str, path: Path, problems: Problems, corrections: bool) -> RigCamera | None:
    item = f"camera {name}"
    if not isinstance(sensor.get("properties"), dict):
        message = "has no properties with its lens; add them"
        problems.add("missing_calibration", item, message, path=path, field=f"{name} properties")
        return None
    if not isinstance(sensor.get("nominalSensor2Rig_FLU"), dict):
        message = "does not say where the camera sits; add t and roll-pitch-yaw"
        problems.add("missing_extrinsics", item, message, path=path, field=f"{name} nominalSensor2Rig_FLU")
        return None
    place = _place(sensor, name, path, corrections)
    return RigCamera(name, _lens(sensor["properties"], name, path), place)


def _place(sensor: _Record, name: str, path: Path, corrections: bool) -> Pose:
    nominal = sensor["nominalSensor2Rig_FLU"]
    rotation = _turn(nominal, f"{name} nominalSensor2Rig_FLU", path)
    translation = _numbers(nominal.get("t"), 3, f"{name} nominalSensor2Rig_FLU t", path)
    if corrections:
        turn, shift = sensor.get("correction_sensor_R_FLU"), sensor.get("correction_rig_T")
        if turn is not None:
            rotation = rotation @ _turn(turn, f"{name} correction_sensor_R_FLU", path)
        if shift is not None:
            translation = translation + _numbers(shift, 3, f"{name} correction_rig_T", path)
    return camera_pose_from_body(Pose(rotation, translation, "rig", name), child=name)


def _turn(record: Any, field: str, path: Path) -> FloatArray:
    angles = record.get("roll-pitch-yaw") if isinstance(record, dict) else None
    return rotation_from_rpy(np.deg2rad(_numbers(angles, 3, f"{field} roll-pitch-yaw", path)))


def _numbers(value: Any, count: int, field: str, path: Path) -> FloatArray:
    """Numbers of a list or a text with spaces; each may itself be a text."""
    parts = value.split() if isinstance(value, str) else value
    try:
        numbers = [float(part) for part in parts]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != count or not all(abs(number) < _LARGEST for number in numbers):
        raise FormatError(f"must be {count} finite numbers, got {str(value)[:80]!r}", path=path, field=field)
    return np.array(numbers)


def _lens(properties: _Record, name: str, path: Path) -> FThetaCamera:
    def number(key: str, default: float | None = None) -> float:
        value = properties.get(key, default)
        return float(_numbers([value], 1, f"{name} properties {key}", path)[0])

    model = properties.get("Model", "ftheta")
    if str(model).lower() != "ftheta":
        message = f"{model!r} is no known lens; known is ftheta"
        raise FormatError(message, path=path, field=f"{name} properties Model")
    polynomial, backward = _polynomial(properties, name, path)
    linear = [number("linear-c", 1.0), number("linear-d", 0.0), number("linear-e", 0.0)]
    centre = [number("cx"), number("cy"), number("width"), number("height")]
    return FThetaCamera.from_vector([*centre, *polynomial, float(backward), *linear])


def _polynomial(properties: _Record, name: str, path: Path) -> tuple[FloatArray, bool]:
    """Six coefficients, and whether they give angles of pixels."""
    key = next((key for key in ("polynomial", "bw-poly", "fw-poly") if key in properties), None)
    if key is None:
        raise FormatError("has neither polynomial nor bw-poly", path=path, field=f"{name} properties")
    text, field = properties[key], f"{name} properties {key}"
    parts = text.split() if isinstance(text, str) else text
    count = len(parts) if isinstance(parts, list) else 0
    if not 2 <= count <= _COEFFICIENTS:
        raise FormatError(f"must be 2 to 6 numbers, got {str(text)[:80]!r}", path=path, field=field)
    kind = properties.get("polynomial-type", _BACKWARD) if key == "polynomial" else ""
    if key == "polynomial" and kind not in (_BACKWARD, _FORWARD):
        message = f"{kind!r} must be {_BACKWARD} or {_FORWARD}"
        raise FormatError(message, path=path, field=f"{name} properties polynomial-type")
    coefficients = np.zeros(_COEFFICIENTS)
    coefficients[:count] = _numbers(parts, count, field, path)
    return coefficients, key == "bw-poly" or kind == _BACKWARD


def _properties(camera: FThetaCamera) -> dict[str, str]:
    vector = camera.to_vector().tolist()
    names = ("cx", "cy", "width", "height")
    linear = ("linear-c", "linear-d", "linear-e")
    return {
        "Model": "ftheta",
        **{name: repr(value) for name, value in zip(names[:2], vector[:2], strict=True)},
        **{name: str(int(value)) for name, value in zip(names[2:], vector[2:4], strict=True)},
        "polynomial": " ".join(repr(k) for k in vector[4:10]),
        "polynomial-type": _BACKWARD if vector[10] else _FORWARD,
        **{name: repr(value) for name, value in zip(linear, vector[11:], strict=True)},
    }


def _place_record(rig_from_camera: Pose) -> _Record:
    body = body_pose_from_camera(rig_from_camera)
    degrees = np.rad2deg(rpy_from_rotation(body.rotation))
    return {"t": body.translation.tolist(), "roll-pitch-yaw": degrees.tolist()}


def require_ftheta(camera: object, name: str) -> FThetaCamera:
    """The lens as ClipGT holds it.

    Raises:
        InputError: It is another one.
    """
    if not isinstance(camera, FThetaCamera):
        raise InputError(f"camera {name}: ClipGT holds f-theta lenses, not {type(camera).__name__}; write rds-hq")
    return camera
