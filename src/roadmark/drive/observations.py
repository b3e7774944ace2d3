"""Tracks from single observations, for formats that list boxes one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from roadmark.drive.labels import Category
from roadmark.drive.problems import Problems
from roadmark.drive.tracks import ObjectTrack
from roadmark.drive.trajectory import SAME_TIME
from roadmark.geometry import Box3D, quaternion_from_rotation


class Observation(NamedTuple):
    """One box of one object.

    Attributes:
        track: Id of the object.
        label: Its class in the words of the file.
        time: Seconds of the drive.
        box: In the world.
        where: Line or record of the file, for messages.
    """

    track: str
    label: str
    time: float
    box: Box3D
    where: str


def tracks_of(
    observations: Sequence[Observation], categories: Mapping[str, Category], path: Path, problems: Problems
) -> tuple[ObjectTrack, ...]:
    """Put observations together to tracks, in the order in which these first appear.

    Args:
        observations: In any order.
        categories: By label; objects with another label are `other`, and a problem for each such label.
        path: For messages.
        problems: Takes second observations of one time, which are left out, and unknown labels.
    """
    by_track: dict[str, dict[int, Observation]] = {}
    for one in observations:
        own = by_track.setdefault(one.track, {})
        if round(one.time / SAME_TIME) in own:
            message = "there is another box of this object at this time; the first is kept"
            problems.add("duplicate_id", f"track {one.track}", message, path=path, field=one.where)
        else:
            own[round(one.time / SAME_TIME)] = one
    tracks = []
    unknown: dict[str, int] = {}
    for track_id, own in by_track.items():
        rows = [own[time] for time in sorted(own)]
        label = rows[0].label
        if label not in categories:
            unknown[label] = unknown.get(label, 0) + 1
        tracks.append(
            ObjectTrack(
                track_id, label, categories.get(label, "other"), np.array([row.time for row in rows]),
                np.stack([row.box.center for row in rows]), np.stack([row.box.size for row in rows]),
                quaternion_from_rotation(np.stack([row.box.rotation for row in rows])),
            )
        )  # fmt: skip
    for label, count in unknown.items():
        message = f"{label[:80]!r} is no known label; {count} tracks with it count as other"
        problems.add("unknown_label", f"label {label[:80]}", message, path=path)
    return tuple(tracks)
