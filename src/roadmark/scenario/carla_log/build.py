"""From a recorder file to a `Scenario`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from roadmark.scenario.carla_log.assemble import assemble
from roadmark.scenario.carla_log.columns import BadFrameError
from roadmark.scenario.carla_log.gather import Gathered
from roadmark.scenario.carla_log.packets import PacketKind
from roadmark.scenario.carla_log.reader import LogFrame, LogReader
from roadmark.scenario.scenario import Scenario

_SIGNALS: Final = frozenset({int(PacketKind.EVENT_ADD), int(PacketKind.EVENT_DEL), int(PacketKind.STATE)})


def read_log(path: str | Path, allow_truncated: bool = False) -> Scenario:
    """Read a CARLA recording.

    Args:
        path: The ``.log`` file of CARLA's recorder, 0.9.10 or later.
        allow_truncated: Where the file is cut or broken after at least one whole frame, keep what comes before, and
            say so in `Scenario.warnings`.

    Returns:
        The scenario. Memory is about four times the file.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format, or a position is not finite; path, byte offset and field are in the error.
        TruncatedError: It ends early.
    """
    reader = LogReader(path, allow_truncated=allow_truncated)
    limit: int | None = None
    notes: list[str] = []
    while True:
        try:
            gathered = gather_frames(reader, limit)
        except BadFrameError as bad:
            # Reading again up to the frame before is simpler than taking back what it already changed; it can only
            # happen as often as there are kinds of records, since each time the limit falls.
            if not allow_truncated or bad.index == 0:
                raise bad.error from None
            limit, notes = bad.index, [f"{bad.error}; the recording ends before this frame"]
            continue
        return assemble(gathered, [*reader.warnings, *notes])


def read_signals(path: str | Path) -> Scenario:
    """Read only who is in a recording and what its traffic lights show: a tenth of the time that `read_log` takes.

    Args:
        path: As for `read_log`.

    Returns:
        A scenario without tracks, controls and collisions.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It breaks the format.
        TruncatedError: It ends early.
    """
    reader = LogReader(path)
    try:
        return assemble(gather_frames(reader, None, _SIGNALS), reader.warnings)
    except BadFrameError as bad:
        raise bad.error from None


def gather_frames(reader: LogReader, limit: int | None, only: Collection[int] | None = None) -> Gathered:
    """Gather the first `limit` frames, or all; `only` names the kinds of packets that are looked into."""
    gathered = Gathered(reader.path, reader.header)
    frames = reader.frames()
    for frame in frames:
        if limit is not None and frame.index >= limit:
            break
        gathered.add(frame if only is None else _with_only(frame, only))
    frames.close()
    gathered.finish()
    return gathered


def _with_only(frame: LogFrame, kinds: Collection[int]) -> LogFrame:
    return LogFrame(
        frame.index, frame.start, tuple([packet for packet in frame.packets if packet.id in kinds]), frame.path
    )
