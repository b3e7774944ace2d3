"""Object tracks of ClipGT: the table `obstacle`, one row per object and time.

Source: specs/av-grounding.md section 2.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from roadmark.drive.arrays import FARTHEST
from roadmark.drive.clipgt_layout import OBSTACLE
from roadmark.drive.clipgt_tables import ClipTable
from roadmark.drive.labels import category_of, report_unknown_labels
from roadmark.drive.problems import Problems
from roadmark.drive.tracks import ObjectTrack
from roadmark.geometry import quaternion_from_rotation, rotation_from_quaternion

_DUPLICATES = "labelstore:"
"""Beginning of ids of tracks that are there once more under another id."""


def read_tracks(path: Path, start_us: int, problems: Problems, notes: list[str]) -> tuple[ObjectTrack, ...]:
    """Read the tracks of a drive, in the order in which they first appear.

    Args:
        path: The table.
        start_us: Absolute microseconds of the drive's time 0.
        problems: Takes rows and tracks that are wrong; the others are kept.
        notes: Takes what is good to know.

    Raises:
        InputError: The table is unreadable, or has not the columns.
    """
    table = ClipTable(path, OBSTACLE)
    if not len(table):
        return ()
    ids, labels = table.texts("trackline_id"), table.texts("category")
    times = (table.timestamps() - start_us) / 1e6
    centers, sizes = table.vectors("center"), table.vectors("size")
    quaternions = table.vectors("orientation", "wxyz")
    rows_of: dict[str, list[int]] = {}
    for row, track_id in enumerate(ids):
        rows_of.setdefault(track_id, []).append(row)
    tracks = []
    doubled = [track_id for track_id in rows_of if track_id.startswith(_DUPLICATES)]
    if doubled:
        notes.append(f"{len(doubled)} tracks whose ids begin with {_DUPLICATES} are left out: they are duplicates")
    for track_id, own in rows_of.items():
        if track_id.startswith(_DUPLICATES):
            continue
        if not track_id:
            problems.add("bad_track", "track", "has no trackline_id", path=path, field=f"row {own[0] + 1}")
            continue
        rows = _good_rows(track_id, np.array(own), times, np.hstack([centers, sizes, quaternions]), path, problems)
        if len(rows) < 2:
            if len(rows):
                message = "was observed only once; the track is left out"
                field = f"row {rows[0] + 1}"
                problems.add("single_observation", f"track {track_id}", message, path=path, field=field)
            continue
        label = labels[rows[0]]
        with problems.recording("bad_track", f"track {track_id}", path=path):
            turns = quaternion_from_rotation(rotation_from_quaternion(quaternions[rows]))
            category = category_of(label) or "other"
            tracks.append(ObjectTrack(track_id, label, category, times[rows], centers[rows], sizes[rows], turns))
    report_unknown_labels((track.label for track in tracks), path, problems)
    return tuple(tracks)


def _good_rows(
    track_id: str,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    times: np.ndarray[tuple[int], np.dtype[np.float64]],
    numbers: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    path: Path,
    problems: Problems,
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows of a track that hold a box, in order of time, one for each time."""
    item = f"track {track_id}"
    with np.errstate(invalid="ignore", over="ignore"):
        checks = {
            "holds NaN or infinity": np.isfinite(numbers[rows]).all(axis=1),
            "is nowhere on Earth": (np.abs(numbers[rows]) < FARTHEST).all(axis=1),
            "has a size <= 0": (numbers[rows, 3:6] > 0.0).all(axis=1),
            "has an orientation of length 0": np.linalg.norm(numbers[rows, 6:], axis=1) > 1e-6,
        }
    good = np.logical_and.reduce(list(checks.values()))
    if not good.all():
        first = int(np.argmin(good))
        fault = next(fault for fault, passed in checks.items() if not passed[first])
        message = f"{fault}; left out are {int((~good).sum())} of {len(rows)} observations"
        problems.add("bad_track", item, message, path=path, field=f"row {rows[first] + 1}")
    kept = rows[good]
    kept = kept[np.argsort(times[kept], kind="stable")]
    new = np.concatenate([[True], np.diff(times[kept]) > 0.0])[: len(kept)]
    if not new.all():
        message = f"{int((~new).sum())} rows have the time of another; the first is kept"
        problems.add("duplicate_id", item, message, path=path, field=f"row {kept[int(np.argmin(new))] + 1}")
    return np.asarray(kept[new])
