"""`events_noncollision_<N>.json`: a file per pair that does not collide, as the published recipe's tools read it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from roadmark.clip import Clip, ClipEvent, frames_during
from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, input_errors, output_errors, read_json, write_atomically

MAX_BYTES = 1 << 20
MAX_FILES = 10_000
_NAME = re.compile(r"events_noncollision_([1-9]\d{0,4})\.json")
_KEYS = ("event_id", "start_time", "end_time", "category", "sub_category", "objects", "event_caption")


def negative_path(folder: Path, number: int) -> Path:
    """File of a pair, counted from 1."""
    return folder / f"events_noncollision_{number}.json"


def write_negatives(folder: Path | str, events: Sequence[ClipEvent]) -> list[Path]:
    """Write a file per event, numbered from 1; files of an earlier run with higher numbers are removed.

    Args:
        folder: The clip's own folder, where the published recipe looks for them, or one of the dataset.
        events: For example those of `find_hard_negatives`.

    Raises:
        OutputError: A file cannot be written or removed.
    """
    root = Path(folder)
    paths = [negative_path(root, number) for number in range(1, len(events) + 1)]
    for number, (path, event) in enumerate(zip(paths, events, strict=True), start=1):
        write_atomically(path, json.dumps([_record(number, event)], indent=2, ensure_ascii=False) + "\n")
    with output_errors(root):
        for path in sorted(root.iterdir()) if root.is_dir() else []:
            if (match := _NAME.fullmatch(path.name)) and int(match[1]) > len(events):
                path.unlink()
    return paths


def read_negatives(folder: Path | str, clip: Clip) -> list[ClipEvent]:
    """Read the files of a folder, numbered from 1 up to the first that is missing.

    Args:
        folder: Where they are.
        clip: The clip they are about; gives their frames.

    Raises:
        InputError: A file is unreadable, or there are more than `MAX_FILES`.
        FormatError: One is malformed; names it and the field.
    """
    root = Path(folder)
    start = clip.manifest.frames[0].time
    times = [frame.time - start for frame in clip.manifest.frames]
    events: list[ClipEvent] = []
    with input_errors(root):
        for number in range(1, MAX_FILES + 2):
            path = negative_path(root, number)
            if not has_file(path):
                return events
            events.append(_event(path, times))
    raise InputError(f"{root}: has more than {MAX_FILES} files of pairs that do not collide")


def _record(number: int, event: ClipEvent) -> dict[str, Any]:
    values = (
        f"event_{number:06d}",
        round(event.start_time, 9),
        round(event.end_time, 9),
        event.category,
        [event.sub_category],
        [str(actor) for actor in event.actor_ids],
        event.caption,
    )
    return dict(zip(_KEYS, values, strict=True))


def _event(path: Path, times: list[float]) -> ClipEvent:
    records = read_json(path, MAX_BYTES)
    if not isinstance(records, list) or len(records) != 1 or not isinstance(records[0], dict):
        raise FormatError("expected a list of one event", path=path)
    record = records[0]
    if missing := [key for key in _KEYS if key not in record]:
        raise FormatError("is missing", path=path, field=missing[0])
    try:
        start, end = float(record["start_time"]), float(record["end_time"])
        actors = tuple(int(actor) for actor in record["objects"])
        if len(actors) != 2 or len(set(actors)) != 2:
            raise ValueError(f"objects must be two actors, not {record['objects']!r:.80}")
        kinds = record["sub_category"]
        kind = str(kinds[0]) if isinstance(kinds, list) and kinds else str(kinds or "")
        first, last = frames_during(times, start, end)
        return ClipEvent(
            str(record["category"]), start, end, first, last, actors, kind, str(record["event_caption"] or "")
        )
    except (TypeError, ValueError, OverflowError, InputError) as error:
        raise FormatError(f"no event: {error}", path=path) from None
