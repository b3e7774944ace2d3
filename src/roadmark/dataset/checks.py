"""Faults of a dataset that no single sample shows: duplicates, contradictions, leakage across splits, missing media."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from roadmark.dataset.media_files import locate_media
from roadmark.dataset.sample import Media, Sample
from roadmark.errors import InputError
from roadmark.files import hash_file

Fault = Literal["duplicate_id", "duplicate", "contradiction", "leak", "missing_media"]


@dataclass(frozen=True)
class Problem:
    """Something wrong with a dataset.

    Attributes:
        fault: `duplicate_id`: two samples have the same id. `duplicate`: the same media, question and answer once more.
            `contradiction`: the same media and question with another answer. `leak`: a source clip, a file or a
            file's content on two sides of the split. `missing_media`: a file that is not there, or leads out of the
            dataset.
        sample: Id of the sample where it shows.
        detail: One sentence.
    """

    fault: Fault
    sample: str
    detail: str


@dataclass
class _Seen:
    """What was met before. Keys are 16-byte digests: about 300 bytes of memory per sample."""

    ids: set[bytes] = field(default_factory=set)
    answers: dict[bytes, bytes] = field(default_factory=dict)
    clips: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    contents: dict[bytes, tuple[str, str]] = field(default_factory=dict)


def check_samples(
    samples: Iterable[Sample], side_of: Callable[[Sample], str] | None = None, root: Path | None = None
) -> Iterator[Problem]:
    """Look for faults while samples pass by.

    Args:
        samples: Any number.
        side_of: Side of a sample, for example `SplitPlan.side_of`; without it no leak is looked for.
        root: The dataset's folder; without it media are not looked at. With it every file is read once.
    """
    seen = _Seen()
    for sample in samples:
        yield from _repeats(sample, seen)
        side = None if side_of is None else side_of(sample)
        if side is not None and (other := seen.clips.setdefault(sample.clip, side)) != side:
            yield Problem("leak", sample.id, f"clip {sample.clip} is on two sides of the split: {other} and {side}")
        for media in sample.media:
            yield from _media_problems(sample, media, side, root, seen)


def _repeats(sample: Sample, seen: _Seen) -> Iterator[Problem]:
    name = _digest(sample.id)
    if name in seen.ids:
        yield Problem("duplicate_id", sample.id, "another sample has this id")
    seen.ids.add(name)
    paths = [f"{media.kind} {media.path}" for media in sample.media]
    said = [f"{message.role} {message.text}" for message in sample.messages]
    asked, answer = _digest(*paths, "", *said[:-1]), _digest(sample.answer)
    if asked not in seen.answers:
        seen.answers[asked] = answer
    elif seen.answers[asked] == answer:
        yield Problem("duplicate", sample.id, "the same question about the same media was asked before")
    else:
        yield Problem("contradiction", sample.id, "the same question about the same media has another answer before")


def _media_problems(
    sample: Sample, media: Media, side: str | None, root: Path | None, seen: _Seen
) -> Iterator[Problem]:
    new = media.path not in seen.files
    other = seen.files.setdefault(media.path, side or "")
    if side is not None and other != side:
        yield Problem("leak", sample.id, f"{media.path} is on two sides of the split: {other} and {side}")
    if root is None or not new:
        return
    try:
        content = hash_file(locate_media(root, media))[1]
    except InputError as error:
        yield Problem("missing_media", sample.id, str(error))
        return
    path, other = seen.contents.setdefault(content, (media.path, side or ""))
    if side is not None and other != side:
        detail = f"{media.path} ({side}) has the same content as {path} ({other})"
        yield Problem("leak", sample.id, detail)


def _digest(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode()).digest()[:16]
