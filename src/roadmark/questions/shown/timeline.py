"""`Timeline`: when a video shows each frame of the clip whose labels it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from roadmark.errors import InputError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Timeline:
    """When a video shows the frames of its clip.

    Attributes:
        seconds: (F,) seconds of the video per frame of the clip; NaN where it is not shown.
        rate: Frames per second of the clip.
        step: Seconds between two frames of the video.

    Raises:
        InputError: No frame of the clip is shown.
    """

    seconds: FloatArray
    rate: Fraction
    step: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.seconds).any():
            raise InputError("the video shows no frame of the clip")

    @classmethod
    def of_clip(cls, frames: int, rate: Fraction) -> Timeline:
        """Of the clip's own video."""
        return cls(np.arange(frames) / float(rate), rate, 1.0 / float(rate))

    @classmethod
    def of_frames(
        cls, frames: int, rate: Fraction, label_frames: Sequence[int | None], video_rate: Fraction
    ) -> Timeline:
        """Of a video whose frames are known by the clip's; frames of the clip between two of them are shown between.

        Args:
            frames: Of the clip.
            rate: Of the clip.
            label_frames: Frame of the clip of every frame of the video; None where it has none.
            video_rate: Frames per second of the video.
        """
        step = 1.0 / float(video_rate)
        shown = [(label, number) for number, label in enumerate(label_frames) if label is not None]
        labels, first = np.unique([label for label, _ in shown], return_index=True)
        numbers = np.array([number for _, number in shown], np.float64)[first]
        index = np.arange(frames)
        seconds = np.interp(index, labels, numbers) * step if labels.size else np.full(frames, np.nan)
        if labels.size:
            seconds[(index < labels[0]) | (index > labels[-1])] = np.nan
        return cls(seconds, rate, step)

    @cached_property
    def duration(self) -> float:
        """Seconds of the video until its last labelled frame has been shown."""
        return float(np.nanmax(self.seconds)) + self.step

    def shows(self, first: int, last: int) -> bool:
        """Whether any frame of a stretch of the clip is shown."""
        return bool(np.isfinite(self.seconds[first : last + 1]).any())

    def at(self, clip_seconds: ArrayLike) -> FloatArray:
        """Seconds of the video of seconds of the clip; the nearest shown time of what is not shown."""
        known = np.flatnonzero(np.isfinite(self.seconds))
        frames = np.asarray(clip_seconds, np.float64) * float(self.rate)
        return np.asarray(np.interp(frames, known, self.seconds[known]))
