"""Samples on disk: JSON lines, written and read one by one, so memory does not grow with the dataset."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

from roadmark.dataset.sample import Mark, Media, Message, Sample
from roadmark.errors import FormatError, InputError
from roadmark.files import atomic_file, input_errors, open_input

MAX_LINE = 4 * 1024 * 1024
"""Most bytes of a line."""

_TEXTS = {"id", "clip", "family", "answer_kind"}
_REQUIRED = _TEXTS | {"media", "messages"}
_OPTIONAL = {"augmentation", "event", "map_name", "scenario_seed", "marks", "facts"}


def write_samples(path: Path | str, samples: Iterable[Sample]) -> int:
    """Write samples whole or not at all; the same samples give the same bytes.

    Returns:
        How many they are.

    Raises:
        InputError: A sample is longer than `MAX_LINE` bytes.
        OutputError: The file cannot be written.
    """
    count = 0
    with atomic_file(Path(path)) as partial, partial.open("wb") as stream:
        for sample in samples:
            line = json.dumps(sample_record(sample), ensure_ascii=False, allow_nan=False).encode()
            if len(line) >= MAX_LINE:
                raise InputError(f"sample {sample.id!r}: is longer than {MAX_LINE} bytes")
            stream.write(line + b"\n")
            count += 1
    return count


def read_samples(path: Path | str) -> Iterator[Sample]:
    """Read samples one by one.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: A line is too long, no JSON, or no sample; names line and field.
    """
    for found in read_lines(path):
        if isinstance(found, FormatError):
            raise found
        yield found


def read_lines(path: Path | str) -> Iterator[Sample | FormatError]:
    """Read samples one by one, and what is wrong with each line that is none.

    Raises:
        InputError: The file is missing or unreadable.
    """
    file = Path(path)
    with input_errors(file), BufferedReader(open_input(file)) as stream:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                yield FormatError(f"line {number} is longer than {MAX_LINE} bytes", path=file)
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_LINE)
                continue
            try:
                yield _sample(line, file, f"line {number}")
            except FormatError as error:
                yield error


def sample_record(sample: Sample) -> dict[str, Any]:
    """A sample as plain JSON values; what it does not have is left out."""
    record: dict[str, Any] = {
        "id": sample.id,
        "media": [{"kind": media.kind, "path": media.path} for media in sample.media],
        "messages": [{"role": message.role, "text": message.text} for message in sample.messages],
        "clip": sample.clip,
        "family": sample.family,
        "answer_kind": sample.answer_kind,
    }
    optional = {
        "augmentation": sample.augmentation,
        "event": sample.event,
        "map_name": sample.map_name or None,
        "scenario_seed": sample.scenario_seed,
        "marks": [{"number": mark.number, "actor_id": mark.actor_id} for mark in sample.marks] or None,
        "facts": dict(sample.facts) or None,
    }
    return record | {name: value for name, value in optional.items() if value is not None}


def sample_from_record(record: Any) -> Sample:
    """The sample of a record; undoes `sample_record`.

    Raises:
        FormatError: A field is missing, unknown or wrong; names it.
    """
    fields = _object(record, "sample", _REQUIRED, _OPTIONAL)
    for name in _TEXTS | {"augmentation", "event", "map_name"}:
        if name in fields and not isinstance(fields[name], str):
            raise FormatError(f"must be text, not {_shown(fields[name])}", field=name)
    if "scenario_seed" in fields:
        _whole(fields["scenario_seed"], "scenario_seed")
    if not isinstance(fields.get("facts", {}), dict):
        raise FormatError(f"must be an object, not {_shown(fields['facts'])}", field="facts")
    try:
        parts = {
            "media": tuple(Media(*_texts(one, "media", "kind", "path")) for one in _list(fields, "media")),
            "messages": tuple(Message(*_texts(one, "messages", "role", "text")) for one in _list(fields, "messages")),
            "marks": tuple(_mark(one) for one in _list(fields, "marks")),
        }
        return Sample(**(dict(fields) | parts))
    except FormatError:
        raise
    except InputError as error:
        raise FormatError(str(error)) from None


def _sample(line: bytes, file: Path, where: str) -> Sample:
    try:
        record = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: not valid JSON: {error}", path=file) from None
    try:
        return sample_from_record(record)
    except FormatError as error:
        raise FormatError(f"{where}: {error}", path=file) from None


def _object(value: Any, field: str, required: set[str], optional: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"must be an object, not {_shown(value)}", field=field)
    if missing := sorted(required - set(value)):
        raise FormatError("is missing", field=missing[0])
    if unknown := sorted(set(value) - required - optional):
        raise FormatError(f"is not known; use {', '.join(sorted(required | optional))}", field=unknown[0][:80])
    return value


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise FormatError(f"must be a list, not {_shown(value)}", field=name)
    return value


def _texts(value: Any, field: str, *names: str) -> list[Any]:
    record = _object(value, field, set(names), set())
    for name in names:
        if not isinstance(record[name], str):
            raise FormatError(f"must be text, not {_shown(record[name])}", field=f"{field}.{name}")
    return [record[name] for name in names]


def _mark(value: Any) -> Mark:
    record = _object(value, "marks", {"number", "actor_id"}, set())
    return Mark(_whole(record["number"], "marks.number"), _whole(record["actor_id"], "marks.actor_id"))


def _whole(value: Any, field: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise FormatError(f"must be a whole number, not {_shown(value)}", field=field)
    return value


def _shown(value: Any) -> str:
    return repr(value)[:60]


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")
