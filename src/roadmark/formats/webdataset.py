"""WebDataset shards: tar files of media, each with all that is asked about it.

Source: webdataset, "The WebDataset Format": files of a sample are neighbours and share everything before the first
dot. Here that is a medium (or several seen together) with a JSON file, so a video with thirty questions is stored once.
"""

from __future__ import annotations

import io
import itertools
import json
import tarfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from roadmark.dataset import Media, Sample, locate_media, sample_record
from roadmark.errors import InputError
from roadmark.files import AtomicDirectory, input_errors, open_input, output_errors

BYTES_PER_SHARD = 1 << 30
"""A shard is closed when it has reached this size; 1 GB is what WebDataset's documentation advises."""


def write_webdataset(
    folder: Path | str,
    samples: Iterable[Sample],
    root: Path | str,
    side_of: Callable[[Sample], str] | None = None,
    *,
    bytes_per_shard: int = BYTES_PER_SHARD,
    overwrite: bool = False,
) -> dict[str, int]:
    """Write `<side>-<number>.tar`, whole or not at all, in one pass; the same dataset gives the same bytes.

    Samples of the same media share an entry `<number>.json`: `samples`, and `media`, the extensions of their files
    (`mp4`; `0.mp4` and `1.mp4` of two), as long as samples of a clip follow one another.

    Args:
        folder: Where they appear; must not exist, or be empty, unless `overwrite`.
        samples: Any number; those of one clip are in memory together.
        root: The dataset's folder, for the media.
        side_of: Side of a sample, for example `SplitPlan.side_of`; everything is `train` without it.
        bytes_per_shard: When a shard is closed.
        overwrite: Replace an older folder.

    Returns:
        Entries per side.

    Raises:
        InputError: A medium is missing, or leads out of the dataset.
        OutputError: The folder is not free, or cannot be written.
    """

    def place_of(sample: Sample) -> tuple[str, str]:
        return "train" if side_of is None else side_of(sample), sample.clip

    with AtomicDirectory(Path(folder), overwrite=overwrite) as target, ExitStack() as open_files:
        shards: dict[str, _Shards] = {}
        for (side, _), group in itertools.groupby(samples, place_of):
            if side not in shards:
                shards[side] = _Shards(target, side, bytes_per_shard)
                open_files.callback(shards[side].abandon)
            entries: dict[tuple[Media, ...], list[Sample]] = {}
            for sample in group:
                entries.setdefault(sample.media, []).append(sample)
            for media, asked in entries.items():
                shards[side].add([locate_media(root, one) for one in media], asked)
        for one in shards.values():
            one.close()
    return {side: one.count for side, one in sorted(shards.items())}


class _Shards:
    """Entries of one side, in tar files of limited size."""

    def __init__(self, folder: Path, side: str, limit: int) -> None:
        self._folder, self._side, self._limit = folder, side, limit
        self._tar: tarfile.TarFile | None = None
        self._number = 0
        self.count = 0

    def add(self, files: list[Path], samples: list[Sample]) -> None:
        with output_errors(self._path):
            if self._tar is None:
                self._tar = tarfile.TarFile(self._path, "w", format=tarfile.USTAR_FORMAT)
            key = f"{self.count:09d}"
            names = [file.suffix.lstrip(".").lower() or "bin" for file in files]
            if len(files) > 1 or names == ["json"]:
                names = [f"{position}.{name}" for position, name in enumerate(names)]
            for file, name in zip(files, names, strict=True):
                _add_file(self._tar, f"{key}.{name}", file)
            record = {"media": names, "samples": [sample_record(sample) for sample in samples]}
            text = json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
            self._tar.addfile(_member(f"{key}.json", len(text)), io.BytesIO(text))
        self.count += 1
        if self._tar.offset >= self._limit:
            self.close()
            self._number += 1

    def close(self) -> None:
        if self._tar is not None:
            with output_errors(self._path):
                self._tar.close()
            self._tar = None

    def abandon(self) -> None:
        if self._tar is not None and self._tar.fileobj is not None:
            with suppress(OSError):  # a full disk refuses what is still held, too; the folder is dropped anyway
                self._tar.fileobj.close()

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._side}-{self._number:06d}.tar"


def _add_file(tar: tarfile.TarFile, name: str, file: Path) -> None:
    with open_input(file) as stream:
        with input_errors(file):
            size = stream.seek(0, io.SEEK_END)
            stream.seek(0)
        try:
            tar.addfile(_member(name, size), stream)
        except OSError as error:
            if error.errno is None:  # tarfile's own: what it read ended early
                raise InputError(f"{file}: became shorter while it was read") from error
            raise


def _member(name: str, size: int) -> tarfile.TarInfo:
    """A tar header that depends on nothing else: no time, owner or rights of the file read."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    return member
