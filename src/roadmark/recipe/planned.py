"""What a run would do, stage by stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roadmark.pipeline import ItemState, StagePlan


@dataclass(frozen=True)
class PlannedStage:
    """What a stage would do.

    Attributes:
        stage: Its name.
        counts: Number of items by how they stand.
        requests: Requests to services, by their name.
        size: What an item takes time for: megapixels of all its frames, or 1.
    """

    stage: str
    counts: Mapping[ItemState, int]
    requests: Mapping[str, int] = field(default_factory=dict)
    size: float = 1.0

    @property
    def items(self) -> int:
        """Items in all."""
        return sum(self.counts.values())

    @property
    def to_do(self) -> int:
        """Items that would run."""
        return self.items - self.counts.get(ItemState.DONE, 0)


@dataclass(frozen=True)
class Parts:
    """What a step will have made for the next one.

    Attributes:
        there: Files or folders that are there, and whether they will be made anew.
        missing: How many more there will be.
    """

    there: Mapping[Path, bool] = field(default_factory=dict)
    missing: int = 0


def planned(
    plan: StagePlan, missing: int = 0, requests: Mapping[str, int] | None = None, size: float = 1.0
) -> PlannedStage:
    """A stage's plan, together with items whose inputs are not there yet.

    Args:
        plan: Of the items that can be planned.
        missing: Number of others.
        requests: Requests of each of those.
        size: Of an item.
    """
    asked = Counter(plan.requests)
    asked.update({name: missing * count for name, count in (requests or {}).items()})
    counts = Counter(plan.states.values())
    counts[ItemState.NEW] += missing
    return PlannedStage(plan.stage, dict(counts), {name: count for name, count in asked.items() if count}, size)
