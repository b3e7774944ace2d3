"""`DatasetCheck`: everything that can be found wrong with a dataset on disk, while its samples pass by once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from roadmark.dataset.checks import SampleChecker
from roadmark.dataset.folder import STATISTICS, DatasetFolder
from roadmark.dataset.problems import Problem
from roadmark.dataset.sample import Sample
from roadmark.dataset.sample_file import read_lines
from roadmark.dataset.statistics import count_samples
from roadmark.dataset.video_checks import MarksOfVideo, MediaChecker
from roadmark.errors import InputError
from roadmark.files import has_file, read_json

MAX_STATISTICS = 64 * 1024 * 1024


@dataclass
class DatasetCheck:
    """A check of a dataset; what rooms above know comes in as functions.

    Attributes:
        dataset: The dataset.
        decode: Decode every medium to its end; else videos' frames are only counted.
        fits: By trainer's format: raises an `InputError` where it cannot hold a sample.
        recompute: Gives a sample's answer from the labels; None where it cannot be computed. It may raise `InputError`.
        marks_of: The record of marks beside a video; None where it has none.
        progress: Called after every sample.
        samples: How many were read.
        media: How many different ones were looked at.
        recomputed: How many answers were computed anew.
    """

    dataset: DatasetFolder
    decode: bool = True
    fits: Mapping[str, Callable[[Sample], object]] = field(default_factory=dict)
    recompute: Callable[[Sample], str | None] | None = None
    marks_of: Callable[[Path], MarksOfVideo | None] | None = None
    progress: Callable[[], object] | None = None
    samples: int = 0
    media: int = 0
    recomputed: int = 0

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong, as it is met; memory grows with samples' digests only.

        Raises:
            InputError: The samples' file is unreadable.
            FormatError: The split is malformed.
        """
        together = SampleChecker(self.dataset.side_of, self.dataset.path)
        media = MediaChecker(self.dataset, self.decode, self.marks_of)
        bad_lines = 0
        for found in read_lines(self.dataset.samples_file):
            if not isinstance(found, Sample):
                bad_lines += 1
                yield Problem("bad_line", "", str(found))
                continue
            self.samples += 1
            yield from together.look(found)
            yield from media.look(found)
            yield from self._alone(found)
            self.media = media.seen
            if self.progress is not None:
                self.progress()
        if not bad_lines:
            yield from self._counts()

    def _alone(self, sample: Sample) -> Iterator[Problem]:
        """Faults of one sample by itself."""
        for name, fits in self.fits.items():
            try:
                fits(sample)
            except InputError as error:
                yield Problem("unfit", sample.id, f"{name}: {error}")
        if self.recompute is None:
            return
        try:
            answer = self.recompute(sample)
        except InputError as error:
            yield Problem("wrong_answer", sample.id, f"cannot be computed anew: {error}")
            return
        if answer is None:
            return
        self.recomputed += 1
        if answer != sample.answer:
            detail = f"says {sample.answer[:80]!r}, the labels {answer[:80]!r}"
            yield Problem("wrong_answer", sample.id, detail)

    def _counts(self) -> Iterator[Problem]:
        """Whether the statistics are of these samples."""
        path = self.dataset.path / STATISTICS
        if not has_file(path):
            return
        try:
            said: Any = read_json(path, MAX_STATISTICS)
        except InputError as error:
            yield Problem("stale_statistics", "", str(error))
            return
        try:
            found = count_samples(self.dataset.samples(), self.dataset.side_of).to_record()
        except InputError:
            return  # said of the samples
        wrong = [name for name, value in found.items() if not isinstance(said, dict) or said.get(name) != value]
        if wrong:
            yield Problem("stale_statistics", "", f"{path}: other samples were counted; wrong are {', '.join(wrong)}")
