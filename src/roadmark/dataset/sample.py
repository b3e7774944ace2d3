"""`Sample`: one training record, the same for every trainer; formats are writers of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal, get_args

from roadmark.errors import InputError
from roadmark.files import is_plain_name

MediaKind = Literal["video", "image"]
Role = Literal["system", "user", "assistant"]
AnswerKind = Literal["yes_no", "choice", "short", "number", "time_span", "json", "caption"]
"""Form of an answer."""

ANSWER_KINDS: tuple[AnswerKind, ...] = get_args(AnswerKind)
CLOSED_ANSWERS: tuple[AnswerKind, ...] = ("yes_no", "choice")
"""Forms with a few fixed answers, which statistics count one by one."""

MEDIA_TAGS = ("<video>", "<image>")
"""What trainers replace by pictures; no message may contain one of its own."""

_PLAIN = frozenset({bool, int})

MAX_TEXT = 100_000
MAX_PARTS = 1000
MAX_DEPTH = 30
"""Longest message, in characters; most messages, media and marks of a sample; how deep facts are nested."""


@dataclass(frozen=True)
class Media:
    """A video or a picture.

    Attributes:
        kind: What it is.
        path: Where, relative to the dataset's folder, with forward slashes.

    Raises:
        InputError: The path is absolute, climbs up, or has characters that are no part of a name.
    """

    kind: MediaKind
    path: str

    def __post_init__(self) -> None:
        if self.kind not in get_args(MediaKind):
            raise InputError(f"media kind {self.kind!r} is not known; use {', '.join(get_args(MediaKind))}")
        parts = PurePosixPath(self.path).parts
        if not parts or "/".join(parts) != self.path or not all(is_plain_name(part) for part in parts):
            raise InputError(
                f"media path {self.path[:80]!r}: must be relative to the dataset's folder, of letters, digits, "
                "'_', '.', '-' and '/'"
            )


@dataclass(frozen=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: Who speaks.
        text: What is said; media are not written into it, they stand before the first user's words.

    Raises:
        InputError: Unknown role, no text, or a media tag in it.
    """

    role: Role
    text: str

    def __post_init__(self) -> None:
        if self.role not in get_args(Role):
            raise InputError(f"role {self.role!r} is not known; use {', '.join(get_args(Role))}")
        if not self.text.strip() or len(self.text) > MAX_TEXT:
            raise InputError(f"{self.role} message: must have 1 to {MAX_TEXT} characters, has {len(self.text)}")
        _check_text(self.text, f"{self.role} message")
        for tag in MEDIA_TAGS:
            if tag in self.text:
                raise InputError(f"{self.role} message: contains {tag}, which trainers replace by a picture")


@dataclass(frozen=True)
class Mark:
    """A numbered mark in the picture.

    Attributes:
        number: What is drawn.
        actor_id: Whom it marks.
    """

    number: int
    actor_id: int


@dataclass(frozen=True)
class Sample:
    """A conversation about media, and where it comes from.

    Attributes:
        id: Unique in the dataset.
        media: What is looked at, in order.
        messages: At most one system message, then user and assistant in turn; ends with the assistant's.
        clip: The source clip: all samples of it and of its augmentations stay on one side of a split.
        family: Kind of question, for example "collision".
        answer_kind: Form of the answer.
        augmentation: Which variation of the clip is seen; None for the clip itself.
        event: The event it is about; None where it is about none.
        map_name: The clip's map, "" where not known.
        scenario_seed: Seed of the scenario; None where it has none.
        marks: Marks in the picture.
        facts: What the answer was computed from, JSON values.

    Raises:
        InputError: Something is missing, unknown or not in order; names the sample.

    Examples:
        >>> sample = Sample(
        ...     id="a-1", media=(Media("video", "videos/a.mp4"),), clip="a", family="collision", answer_kind="yes_no",
        ...     messages=(Message("user", "Is there a collision?"), Message("assistant", "Yes")),
        ... )
        >>> sample.answer
        'Yes'
    """

    id: str
    media: tuple[Media, ...]
    messages: tuple[Message, ...]
    clip: str
    family: str
    answer_kind: AnswerKind
    augmentation: str | None = None
    event: str | None = None
    map_name: str = ""
    scenario_seed: int | None = None
    marks: tuple[Mark, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        who = f"sample {self.id[:80]!r}"
        named = {"id": self.id, "clip": self.clip, "family": self.family, "augmentation": self.augmentation}
        for name, value in named.items():
            if not (is_plain_name(value) if value is not None else name == "augmentation"):
                raise InputError(f"{who}: {name} {value!r:.80} must be of letters, digits, '_', '.', '-'")
        if self.answer_kind not in ANSWER_KINDS:
            raise InputError(f"{who}: answer_kind {self.answer_kind!r} is not known; use {', '.join(ANSWER_KINDS)}")
        if max(len(self.media), len(self.messages), len(self.marks)) > MAX_PARTS:
            raise InputError(f"{who}: has more than {MAX_PARTS} media, messages or marks")
        turns = [message.role for message in self.messages]
        if turns[:1] == ["system"]:
            turns = turns[1:]
        if not turns or len(turns) % 2 or turns != ["user", "assistant"] * (len(turns) // 2):
            raise InputError(f"{who}: messages must be user and assistant in turn, not {turns[:6]}")
        numbers = [mark.number for mark in self.marks]
        if len(set(numbers)) != len(numbers):
            raise InputError(f"{who}: a mark's number stands for two actors among {numbers[:20]}")
        for name, text in (("event", self.event or ""), ("map_name", self.map_name)):
            _check_text(text, f"{who}: {name}")
        _check_json(self.facts, f"{who}: facts")

    @property
    def system(self) -> str | None:
        """The system message; None where there is none."""
        return self.messages[0].text if self.messages[0].role == "system" else None

    @property
    def turns(self) -> tuple[Message, ...]:
        """The messages without the system's."""
        return self.messages if self.system is None else self.messages[1:]

    @property
    def question(self) -> str:
        """The first words of the user."""
        return self.turns[0].text

    @property
    def answer(self) -> str:
        """The last words of the assistant."""
        return self.messages[-1].text


def _check_text(text: str, where: str) -> None:
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"{where}: character {error.start} is half of one (a lone surrogate)") from None


def _check_json(value: Any, where: str, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise InputError(f"{where}: is nested more than {MAX_DEPTH} deep")
    if value is None or type(value) in _PLAIN or (type(value) is str and value.isascii()):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise InputError(f"{where}: key {key!r} must be text")
            _check_text(key, where)
            _check_json(item, f"{where}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            _check_json(item, where, depth + 1)
    elif isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{where}: {value} is not a finite number")
    elif not (value is None or isinstance(value, bool | int | float)):
        raise InputError(f"{where}: {str(value)[:60]!r} is no JSON value")
