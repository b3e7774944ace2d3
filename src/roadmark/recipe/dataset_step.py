"""The dataset, as `roadmark vqa` makes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from roadmark.pipeline import RunSummary, StagePlan
from roadmark.recipe.how import How
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import Parts, PlannedStage, planned
from roadmark.vqa import STAGES, DatasetSettings, FoundVideos, build_dataset, find_videos, plan_dataset


@dataclass(frozen=True)
class DatasetStep:
    """Marks videos, asks questions, and puts them together.

    Attributes:
        settings: Those of the run's file.
        layout: The run's folders.
        root: Folder of the clips.
        size: Megapixels of all frames of a video.
    """

    settings: DatasetSettings
    layout: Layout
    root: Path
    size: float = 1.0
    name = "dataset"

    def plan(self, clips: Parts, augmented: Parts, *, force: bool) -> tuple[PlannedStage, ...]:
        """What a run would do."""
        missing = (clips.missing + augmented.missing, clips.missing, 0)
        if clips.there:
            found = self._found(clips.there, augmented.there, None)
            anew = {**clips.there, **augmented.there}
            changing = {video.id for video in found.videos if anew[video.record or video.clip_path]}
            plans = plan_dataset(
                self.settings, found, self.layout.dataset, force=STAGES if force else (), changing=changing
            )
        else:
            plans = tuple(StagePlan(name, {}, {}) for name in STAGES)
            missing = (*missing[:2], 1)
        sizes = (self.size, 1.0, 1.0)
        return tuple(planned(plan, new, size=size) for plan, new, size in zip(plans, missing, sizes, strict=True))

    def run(self, clips: Collection[Path], records: Collection[Path], how: How) -> tuple[RunSummary, ...]:
        """Make what is missing."""
        found = self._found(clips, records, how)
        how.listener.begin(dict(zip(STAGES, (len(found.videos), len(found.clips), 1), strict=True)))
        run = build_dataset(
            self.settings,
            found,
            self.layout.dataset,
            executor=how.executor,
            keep_going=how.keep_going,
            force=STAGES if self.name in how.forced else (),
            on_result=how.listener.result,
        )
        return run.stages

    def _found(self, clips: Collection[Path], records: Collection[Path], how: How | None) -> FoundVideos:
        refused = how.listener.refused if how is not None and how.keep_going else None
        augmented = self.layout.augmented if records else None
        found = find_videos(self.root, augmented, keep_rejected=self.settings.keep_rejected, refused=refused)
        videos = [it for it in found.videos if it.clip_path in clips and (it.record is None or it.record in records)]
        return FoundVideos(tuple(videos), found.rejected)
