"""From a recorder file to a `Scenario`."""

from __future__ import annotations

from pathlib import Path

from roadmark.scenario.carla_log.assemble import assemble
from roadmark.scenario.carla_log.columns import BadFrameError
from roadmark.scenario.carla_log.gather import Gathered
from roadmark.scenario.carla_log.reader import LogReader
from roadmark.scenario.scenario import Scenario


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


def gather_frames(reader: LogReader, limit: int | None) -> Gathered:
    """Gather the first `limit` frames, or all."""
    gathered = Gathered(reader.path, reader.header)
    frames = reader.frames()
    for frame in frames:
        if limit is not None and frame.index >= limit:
            break
        gathered.add(frame)
    frames.close()
    gathered.finish()
    return gathered
