"""Reads RDS-HQ (MADS) drives: a folder per layer, in it one tar, video or text per drive.

    pose/<id>.tar            <frame>.pose.<camera>.npy          world from camera (RDF), 30 frames a second
    vehicle_pose/<id>.tar    <frame>.vehicle_pose.npy           world from vehicle (FLU)
    ftheta_intrinsic/<id>.tar, pinhole_intrinsic/<id>.tar       <lens>_intrinsic.<camera>.npy
    all_object_info/<id>.tar <frame>.all_object_info.json       boxes, every third frame
    3d_<layer>/<id>.tar      the map
    captions/<id>.json|txt, <lens>_<camera>/<id>.mp4

Source: specs/av-grounding.md section 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from roadmark.drive.arrays import read_npy, what_is_no_pose
from roadmark.drive.drive import Drive, DriveCamera
from roadmark.drive.footage import Footage, find_footage
from roadmark.drive.names import LENSES, Lens, canonical_camera_name, recording_of
from roadmark.drive.options import ReadOptions
from roadmark.drive.problems import Problems
from roadmark.drive.rds_hq_layout import FORMAT, FPS, frame_time
from roadmark.drive.rds_hq_map import read_map
from roadmark.drive.rds_hq_tracks import read_tracks
from roadmark.drive.tar_samples import read_tar
from roadmark.drive.tracks import ObjectTrack
from roadmark.drive.trajectory import Trajectory
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, input_errors, read_bounded, read_json
from roadmark.geometry import (
    Camera,
    FloatArray,
    FThetaCamera,
    PinholeCamera,
    Pose,
    body_pose_from_camera,
    nearest_rotation,
)

LIKELY_FRONT = ("camera_front_wide_120fov", "front")
EXTRAPOLATION = 0.0
"""Seconds beyond a track's ends, as NVIDIA's reader."""

RIGID = (0.02, np.deg2rad(0.2))
"""Metres and radians up to which a camera is fixed to the vehicle; poses are single precision."""
MOVES_FAR = (1.0, np.deg2rad(5.0))
"""Metres and radians of movement against the vehicle that no time offset explains."""

MAX_FRAME = 1_000_000
_MAX_TEXT = 16 << 20
_LARGEST = 1e12  # of what describes a lens; beyond, polynomials overflow
_POSE = re.compile(r"(\d{1,9})\.pose\.(.+)\.npy")
_VEHICLE_POSE = re.compile(r"(\d{1,9})\.vehicle_pose\.npy")


def find_rds_hq(root: Path) -> list[str]:
    """Ids of the drives in a folder: those that have poses."""
    found: set[str] = set()
    for layer in ("pose", "vehicle_pose"):
        with input_errors(root / layer):
            if (root / layer).is_dir():
                found |= {path.stem for path in (root / layer).glob("*.tar") if not path.name.startswith(".")}
    return sorted(found)


def read_rds_hq(root: Path, drive: str, options: ReadOptions | None = None) -> Drive:
    """Read a drive.

    Without `vehicle_pose`, the rig is the front camera's own FLU body.

    Args:
        root: The folder of the layers.
        drive: Its id, one of `find_rds_hq`.
        options: How.

    Raises:
        InputError: There is no such drive, or it has no poses, no calibration, or no camera that has both; what is
            wrong with single items is among the drive's problems instead.
    """
    options = options or ReadOptions()
    problems = Problems()
    notes: list[str] = []
    paths = _vehicle_and_camera_poses(root, drive, options, problems)
    models = _calibrations(root, drive, problems)
    vehicle = paths.pop("", None)
    if vehicle is None:
        front = next((name for name in LIKELY_FRONT if name in paths), next(iter(paths)))
        notes.append(f"no vehicle_pose: the rig's frame is the body of {front}")
        vehicle = _body_path(paths[front])
    cameras = _cameras(root, drive, vehicle, paths, models, problems, notes)
    recording, start_us = recording_of(drive)
    objects = root / "all_object_info" / f"{drive}.tar"
    tracks: tuple[ObjectTrack, ...] = ()
    if has_file(objects):
        tracks = read_tracks(objects, problems)
    else:
        notes.append("no all_object_info: it has no objects")
    return Drive(
        id=drive, recording=recording, ego=vehicle, cameras=cameras, tracks=tracks, format=FORMAT, path=root,
        start_us=start_us, rules=options.rules(EXTRAPOLATION), map_layers=read_map(root, drive, problems),
        captions=_captions(root, drive, problems), problems=tuple(problems.found), notes=tuple(notes),
    )  # fmt: skip


def _vehicle_and_camera_poses(
    root: Path, drive: str, options: ReadOptions, problems: Problems
) -> dict[str, Trajectory]:
    """World from every camera by name; from the vehicle under ""."""
    stacks: dict[str, dict[int, FloatArray]] = {}
    for layer, pattern in (("vehicle_pose", _VEHICLE_POSE), ("pose", _POSE)):
        path = root / layer / f"{drive}.tar"
        if not has_file(path):
            continue
        for key, data in read_tar(path, problems, layer).items():
            match = pattern.fullmatch(key)
            if match is None or int(match[1]) > MAX_FRAME:
                problems.add("bad_file", layer, f"is no <frame>.{layer} array", path=path, field=key[:120])
                continue
            with problems.recording("bad_pose", layer, path=path, field=key[:120]):
                name = canonical_camera_name(match[2]) if layer == "pose" else ""
                stacks.setdefault(name, {})[int(match[1])] = _matrix(data, path, key)
    found = {}
    for name, stack in stacks.items():
        path = root / ("pose" if name else "vehicle_pose") / f"{drive}.tar"
        trajectory = _trajectory(name, stack, options.max_gap, path, problems)
        if trajectory is not None:
            found[name] = trajectory
    if not found:
        raise InputError(f"{root}: drive {drive} has no readable poses in vehicle_pose/ or pose/; add them")
    return found


def _matrix(data: bytes, path: Path, key: str) -> FloatArray:
    matrix = read_npy(data, path, key)
    if matrix.shape != (4, 4):
        raise FormatError(f"a pose has shape (4, 4), not {matrix.shape}", path=path, field=key)
    return matrix


def _trajectory(
    name: str, stack: Mapping[int, FloatArray], max_gap: float, path: Path, problems: Problems
) -> Trajectory | None:
    frames = sorted(stack)
    matrices = np.stack([stack[frame] for frame in frames])
    faults = what_is_no_pose(matrices)
    member = f"pose.{name}" if name else "vehicle_pose"
    if faults:
        index, fault = faults[0]
        more = f"; so are {len(faults) - 1} more" if len(faults) > 1 else ""
        problems.add("bad_pose", member, f"{fault}{more}", path=path, field=f"{frames[index]:06d}.{member}.npy")
    good = np.setdiff1d(np.arange(len(frames)), [index for index, _ in faults])
    if not len(good):
        return None
    matrices = matrices[good]
    matrices[:, :3, :3] = nearest_rotation(matrices[:, :3, :3])
    times = [frame_time(frames[index]) for index in good]
    return Trajectory.from_matrices(times, matrices, child=name or "rig", max_gap=max_gap)


def _body_path(camera: Trajectory) -> Trajectory:
    matrices = camera.matrices()
    body = body_pose_from_camera(Pose.identity())
    matrices[:, :3, :3] = matrices[:, :3, :3] @ body.rotation
    return Trajectory.from_matrices(camera.times, matrices, max_gap=camera.max_gap)


def _calibrations(root: Path, drive: str, problems: Problems) -> dict[str, dict[Lens, Camera]]:
    """Calibrations by camera and lens."""
    models: dict[str, dict[Lens, Camera]] = {}
    there = False
    for lens in LENSES:
        path = root / f"{lens}_intrinsic" / f"{drive}.tar"
        if not has_file(path):
            continue
        there = True
        for key, data in read_tar(path, problems, f"{lens}_intrinsic").items():
            if not (key.startswith(f"{lens}_intrinsic.") and key.endswith(".npy")):
                message = f"is no {lens}_intrinsic.<camera>.npy"
                problems.add("bad_file", f"{lens}_intrinsic", message, path=path, field=key[:120])
                continue
            text = key.removeprefix(f"{lens}_intrinsic.").removesuffix(".npy")
            with problems.recording("bad_calibration", f"camera {text}", path=path, field=key):
                model = _camera_model(lens, read_npy(data, path, key), path, key)
                models.setdefault(canonical_camera_name(text), {})[lens] = model
    if not there:
        raise InputError(
            f"{root}: drive {drive} has no calibration: neither ftheta_intrinsic/{drive}.tar nor "
            f"pinhole_intrinsic/{drive}.tar; add one"
        )
    return models


def _camera_model(lens: Lens, vector: FloatArray, path: Path, key: str) -> Camera:
    if not (np.abs(vector) < _LARGEST).all():
        raise FormatError(f"must be finite numbers of a lens, got {vector.tolist()}", path=path, field=key)
    if lens == "ftheta":
        return FThetaCamera.from_vector(vector)
    if vector.shape != (6,):
        raise FormatError(f"a pinhole is 6 numbers, got {vector.tolist()}", path=path, field=key)
    fx, fy, cx, cy, width, height = vector.tolist()
    # Whole numbers are pixel centres in the file, as in its f-theta vectors.
    return PinholeCamera(int(width), int(height), fx, fy, cx + 0.5, cy + 0.5)


def _cameras(
    root: Path,
    drive: str,
    vehicle: Trajectory,
    paths: Mapping[str, Trajectory],
    models: Mapping[str, Mapping[Lens, Camera]],
    problems: Problems,
    notes: list[str],
) -> dict[str, DriveCamera]:
    last = round(max(path.times[-1] for path in (vehicle, *paths.values())) * FPS)
    times = np.array([frame_time(frame) for frame in range(last + 1)])
    cameras: dict[str, DriveCamera] = {}
    footage = _all_footage(root, drive, problems)
    for name in _in_order(paths, models, footage):
        item = f"camera {name}"
        seen = footage.get(name, {})
        if name not in paths:
            if seen:
                message = "there are no poses of this camera; add them"
                problems.add("missing_extrinsics", item, message, path=root / "pose" / f"{drive}.tar", field=name)
            else:
                notes.append(f"{name} is calibrated, but has no poses and no pictures")
            continue
        lens = next((lens for lens in LENSES if lens in models.get(name, {}) and (not seen or lens in seen)), None)
        if lens is None:
            wanted = next(iter(seen), "ftheta")
            where = root / f"{wanted}_intrinsic" / f"{drive}.tar"
            message = f"there is no {wanted} calibration of this camera; add it"
            problems.add("missing_calibration", item, message, path=where, field=name)
            continue
        with problems.recording("missing_extrinsics", item):
            pose, own = _extrinsics(name, vehicle, paths[name], problems, notes)
            cameras[name] = DriveCamera(name, models[name][lens], pose, times, seen.get(lens), own)
    if not cameras:
        reasons = "; ".join(problem.detail for problem in problems.found[:3])
        raise InputError(f"{root}: drive {drive} has no camera with poses and calibration: {reasons}")
    return cameras


def _in_order(*groups: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for group in groups for name in group))


def _extrinsics(
    name: str, vehicle: Trajectory, camera: Trajectory, problems: Problems, notes: list[str]
) -> tuple[Pose, Trajectory | None]:
    """Where a camera sits on the rig, and its own poses where it is not fixed to it."""
    common = vehicle.knows(camera.times)
    if not common.any():
        raise InputError(f"camera {name}: has no pose at a time at which the vehicle has one")
    seen = np.linalg.inv(vehicle.sampled(camera.times[common])) @ camera.matrices()[common]
    first = Pose.from_matrix(seen[0], parent="rig", child=name)
    away = float(np.linalg.norm(seen[:, :3, 3] - seen[0, :3, 3], axis=1).max())
    cosine = (np.einsum("nij,ij->n", seen[:, :3, :3], seen[0, :3, :3]).min() - 1.0) / 2.0
    turned = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    if away <= RIGID[0] and turned <= RIGID[1]:
        return first, None
    message = f"moves up to {away:.3f} m and {np.degrees(turned):.2f}° against the vehicle; its own poses are used"
    if away > MOVES_FAR[0] or turned > MOVES_FAR[1]:
        problems.add("moving_camera", f"camera {name}", f"pose.{name}: {message}")
    else:
        notes.append(f"{name} {message}")
    return first, camera


def _all_footage(root: Path, drive: str, problems: Problems) -> dict[str, dict[Lens, Footage]]:
    """Pictures by camera and lens."""
    found: dict[str, dict[Lens, Footage]] = {}
    with input_errors(root):
        folders = sorted(path for path in root.iterdir() if path.is_dir())
    for folder in folders:
        for lens in LENSES:
            if not folder.name.startswith(f"{lens}_") or folder.name == f"{lens}_intrinsic":
                continue
            with problems.recording("bad_footage", f"camera {folder.name}", path=folder):
                footage = find_footage(folder / f"{drive}.mp4")
                if footage is not None:
                    found.setdefault(canonical_camera_name(folder.name), {})[lens] = footage
    for path in sorted(root.glob(f"{drive}.*.mp4")):
        with problems.recording("bad_footage", f"camera {path.name}", path=path):
            name = canonical_camera_name(path.name.removeprefix(f"{drive}.").removesuffix(".mp4"))
            footage = find_footage(path)
            if footage is not None:
                found.setdefault(name, {}).setdefault("ftheta", footage)
    return found


def _captions(root: Path, drive: str, problems: Problems) -> dict[str, str]:
    folder = root / "captions"
    if has_file(folder / f"{drive}.json"):
        with problems.recording("bad_caption", "captions"):
            document = read_json(folder / f"{drive}.json", _MAX_TEXT, unique_keys=True)
            if not isinstance(document, dict) or not all(isinstance(text, str) for text in document.values()):
                raise FormatError("is no object of texts", path=folder / f"{drive}.json")
            return dict(document)
    if has_file(folder / f"{drive}.txt"):
        with problems.recording("bad_caption", "captions"):
            try:
                return {"Original": read_bounded(folder / f"{drive}.txt", _MAX_TEXT).decode().strip()}
            except UnicodeDecodeError as error:
                raise FormatError("not UTF-8 text", path=folder / f"{drive}.txt", offset=error.start) from None
    return {}
