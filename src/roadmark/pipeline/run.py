"""Running a stage over items: skip what is done, run the rest, record everything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from roadmark.errors import ConfigError, RoadmarkError
from roadmark.files import clear_partial_files
from roadmark.pipeline.executors import Executor, Failure, Pause, SequentialExecutor, Success
from roadmark.pipeline.items import Item, Stage, fingerprint, item_generator, json_hash
from roadmark.pipeline.manifest import ErrorRecord, ItemRecord, RecordStatus, RunManifest
from roadmark.pipeline.plan import is_done
from roadmark.pipeline.throttle import Throttle, requests_of


class ItemStatus(StrEnum):
    """What a run did with an item."""

    DONE = "done"
    SKIPPED = "skipped"
    """Done by an earlier run, from the same inputs, configuration and code, and the output is still there."""
    FAILED = "failed"
    NOT_RUN = "not run"
    """Another item failed first, and the run was not told to keep going."""


@dataclass(frozen=True)
class ItemResult:
    """What became of one item.

    Attributes:
        item_id: The item.
        status: What the run did with it.
        result: What the stage returned, now or in the run that did it.
        error: Why it failed, with its full message and traceback; None otherwise.
        seconds: How long it took, where this run did it.
    """

    item_id: str
    status: ItemStatus
    result: Mapping[str, Any] | None = None
    error: Failure | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class RunSummary:
    """What became of all items of one stage, in the order they were given."""

    stage: str
    results: tuple[ItemResult, ...]

    @property
    def succeeded(self) -> bool:
        """Every item is done or was done already: the condition of exit code 0."""
        return all(result.status in {ItemStatus.DONE, ItemStatus.SKIPPED} for result in self.results)

    def with_status(self, status: ItemStatus) -> tuple[ItemResult, ...]:
        """The results of one status, in order."""
        return tuple(result for result in self.results if result.status is status)


@dataclass(frozen=True)
class _Done:
    result: dict[str, Any] | None
    seconds: float


@dataclass(frozen=True)
class _Work:
    """What an executor calls with each item, in whatever process."""

    stage: Stage
    seed: int

    def __call__(self, item: Item) -> _Done:
        begun = time.monotonic()
        result = self.stage.run(item, item_generator(self.seed, item.id, self.stage.name))
        if not item.output.exists():
            raise RoadmarkError(f"stage {self.stage.name!r} ended without writing {item.output}")
        if result is not None:
            json_hash(result)  # raises for what a manifest cannot hold
        return _Done(None if result is None else dict(result), time.monotonic() - begun)


def run_stage(
    stage: Stage,
    items: Sequence[Item],
    manifest: RunManifest,
    *,
    seed: int = 0,
    executor: Executor | None = None,
    keep_going: bool = False,
    force: bool = False,
    throttle: Throttle | None = None,
    on_result: Callable[[ItemResult], None] | None = None,
) -> RunSummary:
    """Run a stage over items and record it; a second call does only what is missing, changed or failed.

    Args:
        stage: What to do.
        items: To what; ids and outputs must be unique.
        manifest: The run's manifest, saved whenever an item starts or ends.
        seed: The run's seed.
        executor: Where to run; sequentially by default. The outputs and the manifest do not depend on it.
        keep_going: After a failure start further items; otherwise only those in flight are finished.
        force: Run items that are done already, too.
        throttle: Limits of the services that items ask; one for all stages of a run.
        on_result: Called in this process with each result as it comes (progress).

    Returns:
        The results in the order of `items`.

    Raises:
        ConfigError: Ids or outputs that are not unique, or a configuration that is no JSON.
        OutputError: The manifest cannot be written.
    """
    _check_unique(items)
    results: dict[str, ItemResult] = {}
    has_failed = False

    def report(result: ItemResult) -> None:
        nonlocal has_failed
        has_failed |= result.status is ItemStatus.FAILED
        results[result.item_id] = result
        if on_result is not None:
            on_result(result)

    _clear_unfinished(stage, items, manifest)
    throttle = throttle or Throttle({})
    started: list[Item] = []
    tasks = _pending(
        stage, items, manifest, seed, force, started, throttle, report, lambda: keep_going or not has_failed
    )
    for index, outcome in (executor or SequentialExecutor()).run(_Work(stage, seed), tasks):
        throttle.end(requests_of(stage, started[index]))
        report(_recorded(stage, started[index], manifest, outcome))
    manifest.save()
    for item in items:
        if item.id not in results:
            report(ItemResult(item.id, ItemStatus.NOT_RUN))
    return RunSummary(stage.name, tuple(results[item.id] for item in items))


def _pending(
    stage: Stage,
    items: Sequence[Item],
    manifest: RunManifest,
    seed: int,
    force: bool,
    started: list[Item],
    throttle: Throttle,
    report: Callable[[ItemResult], None],
    may_start: Callable[[], bool],
) -> Iterator[Item | Pause]:
    """The items to run, each recorded as running when it is handed out; those that need not be are reported here."""
    hashes: dict[Path, str] = {}
    for item in items:
        if not may_start():
            return
        earlier = manifest.get(stage.name, item.id)
        owned = (earlier is not None and earlier.owns_output) or not _occupied(item)
        base = ItemRecord(
            status=RecordStatus.RUNNING, fingerprint=None, output=manifest.relative(item.output), owns_output=owned
        )
        try:
            mark = fingerprint(stage, item, seed, hashes)
        except ConfigError:
            raise
        except RoadmarkError as error:
            failure = Failure(type(error).__name__, str(error))
            manifest.put(stage.name, item.id, _failed_record(base, failure, manifest, item))
            report(ItemResult(item.id, ItemStatus.FAILED, error=failure))
            continue
        if not force and is_done(earlier, mark, manifest, item):
            assert earlier is not None
            report(ItemResult(item.id, ItemStatus.SKIPPED, result=earlier.result))
            continue
        requests = requests_of(stage, item)
        while (seconds := throttle.wait(requests)) > 0:
            yield Pause(seconds)
            if not may_start():
                return
        throttle.begin(requests)
        manifest.put(stage.name, item.id, base.model_copy(update={"fingerprint": mark}))
        # An output that was there before this run is the user's: the stage refuses it unless the item allows otherwise.
        task = replace(item, replace=item.replace or (owned and earlier is not None))
        started.append(task)
        yield task


def _recorded(stage: Stage, item: Item, manifest: RunManifest, outcome: Success[_Done] | Failure) -> ItemResult:
    record = manifest.get(stage.name, item.id)
    assert record is not None
    if isinstance(outcome, Failure):
        manifest.put(stage.name, item.id, _failed_record(record, outcome, manifest, item))
        return ItemResult(item.id, ItemStatus.FAILED, error=outcome)
    result = outcome.value.result
    done = {"status": RecordStatus.DONE, "owns_output": True, "result": result}
    manifest.put(stage.name, item.id, record.model_copy(update=done))
    return ItemResult(item.id, ItemStatus.DONE, result=result, seconds=outcome.value.seconds)


def _failed_record(record: ItemRecord, failure: Failure, manifest: RunManifest, item: Item) -> ItemRecord:
    error = ErrorRecord(type=failure.type, message=manifest.portable_message(failure.message, item))
    # An earlier result may still be there and is ours; where nothing is, whatever appears there later is not.
    owned = record.owns_output and _occupied(item)
    return record.model_copy(update={"status": RecordStatus.FAILED, "error": error, "owns_output": owned})


def _clear_unfinished(stage: Stage, items: Sequence[Item], manifest: RunManifest) -> None:
    """Remove what was half written when an earlier run was killed, before anything is at work there again."""
    records = {item.id: manifest.get(stage.name, item.id) for item in items}
    killed = [item for item in items if (it := records[item.id]) is not None and it.status is RecordStatus.RUNNING]
    for folder in {manifest.path.parent, *(path.parent for item in killed for path in (item.output, *item.companions))}:
        clear_partial_files(folder)


def _occupied(item: Item) -> bool:
    """Whether something lies where an output goes (an empty directory is nothing)."""
    return any(
        path.exists() and not (path.is_dir() and not any(path.iterdir())) for path in (item.output, *item.companions)
    )


def _check_unique(items: Sequence[Item]) -> None:
    for what, values in (("id", [item.id for item in items]), ("output", [str(item.output) for item in items])):
        repeated = {value for value in values if values.count(value) > 1} if len(set(values)) < len(values) else set()
        if repeated:
            raise ConfigError(f"items of one run must differ in their {what}: {', '.join(sorted(repeated))}")
