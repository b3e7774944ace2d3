"""A whole run of augmentation: captions first, then every variation, both through the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from roadmark.augment.caption_stage import CaptionStage, caption_items
from roadmark.augment.items import GivenPrompt, given_prompt, variation_item
from roadmark.augment.plan_file import write_plan
from roadmark.augment.settings import AugmentSettings
from roadmark.augment.stage import AugmentStage
from roadmark.augment.steps import StepStore
from roadmark.augment.transfer.protocol import PendingError, TransferProgress
from roadmark.augment.work import Variation, Work
from roadmark.errors import RoadmarkError
from roadmark.files import locked_folder, output_errors
from roadmark.pipeline import (
    MANIFEST_NAME,
    Executor,
    Failure,
    Item,
    ItemResult,
    ItemStatus,
    ProcessExecutor,
    RunManifest,
    RunSummary,
    SequentialExecutor,
    StagePlan,
    Throttle,
    plan_stage,
    run_stage,
)

REJECTED = "reject"
PENDING = PendingError.__name__
_WHOLE = (ItemStatus.DONE, ItemStatus.SKIPPED)


def is_pending(result: ItemResult) -> bool:
    """Whether a variation was handed over and ends elsewhere."""
    return result.error is not None and result.error.type == PENDING


@dataclass(frozen=True)
class AugmentRun:
    """What became of a run.

    Attributes:
        captions: Of every source that needed a caption.
        videos: Of every variation.
    """

    captions: RunSummary
    videos: RunSummary

    @property
    def pending(self) -> tuple[ItemResult, ...]:
        """Variations that were handed over and end elsewhere."""
        return tuple(it for it in self.videos.results if is_pending(it))

    @property
    def rejected(self) -> tuple[ItemResult, ...]:
        """Variations whose video does not show what the labels say."""
        return tuple(it for it in self.videos.results if (it.result or {}).get("verdict") == REJECTED)

    @property
    def succeeded(self) -> bool:
        """Every video is there, and none was rejected: the condition of exit code 0."""
        return self.captions.succeeded and self.videos.succeeded and not self.rejected


def run_augmentation(
    settings: AugmentSettings,
    work: Work,
    folder: Path,
    *,
    verify: bool = True,
    workers: int = 1,
    threads: int | None = None,
    executor: Executor | None = None,
    keep_going: bool = False,
    overwrite: bool = False,
    force: bool = False,
    on_result: Callable[[str, ItemResult], None] | None = None,
    progress: Callable[[str], TransferProgress] | None = None,
) -> AugmentRun:
    """Make every variation that is not done yet.

    Args:
        settings: All settings.
        work: From `plan_work`.
        folder: The run's folder: its manifest and captions.
        verify: Compare results with the labels.
        workers: Videos at a time; more than one needs an embedded backend or a service that takes several.
        threads: Threads of embedded backends; None takes every processor, or one where there are several workers.
        executor: Where to run; by default in this process, or in as many as there are workers.
        keep_going: After a failure go on with the others; without it, a prompt that cannot be read is an error.
        overwrite: Make again what is done, and replace files that no run made.
        force: Make again what is done.
        on_result: Told of every result, with its stage's name.
        progress: Told how far each transfer is; only with one worker.

    Raises:
        ConfigError: Settings that do not go together.
        OutputError: The folder cannot be written.
    """
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    tell = partial(_settle, {it.id: it for it in work.variations}, on_result)
    if executor is None:
        executor = SequentialExecutor() if workers == 1 else ProcessExecutor(workers)
    throttle = Throttle(settings.endpoints.limits)
    with locked_folder(folder):
        write_plan(settings, work, folder)
        prompts, unreadable = _given_prompts(settings, work, partial(tell, AugmentStage.name) if keep_going else None)

        def through_pipeline(
            stage: CaptionStage | AugmentStage, items: Sequence[Item], *, keep_going: bool, force: bool = False
        ) -> RunSummary:
            with closing(stage):
                return run_stage(
                    stage,
                    items,
                    RunManifest(folder / MANIFEST_NAME),
                    seed=settings.prompt_generation.seed,
                    executor=executor,
                    keep_going=keep_going,
                    force=force,
                    throttle=throttle,
                    on_result=partial(tell, stage.name),
                )

        readable = [variation for variation in work.variations if variation.id in prompts]
        untold = {variation.source.id for variation in readable if prompts[variation.id] is None}
        sources = [source for source in work.sources if source.id in untold]
        captions = through_pipeline(CaptionStage(settings), caption_items(sources, folder), keep_going=keep_going)
        told = {it.item_id for it in captions.results if it.status in _WHOLE}
        ready = [it for it in readable if prompts[it.id] is not None or it.source.id in told]
        stage = AugmentStage(
            settings,
            folder,
            verify=verify,
            threads=threads if threads is not None or workers == 1 else 1,
            progress=progress if workers == 1 else None,
        )
        items = [variation_item(settings, variation, prompts[variation.id], folder, overwrite) for variation in ready]
        videos = through_pipeline(
            stage,
            items if captions.succeeded or keep_going else [],
            keep_going=keep_going or settings.chosen_backend == "cosmos-jobs",  # every job is to be handed over
            force=overwrite or force,
        )
    return AugmentRun(captions, _with_those_not_run(videos, unreadable, work))


def plan_augmentation(
    settings: AugmentSettings,
    work: Work,
    folder: Path,
    *,
    verify: bool = True,
    force: bool = False,
    changing: Collection[str] = (),
) -> tuple[StagePlan, StagePlan]:
    """Find out what `run_augmentation` would do: captions and variations; nothing is made or written.

    Args:
        settings: All settings.
        work: From `plan_work`.
        folder: The run's folder.
        verify: Compare results with the labels.
        force: Make again what is done.
        changing: Sources that will be other ones by then.

    Raises:
        ConfigError: Settings that do not go together, or a prompt that cannot be read.
    """
    prompts, _ = _given_prompts(settings, work, None)
    untold = {variation.source.id for variation in work.variations if prompts[variation.id] is None}
    captions = caption_items([source for source in work.sources if source.id in untold], folder)
    items = [variation_item(settings, it, prompts[it.id], folder, False) for it in work.variations]
    manifest, seed = RunManifest(folder / MANIFEST_NAME), settings.prompt_generation.seed
    changed = {it.id for it in work.variations if it.source.id in changing}
    with closing(CaptionStage(settings)) as captioning, closing(AugmentStage(settings, folder, verify=verify)) as stage:
        return (
            plan_stage(captioning, captions, manifest, seed=seed, changing=changing),
            plan_stage(stage, items, manifest, seed=seed, force=force, changing=changed),
        )


def _settle(
    variations: Mapping[str, Variation],
    on_result: Callable[[str, ItemResult], None] | None,
    stage: str,
    result: ItemResult,
) -> None:
    """Drop the kept steps of a video that the manifest calls done: not sooner, as a kill before it would cost them."""
    if stage == AugmentStage.name and result.status in _WHOLE:
        StepStore(variations[result.item_id].output.metadata_path).clear()
    if on_result is not None:
        on_result(stage, result)


def _given_prompts(
    settings: AugmentSettings, work: Work, failed: Callable[[ItemResult], None] | None
) -> tuple[dict[str, GivenPrompt | None], list[ItemResult]]:
    """The given prompts by variation, and a failure for each that cannot be read; without `failed` one is raised."""
    prompts: dict[str, GivenPrompt | None] = {}
    failures = []
    for variation in work.variations:
        try:
            prompts[variation.id] = given_prompt(settings, variation)
        except RoadmarkError as error:
            if failed is None:
                raise
            failure = Failure(type(error).__name__, str(error))
            failures.append(ItemResult(variation.id, ItemStatus.FAILED, error=failure))
            failed(failures[-1])
    return prompts, failures


def _with_those_not_run(videos: RunSummary, unreadable: Sequence[ItemResult], work: Work) -> RunSummary:
    """The results of all variations, also of those whose source has no caption, or whose prompt cannot be read."""
    found = {result.item_id: result for result in (*videos.results, *unreadable)}
    missing = {it.id: ItemResult(it.id, ItemStatus.NOT_RUN) for it in work.variations if it.id not in found}
    return RunSummary(videos.stage, tuple({**found, **missing}[it.id] for it in work.variations))
