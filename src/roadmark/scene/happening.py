"""`Happening`: an event of a clip, read: who did what to whom, when and where."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roadmark.clip import ClipEvent


@dataclass(frozen=True, eq=False)
class Happening:
    """One event, read.

    Attributes:
        event: As the clip has it.
        kind: Of incident, or the category.
        first: Who caused it, or is named first.
        second: The other one, None where there is none.
        roles: Ids by role.
        cause: Why, in the words of the events' maker; empty where it is not known.
        measures: Its numbers.
        in_junction: Whether it happens in a junction.
        moment: When, seconds from the clip's start: the contact, else its beginning.
    """

    event: ClipEvent
    kind: str
    first: int | None
    second: int | None
    roles: Mapping[str, int]
    cause: str
    measures: Mapping[str, Any]
    in_junction: bool
    moment: float

    @classmethod
    def of(cls, event: ClipEvent) -> Happening:
        """Read an event; attributes of other types than ours are as if they were not there."""
        attributes = event.attributes
        given, measures = attributes.get("roles"), attributes.get("measures")
        pairs = given.items() if isinstance(given, Mapping) else ()
        actors = [(int(actor), str(role)) for actor, role in pairs if str(actor).isdecimal()]
        order = [actor for actor, _ in actors if actor in event.actor_ids]
        order += [actor for actor in event.actor_ids if actor not in order]
        contact, place = attributes.get("contact_time"), attributes.get("place")
        fine = isinstance(contact, (int, float)) and math.isfinite(contact)
        return cls(
            event,
            str(attributes.get("kind") or event.category),
            order[0] if order else None,
            order[1] if len(order) > 1 else None,
            {role: actor for actor, role in actors},
            str(attributes.get("cause") or ""),
            measures if isinstance(measures, Mapping) else {},
            isinstance(place, Mapping) and place.get("junction") is not None,
            float(contact) if fine and contact is not None else event.start_time,
        )

    def pair(self, one: str, other: str) -> tuple[int | None, int | None]:
        """Who has two roles; without roles, the event's order."""
        return self.roles.get(one, self.first), self.roles.get(other, self.second)
