"""`Question`: one question about a video with its answer, computed from labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from roadmark.dataset import AnswerKind
from roadmark.errors import InputError


@dataclass(frozen=True)
class Question:
    """A question and its answer.

    Attributes:
        template: What is asked whatever the wording, `<family>.<name>`: answers are balanced, and bias is measured, by
            template.
        form: Form of the answer.
        text: What the user says, with what kind of answer is wanted.
        answer: What is right.
        truth: The answer as what it means, free of where it stands among options: `yes`, `no`, the text of the right
            option, else the answer itself. What is balanced.
        asked: What the words name besides marks and options, such as a colour: answers are balanced within it, too, or
            the name alone would give the answer away.
        options: Texts of a choice's options, in their order.
        actors: Whom the words name by their marks; they must be seen.
        during: Seconds of the video, from and to, in which the actors must be seen; None is at any time.
        event: The event it is about, by its place in the clip's list of events, counted from 1.
        facts: What the answer was computed from, JSON values.
        reasons: What leads to the answer, sentences that follow from the facts, in order.

    Raises:
        InputError: Something is missing or contradicts itself.
    """

    template: str
    form: AnswerKind
    text: str
    answer: str
    truth: str
    asked: str = ""
    options: tuple[str, ...] = ()
    actors: tuple[int, ...] = ()
    during: tuple[float, float] | None = None
    event: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        family, _, name = self.template.partition(".")
        if not (family and name and self.text and self.answer and self.truth):
            raise InputError(f"question {self.template!r}: needs a template <family>.<name>, words and an answer")
        if self.form == "choice" and (len(set(self.options)) < 2 or self.truth not in self.options):
            raise InputError(f"question {self.template!r}: {self.truth!r} is not one of {self.options}")
        if len(set(self.options)) != len(self.options):
            raise InputError(f"question {self.template!r}: an option stands there twice: {self.options}")

    @property
    def family(self) -> str:
        """The family that asks it."""
        return self.template.partition(".")[0]
