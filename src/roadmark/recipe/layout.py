"""Where a whole run puts what it makes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The folders of a run.

    Attributes:
        output: The folder of everything.
        run_id: The run's name.
    """

    output: Path
    run_id: str

    @property
    def scenarios(self) -> Path:
        """Generated scenarios, as of `roadmark scenario generate`."""
        return self.output / "scenarios"

    @property
    def simulated(self) -> Path:
        """Clips, as of `roadmark simulate --batch`."""
        return self.output / "simulated" / self.run_id

    @property
    def augmented(self) -> Path:
        """Augmented clips, as of `roadmark augment`."""
        return self.output / "augmented" / self.run_id

    @property
    def dataset(self) -> Path:
        """The dataset, as of `roadmark vqa`."""
        return self.output / "dataset"

    @property
    def exports(self) -> Path:
        """The dataset in other formats, as of `roadmark export`."""
        return self.dataset / "exports"

    @property
    def report(self) -> Path:
        """The page, as of `roadmark report`."""
        return self.output / "report.html"

    @property
    def timings(self) -> Path:
        """How long items took: the only file that differs from run to run."""
        return self.output / ".timings.jsonl"
