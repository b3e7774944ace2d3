"""How long a run will take, from how long its like took before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from roadmark.pipeline import Timings
from roadmark.recipe.planned import PlannedStage

SECONDS: Mapping[str, tuple[float, float]] = {
    "generate": (2.5, 0.0),
    "simulate": (2.0, 0.12),
    "caption": (0.05, 0.0),
    "augment": (2.0, 0.13),
    "marks": (0.05, 0.01),
    "questions": (0.25, 0.0),
    "dataset": (0.6, 0.0),
    "export": (0.2, 0.0),
    "report": (0.2, 0.0),
}
"""Seconds of an item by stage: at all, and for each megapixel of its frames; the demo's, on one server core."""
SLOWER: Mapping[str, float] = {"draft": 1.0, "standard": 3.5, "high": 8.0}
"""How many times as long a megapixel takes, roughly."""

Basis = Literal["measured", "rough", "unknown"]


@dataclass(frozen=True)
class Estimate:
    """How long a stage will take.

    Attributes:
        seconds: None where nothing is known.
        basis: Whether earlier items of this run were measured, or a table of ours says so.
    """

    seconds: float | None
    basis: Basis


def estimate(
    stages: Sequence[PlannedStage], timings: Timings, *, quality: str = "standard", workers: int = 1
) -> tuple[Estimate, ...]:
    """How long each stage will take.

    Args:
        stages: What there is to do.
        timings: How long items of this run took.
        quality: Of the pictures that are drawn.
        workers: Items at a time.
    """
    return tuple(_estimate(stage, timings, SLOWER.get(quality, 1.0), workers) for stage in stages)


def _estimate(stage: PlannedStage, timings: Timings, slower: float, workers: int) -> Estimate:
    rounds = -(-stage.to_do // workers)
    if not stage.to_do:
        return Estimate(0.0, "measured")
    mean = timings.mean(stage.stage)
    if mean is not None:
        return Estimate(rounds * mean, "measured")
    if stage.stage not in SECONDS or stage.requests:  # nothing is known of services' machines
        return Estimate(None, "unknown")
    once, per_size = SECONDS[stage.stage]
    drawn = slower if stage.stage in {"simulate", "augment"} else 1.0
    return Estimate(rounds * (once + per_size * stage.size * drawn), "rough")
