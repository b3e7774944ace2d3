"""`Verification`: what was found out about an augmented video, and its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from roadmark.clip import ClipEvent
from roadmark.config import Settings, validation_message
from roadmark.errors import FormatError
from roadmark.files import read_bounded, write_atomically
from roadmark.verify.outcomes import Bounded, Measured, ObjectState, Outcome

if TYPE_CHECKING:
    from roadmark.verify.objects import ObjectFinding  # brings the compiled kernels, which readers do not need

FILE_NAME = "verification.json"
MAX_BYTES = 64 * 1024 * 1024
_DECIMALS = 4
_MOST_FRAMES = 1_000_000
_ACTOR_ID = r"^-?[0-9]{1,18}$"

Verdict = Literal["accept", "reject"]


class Number(Settings):
    """A number, or the reason why there is none."""

    value: float | None = None
    reason: str | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> Number:
        """The record of an outcome."""
        if isinstance(outcome, Measured):
            return cls(value=round(outcome.value, _DECIMALS) + 0.0)
        return cls(reason=outcome.reason)

    def __str__(self) -> str:
        return "–" if self.value is None else f"{self.value:.2f}"


class MetricRecord(Settings):
    """A metric beside its bounds; see `Bounded`."""

    value: Number
    identity: Number
    shuffled: Number
    published: Number
    limit: float | None = None
    """What the value had to reach or keep below; null where it decides nothing."""

    @classmethod
    def of(cls, bounded: Bounded, limit: float | None) -> MetricRecord:
        """The record of a metric."""
        parts = {name: Number.of(getattr(bounded, name)) for name in ("value", "identity", "shuffled", "published")}
        return cls(**parts, limit=None if limit is None else round(limit, _DECIMALS))


class LookRecord(Settings):
    """Whether the picture looks as a condition asks."""

    number: str
    because: str
    value: Number
    source: Number
    """Of the source's picture."""
    at_least: float | None = None
    at_most: float | None = None
    holds: bool | None = None
    """Null where the number could not be measured, or is only told."""


class ObjectRecord(Settings):
    """What became of an object; see `ObjectFinding`."""

    category: str
    state: ObjectState
    evidence: float
    displacement: tuple[int, int]
    pixels: float
    contrast: float
    expected: float
    frames: Annotated[int, Field(ge=1)]
    invisible: tuple[tuple[int, int], ...] = ()
    """Source frames, first and last, in which it cannot be told from its surroundings; ascending, with gaps."""

    @field_validator("invisible")
    @classmethod
    def _apart(cls, ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        end = -2
        for first, last in ranges:
            if not end + 1 < first <= last < _MOST_FRAMES or first < 0:
                raise ValueError(f"[{first}, {last}] are no ascending frames apart from those before")
            end = last
        return ranges

    @classmethod
    def of(cls, finding: ObjectFinding, ranges: tuple[tuple[int, int], ...]) -> ObjectRecord:
        """The record of a finding."""
        numbers = {name: round(getattr(finding, name), 3) for name in ("evidence", "pixels", "contrast", "expected")}
        return cls(
            category=finding.category,
            state=finding.state,
            displacement=finding.displacement,
            frames=finding.frames,
            invisible=ranges,
            **numbers,
        )


class Verification(Settings):
    """The whole of `verification.json`."""

    schema_version: Literal[1] = 1
    video: str
    """Name of the video's file, beside this one."""
    source_digest: str
    """Of the source clip's manifest."""
    conditions: dict[str, str] | None
    """Weather, lighting and road that were asked for; null where they are not known."""
    controls: tuple[str, ...] = ()
    every: Annotated[int, Field(ge=1)]
    """Every how many frames were judged."""
    judged: int
    """Number of judged frames."""
    shuffled_with: str
    """What stood in the video's place for the bound of chance."""
    published_source: str
    faults: tuple[str, ...]
    """What is wrong with the file itself."""
    metrics: dict[str, MetricRecord]
    looks: tuple[LookRecord, ...]
    objects: dict[Annotated[str, Field(pattern=_ACTOR_ID)], ObjectRecord]
    """By actor id."""
    verdict: Verdict
    reasons: tuple[str, ...]
    """Why it was rejected; empty when it was not."""
    notes: tuple[str, ...] = ()
    """What a user should know of an accepted video, too."""

    @cached_property
    def invisible(self) -> Mapping[int, tuple[int, ...]]:
        """Source frames in which actors cannot be told from their surroundings, by actor id."""
        found = {}
        for actor, record in self.objects.items():
            frames = tuple(index for first, last in record.invisible for index in range(first, last + 1))
            if frames:
                found[int(actor)] = frames
        return found

    def hides(self, event: ClipEvent) -> bool:
        """Whether an actor of an event cannot be seen in any frame of it."""
        records = (self.objects.get(str(actor)) for actor in event.actor_ids)
        return any(
            first <= event.first_frame and event.last_frame <= last
            for record in records
            if record is not None
            for first, last in record.invisible
        )

    def to_json(self) -> bytes:
        """The file's bytes."""
        return (json.dumps(self.model_dump(mode="json"), indent=1) + "\n").encode()


def verification_file(video: Path) -> Path:
    """Where the verification of a video lies: beside it."""
    return video.with_name(FILE_NAME)


def write_verification(verification: Verification, video: Path) -> Path:
    """Write `verification.json` beside its video; the same verification gives the same bytes.

    Returns:
        The file.

    Raises:
        OutputError: It cannot be written.
    """
    path = verification_file(video)
    write_atomically(path, verification.to_json())
    return path


def read_verification(path: Path) -> Verification:
    """Read a `verification.json`, given by itself, by its video or by the folder of both.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is malformed; the message names the field.
    """
    if path.is_dir():
        path = path / FILE_NAME
    elif path.suffix != ".json":
        path = verification_file(path)
    data: Any = read_bounded(path, MAX_BYTES)
    try:
        return Verification.model_validate_json(data)
    except ValidationError as error:
        raise FormatError(validation_message(error), path=path) from None
