"""Which labels belong to which frame of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import InputError
from roadmark.marks.label_folder import LabelledFrame, MarkedObject, Polyline

MatchBy = Literal["auto", "index", "time"]
MatchedBy = Literal["frame map", "index", "time"]

_SAME_RATE = 1e-3
_EXACT = 1e-6


@dataclass(frozen=True, eq=False)
class Matching:
    """The labels' frame of every frame of a video.

    Attributes:
        positions: (F,) frame numbers of the labels, between two of them where the video shows a time between; NaN after
            the labels' end.
        by: What said so.
    """

    positions: NDArray[np.float64]
    by: MatchedBy

    def nearest(self) -> list[int | None]:
        """The nearest labelled frame of every frame."""
        return [None if np.isnan(position) else int(np.floor(position + 0.5)) for position in self.positions]


def match_frames(
    frames: int,
    rate: Fraction,
    label_frames: int,
    label_rate: Fraction | None,
    *,
    frame_map: Sequence[int] | None = None,
    by: MatchBy = "auto",
) -> Matching:
    """Match a video's frames with labels.

    By the record's frame map where there is one; else one to one where both have as many frames or the same rate; else
    by time from the start of both.

    Args:
        frames: Of the video.
        rate: Of the video, frames per second.
        label_frames: Of the labelled video.
        label_rate: Of the labelled video; None where it is not known.
        frame_map: Labelled frame of every frame of the video.
        by: What to go by instead.

    Raises:
        InputError: The frame map is another video's, or the labels' rate is needed and not known.

    Examples:
        >>> match_frames(4, Fraction(15), 6, Fraction(30)).positions.tolist()
        [0.0, 2.0, 4.0, nan]
    """
    if by == "auto" and frame_map is not None:
        if len(frame_map) != frames:
            raise InputError(f"the video has {frames} frames, its record's frame_map {len(frame_map)}: another video's")
        return Matching(_within(np.array(frame_map, dtype=np.float64), label_frames), "frame map")
    same_rate = label_rate is not None and abs(float(rate / label_rate) - 1.0) < _SAME_RATE
    if by == "index" or (by == "auto" and (frames == label_frames or same_rate)):
        return Matching(_within(np.arange(frames, dtype=np.float64), label_frames), "index")
    if label_rate is None:
        raise InputError(
            f"the video has {frames} frames, the labels {label_frames}, and nothing says the labels' rate; "
            "match them one to one with --match index"
        )
    positions = np.arange(frames, dtype=np.float64) * float(label_rate / rate)
    whole = np.rint(positions)
    exact = np.abs(positions - whole) < _EXACT * np.maximum(whole, 1.0)
    return Matching(_within(np.where(exact, whole, positions).astype(np.float64), label_frames), "time")


def _within(positions: NDArray[np.float64], label_frames: int) -> NDArray[np.float64]:
    """Positions up to half a frame after the last one; NaN beyond."""
    last = label_frames - 1
    inside = (positions >= 0.0) & (positions < last + 0.5)
    return np.where(inside, np.minimum(positions, last), np.nan)


def between(before: LabelledFrame, after: LabelledFrame, share: float) -> LabelledFrame:
    """Labels at a time between two frames, `share` of the way to the second: boxes move in straight lines.

    Outlines are the nearer frame's, moved and scaled with their box. An object that only one of the frames has is
    where that one has it, and only if that one is the nearer.
    """
    near, far = (after, before) if share >= 0.5 else (before, after)
    weight = 1.0 - share if share >= 0.5 else share
    objects = {actor: _moved(it, far.objects.get(actor), weight) for actor, it in near.objects.items()}
    return LabelledFrame(near.size, objects)


def _moved(near: MarkedObject, far: MarkedObject | None, weight: float) -> MarkedObject:
    if far is None:
        return near
    x0, y0, x1, y1 = (a + weight * (b - a) for a, b in zip(near.box, far.box, strict=True))
    box = x0, y0, x1, y1
    return MarkedObject(near.actor_id, near.category, box, tuple(carried(it, near.box, box) for it in near.polygons))


def carried(
    points: Polyline, source: tuple[float, float, float, float], target: tuple[float, float, float, float]
) -> Polyline:
    """Points (N, 2) moved and scaled as one box is to another."""
    old, new = np.array(source).reshape(2, 2), np.array(target).reshape(2, 2)
    moved: Polyline = new[0] + (points - old[0]) * ((new[1] - new[0]) / (old[1] - old[0]))
    return moved
