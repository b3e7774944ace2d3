"""A whole build: marks, then questions, then the dataset, all through the pipeline."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from roadmark.dataset import SOURCES
from roadmark.errors import OutputError
from roadmark.files import has_file, locked_folder, output_errors
from roadmark.pipeline import (
    MANIFEST_NAME,
    Executor,
    Item,
    ItemResult,
    ItemStatus,
    RunManifest,
    RunSummary,
    Stage,
    StagePlan,
    plan_stage,
    run_stage,
)
from roadmark.vqa.assemble_stage import AssembleStage, assemble_item
from roadmark.vqa.mark_stage import MarkStage, mark_items
from roadmark.vqa.question_stage import QuestionStage, question_items
from roadmark.vqa.settings import DatasetSettings
from roadmark.vqa.videos import FoundVideos

STAGES = (MarkStage.name, QuestionStage.name, AssembleStage.name)
"""Names of the stages, in order."""

_WHOLE = (ItemStatus.DONE, ItemStatus.SKIPPED)


@dataclass(frozen=True)
class DatasetRun:
    """What became of a build.

    Attributes:
        marks: Of every video.
        questions: Of every clip that has a marked video.
        dataset: Of the dataset; its one result says what it holds.
    """

    marks: RunSummary
    questions: RunSummary
    dataset: RunSummary

    @property
    def stages(self) -> tuple[RunSummary, ...]:
        """All three, in order."""
        return self.marks, self.questions, self.dataset

    @property
    def succeeded(self) -> bool:
        """Every item of every stage: the condition of exit code 0."""
        return all(stage.succeeded for stage in self.stages)


def plan_dataset(
    settings: DatasetSettings,
    found: FoundVideos,
    folder: Path,
    *,
    force: Sequence[str] = (),
    changing: Collection[str] = (),
) -> tuple[StagePlan, ...]:
    """Find out what `build_dataset` would do: marks, questions, the dataset; nothing is made or written.

    Args:
        settings: As of `build_dataset`.
        found: Videos, from `find_videos`.
        folder: The dataset's folder.
        force: Names of stages that are done again.
        changing: Ids of videos that will be other ones by then.
    """
    manifest = RunManifest(folder / MANIFEST_NAME)
    clips = found.clips
    stages: list[tuple[Stage, Sequence[Item]]] = [
        (MarkStage(settings.marks, settings.seed, settings.media), mark_items(found.videos, folder)),
        (QuestionStage(settings, folder, clips), question_items(clips, folder)),
        (AssembleStage(settings, folder, found.videos), [assemble_item(list(clips), folder)]),
    ]
    changed = {*changing, *(video.clip for video in found.videos if video.id in changing)}
    changed |= {"dataset"} if changed else set()
    return tuple(
        plan_stage(stage, items, manifest, seed=settings.seed, force=stage.name in force, changing=changed)
        for stage, items in stages
    )


def build_dataset(
    settings: DatasetSettings,
    found: FoundVideos,
    folder: Path,
    *,
    executor: Executor | None = None,
    keep_going: bool = False,
    force: Sequence[str] = (),
    on_result: Callable[[str, ItemResult], None] | None = None,
) -> DatasetRun:
    """Make what is missing of a dataset.

    Args:
        settings: What is asked, and how it becomes a dataset.
        found: Videos, from `find_videos`.
        folder: The dataset's folder.
        executor: Where marks and questions are made; here by default. The dataset does not depend on it.
        keep_going: After a failure go on with the others; the dataset is then made of the clips that are whole.
        force: Names of stages that are done again.
        on_result: Told of every result, with its stage's name.

    Raises:
        ConfigError: An unknown family of questions.
        OutputError: The folder cannot be written, lies in a clip or holds files of something else, or another build is
            at work in it.
    """
    _check_place(folder, RunManifest(folder / MANIFEST_NAME))
    with output_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked_folder(folder):

        def through_pipeline(stage: Stage, items: Sequence[Item], there: Executor | None = None) -> RunSummary:
            return run_stage(
                stage,
                items,
                RunManifest(folder / MANIFEST_NAME),
                seed=settings.seed,
                executor=there,
                keep_going=keep_going,
                force=stage.name in force,
                on_result=None if on_result is None else partial(on_result, stage.name),
            )

        marking = MarkStage(settings.marks, settings.seed, settings.media)
        marks = through_pipeline(marking, mark_items(found.videos, folder), executor)
        marked = {result.item_id for result in marks.results if result.status in _WHOLE}
        clips = FoundVideos(tuple(video for video in found.videos if video.id in marked)).clips
        asking = QuestionStage(settings, folder, clips)
        go_on = marks.succeeded or keep_going
        questions = through_pipeline(asking, question_items(clips, folder) if go_on else [], executor)
        asked = [result.item_id for result in questions.results if result.status in _WHOLE]
        whole = [video for name in asked for video in clips[name]]
        ready = bool(asked) and go_on and (questions.succeeded or keep_going)
        assembling = AssembleStage(settings, folder, whole)
        dataset = through_pipeline(assembling, [assemble_item(asked, folder)] if ready else [])
    return DatasetRun(marks, questions, dataset)


def _check_place(folder: Path, manifest: RunManifest) -> None:
    """Refuse a folder whose files would be lost: one in a clip, or one with a README.md of something else."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if has_file(place / "clip.json"):
            raise OutputError(f"{folder}: lies in the clip {place}; name a folder of its own")
    if manifest.get(AssembleStage.name, AssembleStage.name) is not None or has_file(folder / SOURCES):
        return
    item = assemble_item([], folder)
    for path in (item.output, *item.companions):
        if path.exists():
            raise OutputError(f"{path}: is of something else, and a dataset would replace it; name another folder")
