"""The server's own answers to `show_recorder_file_info`, `..._collisions` and `..._actors_blocked`, word for word.

Tools parse these texts, so their quirks are kept: centimetres, %g numbers, whole seconds, type letters that are off by
one for signs and sensors, a removal that forgets the actor added last instead of the one removed, and the last frame's
duration of -1. Source: carla-simulator/carla, CarlaRecorderQuery.cpp. Use `queries` for right answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from roadmark.errors import ConfigError, FormatError
from roadmark.files import has_file
from roadmark.scenario.carla_log.packets import NON_ACTOR, FrameStart, PacketKind
from roadmark.scenario.carla_log.queries import BlockedTracker
from roadmark.scenario.carla_log.reader import MAGIC_OFFSET, LogHeader, LogReader
from roadmark.scenario.carla_log.text_frames import frame_text

_LETTERS = "ovwtha"
_FILTERS = "hvwtoa"


def show_recorder_file_info(path: str | Path, show_all: bool = False, *, allow_truncated: bool = False) -> str:
    """What `carla.Client.show_recorder_file_info` returns; a missing or foreign file is said in the text, too.

    Raises:
        FormatError: The file breaks the format after its header.
    """
    return _reply(path, lambda: "".join(file_info_text(path, show_all, allow_truncated=allow_truncated)))


def show_recorder_collisions(
    path: str | Path, first: str = "a", second: str = "a", *, allow_truncated: bool = False
) -> str:
    """What `carla.Client.show_recorder_collisions` returns.

    Args:
        path: The recording.
        first: One of h (hero), v (vehicle), w (walker), t (traffic light), o (other), a (any).
        second: Same for the other actor.
        allow_truncated: Take a broken recording up to where it breaks.
    """
    return _reply(path, lambda: "".join(collisions_text(path, first, second, allow_truncated=allow_truncated)))


def show_recorder_actors_blocked(
    path: str | Path, min_time: float = 60.0, min_distance: float = 100.0, *, allow_truncated: bool = False
) -> str:
    """What `carla.Client.show_recorder_actors_blocked` returns; `min_distance` in centimetres."""
    return _reply(path, lambda: "".join(blocked_text(path, min_time, min_distance, allow_truncated=allow_truncated)))


def file_info_text(path: str | Path, show_all: bool = False, *, allow_truncated: bool = False) -> Iterator[str]:
    """The file info in pieces, so that a long recording needs no long string.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format.
    """
    reader = LogReader(path, allow_truncated=allow_truncated)
    yield _clean(_head(reader.header))
    last: FrameStart | None = None
    for frame in reader.frames():
        last = frame.start
        yield _clean(frame_text(frame, show_all, reader.path))
    assert last is not None
    yield _tail(last, f"{last.elapsed:g}")


def collisions_text(
    path: str | Path, first: str = "a", second: str = "a", *, allow_truncated: bool = False
) -> Iterator[str]:
    """The collision table in pieces; arguments and errors as `show_recorder_collisions`.

    Raises:
        ConfigError: An unknown category letter.
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format.
    """
    for category in (first, second):
        if len(category) != 1 or category not in _FILTERS:
            raise ConfigError(f"collision category {category!r} is not one of {', '.join(_FILTERS)}")
    reader = LogReader(path, allow_truncated=allow_truncated)
    yield _clean(_head(reader.header))
    yield f"{'Time':>8} {'Types':>6} {'Id':>6} {'Actor 1':<35} {'Id':>6} {'Actor 2':<35}\n"
    table = _CollisionTable(first, second)
    last: FrameStart | None = None
    for frame in reader.frames():
        last = frame.start
        for packet in frame.packets:
            if packet.id == PacketKind.EVENT_ADD:
                for actor in frame.added:
                    table.added(actor.id, actor.type, actor.blueprint_id)
            elif packet.id == PacketKind.EVENT_DEL:
                for _ in frame.records(PacketKind.EVENT_DEL):
                    table.forget_last()
        yield _clean("".join(table.rows(frame.start, frame.records(PacketKind.COLLISION).tolist())))
    assert last is not None
    # std::fixed with precision 0 stays in force once a row was printed.
    yield _tail(last, f"{last.elapsed:.0f}" if table.any_row else f"{last.elapsed:g}")


def blocked_text(
    path: str | Path, min_time: float = 60.0, min_distance: float = 100.0, *, allow_truncated: bool = False
) -> Iterator[str]:
    """The table of blocked actors in pieces; `min_distance` in centimetres.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format.
    """
    reader = LogReader(path, allow_truncated=allow_truncated)
    yield _clean(_head(reader.header))
    yield f"{'Time':>8} {'Id':>6} {'Actor':<35} {'Duration':>10}\n"
    tracker = BlockedTracker(min_time, min_distance, as_server=True)
    last: FrameStart | None = None
    last_added = 0
    for frame in reader.frames():
        last = frame.start
        for actor in frame.added:
            tracker.add(actor.id, actor.blueprint_id)
            last_added = actor.id
        for _ in frame.records(PacketKind.EVENT_DEL):
            tracker.forget(last_added)
        tracker.frame(frame.start.elapsed, frame.start.duration, frame.records(PacketKind.POSITION))
    assert last is not None
    for blocked in tracker.finish():
        name = _clean(blocked.blueprint_id)
        yield f"{blocked.start:8.0f} {blocked.actor_id:>6} {name:<35} {blocked.duration:>10.0f}\n"
    yield _tail(last, f"{last.elapsed:g}")


class _CollisionTable:
    """QueryCollisions: rows of pairs that did not collide in the frame before."""

    def __init__(self, first: str, second: str) -> None:
        self.first, self.second = first, second
        self.any_row = False
        self._actors: dict[int, tuple[int, str]] = {}
        self._last_added = 0
        self._before: set[tuple[int, int]] = set()

    def added(self, actor_id: int, actor_type: int, blueprint_id: str) -> None:
        self._actors[actor_id] = (actor_type, blueprint_id)
        self._last_added = actor_id

    def forget_last(self) -> None:
        self._actors.pop(self._last_added, None)

    def rows(self, start: FrameStart, records: list[tuple[int, int, int, int, int]]) -> Iterator[str]:
        now: set[tuple[int, int]] = set()
        for _, id1, id2, hero1, hero2 in records:
            letter1, name1 = self._look_up(id1)
            letter2, name2 = self._look_up(id2)
            if not (_passes(self.first, letter1, hero1) and _passes(self.second, letter2, hero2)):
                continue
            if (id1, id2) not in self._before:
                self.any_row = True
                time_and_types = f"{start.elapsed:8.0f}   {letter1} {letter2} "
                yield f"{time_and_types} {id1:>6} {name1:<35} {id2:>6} {name2:<35}\n"
            now.add((id1, id2))
        self._before = now

    def _look_up(self, actor_id: int) -> tuple[str, str]:
        if actor_id == NON_ACTOR:
            return "o", ""
        actor_type, name = self._actors.get(actor_id, (0, ""))
        return (_LETTERS[actor_type] if actor_type < len(_LETTERS) else "o"), _clean(name)


def _passes(category: str, letter: str, hero: int) -> bool:
    return category in {"a", letter} or (category == "h" and bool(hero))


def _head(header: LogHeader) -> str:
    # "%x %X" of the C locale, in local time, as the server prints it.
    date = (
        time.strftime("%m/%d/%y %H:%M:%S", time.localtime(header.date))
        if header.recorded_at is not None
        else str(header.date)
    )
    return f"Version: {header.version}\nMap: {header.map_name}\nDate: {date}\n\n"


def _tail(last: FrameStart, duration: str) -> str:
    return f"\nFrames: {last.id}\nDuration: {duration} seconds\n"


def _clean(text: str) -> str:
    """The text without the surrogates that stand for bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _reply(path: str | Path, answer: Callable[[], str]) -> str:
    if not has_file(Path(path)):
        return f"File {path} not found on server\n"
    try:
        LogReader(path)
    except FormatError as error:
        if error.offset == MAGIC_OFFSET:
            return "File is not a CARLA recorder\n"
        raise
    return answer()
