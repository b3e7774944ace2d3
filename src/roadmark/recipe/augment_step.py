"""Augmented clips, as `roadmark augment` makes them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from roadmark.augment import (
    Work,
    clip_samples,
    find_sources,
    plan_augmentation,
    plan_work,
    read_plan,
    run_augmentation,
)
from roadmark.pipeline import MANIFEST_NAME, ItemState, RecordStatus, RunManifest, RunSummary, StagePlan
from roadmark.recipe.how import How, Refused
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import Parts, PlannedStage, planned
from roadmark.recipe.settings import AugmentSection


@dataclass(frozen=True)
class AugmentStep:
    """Shows clips under other conditions.

    Attributes:
        settings: Those of the run's file.
        layout: The run's folders.
        root: Folder of the clips.
        size: Megapixels of all frames of a clip.
    """

    settings: AugmentSection
    layout: Layout
    root: Path
    size: float = 1.0
    name = "augment"

    def plan(self, clips: Parts, *, force: bool) -> tuple[tuple[PlannedStage, ...], Parts]:
        """What a run would do, and the augmented clips that there will be."""
        count = self.settings.variations.count
        new = clips.missing * count
        asked, made = self.settings.caption_requests, self.settings.video_requests
        if not clips.there:
            captions, videos = StagePlan("caption", {}, {}), StagePlan(self.name, {}, {})
            there: dict[Path, bool] = {}
        else:
            work = self._work(clips.there)
            changing = {it.id for it in work.sources if it.clip is not None and clips.there[it.clip]}
            captions, videos = plan_augmentation(
                self.settings,
                work,
                self.layout.augmented,
                verify=self.settings.verify,
                force=force,
                changing=changing,
            )
            records = {it.output.metadata_path: it.id for it in work.variations}
            there = {path: videos.states[name] is not ItemState.DONE for path, name in records.items() if path.exists()}
            new += len(records) - len(there)
        rows = (
            planned(captions, clips.missing, asked),
            planned(videos, clips.missing * count, made, self.size),
        )
        return rows, Parts(there, new)

    def run(self, clips: Collection[Path], how: How) -> tuple[RunSummary, ...]:
        """Make what is missing."""
        work = self._work(clips, how.listener.refused if how.keep_going else None)
        how.listener.begin({"caption": len(work.sources), self.name: len(work.variations)})
        run = run_augmentation(
            self.settings,
            work,
            self.layout.augmented,
            verify=self.settings.verify,
            threads=how.threads,
            executor=how.executor,
            keep_going=how.keep_going,
            force=self.name in how.forced,
            on_result=how.listener.result,
        )
        return run.captions, run.videos

    def records(self, clips: Collection[Path]) -> set[Path]:
        """Records of the clips' variations that are whole."""
        folder = self.layout.augmented
        manifest = RunManifest(folder / MANIFEST_NAME)
        done = [it for it in manifest.stages.get(self.name, {}).values() if it.status is RecordStatus.DONE]
        wanted = {it.output.metadata_path for it in self._work(clips, _unheard).variations}
        return wanted & {folder / it.output for it in done}

    def _work(self, clips: Collection[Path], refused: Refused | None = None) -> Work:
        folder = self.layout.augmented
        samples = [it for it in clip_samples(self.root, folder, refused) if it.inputs.clip in clips]
        sources = find_sources(samples, refused)
        return plan_work(self.settings, sources, always_in_folders=True, kept=read_plan(self.settings, folder))


def _unheard(name: str, error: Exception) -> None:
    """Nobody listens: it was told before."""
