"""What a whole run can be told: one section per command, each with that command's own settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from roadmark.augment import AugmentSettings
from roadmark.config import UserSettings
from roadmark.errors import ConfigError
from roadmark.files import is_plain_name
from roadmark.formats import ExportOptions, ImageChoice, check_targets
from roadmark.generate import Recipe
from roadmark.simulate import SimulateSettings
from roadmark.vqa import DatasetSettings

STEPS = ("generate", "simulate", "augment", "dataset", "export", "report")
"""Sections, in the order in which they run."""
OWN_FILES = ("recorder_filename", "camera_config", "output_dir")
"""Settings of a simulation that the run gives itself: every scenario has its own files."""


class AugmentSection(AugmentSettings):
    """As of `roadmark augment`."""

    verify: bool = True
    """Compare every video with the labels."""


class ExportSection(UserSettings):
    """As of `roadmark export`."""

    to: tuple[str, ...]
    """Formats."""
    media: Literal["refer", "link", "copy"] = "refer"
    """Videos stay in the dataset's folder, or are linked or copied into the export."""
    augmented: bool = False
    """Label formats get the frames of augmented videos, too."""
    every: Annotated[int, Field(ge=1)] = 1
    """Label formats take every how many frames."""
    least_visible: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Label formats: least visible fraction of an object."""
    least_side: Annotated[int, Field(ge=1)] = 1
    """Label formats: least side of a box, pixels."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Draws what is left out of the published recipe's balanced file."""

    @field_validator("to", mode="before")
    @classmethod
    def _comma_separated(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _known_targets(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(check_targets(list(value)))
        except ConfigError as error:
            raise ValueError(str(error)) from None

    @property
    def options(self) -> ExportOptions:
        """As the writers take them."""
        choice = ImageChoice(every=self.every, least_visible=self.least_visible, least_side=self.least_side)
        return ExportOptions(media=self.media, augmented=self.augmented, choice=choice, seed=self.seed)


class ReportSection(UserSettings):
    """As of `roadmark report`."""

    embed: bool = False
    """Take the videos into the page."""


class PipelineSettings(UserSettings):
    """A whole run: the sections that are given run in the order of `STEPS`, each on what the one before made."""

    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """Of every section that draws something and names no seed of its own."""
    output: Path
    """Folder of everything."""
    run_id: Annotated[str, Field(max_length=100)] = "run1"
    """Name of the run's folder below those of clips and of augmented clips."""
    scenarios: Path | None = None
    """Folder of scenarios (N.json, N.log, N.yaml), instead of `generate`."""
    clips: Path | None = None
    """Folder of clips, instead of `simulate`."""
    generate: Recipe | None = None
    simulate: SimulateSettings | None = None
    augment: AugmentSection | None = None
    dataset: DatasetSettings | None = None
    export: ExportSection | None = None
    report: ReportSection | None = None

    @field_validator("run_id")
    @classmethod
    def _is_folder(cls, value: str) -> str:
        if not is_plain_name(value):
            raise ValueError("use letters, digits, '_', '-' and '.' only")
        return value

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the sections that are given, in order."""
        return tuple(name for name in STEPS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _linked(self) -> Self:
        """Every section has what it works on."""
        if not self.steps:
            raise ValueError(f"nothing to do: give at least one section of {', '.join(STEPS)}")
        for given, section in (("scenarios", "generate"), ("clips", "simulate")):
            if getattr(self, given) is not None and getattr(self, section) is not None:
                raise ValueError(f"{given} and {section} are both given; remove one")
        if self.simulate is not None and self.generate is None and self.scenarios is None:
            raise ValueError("simulate has no scenarios; add the section generate, or name a folder in scenarios")
        for name in ("augment", "dataset"):
            if getattr(self, name) is not None and self.simulate is None and self.clips is None:
                raise ValueError(f"{name} has no clips; add the section simulate, or name a folder in clips")
        if self.export is not None and self.dataset is None:
            raise ValueError("export has no dataset; add the section dataset")
        if self.generate is not None and self.simulate is not None and self.generate.camera == "none":
            raise ValueError("generate.camera is none, and simulate needs cameras; write auto or ego")
        for name in OWN_FILES:
            if self.simulate is not None and name in self.simulate.model_fields_set:
                raise ValueError(f"simulate.{name}: every scenario has its own; remove it")
        if self.augment is not None and self.augment.data:
            raise ValueError("augment.data: the clips of the run are augmented; remove it")
        return self
