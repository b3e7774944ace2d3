"""A frame of the augmented video beside the source frame whose labels it has, and what every metric does with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from roadmark.verify.outcomes import Outcome
from roadmark.verify.pictures import Picture
from roadmark.verify.truth import FrameTruth


@dataclass(frozen=True, eq=False)
class Moment:
    """A frame and the one before it, for what changes over time.

    Attributes:
        source: The source's picture.
        result: The picture that is judged.
        truth: Labels of the source frame.
    """

    source: Picture
    result: Picture
    truth: FrameTruth


@dataclass(frozen=True, eq=False)
class ComparedFrame:
    """One frame that is judged.

    Attributes:
        now: The frame.
        before: The video's frame before it; None for its first one.
    """

    now: Moment
    before: Moment | None

    @property
    def source(self) -> Picture:
        """The source's picture."""
        return self.now.source

    @property
    def result(self) -> Picture:
        """The picture that is judged."""
        return self.now.result

    @property
    def truth(self) -> FrameTruth:
        """Labels of the source frame."""
        return self.now.truth

    def as_identity(self) -> ComparedFrame:
        """The source judged against itself."""
        return ComparedFrame(_identity(self.now), None if self.before is None else _identity(self.before))

    def against(self, stranger: Picture) -> ComparedFrame:
        """A picture of something else judged in the result's place."""
        return ComparedFrame(Moment(self.source, stranger, self.truth), None)


def _identity(moment: Moment) -> Moment:
    return Moment(moment.source, moment.source, moment.truth)


class Metric(Protocol):
    """Numbers about a video, gathered frame by frame."""

    def add(self, frame: ComparedFrame) -> None:
        """Take a frame into account."""

    def outcomes(self) -> Mapping[str, Outcome]:
        """The numbers over all frames so far, by name."""
