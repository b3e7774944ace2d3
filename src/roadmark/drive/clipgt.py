"""Reads ClipGT drives: a folder with Parquet tables `<clip>.<table>.parquet` (or bare `<table>.parquet`).

    calibration_estimate   the rig, as JSON
    egomotion_estimate     world from rig, at its own times
    obstacle               boxes, at their own times
    lane, crosswalk, ...   the map
    <clip>.<camera>.mp4, <clip>.<camera>.json (times of its frames)

Source: specs/av-grounding.md section 2.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roadmark.drive.arrays import FARTHEST
from roadmark.drive.clipgt_layout import CALIBRATION, EGO, EXTRAPOLATION, FORMAT, FPS, OBSTACLE, file_name
from roadmark.drive.clipgt_map import read_map
from roadmark.drive.clipgt_rig import RigCamera, read_rig
from roadmark.drive.clipgt_tables import ClipTable
from roadmark.drive.clipgt_tracks import read_tracks
from roadmark.drive.drive import Drive, DriveCamera
from roadmark.drive.footage import find_footage
from roadmark.drive.names import recording_of
from roadmark.drive.options import ReadOptions
from roadmark.drive.problems import Problems
from roadmark.drive.tracks import ObjectTrack
from roadmark.drive.trajectory import Trajectory
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, input_errors, read_json
from roadmark.geometry import FloatArray, quaternion_from_rotation, rotation_from_quaternion

FRONT = "camera_front_wide_120fov"
EGO_EXTRAPOLATION = 0.1
"""Seconds beyond the ego's poses: one step of 10 Hz, for frames at the ends of a clip."""
MAX_FRAMES = 1_000_000
_MAX_SIDECAR = 256 << 20
_BARE = "clipgt"
"""Name of the folder in which files have no prefix inside other containers."""


def find_clipgt(folder: Path) -> list[str]:
    """Ids of the drives in a folder: those that have a calibration and an ego motion."""
    with input_errors(folder):
        names = {path.name for path in folder.glob("*.parquet")} if folder.is_dir() else set()
    ending = f".{CALIBRATION}.parquet"
    clips = sorted(name.removesuffix(ending) for name in names if name.endswith(ending) and not name.startswith("."))
    found = [clip for clip in clips if f"{clip}.{EGO}.parquet" in names]
    bare = f"{CALIBRATION}.parquet" in names and f"{EGO}.parquet" in names
    return [*found, *([_bare_id(folder)] if bare and _bare_id(folder) not in found else [])]


def read_clipgt(folder: Path, drive: str, options: ReadOptions | None = None) -> Drive:
    """Read a drive.

    Args:
        folder: With its tables.
        drive: Its id, one of `find_clipgt`.
        options: How.

    Raises:
        InputError: There is no such drive, it has no readable calibration or ego motion, or no camera; what is wrong
            with single items is among the drive's problems instead.
    """
    options = options or ReadOptions()
    problems = Problems()
    notes: list[str] = []
    prefix = _prefix(folder, drive)
    ego, start_us = _ego(folder / file_name(prefix, f"{EGO}.parquet"), options, problems)
    rig = _rig(folder / file_name(prefix, f"{CALIBRATION}.parquet"), options, problems, notes)
    cameras = _cameras(folder, prefix, rig, ego, start_us, problems)
    if not cameras:
        reasons = "; ".join(problem.detail for problem in problems.found[:3])
        raise InputError(f"{folder}: drive {drive} has no camera with lens and place: {reasons or 'none in the rig'}")
    obstacles = folder / file_name(prefix, f"{OBSTACLE}.parquet")
    tracks: tuple[ObjectTrack, ...] = ()
    with problems.recording("bad_file", OBSTACLE):
        if has_file(obstacles):
            tracks = read_tracks(obstacles, start_us, problems, notes)
        else:
            notes.append("no obstacle table: it has no objects")
    return Drive(
        id=drive, recording=recording_of(drive)[0], ego=ego, cameras=cameras, tracks=tracks, format=FORMAT, path=folder,
        start_us=start_us, rules=options.rules(EXTRAPOLATION), map_layers=read_map(folder, prefix, problems),
        problems=tuple(problems.found), notes=tuple(notes),
    )  # fmt: skip


def _bare_id(folder: Path) -> str:
    named = folder.absolute()
    return named.parent.name if named.name == _BARE else named.name


def _prefix(folder: Path, drive: str) -> str:
    """What the drive's files begin with; "" where they have their bare names."""
    prefixed = has_file(folder / f"{drive}.{CALIBRATION}.parquet")
    bare = drive == _bare_id(folder) and has_file(folder / f"{CALIBRATION}.parquet")
    if prefixed and bare:
        raise FormatError(f"has {drive}.{CALIBRATION}.parquet and {CALIBRATION}.parquet; remove one set", path=folder)
    if not prefixed and not bare:
        raise InputError(
            f"{folder}: drive {drive} has no calibration: {drive}.{CALIBRATION}.parquet is missing; add it"
        )
    return drive if prefixed else ""


def _ego(path: Path, options: ReadOptions, problems: Problems) -> tuple[Trajectory, int]:
    """World from rig, and the absolute time of its first pose."""
    table = ClipTable(path, EGO)
    stamps, positions = table.timestamps(), table.vectors("location")
    quaternions = table.vectors("orientation", "wxyz")
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = np.linalg.norm(quaternions, axis=1)
        good = (np.abs(positions) < FARTHEST).all(axis=1) & (lengths > 1e-6) & (lengths < FARTHEST)
    if not good.all():
        row = int(np.argmin(good))
        message = f"location or orientation holds NaN or no rotation; left out are {int((~good).sum())} rows"
        problems.add("bad_pose", EGO, message, path=path, field=f"row {row + 1}")
    rows = np.flatnonzero(good)
    order = rows[np.argsort(stamps[rows], kind="stable")]
    first = np.concatenate([[True], np.diff(stamps[order]) > 0])[: len(order)]
    if not first.all():
        row = int(order[int(np.argmin(first))])
        message = f"{int((~first).sum())} rows have the time of another; the first is kept"
        problems.add("duplicate_id", EGO, message, path=path, field=f"row {row + 1} timestamp_micros")
    order = order[first]
    if not len(order):
        raise InputError(f"{path}: has no pose of the vehicle; the drive cannot be used without")
    start_us = int(stamps[order[0]])
    turns = quaternion_from_rotation(rotation_from_quaternion(quaternions[order]))
    times = (stamps[order] - start_us) / 1e6
    ego = Trajectory(
        times, positions[order], turns, "world", "rig", max_gap=options.max_gap, extrapolation=EGO_EXTRAPOLATION
    )
    return ego, start_us


def _rig(path: Path, options: ReadOptions, problems: Problems, notes: list[str]) -> list[RigCamera]:
    texts = ClipTable(path, CALIBRATION).texts("rig_json")
    if not texts or not texts[0]:
        raise FormatError("has no rig; add it", path=path, field="rig_json")
    if len(texts) > 1:
        notes.append(f"{len(texts)} rigs; the first is used")
    if not options.corrections:
        notes.append("corrections of the rig are not applied")
    return read_rig(texts[0], path, problems, corrections=options.corrections)


def _cameras(
    folder: Path, prefix: str, rig: list[RigCamera], ego: Trajectory, start_us: int, problems: Problems
) -> dict[str, DriveCamera]:
    count = int(np.floor((ego.times[-1] - ego.times[0]) * FPS + 1e-6)) + 1
    nominal = np.array([round(frame * 1e6 / FPS) / 1e6 for frame in range(min(count, MAX_FRAMES))])
    cameras = {}
    for one in rig:
        with problems.recording("bad_footage", f"camera {one.name}"):
            own = folder / file_name(prefix, f"{one.name}.json")
            shared = folder / file_name(prefix, f"{FRONT}.json")  # NVIDIA's reader gives all cameras its times
            sidecar = next((path for path in (own, shared) if has_file(path)), None)
            times = nominal if sidecar is None else _frame_times(sidecar, start_us)
            footage = find_footage(folder / file_name(prefix, f"{one.name}.mp4"))
            cameras[one.name] = DriveCamera(one.name, one.model, one.rig_from_camera, times, footage)
    return cameras


def _frame_times(path: Path, start_us: int) -> FloatArray:
    document = read_json(path, _MAX_SIDECAR)
    rows = document if isinstance(document, list) else []
    stamps = [row.get("timestamp") if isinstance(row, dict) else None for row in rows]
    if not stamps or not all(isinstance(stamp, int) and abs(stamp) < 1 << 62 for stamp in stamps):
        raise FormatError('must be a list of {"timestamp": microseconds}', path=path)
    times = (np.array(stamps, np.int64) - start_us) / 1e6
    falls = np.flatnonzero(np.diff(times) <= 0.0)
    if len(falls):
        raise FormatError("must be later than the one before", path=path, field=f"timestamp of frame {falls[0] + 1}")
    return np.asarray(times)
