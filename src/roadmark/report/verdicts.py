"""Verification as the page shows it: verdict, numbers beside their bounds, reasons."""

from __future__ import annotations

from collections import Counter
from typing import Any

from roadmark.verify import Verification

METRICS = {
    "blur_ssim": "Blur SSIM",
    "edge_f1": "Edge F1",
    "boundary_recall": "Boundaries",
    "scene_shift": "Shift, px",
    "flicker": "Flicker",
}
"""Columns of the table, with their titles."""

AT_LEAST = frozenset({"boundary_recall"})
"""Metrics whose limit is a least value; the others' is a greatest one."""


def table_row(verification: Verification) -> dict[str, Any]:
    """A row of the table over all augmentations."""
    return {
        "verdict": verification.verdict,
        "numbers": [_metric(verification, name) for name in METRICS],
        "objects": _states(verification),
        "reasons": [*verification.faults, *(r for r in verification.reasons if r not in verification.faults)],
        "notes": list(verification.notes),
    }


def details(verification: Verification) -> dict[str, Any]:
    """What is shown of one augmentation besides its row: looks, and objects that are not plainly seen."""
    return {
        "judged": verification.judged,
        "every": verification.every,
        "chance": verification.shuffled_with,
        "published": verification.published_source,
        "looks": [
            [one.because, one.number, str(one.value), str(one.source), _range(one.at_least, one.at_most), one.holds]
            for one in verification.looks
        ],
        "objects": [
            [actor, record.category, record.state, record.evidence, list(record.displacement), record.contrast]
            for actor, record in verification.objects.items()
        ],
    }


def _metric(verification: Verification, name: str) -> list[Any] | None:
    """Value, of the source itself, of chance, published, limit in words, whether it holds; None where not measured."""
    record = verification.metrics.get(name)
    if record is None:
        return None
    value, limit = record.value.value, record.limit
    holds = None
    if value is not None and limit is not None:
        holds = value >= limit if name in AT_LEAST else value <= limit
    bound = "" if limit is None else f"{'≥' if name in AT_LEAST else '≤'} {limit:.2f}"
    return [str(record.value), str(record.identity), str(record.shuffled), str(record.published), bound, holds]


def _states(verification: Verification) -> str:
    states = Counter(record.state for record in verification.objects.values())
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def _range(least: float | None, most: float | None) -> str:
    parts = [f"≥ {least:g}"] if least is not None else []
    if most is not None:
        parts.append(f"≤ {most:g}")
    return " and ".join(parts)
