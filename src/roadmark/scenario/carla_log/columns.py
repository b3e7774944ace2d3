"""Gathers the records of one kind over all frames, checks their numbers, and parts them by actor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.scenario.carla_log.packets import Records

LARGEST_NUMBER = 1e9
"""No coordinate in cm (10,000 km), angle in degrees or speed in a recording is larger; beyond, the bytes are broken."""

_FLUSH_AT = 50_000
_LIST_START = 7  # packet header and count


class BadFrameError(Exception):
    """A frame whose packets are well formed but whose content is not.

    Attributes:
        index: Position of the frame in the file.
        error: What is wrong.
    """

    def __init__(self, index: int, error: FormatError) -> None:
        super().__init__(str(error))
        self.index = index
        self.error = error


@dataclass(frozen=True)
class Lives:
    """Which actor has an id when: rows sorted by id, then by first frame.

    Attributes:
        ids: (L,) actor ids.
        first: (L,) first frame index.
        last: (L,) frame index from which it is gone.
        keys: (L,) unique keys.
    """

    ids: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    keys: NDArray[np.int64]

    def rows(self, ids: NDArray[Any], frames: NDArray[Any]) -> NDArray[np.int64]:
        """(N,) row of the actor that has each id at each frame, -1 where none has."""
        if not len(self.ids):
            return np.full(len(ids), -1)
        # One sortable number per (id, frame): ids are 32 bit, and there are far fewer than 2**31 frames.
        starts = (self.ids << 31) | self.first
        rows = np.searchsorted(starts, (ids.astype(np.int64) << 31) | frames, side="right") - 1
        known = (rows >= 0) & (self.ids[rows] == ids) & (frames < self.last[rows])
        return np.where(known, rows, -1)


class Column:
    """All records of one kind.

    Args:
        name: What the records are called in messages.
        path: The file, for messages.
        check: Numbers must be finite and no larger than `LARGEST_NUMBER`.
    """

    def __init__(self, name: str, path: Path, *, check: bool = True) -> None:
        self.name, self.path, self.check = name, path, check
        self._fresh: list[tuple[int, Records, int]] = []
        self._fresh_count = 0
        self._records: list[Records] = []
        self._frames: list[NDArray[np.int32]] = []

    def add(self, frame: int, records: Records, offset: int) -> None:
        """Take the records of a packet.

        Raises:
            BadFrameError: A number of this or an earlier frame is broken (records are checked in batches).
        """
        if len(records):
            self._fresh.append((frame, records, offset))
            self._fresh_count += len(records)
            if self._fresh_count >= _FLUSH_AT:
                self.flush()

    def flush(self) -> None:
        """Check and store what was added.

        Raises:
            BadFrameError: A number is broken.
        """
        if not self._fresh:
            return
        # Joining bytes, not structured arrays: numpy compares the fields of every pair of those.
        dtype = self._fresh[0][1].dtype
        merged = np.frombuffer(b"".join([records.view(np.uint8).data for _, records, _ in self._fresh]), dtype)
        if self.check:
            self._check(merged)
        counts = [len(records) for _, records, _ in self._fresh]
        self._records.append(merged)
        self._frames.append(np.repeat(np.array([frame for frame, _, _ in self._fresh], np.int32), counts))
        self._fresh, self._fresh_count = [], 0

    def _check(self, merged: Records) -> None:
        if not any(_broken(merged[name]).any() for name in _float_fields(merged)):
            return
        for frame, records, offset in self._fresh:
            try:
                check_numbers(records, offset, self.name, self.path)
            except FormatError as error:
                raise BadFrameError(frame, error) from error

    def by_actor(self, lives: Lives) -> Iterator[tuple[int, Records, NDArray[np.int32]]]:
        """Part the records by actor; empties the column.

        Yields:
            Row in `lives` (-1 first, for records of nobody, where there are any), the records and their frames in
            order.
        """
        self.flush()
        if not self._records:
            return
        records, frames = np.concatenate(self._records), np.concatenate(self._frames)
        self._records, self._frames = [], []
        rows = lives.rows(records["id"], frames)
        order = np.argsort(rows.astype(np.int32), kind="stable")
        rows, records, frames = rows[order], records[order], frames[order]
        edges = np.flatnonzero(np.diff(rows)) + 1
        for start, end in zip([0, *edges.tolist()], [*edges.tolist(), len(rows)], strict=True):
            yield int(rows[start]), records[start:end], frames[start:end]


def check_numbers(records: Records, offset: int, what: str, path: Path) -> None:
    """Check every number of a packet's records.

    Args:
        records: Records with an ``id``.
        offset: Byte offset of their packet.
        what: What they are, for the message.
        path: The file, for the message.

    Raises:
        FormatError: A number is not finite or larger than `LARGEST_NUMBER`; it names actor, field and byte offset.
    """
    for name in _float_fields(records):
        broken = _broken(records[name])
        if broken.any():
            index = int(np.argmax(broken.reshape(len(records), -1).any(axis=1)))
            raise FormatError(
                f"actor {records['id'][index]}: {what} {name} {records[name][index].tolist()} is not a usable number",
                path=path,
                offset=offset + _LIST_START + index * records.dtype.itemsize,
                field=name,
            )


def _float_fields(records: Records) -> list[str]:
    return [name for name in records.dtype.names or () if records.dtype[name].base.kind == "f"]


def _broken(values: NDArray[Any]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):  # signalling NaNs
        return np.asarray(~(np.abs(values) <= LARGEST_NUMBER))
