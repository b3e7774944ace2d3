"""`ReadOptions`: what may differ when a drive is read."""

from __future__ import annotations

from dataclasses import dataclass

from roadmark.drive.tracks import TrackRules
from roadmark.errors import ConfigError


@dataclass(frozen=True)
class ReadOptions:
    """How a drive is read.

    Attributes:
        corrections: Apply the calibration's corrections of where cameras sit (ClipGT); NVIDIA's reader does not.
        max_gap: Longest time in seconds for which poses and boxes are filled in between observations.
        parked_within: Metres; see `TrackRules`.

    Raises:
        ConfigError: A limit is negative or no number.
    """

    corrections: bool = True
    max_gap: float = 0.5
    parked_within: float = 0.5

    def __post_init__(self) -> None:
        for name, value in (("max_gap", self.max_gap), ("parked_within", self.parked_within)):
            if not 0.0 <= value < float("inf"):
                raise ConfigError(f"{name} {value}: must be a number >= 0")

    def rules(self, extrapolation: float) -> TrackRules:
        """The rules of a format's tracks, given how many seconds beyond its ends one is known."""
        return TrackRules(self.max_gap, self.parked_within, extrapolation)
