"""A clip's labels as dense arrays over frames and objects, for mining without a loop over either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip
from roadmark.errors import FormatError
from roadmark.scene import Course, read_courses

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_FULL_EXTENT = np.array([0.0, 0.0, 1.0, 1.0])
"""From inclusive whole pixels to edges."""


@dataclass(frozen=True, eq=False)
class LabelTracks:
    """F frames, N objects. Where an object is not labelled its numbers are NaN, its lane -1.

    Attributes:
        times: (F,) seconds from the clip's start.
        actor_ids: (N,) ascending.
        present: (F, N) whether it is labelled.
        center: (F, N, 3) box centres, world FLU, metres.
        yaw: (F, N) heading in the world, radians.
        size: (F, N, 3) length, width, height, metres.
        box_2d: (F, N, 4) xmin, ymin, xmax, ymax of the visible mask, pixels with their full extent.
        visible: (F, N) visible fraction; 1 where it is not known.
        lane: (F, N) a number per lane, -1 off the lanes.
    """

    times: FloatArray
    actor_ids: NDArray[np.int64]
    present: BoolArray
    center: FloatArray
    yaw: FloatArray
    size: FloatArray
    box_2d: FloatArray
    visible: FloatArray
    lane: NDArray[np.int32]


def load_tracks(clip: Clip, categories: Sequence[str]) -> LabelTracks:
    """Read the objects of some categories.

    Raises:
        InputError: A label file is missing.
        FormatError: A label file is malformed, names a frame the clip does not have, or an object twice in a frame.
    """
    times = np.array([frame.time for frame in clip.manifest.frames], np.float64)
    courses = [course for course in read_courses(clip).values() if course.category in categories]
    try:
        return _dense(courses, times - times[0])
    except ValueError as error:
        raise FormatError(f"no labels: {error}", path=clip.path) from None


def _dense(courses: Sequence[Course], times: FloatArray) -> LabelTracks:
    shape = (len(times), len(courses))
    tracks = LabelTracks(
        times=times,
        actor_ids=np.array([course.actor_id for course in courses], np.int64),
        present=np.zeros(shape, np.bool_),
        center=np.full((*shape, 3), np.nan),
        yaw=np.full(shape, np.nan),
        size=np.full((*shape, 3), np.nan),
        box_2d=np.full((*shape, 4), np.nan),
        visible=np.full(shape, np.nan),
        lane=np.full(shape, -1, np.int32),
    )
    lanes: dict[str, int] = {}
    for column, course in enumerate(courses):
        rows = course.frames
        if len(rows) and not 0 <= rows.min() <= rows.max() < len(times):
            raise ValueError(f"frame {rows.max()} of actor {course.actor_id} is none of the clip's {len(times)}")
        if len(np.unique(rows)) != len(rows):
            raise ValueError(f"actor {course.actor_id} is labelled twice in a frame")
        tracks.present[rows, column] = True
        tracks.center[rows, column] = course.places
        tracks.yaw[rows, column] = course.headings
        tracks.size[rows, column] = np.stack([course.lengths, course.widths, course.heights], axis=-1)
        tracks.box_2d[rows, column] = course.boxes + _FULL_EXTENT
        tracks.visible[rows, column] = course.visible
        known = [-1 if lane is None else lanes.setdefault(lane, len(lanes)) for lane in course.lanes]
        tracks.lane[rows, column] = known
    return tracks
