"""`Violation`: something that no scenario may contain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """Something that should not be there.

    Attributes:
        kind: `overlap`, `jump`, `acceleration`, `braking`, `lateral` or `off_lane`.
        actor_ids: Whose.
        start, end: Seconds.
        value: How much: the worst metres or m/s2.
        what: What the value is.
    """

    kind: str
    actor_ids: tuple[int, ...]
    start: float
    end: float
    value: float
    what: str

    def __str__(self) -> str:
        """One line about it."""
        who = " and ".join(map(str, self.actor_ids))
        return f"{self.kind} of {who} from {self.start:.2f} to {self.end:.2f} s: {self.value:g} {self.what}"
