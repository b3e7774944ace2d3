"""A prompt, and the socket of what writes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from roadmark.errors import RoadmarkError
from roadmark.pipeline import JsonValue
from roadmark.variations.rules import Selections


class PromptError(RoadmarkError):
    """No prompt can be made; the message says why and what to do instead."""


class CaptionText(Protocol):
    """What a prompt is made from: a clip in words."""

    @property
    def text(self) -> str:
        """The whole caption."""

    @property
    def core(self) -> str:
        """Place, actors and what happens, as far as they are told apart from the conditions."""

    @property
    def terms(self) -> Sequence[str]:
        """Words that the prompt must keep."""


@dataclass(frozen=True)
class Prompt:
    """What an augmented video is asked to show.

    Attributes:
        text: One paragraph.
        method: The writer's name: `slots`, `openai` or `hand`.
        fallback_reason: Why not the writer that was asked wrote it, but `slots`; empty where it did.
        problems: What `check_prompt` finds in it nevertheless, as with contradictory conditions that were allowed.
        facts: For the records: model, template, number of requests.
    """

    text: str
    method: str
    fallback_reason: str = ""
    problems: tuple[str, ...] = ()
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


class PromptWriter(Protocol):
    """Writes prompts that ask for chosen conditions and keep what happens."""

    @property
    def name(self) -> str:
        """The writer's name in settings and records."""

    def config(self) -> Mapping[str, JsonValue]:
        """What of the writer's set-up changes its prompts; counts in the fingerprint of finished work."""

    def write(
        self,
        caption: CaptionText,
        selections: Selections,
        generator: np.random.Generator,
        source: Selections | None = None,
    ) -> Prompt:
        """Write a prompt.

        Args:
            caption: The source in words.
            selections: The conditions to ask for.
            generator: Chooses among wordings.
            source: Conditions of the source, where they are known; those that are not varied are asked for as they are.

        Raises:
            PromptError: There is none, such as for a caption that leaves no room.
            EndpointError: A service is needed that cannot be reached or refuses.
        """
