"""The page, as `roadmark report` writes it; it is quick, and always written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from roadmark.errors import RoadmarkError
from roadmark.pipeline import Failure, ItemResult, ItemState, ItemStatus, RunSummary
from roadmark.recipe.how import How
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import PlannedStage
from roadmark.recipe.settings import ReportSection
from roadmark.report import write_report


@dataclass(frozen=True)
class ReportStep:
    """Writes a page of the last thing that the run makes.

    Attributes:
        settings: Those of the run's file.
        layout: The run's folders.
        shown: Folder of the dataset, else of augmented clips, else of clips.
    """

    settings: ReportSection
    layout: Layout
    shown: Path
    name = "report"

    def plan(self) -> tuple[PlannedStage, ...]:
        """What a run would do."""
        return (PlannedStage(self.name, {ItemState.NEW: 1}),)

    def run(self, how: How) -> tuple[RunSummary, ...]:
        """Write it."""
        how.listener.begin({self.name: 1})
        begun = time.monotonic()
        try:
            written = write_report(self.shown, self.layout.report, embed=self.settings.embed)
        except RoadmarkError as error:
            result = ItemResult(self.name, ItemStatus.FAILED, error=Failure(type(error).__name__, str(error)))
        else:
            facts = {
                "clips": written.clips,
                "questions": written.questions,
                "notes": [str(problem) for problem in written.problems],
            }
            result = ItemResult(self.name, ItemStatus.DONE, facts, seconds=time.monotonic() - begun)
        how.listener.result(self.name, result)
        return (RunSummary(self.name, (result,)),)
