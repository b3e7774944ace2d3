"""Ids in 16-bit instance images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roadmark.errors import InputError

STORED_ID_LIMIT = 65535
"""Largest id a 16-bit instance image holds."""


def map_ids(actor_ids: Mapping[int, Any] | set[int] | list[int]) -> dict[int, int]:
    """Ids to store in 16-bit instance images, for actors whose own ids do not fit.

    Ids up to 65535 are stored as they are. The others, in ascending order, get the largest numbers no actor has.

    Args:
        actor_ids: Every id that may appear in the clip.

    Returns:
        Only the ids that change: actor id to stored id.

    Raises:
        InputError: More actors than 65535, or an id below 1.

    Examples:
        >>> map_ids([5, 65535, 70000, 65536])
        {65536: 65534, 70000: 65533}
    """
    ids = sorted(set(actor_ids))
    if ids and ids[0] < 1:
        raise InputError(f"actor ids start at 1 (0 means no object), got {ids[0]}")
    if len(ids) > STORED_ID_LIMIT:
        raise InputError(f"{len(ids)} actors do not fit into 16-bit instance images")
    taken = set(ids)
    free = (number for number in range(STORED_ID_LIMIT, 0, -1) if number not in taken)
    return {actor_id: next(free) for actor_id in ids if actor_id > STORED_ID_LIMIT}
