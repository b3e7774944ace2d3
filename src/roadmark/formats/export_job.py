"""What every export works with: the dataset, where to write, and how media are made reachable."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from roadmark.dataset import DatasetFolder, Sample, locate_media
from roadmark.errors import ConfigError
from roadmark.files import output_errors
from roadmark.formats.labelled_images import ImageChoice
from roadmark.formats.placing import Placing, place_file

MediaMode = Literal["refer", "link", "copy"]
"""How an export has its media. `refer`: videos stay in the dataset's folder, and paths are relative to that. `link`,
`copy`: they lie in the export under the same paths. Pictures of label formats are always in the export: linked, unless
`copy`."""


@dataclass(frozen=True)
class ExportOptions:
    """What is written and how.

    Attributes:
        media: See `MediaMode`.
        augmented: Label formats get the frames of augmented clips, too.
        choice: Images and objects of label formats.
        seed: Draws what is left out of the published recipe's balanced file.

    Raises:
        ConfigError: A mode that is not known.
    """

    media: MediaMode = "refer"
    augmented: bool = False
    choice: ImageChoice = field(default_factory=ImageChoice)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.media not in get_args(MediaMode):
            raise ConfigError(f"media {self.media!r} is not known; use {', '.join(get_args(MediaMode))}")


@dataclass
class ExportJob:
    """One export under way.

    Attributes:
        dataset: The dataset.
        folder: The folder to write into, not yet in its place.
        place: Where it will be.
        options: What is written and how.
        progress: Told of images done and images in all.
        notes: What a user should know; grows.
    """

    dataset: DatasetFolder
    folder: Path
    place: Path
    options: ExportOptions
    progress: Callable[[int, int], None] | None = None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def sides(self) -> tuple[str, ...]:
        """Sides that have samples."""
        return self.dataset.sides()

    @property
    def pictures(self) -> Placing:
        """How label formats get their pictures."""
        return "copy" if self.options.media == "copy" else "link"

    def samples(self, side: str) -> Iterator[Sample]:
        """Samples of a side, read anew at every call."""
        return (sample for sample in self.dataset.samples() if self.dataset.side_of(sample) == side)

    def media_root(self, below: str = "") -> str:
        """The folder that media paths are relative to, seen from a folder of the export."""
        here = os.path.realpath(self.place)
        root = os.path.realpath(self.dataset.path) if self.options.media == "refer" else here
        return Path(os.path.relpath(root, os.path.join(here, below))).as_posix()

    def write_into(self, write: Callable[[Path], dict[str, int]]) -> dict[str, int]:
        """Let a writer that makes a whole folder of its own fill this one."""
        own = self.folder / "whole"
        found = write(own)
        with output_errors(self.place):
            for entry in sorted(own.iterdir()):
                entry.rename(self.folder / entry.name)
            own.rmdir()
        return found

    def place_media(self) -> None:
        """Put every medium that samples name into the export, unless they are only referred to.

        Raises:
            InputError: A medium is missing, or leads out of the dataset.
            OutputError: It cannot be written.
        """
        if self.options.media == "refer":
            return
        placed: set[str] = set()
        for sample in self.dataset.samples():
            for media in sample.media:
                if media.path not in placed:
                    placed.add(media.path)
                    source = locate_media(self.dataset.path, media)
                    place_file(source, self.folder / media.path, self.options.media)
