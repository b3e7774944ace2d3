"""What a dataset holds, counted while its samples pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from roadmark.dataset.sample import CLOSED_ANSWERS, Sample

MAX_ANSWERS = 50
"""Different answers counted per family; the rest of them count as "other"."""


@dataclass
class FamilyCount:
    """One family of questions.

    Attributes:
        samples: How many.
        answer_kinds: Forms of their answers.
        answers: Answers of the closed forms (yes or no, choices).
        question_words: Words of all questions.
        answer_words: Words of all answers.
    """

    samples: int = 0
    answer_kinds: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    question_words: int = 0
    answer_words: int = 0

    def add(self, sample: Sample) -> None:
        """Count a sample."""
        self.samples += 1
        self.answer_kinds[sample.answer_kind] += 1
        self.question_words += len(sample.question.split())
        self.answer_words += len(sample.answer.split())
        if sample.answer_kind in CLOSED_ANSWERS:
            known = sample.answer in self.answers or len(self.answers) < MAX_ANSWERS
            self.answers[sample.answer if known else "other"] += 1

    @property
    def majority(self) -> float | None:
        """Share of the most frequent closed answer: what someone gets right who never looks; None without any."""
        return max(self.answers.values()) / self.answers.total() if self.answers else None


@dataclass
class Statistics:
    """Counts of a dataset.

    Attributes:
        samples: How many.
        clips: Samples per source clip.
        splits: Samples per side, where a split was given.
        augmented: Samples of augmented clips.
        families: Counts per family.
        media: Samples per number of videos and images, such as "1 video".
    """

    samples: int = 0
    clips: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    augmented: int = 0
    families: dict[str, FamilyCount] = field(default_factory=dict)
    media: Counter[str] = field(default_factory=Counter)

    def to_record(self) -> dict[str, Any]:
        """Plain JSON values, sorted by name."""
        return {
            "samples": self.samples,
            "clips": len(self.clips),
            "samples_per_clip": {
                "least": min(self.clips.values(), default=0),
                "most": max(self.clips.values(), default=0),
            },
            "augmented": self.augmented,
            "splits": dict(sorted(self.splits.items())),
            "media": dict(sorted(self.media.items())),
            "families": {name: _family(count) for name, count in sorted(self.families.items())},
        }


def count_samples(samples: Iterable[Sample], side_of: Callable[[Sample], str] | None = None) -> Statistics:
    """Count samples; memory grows with clips and families, not with samples.

    Args:
        samples: Any number.
        side_of: Side of a sample, for example `SplitPlan.side_of`.
    """
    found = Statistics()
    for sample in samples:
        found.samples += 1
        found.clips[sample.clip] += 1
        found.augmented += sample.augmentation is not None
        found.families.setdefault(sample.family, FamilyCount()).add(sample)
        kinds = Counter(media.kind for media in sample.media)
        found.media[", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "text alone"] += 1
        if side_of is not None:
            found.splits[side_of(sample)] += 1
    return found


def _family(count: FamilyCount) -> dict[str, Any]:
    return {
        "samples": count.samples,
        "answer_kinds": dict(sorted(count.answer_kinds.items())),
        "answers": dict(sorted(count.answers.items())),
        "majority": None if count.majority is None else round(count.majority, 6),
        "mean_question_words": round(count.question_words / count.samples, 3),
        "mean_answer_words": round(count.answer_words / count.samples, 3),
    }
