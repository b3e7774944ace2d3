"""The socket between a clip and its augmented video: what a transfer backend must do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from roadmark.clip import Clip
from roadmark.errors import RoadmarkError
from roadmark.pipeline import JsonValue

Control = Literal["edge", "depth", "seg", "vis"]
"""A control's name, as Cosmos-Transfer spells it."""

CONTROLS: tuple[Control, ...] = ("edge", "vis", "depth", "seg")
"""Every control, in the order in which Cosmos-Transfer's servers take their weights."""


class TransferError(RoadmarkError):
    """A transfer failed, and doing it again may succeed or not; the message names the service and the next step."""


class RefusedError(TransferError):
    """A service refused the content (its guardrail); doing it again gives the same answer."""


class PendingError(TransferError):
    """The result is not there yet: work was handed over that ends elsewhere, and a later run collects it."""


@dataclass(frozen=True)
class ControlInput:
    """One control of a transfer.

    Attributes:
        video: The control's video; None lets a service that can derive it from the picture do so.
        weight: How strongly it binds, 0..1.
        mask: A video whose white pixels say where it binds; None binds everywhere.
    """

    video: Path | None
    weight: float = 1.0
    mask: Path | None = None


@dataclass(frozen=True)
class TransferParameters:
    """What diffusion services are told beside the prompt; embedded backends use none of it.

    Attributes:
        guidance: How strongly the prompt binds, 0..7.
        num_steps: Denoising steps.
        sigma_max: Noise the source starts from, 0..200; 200 keeps nothing of it. None leaves the server's default.
        resolution: Lines of the generated video ("720").
        num_conditional_frames: Frames of a chunk taken over from the one before, 0..2.
        frames_per_chunk: Frames generated at a time.
    """

    guidance: int = 3
    num_steps: int = 35
    sigma_max: float | None = None
    resolution: str = "720"
    num_conditional_frames: int = 1
    frames_per_chunk: int = 93


@dataclass(frozen=True, eq=False)
class TransferRequest:
    """One video to make from another.

    Attributes:
        name: Unique among all requests of all runs; letters, digits, ``_ . -`` only.
        video: The source's picture.
        clip: The source with its labels; None where only videos were given.
        controls: What binds the result to the source.
        prompt: What the result shows, one paragraph.
        negative_prompt: What it must not look like; empty leaves the service's default.
        selections: The chosen value of every varied name (weather_condition: raining, ...).
        seed: Of the service's or backend's own randomness.
        parameters: For diffusion services.
    """

    name: str
    video: Path
    clip: Clip | None
    controls: Mapping[Control, ControlInput]
    prompt: str
    selections: Mapping[str, str]
    seed: int
    negative_prompt: str = ""
    parameters: TransferParameters = field(default_factory=TransferParameters)


@dataclass(frozen=True)
class TransferResult:
    """What a backend says of a finished video.

    Attributes:
        frame_map: Source frame of every frame of the result; None is one to one.
        facts: For the output's JSON: backend, versions, what was sent; the same on every run, no clock or host.
    """

    frame_map: tuple[int, ...] | None = None
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


class TransferProgress(Protocol):
    """Told how far a transfer is."""

    def __call__(self, done: float, message: str = "") -> None:
        """Take the share done, 0..1, and what is being done."""


class Transfer(Protocol):
    """Turns a source video into another of the same scene under other conditions."""

    @property
    def name(self) -> str:
        """The backend's name on the command line."""

    def config(self) -> Mapping[str, JsonValue]:
        """What of the backend's own set-up changes its results; counts in the fingerprint of finished work."""

    def check(self, request: TransferRequest) -> None:
        """Refuse what the backend cannot do, before anything is sent or paid for.

        Raises:
            RoadmarkError: Missing control, size, length, conditions; the message names the next step.
        """

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Write the result to `output`, an .mp4 that does not exist yet, whole or not at all.

        Raises:
            TransferError: It failed.
            RefusedError: The service's guardrail refused it.
            PendingError: It was handed over and ends elsewhere.
        """

    def close(self) -> None:
        """Give back connections and memory."""
