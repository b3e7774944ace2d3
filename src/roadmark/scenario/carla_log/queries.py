"""Two of the questions CARLA's client asks of a recording, with typed answers; no server, constant memory.

Where the server's answers are rounded or wrong, these are not: times are exact, the last frame's "-1 s" is not added,
and a removal takes the actor that is removed. The third, what is in it, is `summary`; the server's own words are in
`text`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import ConfigError
from roadmark.geometry import CENTIMETRES_PER_METRE
from roadmark.scenario.carla_log.columns import check_numbers
from roadmark.scenario.carla_log.decode import records
from roadmark.scenario.carla_log.events import ActorNames, CollisionTracker
from roadmark.scenario.carla_log.packets import LIST_DTYPES, PacketKind, Records
from roadmark.scenario.carla_log.reader import LogReader
from roadmark.scenario.model import ActorKind, Blocked, Collision

CATEGORIES = ("any", "hero", "non_actor", *(kind.label for kind in ActorKind))
"""What `collisions` can be asked for."""

_NO_COLLISIONS = np.empty(0, LIST_DTYPES[PacketKind.COLLISION])


def collisions(
    path: str | Path, first: str = "any", second: str = "any", *, allow_truncated: bool = False
) -> list[Collision]:
    """Contacts with the exact times of their first and last frame.

    Args:
        path: The recording.
        first: What the reporting actor must be, one of `CATEGORIES`.
        second: What the other must be.
        allow_truncated: Take a broken recording up to where it breaks.

    Raises:
        ConfigError: An unknown category.
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format.
    """
    for category in (first, second):
        if category not in CATEGORIES:
            raise ConfigError(f"collision category {category!r} is not one of {', '.join(CATEGORIES)}")
    names = ActorNames()
    tracker = CollisionTracker(names.describe)
    for frame in LogReader(path, allow_truncated=allow_truncated).frames():
        found = _NO_COLLISIONS
        for packet in frame.packets:
            if packet.id == PacketKind.EVENT_ADD:
                for actor in frame.added:
                    names.add(actor.id, actor.type, actor.blueprint_id)
            elif packet.id == PacketKind.EVENT_DEL:
                for actor_id in frame.records(PacketKind.EVENT_DEL)["id"].tolist():
                    names.remove(actor_id)
            elif packet.id == PacketKind.COLLISION:
                found = frame.records(PacketKind.COLLISION)
        tracker.frame(frame.start, found)
    return [collision for collision in tracker.finish() if _fits(collision, 0, first) and _fits(collision, 1, second)]


def _fits(collision: Collision, side: int, category: str) -> bool:
    if category == "hero":
        return collision.heroes[side]
    return category in {"any", collision.kinds[side]}


class SlotMap:
    """Numbers ids in order of their first appearance, so that arrays can stand for dictionaries."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self._slots: dict[int, int] = {}
        self._last: tuple[bytes, NDArray[np.int64]] = (b"", np.empty(0, np.int64))

    def slots(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        """(N,) slot of each id; new ids get the next ones. Frames mostly repeat the ids of the one before."""
        key = ids.tobytes()
        if key != self._last[0]:
            self._last = (key, np.array([self._slot(actor_id) for actor_id in ids.tolist()], np.int64))
        return self._last[1]

    def _slot(self, actor_id: int) -> int:
        slot = self._slots.setdefault(actor_id, len(self.ids))
        if slot == len(self.ids):
            self.ids.append(actor_id)
        return slot


class BlockedTracker:
    """The server's algorithm: an actor is blocked while it stays within a distance of where it last moved to.

    Args:
        min_time: Seconds from which on it counts.
        min_distance: Centimetres.
        as_server: Count as the server does: from the frame after an actor came to rest, and with the last frame's
            duration of -1 s; else from its arrival to its departure.
    """

    def __init__(self, min_time: float, min_distance: float, *, as_server: bool = False) -> None:
        self.min_time, self.min_distance, self.as_server = min_time, min_distance, as_server
        self.map = SlotMap()
        self.blueprints: dict[int, str] = {}
        self.found: list[Blocked] = []
        self._place = np.zeros((0, 3), np.float32)
        self._start, self._blocked = np.zeros(0), np.zeros(0)

    def add(self, actor_id: int, blueprint_id: str) -> None:
        """An actor appears: whatever had its id before is forgotten."""
        self.forget(actor_id)
        self.blueprints[actor_id] = blueprint_id

    def forget(self, actor_id: int) -> None:
        """An actor counts as new from here on, without a name."""
        (slot,) = self._grown(np.array([actor_id], np.uint32))
        self._place[slot] = 0.0 if self.as_server else np.nan  # no place is near NaN
        self._start[slot], self._blocked[slot] = 0.0, 0.0
        self.blueprints.pop(actor_id, None)

    def end(self, actor_id: int) -> None:
        """An actor is removed: report how long it was blocked until now."""
        self._report(self._grown(np.array([actor_id], np.uint32)))
        self.forget(actor_id)

    def frame(self, elapsed: float, duration: float, positions: Records) -> None:
        """Take the positions of a frame, in file order."""
        slots = self._grown(positions["id"])
        step = duration if duration >= 0.0 or self.as_server else 0.0
        with np.errstate(invalid="ignore", over="ignore"):
            moved = positions["location"] - self._place[slots]
            stays = np.sqrt((moved * moved).sum(axis=1)) < self.min_distance
        still, moving = slots[stays], slots[~stays]
        if self.as_server:
            self._start[still] = np.where(self._blocked[still] == 0.0, elapsed, self._start[still])
        self._blocked[still] += step
        self._report(moving)
        self._blocked[moving] = 0.0 if self.as_server else step
        self._start[moving] = elapsed
        self._place[moving] = positions["location"][~stays]

    def finish(self) -> list[Blocked]:
        """All, longest first."""
        self._report(np.arange(len(self.map.ids)))
        return sorted(self.found, key=lambda blocked: -blocked.duration)

    def _grown(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        slots = self.map.slots(ids)
        missing = len(self.map.ids) - len(self._start)
        if missing > 0:
            room = max(missing, len(self._start))
            self._place = np.concatenate(
                [self._place, np.full((room, 3), 0.0 if self.as_server else np.nan, np.float32)]
            )
            self._start = np.concatenate([self._start, np.zeros(room)])
            self._blocked = np.concatenate([self._blocked, np.zeros(room)])
        return slots

    def _report(self, slots: NDArray[np.int64]) -> None:
        for slot in slots[self._blocked[slots] >= self.min_time].tolist():
            actor_id = self.map.ids[slot]
            self.found.append(
                Blocked(
                    actor_id, self.blueprints.get(actor_id, ""), float(self._start[slot]), float(self._blocked[slot])
                )
            )


def blocked_actors(
    path: str | Path, min_time: float = 60.0, min_distance: float = 1.0, *, allow_truncated: bool = False
) -> list[Blocked]:
    """Actors that stayed in place for long.

    Args:
        path: The recording.
        min_time: Seconds from which on it counts; above 0.
        min_distance: Metres an actor must move to count as moving.
        allow_truncated: Take a broken recording up to where it breaks.

    Returns:
        The longest first.

    Raises:
        ConfigError: A limit that is not positive.
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format, or a position is not finite.
    """
    if not (min_time > 0.0 and min_distance > 0.0):
        raise ConfigError(f"blocked actors need a time ({min_time}) and a distance ({min_distance}) above 0")
    tracker = BlockedTracker(min_time, min_distance * CENTIMETRES_PER_METRE)
    reader = LogReader(path, allow_truncated=allow_truncated)
    for frame in reader.frames():
        for actor in frame.added:
            tracker.add(actor.id, actor.blueprint_id)
        for actor_id in frame.records(PacketKind.EVENT_DEL)["id"].tolist():
            tracker.end(actor_id)
        for packet in frame.packets:
            if packet.id == PacketKind.POSITION:
                positions = records(packet, PacketKind.POSITION, reader.path)
                check_numbers(positions, packet.offset, "position", reader.path)
                tracker.frame(frame.start.elapsed, frame.start.duration, positions)
    return tracker.finish()
