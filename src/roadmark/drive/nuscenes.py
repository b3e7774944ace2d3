"""Reads nuScenes: a drive for each scene, its key frames as the cameras' frames.

    v1.0-<version>/<table>.json      scene, sample, sample_data, ego_pose, calibrated_sensor, ...
    samples/<CHANNEL>/*.jpg

Source: nuscenes-devkit, docs/schema_nuscenes.md. Boxes belong to the time of the key frame, pictures are taken up to
0.05 s beside it: objects are taken to where they are at the picture's time.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from roadmark.drive.arrays import FARTHEST
from roadmark.drive.drive import Drive, DriveCamera
from roadmark.drive.footage import ImageFiles
from roadmark.drive.labels import Category
from roadmark.drive.media_paths import media_path
from roadmark.drive.names import canonical_camera_name
from roadmark.drive.observations import Observation, tracks_of
from roadmark.drive.options import ReadOptions
from roadmark.drive.problems import Problems
from roadmark.drive.tracks import TrackRules
from roadmark.drive.trajectory import Trajectory
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, input_errors, read_json
from roadmark.geometry import Box3D, FloatArray, PinholeCamera, Pose, rotation_from_quaternion

FORMAT: Final = "nuscenes"
KEYFRAME_GAP = 0.75
"""Seconds: key frames are 0.5 s apart, sometimes a little more; a longer gap is one that is missing."""
EXTRAPOLATION = 0.1
"""Seconds beyond a track's ends: pictures beside the first and the last key frame."""

CATEGORIES: Mapping[str, Category] = {
    "vehicle.car": "car",
    "vehicle.truck": "truck",
    "vehicle.bus.bendy": "bus",
    "vehicle.bus.rigid": "bus",
    "vehicle.train": "train",
    "vehicle.trailer": "trailer",
    "vehicle.construction": "other_vehicle",
    "vehicle.emergency.ambulance": "other_vehicle",
    "vehicle.emergency.police": "other_vehicle",
    "vehicle.ego": "ego",
    "vehicle.motorcycle": "motorcycle",
    "vehicle.bicycle": "bicycle",
    "human.rider": "rider",
    "human.pedestrian.adult": "pedestrian",
    "human.pedestrian.child": "pedestrian",
    "human.pedestrian.construction_worker": "pedestrian",
    "human.pedestrian.police_officer": "pedestrian",
    "human.pedestrian.wheelchair": "pedestrian",
    "human.pedestrian.personal_mobility": "rider",
    "human.pedestrian.stroller": "stroller",
    "animal": "animal",
    "movable_object.barrier": "object",
    "movable_object.debris": "object",
    "movable_object.pushable_pullable": "object",
    "movable_object.trafficcone": "object",
    "static_object.bicycle_rack": "object",
}
"""Category by nuScenes' name."""

TABLES: Final = (
    *("scene", "log", "sample", "sample_data", "ego_pose", "calibrated_sensor", "sensor", "sample_annotation"),
    *("instance", "category"),
)
"""Tables that are read."""

_MAX_TABLE = 4 << 30
_Record = dict[str, Any]


def find_nuscenes(root: Path) -> list[str]:
    """Names of the scenes in a folder with `v1.0-*`."""
    return sorted(_versions(root))


def read_nuscenes(root: Path, drive: str, options: ReadOptions | None = None) -> Drive:
    """Read a scene.

    Args:
        root: The devkit's `dataroot`.
        drive: Name of the scene.
        options: How.

    Raises:
        InputError: There is no such scene, a table is missing or malformed, or no camera has calibration and pose;
            what is wrong with single records is among the drive's problems instead.
    """
    options = options or ReadOptions()
    problems = Problems()
    notes: list[str] = []
    folder = _versions(root).get(drive)
    if folder is None:
        raise InputError(f"{root}: has no scene {drive}")
    tables = _tables(folder)
    for table in TABLES:
        tables.of(table)
    scene = next(record for record in tables.of("scene").values() if record.get("name") == drive)
    samples = {token: one for token, one in tables.of("sample").items() if one.get("scene_token") == scene["token"]}
    rows = [row for token in samples for row in tables.data_of(token)]
    ego, start_us = _ego(tables, rows, options, problems)
    cameras = _cameras(root, tables, rows, start_us, problems, notes)
    if not cameras:
        reasons = "; ".join(problem.detail for problem in problems.found[:3])
        raise InputError(f"{folder}: scene {drive} has no camera with calibration and frames: {reasons}")
    observations = _observations(tables, samples, start_us, problems)
    log = tables.of("log").get(str(scene.get("log_token")), {})
    return Drive(
        id=drive, recording=str(log.get("logfile") or drive), ego=ego, cameras=cameras,
        tracks=tracks_of(observations, CATEGORIES, folder / "sample_annotation.json", problems), format=FORMAT,
        path=root, start_us=start_us,
        rules=TrackRules(max(options.max_gap, KEYFRAME_GAP), options.parked_within, EXTRAPOLATION),
        captions={"Original": scene["description"]} if isinstance(scene.get("description"), str) else {},
        problems=tuple(problems.found), notes=tuple(notes),
    )  # fmt: skip


class _Tables:
    """The tables of a version, loaded when asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._loaded: dict[str, dict[str, _Record]] = {}
        self._grouped: dict[str, dict[str, list[_Record]]] = {}

    def of(self, table: str) -> dict[str, _Record]:
        """Records by token.

        Raises:
            InputError: The table is missing or malformed.
        """
        if table not in self._loaded:
            path = self.folder / f"{table}.json"
            document = read_json(path, _MAX_TABLE)
            if not isinstance(document, list):
                raise FormatError("is no list of records", path=path)
            records: dict[str, _Record] = {}
            for number, record in enumerate(document):
                if not isinstance(record, dict) or not isinstance(record.get("token"), str):
                    raise FormatError("is no record with a token", path=path, field=f"record {number}")
                records.setdefault(record["token"], record)
            self._loaded[table] = records
        return self._loaded[table]

    def one(self, table: str, token: Any, where: str) -> _Record:
        """A record that another one names.

        Raises:
            FormatError: There is none.
        """
        record = self.of(table).get(token) if isinstance(token, str) else None
        if record is None:
            message = f"{where} names {str(token)[:40]!r}, which is not there"
            raise FormatError(message, path=self.folder / f"{table}.json")
        return record

    def data_of(self, sample: str) -> list[_Record]:
        """Records of `sample_data` of a key frame."""
        return self._by_sample("sample_data").get(sample, [])

    def annotations_of(self, sample: str) -> list[_Record]:
        """Boxes of a key frame."""
        return self._by_sample("sample_annotation").get(sample, [])

    def _by_sample(self, table: str) -> dict[str, list[_Record]]:
        if table not in self._grouped:
            groups: dict[str, list[_Record]] = defaultdict(list)
            for record in self.of(table).values():
                groups[str(record.get("sample_token"))].append(record)
            self._grouped[table] = groups
        return self._grouped[table]


@functools.lru_cache(maxsize=1)
def _tables(folder: Path) -> _Tables:
    """Scenes of one version share their tables: whoever reads many loads them once."""
    return _Tables(folder)


def _versions(root: Path) -> dict[str, Path]:
    """Folder of the tables, by name of the scene."""
    found: dict[str, Path] = {}
    with input_errors(root):
        folders = sorted(path for path in root.glob("v1.0-*") if path.is_dir()) if root.is_dir() else []
    for folder in folders:
        if has_file(folder / "scene.json"):
            for scene in _Tables(folder).of("scene").values():
                if isinstance(scene.get("name"), str):
                    found.setdefault(scene["name"], folder)
    return found


def _numbers(record: _Record, field: str, count: int, path: Path) -> FloatArray:
    try:
        values = np.asarray(record.get(field), np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (count,) or not (np.abs(values) < FARTHEST).all():
        message = f"must be {count} finite numbers, got {str(record.get(field))[:80]}"
        raise FormatError(message, path=path, field=f"{record['token'][:40]} {field}")
    return values


def _stamp(record: _Record, path: Path) -> int:
    stamp = record.get("timestamp")
    if not isinstance(stamp, int) or isinstance(stamp, bool) or abs(stamp) >= 1 << 62:
        message = f"must be microseconds, got {str(stamp)[:40]}"
        raise FormatError(message, path=path, field=f"{record['token'][:40]} timestamp")
    return stamp


def _ego(tables: _Tables, rows: list[_Record], options: ReadOptions, problems: Problems) -> tuple[Trajectory, int]:
    """World from rig at every time of a sensor, and the first of these times."""
    path = tables.folder / "ego_pose.json"
    poses: dict[int, tuple[FloatArray, FloatArray]] = {}
    for row in rows:
        with problems.recording("bad_pose", "ego_pose", path=path):
            pose = tables.one("ego_pose", row.get("ego_pose_token"), f"sample_data {row['token'][:40]}")
            turn = rotation_from_quaternion(_numbers(pose, "rotation", 4, path))
            poses[_stamp(row, tables.folder / "sample_data.json")] = _numbers(pose, "translation", 3, path), turn
    if not poses:
        raise InputError(f"{path}: there is no pose of the scene's key frames")
    stamps = sorted(poses)
    matrices = np.tile(np.eye(4), (len(stamps), 1, 1))
    for index, stamp in enumerate(stamps):
        matrices[index, :3, 3], matrices[index, :3, :3] = poses[stamp]
    times = (np.array(stamps, np.int64) - stamps[0]) / 1e6
    return Trajectory.from_matrices(times, matrices, max_gap=max(options.max_gap, KEYFRAME_GAP)), stamps[0]


def _cameras(
    root: Path, tables: _Tables, rows: list[_Record], start_us: int, problems: Problems, notes: list[str]
) -> dict[str, DriveCamera]:
    data = tables.folder / "sample_data.json"
    frames: dict[str, dict[float, tuple[_Record, Path]]] = defaultdict(dict)
    for row in rows:
        if row.get("is_key_frame") is not True:
            continue
        with problems.recording("bad_file", "sample_data", path=data):
            where = f"sample_data {row['token'][:40]}"
            seat = tables.one("calibrated_sensor", row.get("calibrated_sensor_token"), where)
            sensor = tables.one("sensor", seat.get("sensor_token"), where)
            if sensor.get("modality") == "camera":
                name = canonical_camera_name(str(sensor.get("channel")))
                picture = media_path(root, row.get("filename"), data, problems, f"camera {name}")
                if picture is not None:
                    frames[name][(_stamp(row, data) - start_us) / 1e6] = (row, picture)
    cameras = {}
    for name, own in sorted(frames.items()):
        with problems.recording("bad_calibration", f"camera {name}", path=tables.folder / "calibrated_sensor.json"):
            there = {time: one for time, one in sorted(own.items()) if has_file(one[1])}
            if there and len(there) < len(own):
                lost = next(one[1] for time, one in own.items() if time not in there)
                message = f"is missing, and {len(own) - len(there) - 1} more; the frames are left out"
                problems.add("bad_footage", f"camera {name}", message, path=lost)
            if not there:
                notes.append(f"{name}: none of its pictures is there")
            used = there or dict(sorted(own.items()))
            row = next(iter(used.values()))[0]
            model, pose = _calibration(tables, row, name)
            footage = ImageFiles(tuple(picture for _, picture in there.values())) if there else None
            cameras[name] = DriveCamera(name, model, pose, np.array(list(used)), footage)
    return cameras


def _calibration(tables: _Tables, row: _Record, name: str) -> tuple[PinholeCamera, Pose]:
    path = tables.folder / "calibrated_sensor.json"
    seat = tables.one("calibrated_sensor", row["calibrated_sensor_token"], f"camera {name}")
    rotation = rotation_from_quaternion(_numbers(seat, "rotation", 4, path))
    pose = Pose(rotation, _numbers(seat, "translation", 3, path), "rig", name)
    intrinsics = seat.get("camera_intrinsic")
    try:
        matrix = np.asarray(intrinsics, np.float64)
        (fx, skew, cx), (zero, fy, cy), last = matrix.tolist()
        size = int(row["width"]), int(row["height"])
    except (TypeError, ValueError, KeyError):
        message = f"needs 3 x 3 numbers and a width and height, got {str(intrinsics)[:80]}"
        raise FormatError(message, path=path, field=f"{seat['token'][:40]} camera_intrinsic") from None
    if skew != 0.0 or zero != 0.0 or last != [0.0, 0.0, 1.0]:
        raise FormatError("is no pinhole without skew", path=path, field=f"{seat['token'][:40]} camera_intrinsic")
    return PinholeCamera(*size, fx, fy, cx + 0.5, cy + 0.5), pose  # whole numbers are pixel centres in the file


def _observations(
    tables: _Tables, samples: Mapping[str, _Record], start_us: int, problems: Problems
) -> list[Observation]:
    path = tables.folder / "sample_annotation.json"
    found: list[Observation] = []
    for token, sample in samples.items():
        with problems.recording("bad_file", "sample"):
            time = (_stamp(sample, tables.folder / "sample.json") - start_us) / 1e6
            found += _boxes_of(tables, token, time, path, problems)
    return found


def _boxes_of(tables: _Tables, sample: str, time: float, path: Path, problems: Problems) -> list[Observation]:
    found = []
    for record in tables.annotations_of(sample):
        track = str(record.get("instance_token"))
        with problems.recording("bad_track", f"track {track[:40]}", path=path, field=record["token"][:40]):
            instance = tables.one("instance", record.get("instance_token"), f"box {record['token'][:40]}")
            category = tables.one("category", instance.get("category_token"), f"instance {track[:40]}")
            width, length, height = _numbers(record, "size", 3, path)
            turn = rotation_from_quaternion(_numbers(record, "rotation", 4, path))
            box = Box3D(_numbers(record, "translation", 3, path), np.array([length, width, height]), turn)
            found.append(Observation(track, str(category.get("name")), time, box, record["token"][:40]))
    return found
