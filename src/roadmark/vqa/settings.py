"""What a dataset is built with."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from roadmark.config import Settings
from roadmark.dataset import DEFAULT_SHARES, GroupBy, check_shares
from roadmark.errors import ConfigError, InputError
from roadmark.marks import MarkText
from roadmark.questions import chosen_families


class DatasetSettings(Settings):
    """How videos are marked, what is asked about them, and how the questions become a dataset."""

    seed: Annotated[int, Field(ge=0)] = 0
    """Draws questions, wordings and the split."""
    marks: MarkText = "numbers"
    """What marks say: numbers from 1, or the actors' ids, as the published recipe, which tell who is in an incident."""
    families: tuple[str, ...] | None = None
    """Which families ask; all of them by default."""
    per_template: Annotated[int, Field(ge=1, le=100)] = 2
    """Most questions of each template per video."""
    reasoning: bool = False
    """Lead up to answers by what they follow from (`<think>` and `<answer>`)."""
    balance: bool = True
    """Leave out questions whose answer is too frequent."""
    keep_rejected: bool = False
    """Ask about augmented videos that verification rejected, too."""
    split: dict[str, float] = Field(default_factory=lambda: dict(DEFAULT_SHARES))
    """Share of clips per side."""
    split_by: GroupBy = "clip"
    """What stays on one side."""
    media: Literal["link", "copy"] = "link"
    """Videos without marks are hard links to the clips' where the file system has them, or copies."""

    @model_validator(mode="after")
    def _whole(self) -> DatasetSettings:
        try:
            check_shares(self.split)
            if not chosen_families(self.families):
                raise ConfigError("families: names none; leave it out for all of them")
        except (ConfigError, InputError) as error:
            raise ValueError(str(error)) from None
        return self
