"""Writes RDS-HQ drives; see `roadmark.drive.rds_hq` for the layout.

Source: specs/av-grounding.md section 1. Poses are single precision, as in NVIDIA's own drives.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from roadmark.drive.arrays import write_npy
from roadmark.drive.drive import Drive, DriveCamera
from roadmark.drive.footage import ImageFiles, VideoFile
from roadmark.drive.labels import written_label
from roadmark.drive.rds_hq_layout import FPS, KEYFRAME_STEP, MAP_LAYERS, frame_time
from roadmark.drive.rds_hq_map import map_document
from roadmark.drive.tar_samples import write_tar
from roadmark.drive.tracks import ObjectTrack, TrackRules
from roadmark.drive.trajectory import SAME_TIME
from roadmark.errors import InputError, OutputError
from roadmark.files import AtomicDirectory, atomic_file, is_plain_name, output_errors, write_atomically, write_file
from roadmark.geometry import FloatArray, FThetaCamera, PinholeCamera

_Members = Iterable[tuple[str, bytes]]


def write_rds_hq(root: Path | str, drive: Drive, *, footage: bool = True, overwrite: bool = False) -> list[str]:
    """Write a drive into a folder of layers, beside others that may be there.

    Poses are sampled at 30 frames a second. Tracks keep their own observations where those are at frames, else they
    are sampled at 10 a second. Each file is whole or absent; `pose`, by which readers find drives, comes last.

    Args:
        root: The folder of the layers; made where missing.
        drive: What to write.
        footage: Copy videos and images, too.
        overwrite: Replace an older drive with this id.

    Returns:
        What the format cannot hold and was left out, in words.

    Raises:
        InputError: The id has dots, or the drive does not begin at time 0.
        OutputError: A drive with this id is there, or a file cannot be written.
    """
    root = Path(root)
    if not is_plain_name(drive.id) or "." in drive.id:
        raise InputError(f"{drive.id!r} cannot be a drive's id in RDS-HQ: use letters, digits, '_', '-'")
    poses = root / "pose" / f"{drive.id}.tar"
    if poses.exists() and not overwrite:
        raise OutputError(f"{poses}: is there already; choose another folder or id, or replace it with overwrite")
    times = np.array([frame_time(frame) for frame in range(_frames(drive))])
    if footage:
        for camera in drive.cameras.values():
            _write_footage(root, drive.id, camera, overwrite)
    _write_calibrations(root, drive)
    objects = _object_members(drive.tracks, drive.rules, len(times))
    write_tar(_tar(root, "all_object_info", drive), drive.id, objects)
    left_out = [f"map layer {layer}" for layer in drive.map_layers if layer not in MAP_LAYERS]
    for layer, elements in drive.map_layers.items():
        if layer not in MAP_LAYERS:
            continue
        name = MAP_LAYERS[layer]
        document = map_document(elements, layer, drive.id)
        write_tar(_tar(root, f"3d_{name}", drive), drive.id, [(f"{name}.json", document)])
    if drive.captions:
        text = json.dumps(dict(drive.captions), ensure_ascii=False, indent=1)
        write_atomically(root / "captions" / f"{drive.id}.json", text)
    write_tar(_tar(root, "vehicle_pose", drive), drive.id, _vehicle_members(drive, times))
    write_tar(poses, drive.id, _camera_members(drive, times))
    return left_out


def _tar(root: Path, layer: str, drive: Drive) -> Path:
    return root / layer / f"{drive.id}.tar"


def _frames(drive: Drive) -> int:
    """Frames whose time the ego's poses cover."""
    if drive.ego.times[0] > SAME_TIME:
        raise InputError(f"drive {drive.id}: its first pose is at {drive.ego.times[0]:g} s; RDS-HQ begins at 0")
    return int(np.floor((drive.ego.times[-1] + SAME_TIME) * FPS + 1e-9)) + 1


def _vehicle_members(drive: Drive, times: FloatArray) -> _Members:
    matrices = drive.ego.sampled(times).astype(np.float32)
    for frame in np.flatnonzero(drive.ego.knows(times)):
        yield f"{frame:06d}.vehicle_pose.npy", write_npy(matrices[frame])


def _camera_members(drive: Drive, times: FloatArray) -> _Members:
    matrices, known = {}, {}
    for name, camera in drive.cameras.items():
        path = camera.poses or drive.ego
        seat = np.eye(4) if camera.poses else camera.rig_from_camera.matrix
        matrices[name] = (path.sampled(times) @ seat).astype(np.float32)
        known[name] = path.knows(times)
    for frame in range(len(times)):
        for name in drive.cameras:
            if known[name][frame]:
                yield f"{frame:06d}.pose.{name}.npy", write_npy(matrices[name][frame])


def _write_calibrations(root: Path, drive: Drive) -> None:
    ftheta, pinhole = [], []
    for name, camera in drive.cameras.items():
        if isinstance(camera.model, FThetaCamera):
            ftheta.append((f"ftheta_intrinsic.{name}.npy", write_npy(_ftheta_vector(camera.model))))
        else:
            pinhole.append((f"pinhole_intrinsic.{name}.npy", write_npy(_pinhole_vector(camera.model))))
    for layer, members in (("ftheta_intrinsic", ftheta), ("pinhole_intrinsic", pinhole)):
        if members:
            write_tar(_tar(root, layer, drive), drive.id, members)


def _ftheta_vector(camera: FThetaCamera) -> FloatArray:
    """Without the linear terms where they do nothing: all of NVIDIA's own vectors have 11 numbers."""
    vector = camera.to_vector()
    return vector[:11] if vector[11:].tolist() == [1.0, 0.0, 0.0] else vector


def _pinhole_vector(camera: PinholeCamera) -> FloatArray:
    centre = (camera.cx - 0.5, camera.cy - 0.5)  # whole numbers are pixel centres in the file
    return np.array([camera.fx, camera.fy, *centre, float(camera.width), float(camera.height)])


def _object_members(tracks: tuple[ObjectTrack, ...], rules: TrackRules, frames: int) -> _Members:
    keyframes: dict[int, dict[str, object]] = {frame: {} for frame in range(0, frames, KEYFRAME_STEP)}
    for track in tracks:
        on_grid = np.array([frame_time(round(time * FPS)) for time in track.times])
        if np.abs(on_grid - track.times).max() <= SAME_TIME:
            observed = [round(time * FPS) for time in track.times]
        else:
            observed = list(keyframes)
        for frame in observed:
            record = _object_record(track, frame, rules)
            if record is not None and frame < frames:
                keyframes.setdefault(frame, {})[track.id] = record
    for frame, objects in sorted(keyframes.items()):
        yield f"{frame:06d}.all_object_info.json", json.dumps(objects, allow_nan=False).encode()


def _object_record(track: ObjectTrack, frame: int, rules: TrackRules) -> dict[str, object] | None:
    box = track.box_at(frame_time(frame), rules)
    if box is None:
        return None
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = box.rotation, box.center
    return {
        "object_to_world": matrix.tolist(),
        "object_lwh": box.size.tolist(),
        "object_is_moving": track.moving if track.moving is not None else _moves(track),
        "object_type": written_label(track.label, track.category).capitalize(),
    }


def _moves(track: ObjectTrack) -> bool:
    return bool(np.linalg.norm(track.centers - track.centers[0], axis=1).max() > 0.5)


def _write_footage(root: Path, drive: str, camera: DriveCamera, overwrite: bool) -> None:
    lens = "ftheta" if isinstance(camera.model, FThetaCamera) else "pinhole"
    folder = root / f"{lens}_{camera.name}"
    if isinstance(camera.footage, VideoFile):
        source = camera.footage.path
        with atomic_file(folder / f"{drive}.mp4") as partial:
            shutil.copyfile(source, partial)
    elif isinstance(camera.footage, ImageFiles):
        with output_errors(folder), AtomicDirectory(folder / drive, overwrite=overwrite) as target:
            for frame, path in enumerate(camera.footage.paths):
                write_file(target / f"{frame:06d}{path.suffix.lower()}", path.read_bytes())
