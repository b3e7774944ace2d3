"""What is in a recording, for a person or as JSON; streamed, so that its length does not matter."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.errors import FormatError
from roadmark.geometry import CENTIMETRES_PER_METRE
from roadmark.scenario.carla_log.columns import check_numbers
from roadmark.scenario.carla_log.decode import packet_kind, record_count, records
from roadmark.scenario.carla_log.events import ActorNames, CollisionTracker, actor_kind
from roadmark.scenario.carla_log.packets import (
    LIST_DTYPES,
    ActorAdded,
    FrameStart,
    PacketKind,
    Records,
)
from roadmark.scenario.carla_log.queries import SlotMap
from roadmark.scenario.carla_log.reader import LogFrame, LogReader
from roadmark.scenario.model import Collision

_NO_COLLISIONS = np.empty(0, LIST_DTYPES[PacketKind.COLLISION])
_VARIABLE_LISTS = frozenset(
    {PacketKind.EVENT_ADD, PacketKind.PHYSICS_CONTROL, PacketKind.WALKER_BONES, PacketKind.VEHICLE_WHEELS}
)


@dataclass
class ActorSummary:
    """One actor of a recording.

    Attributes:
        id: Actor id; used again after a removal, it is listed again.
        kind: Such as ``vehicle``.
        blueprint: Blueprint id.
        color: "r,g,b" as recorded, "" without.
        role_name: Such as ``hero``.
        parent: Id of what it is attached to.
        spawned: Seconds.
        destroyed: Seconds, None where it stays.
        distance: Metres its origin moved in all.
    """

    id: int
    kind: str
    blueprint: str
    color: str
    role_name: str
    parent: int | None
    spawned: float
    destroyed: float | None = None
    distance: float = 0.0


@dataclass
class PacketSummary:
    """One packet id of a recording.

    Attributes:
        name: Kind of the packets, "unknown" for ids of others.
        packets: How many there are.
        records: How many records they hold, 0 for packets that are no list.
    """

    name: str
    packets: int = 0
    records: int = 0


@dataclass
class FrameSummary:
    """One frame of a recording.

    Attributes:
        id: Its number.
        time: Seconds.
        positions: How many actors have a position.
        events: What happened, in words.
    """

    id: int
    time: float
    positions: int
    events: list[str]


@dataclass
class LogSummary:
    """What is in a recording.

    Attributes:
        path: The file as named.
        size: Its bytes.
        map_name: Level name.
        recorded_at: ISO 8601 in UTC, None where unknown.
        frames: How many there are.
        last_frame: Number of the last.
        duration: Seconds to the last frame.
        shortest_step: Seconds between the two nearest frames.
        longest_step: Seconds between the two farthest.
        actors: In order of appearance.
        collisions: Contacts of ordered pairs.
        packets: By id in the file.
        warnings: What was wrong but bearable.
    """

    path: str
    size: int
    map_name: str
    recorded_at: str | None
    frames: int = 0
    last_frame: int = 0
    duration: float = 0.0
    shortest_step: float = 0.0
    longest_step: float = 0.0
    actors: list[ActorSummary] = field(default_factory=list)
    collisions: list[Collision] = field(default_factory=list)
    packets: dict[int, PacketSummary] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def actor_counts(self) -> dict[str, int]:
        """How many actors there are of each kind."""
        return dict(Counter(actor.kind for actor in self.actors))

    def to_json(self) -> dict[str, Any]:
        """The summary as JSON values."""
        return {**asdict(self), "actor_counts": self.actor_counts}


def summarize(path: str | Path, *, allow_truncated: bool = False) -> LogSummary:
    """Summarize a recording.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format, or a position is not finite.
    """
    reader = LogReader(path, allow_truncated=allow_truncated)
    builder = _SummaryBuilder(reader)
    for frame in reader.frames():
        try:
            builder.add(frame)
        except FormatError as error:
            if not allow_truncated or frame.index == 0:
                raise
            reader.warnings.append(f"{error}; the recording ends before this frame")
            break
    return builder.finish()


def summarize_frame(frame: LogFrame) -> FrameSummary:
    """One line on a frame."""
    events = [f"create {actor.id} {actor.blueprint_id}" for actor in frame.added]
    events += [f"destroy {actor_id}" for actor_id in frame.records(PacketKind.EVENT_DEL)["id"].tolist()]
    events += [f"attach {child} to {parent}" for child, parent in frame.records(PacketKind.EVENT_PARENT).tolist()]
    events += [f"collision {a} with {b}" for _, a, b, _, _ in frame.records(PacketKind.COLLISION).tolist()]
    return FrameSummary(frame.start.id, frame.start.elapsed, len(frame.records(PacketKind.POSITION)), events)


class _SummaryBuilder:
    def __init__(self, reader: LogReader) -> None:
        header = reader.header
        self.reader = reader
        self.summary = LogSummary(
            path=str(reader.path),
            size=reader.size,
            map_name=header.map_name,
            recorded_at=header.recorded_at.isoformat() if header.recorded_at else None,
            shortest_step=float("inf"),
        )
        self._names = ActorNames()
        self._collisions = CollisionTracker(self._names.describe)
        self._alive: dict[int, ActorSummary] = {}
        self._map = SlotMap()
        self._place = np.zeros((0, 3))
        self._distance = np.zeros(0)
        self._last: FrameStart | None = None

    def add(self, frame: LogFrame) -> None:
        for packet in frame.packets:
            if packet.id == PacketKind.POSITION:
                found = records(packet, PacketKind.POSITION, frame.path)
                check_numbers(found, packet.offset, "position", frame.path)
        self._count_packets(frame)
        for actor in frame.added:
            self._added(actor, frame.start)
        for actor_id in frame.records(PacketKind.EVENT_DEL)["id"].tolist():
            self._removed(actor_id, frame.start.elapsed)
        for child, parent in frame.records(PacketKind.EVENT_PARENT).tolist():
            if child in self._alive:
                self._alive[child].parent = parent
        self._move(frame.records(PacketKind.POSITION))
        self._collisions.frame(frame.start, frame.records(PacketKind.COLLISION))
        if self._last is not None:
            step = frame.start.elapsed - self._last.elapsed
            self.summary.shortest_step = min(self.summary.shortest_step, step)
            self.summary.longest_step = max(self.summary.longest_step, step)
        self._last = frame.start
        self.summary.frames += 1

    def finish(self) -> LogSummary:
        summary, last = self.summary, self._last
        assert last is not None
        summary.last_frame, summary.duration = last.id, last.elapsed
        if summary.frames == 1:
            summary.shortest_step = 0.0
        for actor_id in list(self._alive):
            self._removed(actor_id, None)
        summary.collisions = self._collisions.finish()
        summary.packets = dict(sorted(summary.packets.items()))
        summary.warnings = list(self.reader.warnings)
        return summary

    def _count_packets(self, frame: LogFrame) -> None:
        for packet in frame.packets:
            kind = packet_kind(packet)
            counted = self.summary.packets.get(packet.id)
            if counted is None:
                counted = self.summary.packets[packet.id] = PacketSummary(kind.name if kind is not None else "unknown")
            counted.packets += 1
            if kind in LIST_DTYPES or kind in _VARIABLE_LISTS:
                count = record_count(packet, frame.path)
                counted.records += count
                if kind is not None and count:  # an empty packet does not show what its moving id means
                    counted.name = kind.name

    def _added(self, actor: ActorAdded, start: FrameStart) -> None:
        known = self._alive.get(actor.id)
        if known is not None:
            if known.blueprint == actor.blueprint_id:
                return
            self._removed(actor.id, start.elapsed)
        attributes = {attribute.id: attribute.value for attribute in actor.attributes}
        self._names.add(actor.id, actor.type, actor.blueprint_id)
        added = ActorSummary(
            id=actor.id,
            kind=actor_kind(actor.type, actor.blueprint_id).label,
            blueprint=_printable(actor.blueprint_id),
            color=_printable(attributes.get("color", "")),
            role_name=_printable(attributes.get("role_name", "")),
            parent=None,
            spawned=start.elapsed,
        )
        self._alive[actor.id] = added
        self.summary.actors.append(added)

    def _removed(self, actor_id: int, time: float | None) -> None:
        actor = self._alive.pop(actor_id, None)
        if actor is not None:
            (slot,) = self._slots(np.array([actor_id], np.uint32))
            actor.destroyed, actor.distance = time, float(self._distance[slot]) / CENTIMETRES_PER_METRE
            self._place[slot], self._distance[slot] = np.nan, 0.0
        self._names.remove(actor_id)

    def _move(self, positions: Records) -> None:
        slots = self._slots(positions["id"])
        places = positions["location"].astype(np.float64)
        steps = np.linalg.norm(places - self._place[slots], axis=1)
        self._distance[slots] += np.nan_to_num(steps)  # no step to an actor's first place
        self._place[slots] = places

    def _slots(self, ids: Records) -> Any:
        slots = self._map.slots(ids)
        missing = len(self._map.ids) - len(self._distance)
        if missing > 0:
            room = max(missing, len(self._distance))
            self._place = np.concatenate([self._place, np.full((room, 3), np.nan)])
            self._distance = np.concatenate([self._distance, np.zeros(room)])
        return slots


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
