"""The socket between a scenario and its pictures: what a simulator backend must do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from roadmark.clip import FrameImages, ObjectLabel
from roadmark.geometry import Pose


@dataclass(frozen=True, eq=False)
class Observation:
    """What one camera saw at one time.

    Attributes:
        images: Every modality.
        objects: Labels of what is in them.
        pose: world_from_camera (RDF) at that time.
    """

    images: FrameImages
    objects: Sequence[ObjectLabel]
    pose: Pose


class Simulator(Protocol):
    """Turns times of a recording into observations of every camera."""

    def observe(self, time: float) -> Sequence[Observation]:
        """Observe the scene.

        Args:
            time: Seconds of the recording.

        Returns:
            One observation per camera, all of the same instant.
        """

    def tools(self) -> dict[str, str]:
        """Names and versions of what made the pictures, for the clip's provenance."""

    def notes(self) -> Sequence[str]:
        """What the user should know about the pictures, for the clip's provenance."""

    def close(self) -> None:
        """Give back what the simulator holds: threads, connections, a server's settings."""
