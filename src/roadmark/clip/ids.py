"""Ids in 16-bit instance images."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from roadmark.errors import InputError

STORED_ID_LIMIT = 65535
"""Largest id a 16-bit instance image holds."""


@dataclass(frozen=True)
class IdMap:
    """Which id stands for an actor in instance images; `map_ids` makes one for a clip's actors.

    Attributes:
        changed: Actor id to stored id, where they differ.
    """

    changed: Mapping[int, int] = field(default_factory=dict)

    def stored(self, actor_id: int) -> int:
        """The id that stands for an actor in instance images.

        Raises:
            InputError: It does not fit 16 bits and the map does not know it.
        """
        stored = self.changed.get(actor_id, actor_id)
        if stored > STORED_ID_LIMIT:
            raise InputError(f"actor {actor_id} has no 16-bit id; pass id_map=map_ids(all actor ids)")
        return stored


def map_ids(actor_ids: Iterable[int]) -> IdMap:
    """Ids to store in 16-bit instance images, for actors whose own ids do not fit.

    Ids up to 65535 are stored as they are. The others, in ascending order, get the largest numbers no actor has.

    Args:
        actor_ids: Every id that may appear in the clip.

    Raises:
        InputError: More actors than 65535, or an id below 1.

    Examples:
        >>> ids = map_ids([5, 65535, 70000, 65536])
        >>> ids.changed
        {65536: 65534, 70000: 65533}
        >>> ids.stored(5), ids.stored(70000)
        (5, 65533)
    """
    ids = sorted(set(actor_ids))
    if ids and ids[0] < 1:
        raise InputError(f"actor ids start at 1 (0 means no object), got {ids[0]}")
    if len(ids) > STORED_ID_LIMIT:
        raise InputError(f"{len(ids)} actors do not fit into 16-bit instance images")
    taken = set(ids)
    free = (number for number in range(STORED_ID_LIMIT, 0, -1) if number not in taken)
    return IdMap({actor_id: next(free) for actor_id in ids if actor_id > STORED_ID_LIMIT})
