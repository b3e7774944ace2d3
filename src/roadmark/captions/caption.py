"""`Caption`, a clip in words, and what writes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from roadmark.clip import Clip


@dataclass(frozen=True)
class Caption:
    """A clip in words.

    Attributes:
        core: What no change of conditions changes: place, actors, motion, what happens.
        conditions: Weather, light and state of the road in one sentence; empty where the core tells them, too, or
            nobody knows them.
        terms: Words of the core that a prompt made of it must keep: who takes part in what happens, and what it is.
        facts: Where the text comes from, for the records of what is made of it: JSON values, no clock, host or path.
    """

    core: str
    conditions: str = ""
    terms: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole caption, one paragraph.

        Examples:
            >>> Caption("A red van turns left.", "It is raining.").text
            'A red van turns left. It is raining.'
        """
        return f"{self.core} {self.conditions}".strip()


class Captioner(Protocol):
    """Puts clips into words."""

    @property
    def name(self) -> str:
        """How it is called in configurations and records."""

    def config(self) -> Mapping[str, Any]:
        """What of its set-up changes its captions; counts in the fingerprint of finished work. JSON values."""

    def caption(self, clip: Clip) -> Caption:
        """Put a clip into words.

        Raises:
            RoadmarkError: It cannot; the message names the clip or the service, and the next step.
        """

    def close(self) -> None:
        """Give back connections."""
