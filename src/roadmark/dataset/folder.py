"""`DatasetFolder`: a dataset on disk, its files by their names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from roadmark.dataset.sample import Sample
from roadmark.dataset.sample_file import read_samples
from roadmark.dataset.sources import Sources, read_sources
from roadmark.dataset.splits import SplitPlan, read_split
from roadmark.errors import InputError
from roadmark.files import has_file, input_errors, open_input

SAMPLES, SPLIT, SOURCES = "samples.jsonl", "split.json", "sources.json"
STATISTICS, BIAS, CARD = "statistics.json", "bias.json", "README.md"

_CHUNK = 1 << 20

WHOLE = "train"
"""Side of everything where there is no split."""


@dataclass(frozen=True)
class DatasetFolder:
    """A dataset's folder; files are read when they are asked for.

    Attributes:
        path: The folder: `samples.jsonl`, `split.json`, `sources.json` and the media that samples name.
    """

    path: Path

    @classmethod
    def open(cls, path: Path | str) -> DatasetFolder:
        """Open a folder.

        Raises:
            InputError: It holds no samples.
        """
        folder = Path(path)
        if not has_file(folder / SAMPLES):
            raise InputError(f"{folder}: holds no {SAMPLES}; make a dataset with roadmark vqa")
        return cls(folder)

    @property
    def samples_file(self) -> Path:
        """The samples' file."""
        return self.path / SAMPLES

    def lines(self) -> int:
        """Lines of the samples' file, for progress.

        Raises:
            InputError: It is unreadable.
        """
        with input_errors(self.samples_file), open_input(self.samples_file) as stream:
            return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(_CHUNK), b""))

    def samples(self) -> Iterator[Sample]:
        """The samples, one by one, read anew at every call.

        Raises:
            FormatError: A line is malformed.
        """
        return read_samples(self.samples_file)

    @cached_property
    def split(self) -> SplitPlan | None:
        """The split; None where there is none.

        Raises:
            FormatError: It is malformed.
        """
        return read_split(self.path / SPLIT) if has_file(self.path / SPLIT) else None

    @cached_property
    def sources(self) -> Sources:
        """Where the clips lie.

        Raises:
            InputError: The dataset does not say.
            FormatError: The file is malformed.
        """
        if not has_file(self.path / SOURCES):
            raise InputError(f"{self.path}: holds no {SOURCES}, so its clips' labels are not known; build it anew")
        return read_sources(self.path / SOURCES)

    def side_of(self, sample: Sample) -> str:
        """The side of the split a sample is on.

        Raises:
            InputError: The split does not say.
        """
        return WHOLE if self.split is None else self.split.side_of(sample)

    def sides(self) -> tuple[str, ...]:
        """Sides that have samples, in the split's order.

        Raises:
            InputError: The split lacks a sample's group.
        """
        found = {self.side_of(sample) for sample in self.samples()}
        return tuple(side for side in (self.split.shares if self.split else (WHOLE,)) if side in found)

    def clip_sides(self) -> dict[str, str]:
        """Side of every clip that samples speak of.

        Raises:
            InputError: The split lacks a sample's group.
        """
        return {sample.clip: self.side_of(sample) for sample in self.samples()}

    def clip_folder(self, clip: str) -> Path:
        """Folder of a source clip.

        Raises:
            InputError: The dataset does not say where it lies.
        """
        if clip not in self.sources.clips:
            raise InputError(f"{self.path / SOURCES}: does not say where the clip {clip!r} lies")
        return self.path / self.sources.clips[clip]

    def augmented_folders(self, clip: str) -> dict[str, Path]:
        """Folders of a clip's augmentations, by their names.

        Raises:
            InputError: The dataset does not say where its clips lie.
        """
        folders = sorted(self.sources.augmented.items())
        return {name.split("/")[1]: self.path / path for name, path in folders if name.split("/")[0] == clip}
