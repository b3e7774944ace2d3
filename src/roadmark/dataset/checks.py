"""Faults of a dataset that no single sample shows: duplicates, contradictions, leakage across splits, missing media."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from roadmark.dataset.media_files import locate_media
from roadmark.dataset.problems import Problem
from roadmark.dataset.sample import Media, Sample
from roadmark.errors import InputError
from roadmark.files import hash_file


def check_samples(
    samples: Iterable[Sample], side_of: Callable[[Sample], str] | None = None, root: Path | None = None
) -> Iterator[Problem]:
    """Look for faults while samples pass by.

    Args:
        samples: Any number.
        side_of: Side of a sample, for example `SplitPlan.side_of`; without it no leak is looked for.
        root: The dataset's folder; without it media are not looked at. With it every file is read once.
    """
    checker = SampleChecker(side_of, root)
    for sample in samples:
        yield from checker.look(sample)


@dataclass
class SampleChecker:
    """What was met before. Keys are 16-byte digests: about 300 bytes of memory per sample.

    Attributes:
        side_of: Side of a sample; without it no leak is looked for.
        root: The dataset's folder; without it media are not looked at.
    """

    side_of: Callable[[Sample], str] | None = None
    root: Path | None = None
    _ids: set[bytes] = field(default_factory=set)
    _answers: dict[bytes, bytes] = field(default_factory=dict)
    _clips: dict[str, str] = field(default_factory=dict)
    _files: dict[str, str] = field(default_factory=dict)
    _contents: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    def look(self, sample: Sample) -> Iterator[Problem]:
        """Faults of the next sample."""
        yield from self._repeats(sample)
        side = None
        if self.side_of is not None:
            try:
                side = self.side_of(sample)
            except InputError as error:
                yield Problem("no_side", sample.id, str(error))
        if side is not None and (other := self._clips.setdefault(sample.clip, side)) != side:
            yield Problem("leak", sample.id, f"clip {sample.clip} is on two sides of the split: {other} and {side}")
        for media in sample.media:
            yield from self._media_problems(sample, media, side)

    def _repeats(self, sample: Sample) -> Iterator[Problem]:
        name = _digest(sample.id)
        if name in self._ids:
            yield Problem("duplicate_id", sample.id, "another sample has this id")
        self._ids.add(name)
        paths = [f"{media.kind} {media.path}" for media in sample.media]
        said = [f"{message.role} {message.text}" for message in sample.messages]
        asked, answer = _digest(*paths, "", *said[:-1]), _digest(sample.answer)
        if asked not in self._answers:
            self._answers[asked] = answer
        elif self._answers[asked] == answer:
            yield Problem("duplicate", sample.id, "the same question about the same media was asked before")
        else:
            yield Problem("contradiction", sample.id, "the same question about the same media was answered otherwise")

    def _media_problems(self, sample: Sample, media: Media, side: str | None) -> Iterator[Problem]:
        new = media.path not in self._files
        other = self._files.setdefault(media.path, side or "")
        if side is not None and other != side:
            yield Problem("leak", sample.id, f"{media.path} is on two sides of the split: {other} and {side}")
        if self.root is None or not new:
            return
        try:
            content = hash_file(locate_media(self.root, media))[1]
        except InputError as error:
            yield Problem("missing_media", sample.id, str(error))
            return
        path, other = self._contents.setdefault(content, (media.path, side or ""))
        if side is not None and other != side:
            detail = f"{media.path} ({side}) has the same content as {path} ({other})"
            yield Problem("leak", sample.id, detail)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()[:16]
