"""Contacts over consecutive frames: from per-frame collision records to `Collision`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roadmark.scenario.carla_log.packets import NON_ACTOR, FrameStart, Records
from roadmark.scenario.model import ActorKind, Collision

_TYPES = frozenset(int(kind) for kind in ActorKind)
Describe = Callable[[int], tuple[str, str]]
"""Kind label and blueprint id of the actor that has an id now."""


@dataclass
class _Contact:
    start: FrameStart
    end: FrameStart
    kinds: tuple[str, str]
    blueprints: tuple[str, str]
    heroes: tuple[bool, bool]


class CollisionTracker:
    """Joins the collision records of consecutive frames into contacts.

    As in the server's query, a pair that pauses for one frame collides anew.

    Args:
        describe: Looks up an actor at the moment of the contact.
    """

    def __init__(self, describe: Describe) -> None:
        self._describe = describe
        self._open: dict[tuple[int, int], _Contact] = {}
        self._done: list[Collision] = []

    def frame(self, start: FrameStart, records: Records) -> None:
        """Take the records of the next frame; call it for frames without any, too."""
        if not len(records) and not self._open:
            return
        current: dict[tuple[int, int], _Contact] = {}
        for _, id1, id2, hero1, hero2 in records.tolist():
            contact = self._open.pop((id1, id2), None) or current.get((id1, id2))
            if contact is None:
                (kind1, blueprint1), (kind2, blueprint2) = self._lookup(id1), self._lookup(id2)
                heroes = (bool(hero1), bool(hero2))
                contact = _Contact(start, start, (kind1, kind2), (blueprint1, blueprint2), heroes)
            contact.end = start
            current[id1, id2] = contact
        self._close()
        self._open = current

    def finish(self) -> list[Collision]:
        """All contacts, by start, in recorded order."""
        self._close()
        return sorted(self._done, key=lambda collision: (collision.start, collision.start_frame))

    def _lookup(self, actor_id: int) -> tuple[str, str]:
        return ("non_actor", "") if actor_id == NON_ACTOR else self._describe(actor_id)

    def _close(self) -> None:
        for (id1, id2), contact in self._open.items():
            self._done.append(
                Collision(
                    actor_ids=(_actor(id1), _actor(id2)),
                    start=contact.start.elapsed,
                    end=contact.end.elapsed,
                    start_frame=contact.start.id,
                    end_frame=contact.end.id,
                    kinds=contact.kinds,
                    blueprints=contact.blueprints,
                    heroes=contact.heroes,
                )
            )
        self._open = {}


def _actor(actor_id: int) -> int | None:
    return None if actor_id == NON_ACTOR else actor_id


def actor_kind(actor_type: int, blueprint_id: str) -> ActorKind:
    """The kind of an actor; CARLA before 0.9.13 recorded sensors as other."""
    if actor_type not in _TYPES:
        return ActorKind.INVALID
    kind = ActorKind(actor_type)
    return ActorKind.SENSOR if kind is ActorKind.OTHER and blueprint_id.startswith("sensor.") else kind


class ActorNames:
    """Kind and blueprint of the actors alive, by id."""

    def __init__(self) -> None:
        self._actors: dict[int, tuple[str, str]] = {}

    def add(self, actor_id: int, actor_type: int, blueprint_id: str) -> None:
        """An actor appears."""
        self._actors[actor_id] = (actor_kind(actor_type, blueprint_id).label, blueprint_id)

    def remove(self, actor_id: int) -> None:
        """It is gone."""
        self._actors.pop(actor_id, None)

    def describe(self, actor_id: int) -> tuple[str, str]:
        """Kind label and blueprint id; "other" and "" for an actor that was never added."""
        return self._actors.get(actor_id, ("other", ""))
