"""Balance: of every template, answers that are too frequent are left out, so that nobody gains by guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from roadmark.dataset import Sample
from roadmark.questions import asked_of, template_of, truth_of

BALANCED_FORMS = ("yes_no", "choice", "short")
"""Forms whose answers are few enough to be balanced."""

MOST_SHARE = 1.5
"""Largest share of an answer among K of a choice or a few words, times K."""


class Group(NamedTuple):
    """Samples whose answers are balanced against one another."""

    template: str
    asked: str


@dataclass
class Balance:
    """How many samples of each answer are kept.

    Attributes:
        found: Samples per group and answer.
        kept: How many of them are kept.
        left_out: Why all of a group are left out, by template and what it asks for.
    """

    found: dict[Group, Counter[str]] = field(default_factory=dict)
    kept: dict[Group, Mapping[str, int]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def plan_balance(samples: Iterable[Sample]) -> Balance:
    """Count samples and decide how many of each answer are kept.

    Yes and No are made equal within every template and everything it asks for; an answer of a choice, or of a few
    words, has at most `MOST_SHARE` / K of K different answers. Where a template has one answer only nothing can be
    balanced: all are kept, and the bias report says so; but where it asks for something by name, such as a colour, and
    has one answer only for it, those are left out, as the name would give the answer away.

    Args:
        samples: All candidates.
    """
    balance = Balance()
    forms: dict[str, str] = {}
    for sample in samples:
        if sample.answer_kind in BALANCED_FORMS:
            group = _group(sample)
            balance.found.setdefault(group, Counter())[truth_of(sample)] += 1
            forms[group.template] = sample.answer_kind
    for group, truths in balance.found.items():
        if forms[group.template] == "yes_no":
            balance.kept[group] = _equal(truths, group, balance.left_out)
        else:
            balance.kept[group] = _capped(truths)
    return balance


def balanced(samples: Iterable[Sample], balance: Balance, rng: np.random.Generator) -> Iterator[Sample]:
    """The samples that are kept, in their order: of each answer any as likely as another (Knuth 3.4.2, algorithm S).

    Args:
        samples: The same as were counted.
        balance: From `plan_balance`.
        rng: Draws who stays.
    """
    left = {group: dict(truths) for group, truths in balance.found.items()}
    wanted = {group: dict(truths) for group, truths in balance.kept.items()}
    for sample in samples:
        if sample.answer_kind not in BALANCED_FORMS:
            yield sample
            continue
        group, truth = _group(sample), truth_of(sample)
        keep = rng.random() * left[group][truth] < wanted[group].get(truth, 0)
        left[group][truth] -= 1
        if keep:
            wanted[group][truth] -= 1
            yield sample


def _group(sample: Sample) -> Group:
    return Group(template_of(sample), asked_of(sample))


def _equal(truths: Counter[str], group: Group, left_out: dict[str, str]) -> Mapping[str, int]:
    fewest = min(truths["yes"], truths["no"])
    if fewest:
        return {"yes": fewest, "no": fewest}
    only = "Yes" if truths["yes"] else "No"
    if group.asked:
        left_out[f"{group.template}: {group.asked}"] = f"the answer is always {only}"
        return {}
    return dict(truths)


def _capped(truths: Counter[str]) -> Mapping[str, int]:
    """Counts cut until none has more than its share."""
    if len(truths) < 2:
        return dict(truths)
    share = MOST_SHARE / len(truths) if len(truths) > 2 else 0.5
    kept = dict(truths)
    while True:
        most = max(kept, key=lambda truth: (kept[truth], truth))
        others = sum(kept.values()) - kept[most]
        allowed = max(1, int(share / (1.0 - share) * others + 1e-9))
        if kept[most] <= allowed:
            return kept
        kept[most] = allowed
