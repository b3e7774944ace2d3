"""The bias report: how often someone is right who never looks at the video."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from roadmark.dataset import Sample
from roadmark.questions import options_of, template_of, truth_of
from roadmark.vqa.guessers import GUESSERS

FORMS: Final = ("yes_no", "choice")
"""Forms that have a level of chance."""
FEWEST: Final = 20
"""Questions below which nothing can be said."""
MARGIN: Final = 0.05
"""By which a guesser may be better than chance."""
MOST_KNOWN: Final = 200_000
"""Different things that guessers go by: of more, those met first; bounds memory, about 100 MB."""
_DEVIATIONS: Final = 3.0
"""Standard deviations of chance beyond which a guesser is better for a reason: of two dozen families with five guessers
each, one errs in every sixth report."""


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
    known: dict[tuple[int, str, str], Counter[str]] = {}
    for sample in samples():
        if sample.answer_kind in FORMS:
            for guesser in GUESSERS:
                key = _half(sample), guesser.name, guesser.key(sample)
                if key in known or len(known) < MOST_KNOWN:
                    known.setdefault(key, Counter())[guesser.learns(sample)] += 1
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


def _half(sample: Sample) -> int:
    return hashlib.sha256(sample.clip.encode()).digest()[0] & 1
