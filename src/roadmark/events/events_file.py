"""The file of events beside a recording: `<name>.events.json`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roadmark.errors import FormatError, InputError
from roadmark.events.causes import event_order
from roadmark.events.model import Event, Participant, Place
from roadmark.files import read_json, write_atomically

SCHEMA, VERSION = "roadmark.events", 1
"""What the file says it is."""

MAX_BYTES = 64 * 1024 * 1024
MAX_EVENTS = 100_000
MAX_PARTICIPANTS = 1000
MAX_TEXT = 2000
MAX_COORDINATE = 1e39  # metres: recordings have no larger numbers
"""Larger files, longer lists and texts, and places farther out are refused."""

_DIGITS = 9  # decimals kept: nanoseconds and nanometres
_TOP = {"schema", "version", "map", "events"}
_FIELDS = {"category", "sub_category", "start", "contact", "end", "participants", "place", "cause", "caption",
           "measures"}  # fmt: skip


@dataclass(frozen=True)
class EventsFile:
    """What a file of events holds.

    Attributes:
        map_name: Map the scenario happens on, "" where unknown.
        events: The events in the file's order.
    """

    map_name: str
    events: tuple[Event, ...]


def events_path(recording: str | Path) -> Path:
    """Where the events of a recording are: beside it, `.events.json` for its ending.

    Examples:
        >>> events_path("scenarios/a.log").name
        'a.events.json'
    """
    path = Path(recording)
    return path.with_name(f"{path.stem}.events.json")


def events_json(events: Sequence[Event], map_name: str = "") -> str:
    """The text of a file of events, by start; the same events give the same bytes."""
    document = {
        "schema": SCHEMA,
        "version": VERSION,
        "map": map_name,
        "events": [_record(event) for event in sorted(events, key=event_order)],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_events(path: str | Path, events: Sequence[Event], map_name: str = "") -> None:
    """Write a file of events whole or not at all.

    Raises:
        InputError: A measure is no JSON value.
        OutputError: The file cannot be written.
    """
    try:
        text = events_json(events, map_name)
    except (TypeError, ValueError) as error:
        raise InputError(f"{path}: a measure of an event is no JSON value: {error}") from None
    write_atomically(Path(path), text)


def read_events(path: str | Path) -> EventsFile:
    """Read a file of events.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large, not JSON, or not a file of events; names the field and the value.
    """
    source = Path(path)
    document = read_json(source, MAX_BYTES, unique_keys=True)
    reader = _Reader(source)
    top = reader.mapping(document, "", _TOP)
    if top.get("schema") != SCHEMA:
        raise reader.error("schema", f"must be {SCHEMA!r}, not {_shown(top.get('schema'))}")
    if top.get("version") != VERSION or isinstance(top["version"], bool):
        raise reader.error("version", f"{_shown(top.get('version'))} is not known; this Roadmark reads {VERSION}")
    records = reader.sequence(top.get("events"), "events", MAX_EVENTS)
    events = tuple(reader.event(record, f"events[{index}]") for index, record in enumerate(records))
    return EventsFile(reader.text(top.get("map", ""), "map"), events)


def _record(event: Event) -> dict[str, Any]:
    place = event.place
    return {
        "category": event.category,
        "sub_category": event.sub_category,
        "start": _rounded(event.start),
        "contact": None if event.contact is None else _rounded(event.contact),
        "end": _rounded(event.end),
        "participants": [{"actor_id": int(one.actor_id), "role": one.role} for one in event.participants],
        "place": {
            "position": [_rounded(value) for value in place.position],
            "road": place.road,
            "lane": place.lane,
            "junction": place.junction,
        },
        "cause": event.cause,
        "caption": event.caption,
        "measures": dict(event.measures),
    }


def _rounded(value: float) -> float:
    return round(float(value), _DIGITS) + 0.0


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


@dataclass(frozen=True)
class _Reader:
    """Checks values of one file; every complaint names file, field and value."""

    path: Path

    def error(self, field: str, message: str) -> FormatError:
        return FormatError(message, path=self.path, field=field or "document")

    def mapping(self, value: Any, field: str, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.error(field, f"must be an object, not {_shown(value)}")
        unknown = sorted(set(value) - known)
        if unknown:
            raise self.error(field, f"{_shown(unknown[0])} is not known; use {', '.join(sorted(known))}")
        return value

    def sequence(self, value: Any, field: str, most: int) -> list[Any]:
        if not isinstance(value, list):
            raise self.error(field, f"must be a list, not {_shown(value)}")
        if len(value) > most:
            raise self.error(field, f"has {len(value)} entries, more than {most}")
        return value

    def text(self, value: Any, field: str) -> str:
        if not isinstance(value, str):
            raise self.error(field, f"must be text, not {_shown(value)}")
        if len(value) > MAX_TEXT:
            raise self.error(field, f"is longer than {MAX_TEXT} characters")
        return value

    def number(self, value: Any, field: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(field, f"must be a number, not {_shown(value)}")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self.error(field, f"must be finite, not {_shown(value)}")
        return number

    def coordinate(self, value: Any, field: str) -> float:
        number = self.number(value, field)
        if abs(number) > MAX_COORDINATE:
            raise self.error(field, f"{_shown(value)} m is farther than {MAX_COORDINATE:g} m from the origin")
        return number

    def event(self, value: Any, field: str) -> Event:
        record = self.mapping(value, field, _FIELDS)
        missing = sorted({"category", "start", "end", "participants", "place"} - set(record))
        if missing:
            raise self.error(field, f"{missing[0]} is missing")
        contact = record.get("contact")
        measures = record.get("measures", {})
        if not isinstance(measures, dict):
            raise self.error(f"{field}.measures", f"must be an object, not {_shown(measures)}")
        try:
            return Event(
                category=self.text(record["category"], f"{field}.category"),
                sub_category=self.text(record.get("sub_category", ""), f"{field}.sub_category"),
                start=self.number(record["start"], f"{field}.start"),
                end=self.number(record["end"], f"{field}.end"),
                contact=None if contact is None else self.number(contact, f"{field}.contact"),
                participants=self._participants(record["participants"], f"{field}.participants"),
                place=self._place(record["place"], f"{field}.place"),
                cause=self.text(record.get("cause", ""), f"{field}.cause"),
                caption=self.text(record.get("caption", ""), f"{field}.caption"),
                measures=measures,
            )
        except FormatError:
            raise
        except InputError as error:
            raise self.error(field, str(error)) from None

    def _participants(self, value: Any, field: str) -> tuple[Participant, ...]:
        found = []
        for index, one in enumerate(self.sequence(value, field, MAX_PARTICIPANTS)):
            where = f"{field}[{index}]"
            record = self.mapping(one, where, {"actor_id", "role"})
            actor_id = record.get("actor_id")
            if isinstance(actor_id, bool) or not isinstance(actor_id, int) or not 0 <= actor_id < 2**32:
                raise self.error(f"{where}.actor_id", f"must be an actor's id, not {_shown(actor_id)}")
            found.append(Participant(actor_id, self.text(record.get("role", ""), f"{where}.role")))
        return tuple(found)

    def _place(self, value: Any, field: str) -> Place:
        record = self.mapping(value, field, {"position", "road", "lane", "junction"})
        numbers = self.sequence(record.get("position"), f"{field}.position", 3)
        if len(numbers) != 3:
            raise self.error(f"{field}.position", f"must be x, y, z, not {_shown(numbers)}")
        x, y, z = (self.coordinate(number, f"{field}.position") for number in numbers)
        names = [record.get(name) for name in ("road", "lane", "junction")]
        road, lane, junction = (
            None if name is None else self.text(name, f"{field}.{key}")
            for key, name in zip(("road", "lane", "junction"), names, strict=True)
        )
        return Place((x, y, z), road, lane, junction)
