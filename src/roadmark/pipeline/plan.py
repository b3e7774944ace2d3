"""What a stage would do, found out without running it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from roadmark.errors import ConfigError, RoadmarkError
from roadmark.pipeline.items import Item, Stage, fingerprint
from roadmark.pipeline.manifest import ItemRecord, RecordStatus, RunManifest
from roadmark.pipeline.throttle import requests_of


class ItemState(StrEnum):
    """How an item stands before a run."""

    DONE = "done"
    """Made from the same inputs, configuration and code, and still there: a run skips it."""
    NEW = "new"
    """Never made, or begun and not ended."""
    CHANGED = "changed"
    """Made from something else, or its output is gone."""
    FAILED = "failed"
    """It failed last time."""


@dataclass(frozen=True)
class StagePlan:
    """What a stage would do.

    Attributes:
        stage: Its name.
        states: How each item stands.
        requests: Requests to services that the items to do make, by endpoint.
    """

    stage: str
    states: Mapping[str, ItemState]
    requests: Mapping[str, int]

    def count(self, state: ItemState) -> int:
        """Number of items in a state."""
        return sum(1 for found in self.states.values() if found is state)

    @property
    def to_do(self) -> int:
        """Number of items that a run would run."""
        return len(self.states) - self.count(ItemState.DONE)


def plan_stage(
    stage: Stage,
    items: Sequence[Item],
    manifest: RunManifest,
    *,
    seed: int = 0,
    force: bool = False,
    changing: Collection[str] = (),
) -> StagePlan:
    """Find out what `run_stage` would do; nothing is run or written.

    Args:
        stage: The stage.
        items: Its items; an input that is not there yet counts as one that will be.
        manifest: The run's manifest.
        seed: The run's seed.
        force: Count items that are done already as to do, too.
        changing: Items whose inputs will be made anew before the stage runs: they count as changed.

    Raises:
        ConfigError: A configuration that is no JSON.
    """
    hashes: dict[Path, str] = {}
    states: dict[str, ItemState] = {}
    requests: Counter[str] = Counter()
    for item in items:
        try:
            mark: str | None = fingerprint(stage, item, seed, hashes)
        except ConfigError:
            raise
        except RoadmarkError:
            mark = None
        state = _state(manifest.get(stage.name, item.id), mark, manifest, item)
        anew = force or item.id in changing
        states[item.id] = ItemState.CHANGED if anew and state is ItemState.DONE else state
        if states[item.id] is not ItemState.DONE:
            requests.update(requests_of(stage, item))
    return StagePlan(stage.name, states, dict(requests))


def is_done(record: ItemRecord | None, mark: str, manifest: RunManifest, item: Item) -> bool:
    """Whether an item was made from what it would be made from now, and is still there."""
    return record is not None and record.fingerprint == mark and is_whole(record, manifest, item)


def is_whole(record: ItemRecord | None, manifest: RunManifest, item: Item) -> bool:
    """Whether an item was made, from whatever, and is still there."""
    return (
        record is not None
        and record.status is RecordStatus.DONE
        and record.output == manifest.relative(item.output)
        and all(path.exists() for path in (item.output, *item.companions))
    )


def _state(record: ItemRecord | None, mark: str | None, manifest: RunManifest, item: Item) -> ItemState:
    if record is None or record.status is RecordStatus.RUNNING:
        return ItemState.NEW
    if record.status is RecordStatus.FAILED:
        return ItemState.FAILED
    return ItemState.DONE if mark is not None and is_done(record, mark, manifest, item) else ItemState.CHANGED
