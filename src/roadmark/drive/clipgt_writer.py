"""Writes ClipGT drives; see `roadmark.drive.clipgt` for the layout.

Source: specs/av-grounding.md section 2. Numbers of ego and boxes are single precision, as the format has them.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from roadmark.drive.clipgt_layout import (
    CALIBRATION,
    EGO,
    MAP_BOXES,
    MAP_LINES,
    OBSTACLE,
    QUATERNION,
    VEC3,
    file_name,
    key_type,
)
from roadmark.drive.clipgt_map import map_payload
from roadmark.drive.clipgt_rig import RigCamera, require_ftheta, rig_text
from roadmark.drive.drive import Drive, DriveCamera
from roadmark.drive.footage import ImageFiles, VideoFile
from roadmark.drive.labels import written_label
from roadmark.errors import InputError
from roadmark.files import AtomicDirectory, is_plain_name, output_errors, write_file
from roadmark.geometry import FloatArray

_TIMED_KEY = key_type(timestamp_micros=pa.int64(), label_class_id=pa.string())
_MAP_KEY = key_type(label_class_id=pa.string(), map_id=pa.string(), map_id_version=pa.string())


def write_clipgt(folder: Path | str, drive: Drive, *, footage: bool = True, overwrite: bool = False) -> list[str]:
    """Write a drive as a folder of tables, whole or not at all.

    Args:
        folder: The drive's own folder; must not exist, or be empty, unless `overwrite`.
        drive: What to write; ego and tracks keep their own times.
        footage: Copy videos and images, too.
        overwrite: Replace an older folder.

    Returns:
        What the format cannot hold and was left out, in words.

    Raises:
        InputError: The format cannot hold a camera: its lens is no f-theta, or it moves against the rig.
        OutputError: The folder is not free, or cannot be written.
    """
    if not is_plain_name(drive.id):
        raise InputError(f"{drive.id!r} cannot be a drive's id: use letters, digits, '_', '.', '-'")
    rig = rig_text(_rig_camera(camera) for camera in drive.cameras.values())
    left_out = [f"caption {kind}" for kind in drive.captions]
    left_out += [f"map layer {name}" for name in drive.map_layers if name not in (*MAP_LINES, *MAP_BOXES)]
    with AtomicDirectory(Path(folder), overwrite=overwrite) as target:
        payload = _struct(name=pa.array(["RIG"]), rig_json=pa.array([rig]))
        _write(target, drive, CALIBRATION, _keys(drive, np.array([-1]), "calibration"), payload)
        stamps = _stamps(drive, drive.ego.times)
        payload = _struct(
            name=pa.array(["ego"] * len(stamps)),
            location=_vectors(drive.ego.positions, VEC3),
            orientation=_quaternions(drive.ego.quaternions),
        )
        _write(target, drive, EGO, _keys(drive, stamps, "ego"), payload)
        _write_obstacles(target, drive)
        for layer, elements in drive.map_layers.items():
            if layer in (*MAP_LINES, *MAP_BOXES) and elements:
                _write(target, drive, layer, _map_keys(drive, layer, len(elements)), map_payload(layer, elements))
        for camera in drive.cameras.values():
            stamps = _stamps(drive, camera.frame_times)
            text = json.dumps([{"timestamp": stamp} for stamp in stamps.tolist()])
            write_file(target / file_name(drive.id, f"{camera.name}.json"), text.encode())
            if footage:
                _write_footage(target, drive.id, camera)
    return left_out


def _rig_camera(camera: DriveCamera) -> RigCamera:
    if camera.poses is not None:
        raise InputError(f"camera {camera.name}: moves against the rig, which ClipGT cannot hold; write rds-hq")
    return RigCamera(camera.name, require_ftheta(camera.model, camera.name), camera.rig_from_camera)


def _write_obstacles(target: Path, drive: Drive) -> None:
    rows = [(track, row) for track in drive.tracks for row in range(len(track.times))]
    rows.sort(key=lambda one: (one[0].times[one[1]], one[0].id))
    times = np.array([track.times[row] for track, row in rows])
    payload = _struct(
        trackline_id=pa.array([track.id for track, _ in rows], pa.string()),
        center=_vectors(np.array([track.centers[row] for track, row in rows]).reshape(-1, 3), VEC3),
        size=_vectors(np.array([track.sizes[row] for track, row in rows]).reshape(-1, 3), VEC3),
        orientation=_quaternions(np.array([track.quaternions[row] for track, row in rows]).reshape(-1, 4)),
        category=pa.array([written_label(track.label, track.category) for track, _ in rows], pa.string()),
    )
    _write(target, drive, OBSTACLE, _keys(drive, _stamps(drive, times), "obstacle"), payload)


def _stamps(drive: Drive, times: FloatArray) -> NDArray[np.int64]:
    return drive.start_us + np.round(times * 1e6).astype(np.int64)


def _keys(drive: Drive, stamps: NDArray[np.int64], label_class: str) -> Any:
    count = len(stamps)
    arrays = [pa.array([drive.id] * count, pa.string()), pa.array(stamps, pa.int64())]
    return pa.StructArray.from_arrays([*arrays, pa.array([label_class] * count, pa.string())], fields=list(_TIMED_KEY))


def _map_keys(drive: Drive, layer: str, count: int) -> Any:
    columns = ([drive.id] * count, [layer] * count, [str(number) for number in range(count)], ["1"] * count)
    return pa.StructArray.from_arrays([pa.array(one, pa.string()) for one in columns], fields=list(_MAP_KEY))


def _struct(**arrays: Any) -> Any:
    return pa.StructArray.from_arrays(list(arrays.values()), names=list(arrays))


def _vectors(values: FloatArray, kind: Any) -> Any:
    columns = [pa.array(column.astype(np.float32)) for column in values.T]
    return pa.StructArray.from_arrays(columns, fields=list(kind))


def _quaternions(wxyz: FloatArray) -> Any:
    return _vectors(wxyz[:, [1, 2, 3, 0]], QUATERNION)


def _write(target: Path, drive: Drive, table: str, keys: Any, payload: Any) -> None:
    version = pa.array([1] * len(keys), pa.uint64())
    path = target / file_name(drive.id, f"{table}.parquet")
    with output_errors(path):
        pq.write_table(pa.table({"key": keys, table: payload, "version": version}), path)


def _write_footage(target: Path, drive: str, camera: DriveCamera) -> None:
    path = target / file_name(drive, f"{camera.name}.mp4")
    if isinstance(camera.footage, VideoFile):
        with output_errors(path):
            shutil.copyfile(camera.footage.path, path)
    elif isinstance(camera.footage, ImageFiles):
        folder = path.with_suffix("")
        with output_errors(folder):
            folder.mkdir()
            for frame, image in enumerate(camera.footage.paths):
                write_file(folder / f"{frame:06d}{image.suffix.lower()}", image.read_bytes())
