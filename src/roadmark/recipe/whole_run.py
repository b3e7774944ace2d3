"""A whole run: its steps in order, each on the whole parts of the one before."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property
from pathlib import Path

from roadmark.clip import find_clips
from roadmark.errors import ConfigError, InputError
from roadmark.files import clear_partial_files, locked_folder, output_errors
from roadmark.pipeline import RunSummary
from roadmark.recipe.augment_step import AugmentStep
from roadmark.recipe.dataset_step import DatasetStep
from roadmark.recipe.export_step import ExportStep
from roadmark.recipe.generate_step import GenerateStep
from roadmark.recipe.how import How
from roadmark.recipe.layout import Layout
from roadmark.recipe.planned import Parts, PlannedStage
from roadmark.recipe.report_step import ReportStep
from roadmark.recipe.settings import PipelineSettings
from roadmark.recipe.simulate_step import SimulateStep
from roadmark.simulate import ScenarioFiles, find_scenarios

USUAL_SIZE = 1920 * 1080 * 300 / 1e6
"""Megapixels of all frames of a clip of which nothing is known yet: ten seconds of HD."""


class WholeRun:
    """A run from scenarios to a report, as its settings have it.

    Args:
        settings: From `load_pipeline`.

    Attributes:
        layout: Its folders.
    """

    def __init__(self, settings: PipelineSettings) -> None:
        self.settings = settings
        self.layout = Layout(settings.output, settings.run_id)

    def plan(self, *, only: Collection[str] = (), forced: Collection[str] = ()) -> tuple[PlannedStage, ...]:
        """What `run` would do; nothing is run or written.

        Args:
            only: Names of the steps to look at; none are all.
            forced: Names of steps that are done again.

        Raises:
            RoadmarkError: What is there cannot be read, or does not go together.
        """
        self.check_steps((*only, *forced))
        rows: list[PlannedStage] = []

        def take(name: str, found: tuple[PlannedStage, ...]) -> bool:
            """Whether the step would change what it made."""
            wanted = not only or name in only
            if wanted:
                rows.extend(found)
            return wanted and any(row.to_do for row in found)

        scenarios, clips, augmented = Parts(), Parts(), Parts()
        if self._generate is not None:
            found, coming = self._generate.plan(force="generate" in forced)
            scenarios = coming if take("generate", found) else Parts(dict.fromkeys(coming.there, False))
        if self._simulate is not None:
            found, coming = self._simulate.plan(self._scenarios(), scenarios, force="simulate" in forced)
            clips = coming if take("simulate", found) else Parts(dict.fromkeys(coming.there, False))
        elif self.settings.clips is not None:
            clips = Parts(dict.fromkeys(self._clips(), False))
        if self._augment is not None:
            found, coming = self._augment.plan(clips, force="augment" in forced)
            augmented = coming if take("augment", found) else Parts(dict.fromkeys(coming.there, False))
        changing = False
        if self._dataset is not None:
            changing = take("dataset", self._dataset.plan(clips, augmented, force="dataset" in forced))
        if self._export is not None:
            take("export", self._export.plan(changing=changing, force="export" in forced))
        if self._report is not None:
            take("report", self._report.plan())
        return tuple(rows)

    def run(self, how: How, *, only: Collection[str] = ()) -> tuple[RunSummary, ...]:
        """Make what is missing, changed or failed before.

        Args:
            how: Where, and who is told.
            only: Names of the steps to run, on what the others left; none are all.

        Returns:
            What became of every stage that was come to; without `how.keep_going` a failure ends the run.

        Raises:
            RoadmarkError: A step has nothing to work on, or the output cannot be written.
        """
        self.check_steps((*only, *how.forced))
        output = self.layout.output
        with output_errors(output):
            output.mkdir(parents=True, exist_ok=True)
        summaries: list[RunSummary] = []
        with locked_folder(output):
            clear_partial_files(output)  # nobody else is at work there: a killed run left them
            for done in self._steps(how, only):
                summaries += done
                if not how.keep_going and not all(summary.succeeded for summary in done):
                    break
        return tuple(summaries)

    def check_steps(self, names: Collection[str]) -> None:
        """Refuse names of steps that the settings do not have.

        Raises:
            ConfigError: There is one.
        """
        for name in names:
            if name not in self.settings.steps:
                raise ConfigError(f"the run has no step {name!r}; its steps are {', '.join(self.settings.steps)}")

    def _steps(self, how: How, only: Collection[str]) -> Iterator[tuple[RunSummary, ...]]:
        """Run the steps one by one; what one works on is looked for only when its turn comes."""

        def wanted(name: str) -> bool:
            return name in self.settings.steps and (not only or name in only)

        if self._generate is not None and wanted("generate"):
            yield self._generate.run(how)
        if self._simulate is not None and wanted("simulate"):
            yield self._simulate.run(self._whole_scenarios(), how)
        if self._augment is not None and wanted("augment"):
            yield self._augment.run(set(self._whole_clips()), how)
        if self._dataset is not None and wanted("dataset"):
            clips = set(self._whole_clips())
            records = set() if self._augment is None else self._augment.records(clips)
            yield self._dataset.run(clips, records, how)
        if self._export is not None and wanted("export"):
            yield self._export.run(how)
        if self._report is not None and wanted("report"):
            yield self._report.run(how)

    def _whole_scenarios(self) -> list[ScenarioFiles]:
        scenarios = self._scenarios()
        if not scenarios:
            raise InputError(
                f"{self.layout.scenarios}: holds no whole scenario of this run; run the step generate first"
            )
        return scenarios

    def _whole_clips(self) -> list[Path]:
        clips = self._clips()
        if not clips:
            raise InputError(f"{self._clip_root}: holds no whole clip of this run; run the step simulate first")
        return clips

    def _scenarios(self) -> list[ScenarioFiles]:
        if self._generate is not None:
            return self._generate.scenarios()
        assert self.settings.scenarios is not None
        return find_scenarios(self.settings.scenarios)

    def _clips(self) -> list[Path]:
        if self._simulate is not None:
            return self._simulate.clips(self._scenarios())
        return list(find_clips(self._clip_root))

    @cached_property
    def _generate(self) -> GenerateStep | None:
        recipe = self.settings.generate
        return None if recipe is None else GenerateStep(recipe, self.layout)

    @cached_property
    def _simulate(self) -> SimulateStep | None:
        settings, recipe = self.settings.simulate, self.settings.generate
        if settings is None:
            return None
        cameras = recipe.cameras if recipe is not None and recipe.camera == "auto" else 1
        return SimulateStep(settings, self.layout, cameras, self._size * cameras)

    @cached_property
    def _augment(self) -> AugmentStep | None:
        settings = self.settings.augment
        return None if settings is None else AugmentStep(settings, self.layout, self._clip_root, self._size)

    @cached_property
    def _dataset(self) -> DatasetStep | None:
        settings = self.settings.dataset
        return None if settings is None else DatasetStep(settings, self.layout, self._clip_root, self._size)

    @cached_property
    def _export(self) -> ExportStep | None:
        settings = self.settings.export
        return None if settings is None else ExportStep(settings, self.layout)

    @cached_property
    def _report(self) -> ReportStep | None:
        settings = self.settings.report
        if settings is None:
            return None
        augmented = self._clip_root if self.settings.augment is None else self.layout.augmented
        return ReportStep(settings, self.layout, augmented if self.settings.dataset is None else self.layout.dataset)

    @property
    def _clip_root(self) -> Path:
        return self.settings.clips or self.layout.simulated

    @property
    def _size(self) -> float:
        """Megapixels of all frames of a clip."""
        recipe, simulate = self.settings.generate, self.settings.simulate
        if recipe is None or simulate is None:
            return USUAL_SIZE
        shown = recipe.clip_duration or recipe.duration
        whole = max(shown - max(simulate.start_time, 0.0), 0.0)
        seconds = min(simulate.duration, whole) if simulate.duration else whole
        return recipe.width * recipe.height * seconds / simulate.time_factor * simulate.target_fps / 1e6
