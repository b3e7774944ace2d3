"""Guessers: those who answer questions without ever looking at the video."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from roadmark.dataset import Sample
from roadmark.questions import options_of, template_of, truth_of

_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")

Predict = Callable[[Sample, Counter[str]], str | None]


def _most_frequent(sample: Sample, known: Counter[str]) -> str | None:
    return max(known, key=lambda truth: (known[truth], truth)) if known else None


def _option(sample: Sample, known: Counter[str]) -> str | None:
    return max(options_of(sample), key=lambda option: (known[option], option)) if known else None


@dataclass(frozen=True)
class Guesser:
    """Someone who never looks.

    Attributes:
        name: In the report.
        key: What it goes by: answers of other samples with the same key are what it knows.
        learns: What it remembers of a sample.
        says: Its answer, in terms of `learns`; None where it knows nothing.
    """

    name: str
    key: Callable[[Sample], str]
    learns: Callable[[Sample], str]
    says: Predict


def _guesses_truth(sample: Sample, known: Counter[str]) -> str | None:
    return _option(sample, known) if sample.answer_kind == "choice" else _most_frequent(sample, known)


def _longest(sample: Sample, known: Counter[str]) -> str | None:
    options = options_of(sample)
    return max(options, key=lambda option: (len(option), option)) if options else None


def blind_words(sample: Sample) -> str:
    """The words of a question without numbers and options."""
    return f"{template_of(sample)} {_DIGITS.sub('#', sample.question.split(chr(10))[0])}"


def plain_answer(sample: Sample) -> str:
    """A closed answer as it is said, whatever it means: `yes`, `no`, or the place of the right option."""
    if sample.answer_kind == "yes_no":
        return truth_of(sample)
    return str(options_of(sample).index(truth_of(sample)))


GUESSERS: Final = (
    Guesser("answer", lambda it: it.answer_kind, plain_answer, _most_frequent),
    Guesser("template", template_of, truth_of, _guesses_truth),
    Guesser("words", blind_words, truth_of, _guesses_truth),
    Guesser("numbers", lambda it: f"{template_of(it)} {it.question.split(chr(10))[0]}", truth_of, _guesses_truth),
    Guesser("longest", template_of, truth_of, _longest),
)
"""`answer` gives the most frequent answer of the form, whatever is asked; `template` the most frequent one to what is
asked; `words` goes by the exact words without numbers, `numbers` by those with them: marks and times; `longest` takes a
choice's longest option."""
