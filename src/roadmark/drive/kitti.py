"""Reads KITTI: sequences of the tracking benchmark, and single images of the object benchmark, as drives.

    training/image_02/<sequence>/<frame>.png  label_02/<sequence>.txt  calib/<sequence>.txt  oxts/<sequence>.txt
    training/image_2/<image>.png              label_2/<image>.txt      calib/<image>.txt

The rig is the inertial unit (FLU) of a sequence with `oxts`; the world is its place and the axes east, north, up.
Without `oxts`, which is noted, the world goes with the vehicle: boxes at frames are exact, motion is relative.

Source: KITTI development kits, readme.txt; Geiger et al., "Vision meets Robotics: The KITTI Dataset" (2013).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np

from roadmark.drive.arrays import FARTHEST
from roadmark.drive.drive import Drive, DriveCamera
from roadmark.drive.footage import IMAGE_ENDINGS, ImageFiles, find_footage
from roadmark.drive.kitti_calibration import read_calibration
from roadmark.drive.kitti_oxts import read_oxts
from roadmark.drive.labels import Category
from roadmark.drive.observations import Observation, tracks_of
from roadmark.drive.options import ReadOptions
from roadmark.drive.problems import Problems
from roadmark.drive.trajectory import Trajectory
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, input_errors, read_bounded
from roadmark.geometry import Box3D, PinholeCamera, Pose

FORMAT: Final = "kitti"
FPS = 10
CAMERAS: Mapping[str, str] = {"P2": "image_02", "P3": "image_03"}
"""Folder of the pictures of a tracking sequence, by projection; the object benchmark has no zero in it."""

CATEGORIES: Mapping[str, Category] = {
    "Car": "car",
    "Van": "car",
    "Truck": "truck",
    "Tram": "train",
    "Pedestrian": "pedestrian",
    "Person": "pedestrian",
    "Person_sitting": "pedestrian",
    "Cyclist": "rider",
    "Misc": "other",
}
"""Category by KITTI's type."""

_NOTHING = "DontCare"
_MAX_TEXT = 256 << 20
_FIELDS = 15  # of a label; a result has a score after them


def find_kitti(root: Path) -> list[str]:
    """Sequences, or images, that have a calibration and labels or pictures."""
    folder = _training(root)
    with input_errors(folder):
        names = {path.stem for path in (folder / "calib").glob("*.txt")} if (folder / "calib").is_dir() else set()
        there = any((folder / name).is_dir() for name in ("label_02", "image_02", "label_2", "image_2"))
    return sorted(names) if there else []


def read_kitti(root: Path, drive: str, options: ReadOptions | None = None) -> Drive:
    """Read a sequence, or an image as a drive of one frame.

    Args:
        root: The folder with `training`, or that folder itself.
        drive: Number of the sequence or image.
        options: How.

    Raises:
        InputError: Calibration or pictures are missing (only they tell the image's size), or a file is malformed;
            what is wrong with single lines is among the drive's problems instead.
    """
    options = options or ReadOptions()
    problems, notes = Problems(), list[str]()
    folder = _training(root)
    tracking = (folder / "image_02").is_dir() or (folder / "label_02").is_dir()
    calibration = folder / "calib" / f"{drive}.txt"
    projections, rig_from_rectified = read_calibration(calibration)
    footage = {name: _pictures(folder, name, drive, tracking) for name in CAMERAS}
    frames = max((len(own.paths) for own in footage.values() if own is not None), default=0)
    if not frames:
        where = folder / ("image_02" if tracking else "image_2") / drive
        raise InputError(f"{where}: there are no pictures; they alone tell the image's size, so add them")
    times = np.round(np.arange(frames) * 1e6 / FPS) / 1e6
    ego = _still(times, options.max_gap)
    if tracking and has_file(folder / "oxts" / f"{drive}.txt"):
        ego = read_oxts(folder / "oxts" / f"{drive}.txt", options.max_gap, problems)
    elif tracking:
        notes.append("no oxts: the world goes with the vehicle")
    cameras = {}
    for name, own in footage.items():
        if own is None or name not in projections:
            notes.append(f"{name}: no pictures or no projection")
            continue
        with problems.recording("bad_calibration", f"camera {name}", path=calibration, field=name):
            _, width, height = own.measure()
            fx, fy, cx, cy, place = projections[name]
            model = PinholeCamera(width, height, fx, fy, cx + 0.5, cy + 0.5)  # whole numbers are pixel centres
            seat = rig_from_rectified @ Pose(np.eye(3), place, "rectified", CAMERAS[name])
            cameras[CAMERAS[name]] = DriveCamera(CAMERAS[name], model, seat, times[: len(own.paths)], own)
    if not cameras:
        reasons = "; ".join(problem.detail for problem in problems.found[:3])
        raise InputError(f"{folder}: {drive} has no camera with projection and pictures: {reasons}")
    labels = folder / ("label_02" if tracking else "label_2") / f"{drive}.txt"
    observations = _observations(labels, ego, rig_from_rectified, tracking, problems) if has_file(labels) else []
    if not has_file(labels):
        notes.append("no labels: it has no objects")
    tracks = tracks_of(observations, CATEGORIES, labels, problems)
    return Drive(
        id=drive, recording=drive, ego=ego, cameras=cameras, tracks=tracks, format=FORMAT, path=root,
        rules=options.rules(0.0), problems=tuple(problems.found), notes=tuple(notes),
    )  # fmt: skip


def _training(root: Path) -> Path:
    return root / "training" if (root / "training").is_dir() else root


def _pictures(folder: Path, projection: str, drive: str, tracking: bool) -> ImageFiles | None:
    name = CAMERAS[projection]
    if tracking:
        found = find_footage(folder / name / f"{drive}.mp4")
        return found if isinstance(found, ImageFiles) else None
    places = (folder / name.replace("0", "") / f"{drive}{ending}" for ending in sorted(IMAGE_ENDINGS))
    picture = next((path for path in places if has_file(path)), None)
    return ImageFiles((picture,)) if picture else None


def _still(times: np.ndarray[tuple[int], np.dtype[np.float64]], max_gap: float) -> Trajectory:
    turns = np.tile([1.0, 0.0, 0.0, 0.0], (len(times), 1))
    return Trajectory(times, np.zeros((len(times), 3)), turns, max_gap=max_gap)


def _observations(
    path: Path, ego: Trajectory, rig_from_rectified: Pose, tracking: bool, problems: Problems
) -> list[Observation]:
    """Boxes of a label file, in the world; an image's objects are numbered by their lines."""
    found = []
    for number, line in enumerate(_lines(path), start=1):
        words = line.split()
        where = f"line {number}"
        frame, track = (words[0], words[1]) if tracking and len(words) > 2 else ("0", str(number))
        words = words[2:] if tracking else words
        if not words or words[0] == _NOTHING:
            continue
        with problems.recording("bad_track", f"track {track[:40]}", path=path, field=where):
            if len(words) < _FIELDS or not frame.isdecimal() or len(frame) > 7:
                raise FormatError(f"needs {_FIELDS} fields, got {line[:80]!r}", path=path, field=where)
            try:
                height, width, length, x, y, z, turn = (float(word) for word in words[8:15])
            except ValueError:
                raise FormatError(f"holds no numbers: {line[:80]!r}", path=path, field=where) from None
            if not max(map(abs, (height, width, length, x, y, z))) < FARTHEST:
                raise FormatError(f"holds no place or size: {line[:80]!r}", path=path, field=where)
            time = round(int(frame) * 1e6 / FPS) / 1e6
            world_from_rectified = ego.pose_at(time) @ rig_from_rectified
            # The location is the middle of the bottom face; the turn is about the rectified camera's down axis.
            box = Box3D.from_lhw_xyz([x, y - height / 2, z, length, height, width, 0.0, turn, 0.0], frame="rectified")
            found.append(Observation(track, words[0], time, box.transformed(world_from_rectified), where))
    return found


def _lines(path: Path) -> list[str]:
    try:
        return read_bounded(path, _MAX_TEXT).decode("ascii").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError("not plain text", path=path, offset=error.start) from None
