"""The bias report: how often someone is right who never looks at the video."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from roadmark.dataset import Sample
from roadmark.questions import options_of, template_of, truth_of

FORMS: Final = ("yes_no", "choice")
"""Forms that have a level of chance."""
FEWEST: Final = 20
"""Questions below which nothing can be said."""
MARGIN: Final = 0.05
"""By which a guesser may be better than chance."""
_DEVIATIONS: Final = 3.0
"""Standard deviations of chance beyond which a guesser is better for a reason: of two dozen families with five guessers
each, one errs in every sixth report."""
_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")

Predict = Callable[[Sample, Counter[str]], str | None]


def _yes_no(sample: Sample, known: Counter[str]) -> str | None:
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
    return _option(sample, known) if sample.answer_kind == "choice" else _yes_no(sample, known)


def _longest(sample: Sample, known: Counter[str]) -> str | None:
    options = options_of(sample)
    return max(options, key=lambda option: (len(option), option)) if options else None


def blind_words(sample: Sample) -> str:
    """The words of a question without numbers and options."""
    return f"{template_of(sample)} {_DIGITS.sub('#', sample.question.split(chr(10))[0])}"


def _plain_answer(sample: Sample) -> str:
    """The answer as it is said, without what leads to it."""
    if sample.answer_kind == "yes_no":
        return truth_of(sample)
    return str(options_of(sample).index(truth_of(sample)))


def _half(sample: Sample) -> int:
    return hashlib.sha256(sample.clip.encode()).digest()[0] & 1


GUESSERS: Final = (
    Guesser("answer", lambda it: it.answer_kind, _plain_answer, _yes_no),
    Guesser("template", template_of, truth_of, _guesses_truth),
    Guesser("words", blind_words, truth_of, _guesses_truth),
    Guesser("numbers", lambda it: f"{template_of(it)} {it.question.split(chr(10))[0]}", truth_of, _guesses_truth),
    Guesser("longest", template_of, truth_of, _longest),
)
"""`answer` gives the most frequent answer of the form, whatever is asked; `template` the most frequent one to what is
asked; `words` goes by the exact words without numbers, `numbers` by those with them: marks and times; `longest` takes a
choice's longest option."""


@dataclass
class Bias:
    """What guessing comes to in one family, or of one template.

    Attributes:
        samples: Questions with a level of chance.
        chance: Sum of their levels of chance.
        right: Right guesses by guesser.
        answers: Different answers, with their templates.
    """

    samples: int = 0
    chance: float = 0.0
    right: Counter[str] = field(default_factory=Counter)
    answers: set[tuple[str, str]] = field(default_factory=set)

    def verdict(self) -> str:
        """`ok`, `too few questions`, `one answer only`, or `guessed by <guesser>`."""
        if len(self.answers) == len({template for template, _ in self.answers}):
            return "one answer only"
        if self.samples < FEWEST:
            return "too few questions"
        chance = self.chance / self.samples
        allowed = chance + max(MARGIN, _DEVIATIONS * math.sqrt(chance * (1.0 - chance) / self.samples))
        worst, right = max(self.right.items(), key=lambda it: (it[1], it[0]), default=("", 0))
        return f"guessed by {worst}" if right / self.samples > allowed else "ok"

    def to_record(self) -> dict[str, Any]:
        """Plain JSON values."""
        count = max(self.samples, 1)
        return {
            "samples": self.samples,
            "chance": round(self.chance / count, 4),
            "guessers": {one.name: round(self.right[one.name] / count, 4) for one in GUESSERS},
            "verdict": self.verdict(),
        }


@dataclass(frozen=True)
class BiasReport:
    """How far guessing gets.

    Attributes:
        families: By family; `all` is all of them together.
        templates: By template.
    """

    families: Mapping[str, Bias]
    templates: Mapping[str, Bias]


def measure_bias(samples: Callable[[], Iterable[Sample]]) -> BiasReport:
    """Let guessers answer every closed question.

    Guessers learn from other clips than those they are asked about: from the other half, by a hash of the clip's name.

    Args:
        samples: Gives the samples anew at every call; it is called twice.
    """
    known: dict[tuple[int, str, str], Counter[str]] = defaultdict(Counter)
    for sample in samples():
        if sample.answer_kind in FORMS:
            for guesser in GUESSERS:
                known[_half(sample), guesser.name, guesser.key(sample)][guesser.learns(sample)] += 1
    families: dict[str, Bias] = {}
    templates: dict[str, Bias] = {}
    empty: Counter[str] = Counter()
    for sample in samples():
        if sample.answer_kind not in FORMS:
            continue
        options = options_of(sample)
        for found, name in ((families, sample.family), (families, "all"), (templates, template_of(sample))):
            bias = found.setdefault(name, Bias())
            bias.samples += 1
            bias.chance += 1.0 / len(options) if options else 0.5
            bias.answers.add((template_of(sample), truth_of(sample)))
            for guesser in GUESSERS:
                said = guesser.says(sample, known.get((1 - _half(sample), guesser.name, guesser.key(sample)), empty))
                bias.right[guesser.name] += said == guesser.learns(sample)
    return BiasReport(families, templates)
