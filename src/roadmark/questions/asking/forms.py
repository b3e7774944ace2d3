"""Forms of answers: a fact becomes a yes/no question, a choice, a word, a number with unit, a time span, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

import numpy as np

from roadmark.questions.question import Question

LETTERS: Final = "ABCDEFGH"

PUBLISHED_ENDING: Final = "Your final answer should be either Yes or No."
"""As the published recipe ends its questions."""

YES_NO: Final = (PUBLISHED_ENDING, "Answer Yes or No.", "Reply with Yes or No only.")
CHOICE: Final = (
    "Answer with the letter of the right option.",
    "Choose one option and reply with its letter only.",
    "Which option is right? Give its letter.",
)
SHORT: Final = ("Answer in a few words.", "Give a short answer.", "Reply briefly.")
NUMBER: Final = (
    "Answer with a number and its unit, {unit}.",
    "Give a number in {unit}.",
    "Reply with a number in {unit} only.",
)
COUNT: Final = ("Answer with a whole number.", "Give the number only.", "Reply with one whole number.")
SPAN: Final = (
    "Give start and end in seconds, as 'from 1.0 s to 2.5 s'.",
    "Answer with the time span in seconds, in the form 'from 1.0 s to 2.5 s'.",
)
JSON: Final = (
    "Answer with JSON of the form {shape}.",
    "The answer must be JSON: {shape}.",
    "Reply with JSON only: {shape}.",
)


class About(TypedDict, total=False):
    """What a question is about; see `Question`."""

    asked: str
    actors: tuple[int, ...]
    during: tuple[float, float] | None
    event: int | None
    facts: Mapping[str, Any]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Asker:
    """Puts facts of one video into questions; draws wordings, and the order of options.

    Attributes:
        rng: The only source of chance.
    """

    rng: np.random.Generator

    def pick(self, values: Sequence[str]) -> str:
        """One of several."""
        return values[int(self.rng.integers(len(values)))]

    def words(self, wordings: Sequence[str], names: Mapping[str, object]) -> str:
        """One of several wordings, filled in; the first letter is a capital.

        Args:
            wordings: With `{names}` in them.
            names: What stands for each.
        """
        text = self.pick(wordings).format_map(names)
        return text[0].upper() + text[1:]

    def yes_no(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        answer: bool,
        endings: Sequence[str] = YES_NO,
        **about: Unpack[About],
    ) -> Question:
        """A question that is answered by Yes or No."""
        text = f"{self.words(wordings, names)} {self.pick(endings)}"
        return Question(template, "yes_no", text, "Yes" if answer else "No", "yes" if answer else "no", **about)

    def choice(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        right: str,
        wrong: Iterable[str],
        most: int = 4,
        **about: Unpack[About],
    ) -> tuple[Question, ...]:
        """A question with lettered options; every place is as likely for the right one. Empty without a wrong option.

        Args:
            template: Of the question.
            wordings: With `{names}`.
            names: What stands for each.
            right: The right option's text.
            wrong: Texts of options that are surely wrong, more than needed: they are drawn from, each as likely.
            most: Options in all.
            about: What it is about.
        """
        others = sorted(set(wrong) - {right})
        if not others:
            return ()
        drawn = self.rng.choice(len(others), min(most - 1, len(others)), replace=False)
        options = [others[int(one)] for one in drawn]
        options.insert(int(self.rng.integers(len(options) + 1)), right)
        listed = "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))
        text = f"{self.words(wordings, names)}\n{listed}\n{self.pick(CHOICE)}"
        answer = LETTERS[options.index(right)]
        return (Question(template, "choice", text, answer, right, options=tuple(options), **about),)

    def short(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        answer: str,
        endings: Sequence[str] = SHORT,
        **about: Unpack[About],
    ) -> Question:
        """A question that is answered in a few words."""
        text = f"{self.words(wordings, names)} {self.pick(endings)}"
        return Question(template, "short", text, answer, answer, **about)

    def count(
        self, template: str, wordings: Sequence[str], names: Mapping[str, object], answer: int, **about: Unpack[About]
    ) -> Question:
        """A question that is answered by a whole number."""
        text = f"{self.words(wordings, names)} {self.pick(COUNT)}"
        return Question(template, "number", text, str(answer), str(answer), **about)

    def number(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        value: float,
        unit: str,
        decimals: int = 0,
        **about: Unpack[About],
    ) -> Question:
        """A question that is answered by a number and its unit.

        Args:
            template: Of the question.
            wordings: With `{names}`.
            names: What stands for each.
            value: The number.
            unit: Such as `m`, `s`, `km/h`.
            decimals: To which it is rounded: no more than one can tell from the picture.
            about: What it is about.
        """
        answer = f"{round(value, decimals) + 0.0:.{decimals}f} {unit}"
        text = f"{self.words(wordings, names)} {self.pick(NUMBER).format(unit=unit)}"
        return Question(template, "number", text, answer, answer, **about)

    def span(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        start: float,
        end: float,
        **about: Unpack[About],
    ) -> Question:
        """A question that is answered by a stretch of the video, to tenths of seconds."""
        answer = f"from {start:.1f} s to {end:.1f} s"
        return Question(
            template, "time_span", f"{self.words(wordings, names)} {self.pick(SPAN)}", answer, answer, **about
        )

    def json(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        value: Any,
        shape: str,
        **about: Unpack[About],
    ) -> Question:
        """A question that is answered by JSON of a named shape."""
        answer = json.dumps(value, ensure_ascii=False)
        text = f"{self.words(wordings, names)} {self.pick(JSON).replace('{shape}', f'`{shape}`')}"
        return Question(template, "json", text, answer, answer, **about)

    def caption(
        self,
        template: str,
        wordings: Sequence[str],
        names: Mapping[str, object],
        answer: str,
        **about: Unpack[About],
    ) -> Question:
        """A question that is answered by sentences."""
        return Question(template, "caption", self.words(wordings, names), answer, answer, **about)
