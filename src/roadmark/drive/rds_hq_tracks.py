"""Object tracks of RDS-HQ: `all_object_info`, one JSON document per keyframe.

Source: specs/av-grounding.md 1.2.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from roadmark.drive.arrays import FARTHEST, what_is_no_pose
from roadmark.drive.labels import category_of, report_unknown_labels
from roadmark.drive.problems import Problems
from roadmark.drive.rds_hq_layout import frame_time
from roadmark.drive.tar_samples import read_tar
from roadmark.drive.tracks import ObjectTrack
from roadmark.errors import FormatError
from roadmark.geometry import FloatArray, nearest_rotation, quaternion_from_rotation

_KEY = re.compile(r"(\d{1,6})\.all_object_info\.json")


class _Seen(NamedTuple):
    frame: int
    matrix: FloatArray
    size: FloatArray
    label: str
    moving: bool | None


def read_tracks(path: Path, problems: Problems) -> tuple[ObjectTrack, ...]:
    """Read the tracks of a drive, in the order in which they first appear.

    Args:
        path: `all_object_info/<id>.tar`.
        problems: Takes frames, observations and tracks that are wrong; the others are kept.

    Raises:
        InputError: The file is unreadable, or no tar.
    """
    seen: dict[str, list[_Seen]] = {}
    for key, data in read_tar(path, problems, "all_object_info").items():
        match = _KEY.fullmatch(key)
        if match is None:
            problems.add("bad_file", "all_object_info", "is no <frame>.all_object_info.json", path=path, field=key[:80])
            continue
        with problems.recording("bad_file", "all_object_info"):
            for track_id, record in _document(data, path, key, problems).items():
                with problems.recording("bad_track", f"track {track_id}"):
                    seen.setdefault(track_id, []).append(_observation(int(match[1]), record, path, key, track_id))
    found = (_track(track_id, rows, path, problems) for track_id, rows in seen.items())
    tracks = tuple(track for track in found if track is not None)
    report_unknown_labels((track.label for track in tracks), path, problems)
    return tracks


def _document(data: bytes, path: Path, key: str, problems: Problems) -> dict[str, Any]:
    def first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, value in pairs:
            if name in result:
                problems.add(
                    "duplicate_id", f"track {name[:80]}", "comes twice; the first is kept", path=path, field=key
                )
            else:
                result[name] = value
        return result

    try:
        document = json.loads(data, object_pairs_hook=first_of_each)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"no readable JSON: {str(error)[:200]}", path=path, field=key) from None
    if not isinstance(document, dict):
        raise FormatError("is no object of tracks", path=path, field=key)
    return document


def _observation(frame: int, record: Any, path: Path, key: str, track_id: str) -> _Seen:
    def fail(field: str, value: Any, wanted: str) -> FormatError:
        return FormatError(f"{field} must be {wanted}, got {str(value)[:120]}", path=path, field=f"{key} {track_id}")

    if not isinstance(record, dict):
        raise fail("a track", record, "an object")
    matrix = _numbers(record.get("object_to_world"), (4, 4))
    if matrix is None:
        raise fail("object_to_world", record.get("object_to_world"), "4 x 4 numbers")
    size = _numbers(record.get("object_lwh"), (3,))
    if size is None or not ((size > 0.0) & (size < FARTHEST)).all():
        raise fail("object_lwh", record.get("object_lwh"), "3 numbers > 0")
    label, moving = record.get("object_type"), record.get("object_is_moving")
    if not isinstance(label, str):
        raise fail("object_type", label, "text")
    if not isinstance(moving, bool | None):
        raise fail("object_is_moving", moving, "true or false")
    return _Seen(frame, matrix, size, label, moving)


def _numbers(value: Any, shape: tuple[int, ...]) -> FloatArray | None:
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array.astype(np.float64) if array.shape == shape and array.dtype.kind in "fiu" else None


def _track(track_id: str, rows: list[_Seen], path: Path, problems: Problems) -> ObjectTrack | None:
    item = f"track {track_id}"
    rows = sorted(rows, key=lambda row: row.frame)
    matrices = np.stack([row.matrix for row in rows])
    faults = what_is_no_pose(matrices)
    if faults:
        index, fault = faults[0]
        message = f"object_to_world {fault}; left out are {len(faults)} of {len(rows)} observations"
        problems.add("bad_track", item, message, path=path, field=f"{rows[index].frame:06d}.all_object_info.json")
    wrong = {index for index, _ in faults}
    rows = [row for index, row in enumerate(rows) if index not in wrong]
    if len(rows) < 2:
        if rows:
            message = "was observed only once; the track is left out"
            problems.add("single_observation", item, message, path=path, field=f"{rows[0].frame:06d}")
        return None
    good = np.stack([row.matrix for row in rows])
    return ObjectTrack(
        track_id, rows[0].label, category_of(rows[0].label) or "other",
        np.array([frame_time(row.frame) for row in rows]), good[:, :3, 3], np.stack([row.size for row in rows]),
        quaternion_from_rotation(nearest_rotation(good[:, :3, :3])), rows[0].moving,
    )  # fmt: skip
