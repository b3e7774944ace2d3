"""Samples for the page: grouped by clip and counted in one pass; lines that are no samples are told and left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Any

from roadmark.dataset import Sample, SplitPlan, Statistics, count_samples, sample_from_record
from roadmark.errors import FormatError, InputError
from roadmark.files import input_errors, open_input
from roadmark.report.problems import Problems

MAX_LINE = 4 * 1024 * 1024
TOLD_LINES = 20
"""Damaged lines that are named one by one."""
NO_SIDE = "in no split"

Times = tuple[float, float]


@dataclass(frozen=True)
class AskedSamples:
    """All samples of a dataset.

    Attributes:
        packed: What the page shows of each sample, as JSON, by clip, in the file's order: about half a KB each.
        counts: What `roadmark.dataset` counts.
    """

    packed: Mapping[str, list[bytes]] = field(default_factory=dict)
    counts: Statistics = field(default_factory=Statistics)

    def of(self, clip: str) -> list[dict[str, Any]]:
        """What the page shows of a clip's samples."""
        return [json.loads(record) for record in self.packed.get(clip, ())]


def read_asked(path: Path, split: SplitPlan | None, problems: Problems) -> AskedSamples:
    """Read the samples.

    Raises:
        InputError: The file is missing or unreadable.
    """
    packed: dict[str, list[bytes]] = {}

    def side_of(sample: Sample) -> str:
        try:
            return "" if split is None else split.side_of(sample)
        except InputError:
            return NO_SIDE

    def passing() -> Iterator[Sample]:
        for sample in _read(path, problems):
            record = json.dumps(_shown(sample, side_of(sample)), ensure_ascii=False)
            packed.setdefault(sample.clip, []).append(record.encode())
            yield sample

    counts = count_samples(passing(), None if split is None else side_of)
    if counts.splits[NO_SIDE]:
        problems.tell(f"split.json: does not say where {counts.splits[NO_SIDE]} samples belong")
    return AskedSamples(packed, counts)


def _read(path: Path, problems: Problems) -> Iterator[Sample]:
    damaged = 0
    with input_errors(path), BufferedReader(open_input(path)) as stream:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            try:
                if len(line) > MAX_LINE:
                    while line and not line.endswith(b"\n"):  # to where the next one begins
                        line = stream.readline(MAX_LINE)
                    raise FormatError(f"is longer than {MAX_LINE} bytes")
                sample = sample_from_record(json.loads(line))
            except (ValueError, RecursionError, FormatError) as error:
                damaged += 1
                if damaged <= TOLD_LINES:
                    problems.tell(f"{path.name}, line {number}: {error}")
            else:
                yield sample
    if damaged > TOLD_LINES:
        problems.tell(f"{path.name}: {damaged} lines in all are damaged and left out")


def _shown(sample: Sample, side: str) -> dict[str, Any]:
    """What the page shows of a sample; what it does not have is left out."""
    record: dict[str, Any] = {
        "id": sample.id,
        "family": sample.family,
        "form": sample.answer_kind,
        "version": sample.augmentation,
        "side": side,
        "media": [media.path for media in sample.media],
        "said": [[message.role, message.text] for message in sample.messages],
        "marks": [[mark.number, mark.actor_id] for mark in sample.marks],
        "event": sample.event,
        "during": asked_about(sample.facts),
        "facts": json.dumps(sample.facts, ensure_ascii=False, indent=1) if sample.facts else None,
    }
    return {name: value for name, value in record.items() if value not in (None, [], "")}


def asked_about(facts: Mapping[str, Any]) -> Times | None:
    """The seconds of the video that a question is about, where its facts say; first and last may be the same.

    Examples:
        >>> asked_about({"during": [1.5, 3.0]})
        (1.5, 3.0)
        >>> asked_about({"time": 2})
        (2.0, 2.0)
        >>> asked_about({"speed": 12.0}) is None
        True
    """
    for start, end in (("during", ""), ("span", ""), ("start", "end"), ("start_time", "end_time")):
        given = facts.get(start) if not end else [facts.get(start), facts.get(end)]
        if isinstance(given, list | tuple) and len(given) == 2 and all(_is_time(value) for value in given):
            first, last = (float(value) for value in given)
            return (first, last) if first <= last else (last, first)
    for name in ("moment", "time", "contact_time", "at"):
        if _is_time(facts.get(name)):
            return float(facts[name]), float(facts[name])
    return None


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value < 1e6
