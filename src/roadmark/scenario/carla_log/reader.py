"""Streaming reader of CARLA recorder files: packets, then frames, in constant memory."""

from __future__ import annotations

import os
import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

import numpy as np

from roadmark.errors import FormatError, InputError, TruncatedError
from roadmark.files import open_input
from roadmark.scenario.carla_log.decode import (
    HEADER_SIZE,
    decode,
    decode_added,
    decode_frame_start,
    packet_kind,
    records,
)
from roadmark.scenario.carla_log.packets import (
    LIST_DTYPES,
    MAGIC,
    MOVING_IDS,
    VERSION,
    ActorAdded,
    FrameStart,
    Packet,
    PacketKind,
    Records,
)

CHUNK_SIZE = 1 << 20
MAGIC_OFFSET = 2
"""Byte offset that the error about a foreign file names."""
LONGEST_TIME = 1e9
"""Seconds, 32 years: at much later times, frames cannot be told apart in double precision."""
_PACKET_HEADER = struct.Struct("<BI")
_FRAME_START, _FRAME_END, _LAST_KNOWN = int(PacketKind.FRAME_START), int(PacketKind.FRAME_END), int(PacketKind.WEATHER)
"""Looked at for every packet: members of enumerations take longer to get at."""
_LONGEST_HEADER = 4 + len(MAGIC) + 8 + 2 + 0xFFFF
_YEAR_10000 = 253402300800
_LARGEST_FRAME_ID = 2**63 - 1
_NAME_SHOWN = 200


@dataclass(frozen=True)
class LogHeader:
    """What stands before the first packet.

    Attributes:
        date: Unix seconds of the start of the recording.
        map_name: Level name without a path, such as ``Town01``.
        version: Always 1; the layout changed without it.
        magic: Always ``CARLA_RECORDER``.
    """

    date: int
    map_name: str
    version: int = VERSION
    magic: str = MAGIC

    @property
    def recorded_at(self) -> datetime | None:
        """The date in UTC, None where the number is no date before the year 10000."""
        return datetime.fromtimestamp(self.date, UTC) if 0 <= self.date < _YEAR_10000 else None

    def encode(self) -> bytes:
        """The header's bytes."""
        magic = self.magic.encode("utf-8", "surrogateescape")
        map_name = self.map_name.encode("utf-8", "surrogateescape")
        return (
            struct.pack("<HH", self.version, len(magic))
            + magic
            + struct.pack("<qH", self.date, len(map_name))
            + map_name
        )


@dataclass(frozen=True, slots=True)
class LogFrame:
    """One recorded frame.

    Attributes:
        index: Position in the file, from 0.
        start: Its number, duration and time.
        packets: All its packets from FrameStart to FrameEnd, before them any custom packets between it and the last
            one.
        path: The file, for messages.
    """

    index: int
    start: FrameStart
    packets: tuple[Packet, ...]
    path: Path

    @property
    def offset(self) -> int:
        """Byte offset of its first packet."""
        return self.packets[0].offset

    def records(self, kind: PacketKind) -> Records:
        """Records of a list kind in this frame, (0,) where it has none.

        Raises:
            FormatError: A packet's count contradicts its size.
        """
        found = [
            records(packet, kind, self.path)
            for packet in self.packets
            if (packet.id == kind or packet.id in MOVING_IDS) and packet_kind(packet) is kind
        ]
        if len(found) == 1:
            return found[0]
        return np.concatenate(found) if found else np.empty(0, LIST_DTYPES[kind])

    @property
    def added(self) -> tuple[ActorAdded, ...]:
        """Actors that appear in this frame."""
        return tuple(
            actor
            for packet in self.packets
            if packet.id == PacketKind.EVENT_ADD
            for actor in decode_added(packet, self.path)
        )


class LogReader:
    """Reads one recorder file, in chunks: `packets` as they lie, or `frames`.

    Args:
        path: The file.
        allow_truncated: A file that is cut or breaks the format after at least one whole frame ends there with a
            warning (see `warnings`), instead of an error.
        chunk_size: Bytes read at once.

    Raises:
        InputError: No such file, or it cannot be read.
        FormatError: Not a CARLA recorder file.
        TruncatedError: It ends inside its header.

    Attributes:
        header: Map and date.
        size: Bytes of the file when it was opened.
        warnings: What was wrong but bearable; filled anew each time the frames are read.
        opening_warnings: How many of them come from opening it.
    """

    def __init__(self, path: str | Path, *, allow_truncated: bool = False, chunk_size: int = CHUNK_SIZE) -> None:
        self.path = Path(path)
        self.allow_truncated = allow_truncated
        self.chunk_size = max(chunk_size, HEADER_SIZE)
        self.warnings: list[str] = []
        with self._open() as file:
            self.size = os.fstat(file.fileno()).st_size
            self.header, self._start = _read_header(file.read(_LONGEST_HEADER), self.path)
        if self.header.recorded_at is None:
            self.warnings.append(f"{self.path}: the recording's date {self.header.date} is no date")
        self.opening_warnings = len(self.warnings)

    def _open(self) -> FileIO:
        return open_input(self.path)

    def packets(self) -> Iterator[Packet]:
        """All packets in file order.

        Raises:
            TruncatedError: A packet is longer than what is left of the file.
        """
        with self._open() as file:
            file.seek(self._start)
            buffer, at, base = b"", 0, self._start
            while True:
                left = len(buffer) - at
                need = HEADER_SIZE
                if left >= HEADER_SIZE:
                    packet_id, size = _PACKET_HEADER.unpack_from(buffer, at)
                    need = HEADER_SIZE + size
                    if left >= need:
                        yield Packet(packet_id, base + at, buffer[at + HEADER_SIZE : at + need])
                        at += need
                        continue
                remaining = self.size - (base + at)
                if remaining == 0:
                    return
                if need > remaining:
                    raise TruncatedError(
                        f"a packet of {need} bytes starts here, but only {remaining} are left of the file",
                        path=self.path,
                        offset=base + at,
                    )
                more = _read(file, min(max(self.chunk_size, need - left), remaining - left), self.path)
                if not more:
                    raise TruncatedError("the file became shorter while it was read", path=self.path, offset=base + at)
                buffer, base, at = buffer[at:] + more, base + at, 0

    def frames(self) -> Generator[LogFrame]:
        """All frames in order, one in memory at a time.

        With `allow_truncated` every packet of a frame was decoded once before the frame is given out, so that a broken
        one ends the recording; else packets are only as sound as what reads them finds.

        Raises:
            FormatError: The file breaks the format, and `allow_truncated` is off or no whole frame came before.
            TruncatedError: It ends before its last FrameEnd, or after one whose frame says that another follows.
        """
        last: LogFrame | None = None
        del self.warnings[self.opening_warnings :]
        try:
            for frame in self._frames():
                if self.allow_truncated:
                    for packet in frame.packets:
                        decode(packet, self.path)
                last = frame
                yield frame
        except FormatError as error:
            if last is None or not self.allow_truncated:
                raise
            self.warnings.append(f"{error}; the recording ends after frame {last.start.id} at {last.start.elapsed:g} s")

    def _frames(self) -> Iterator[LogFrame]:
        start: FrameStart | None = None
        previous: FrameStart | None = None
        index, packets = 0, list[Packet]()
        for packet in self.packets():
            packets.append(packet)
            if packet.id == _FRAME_START:
                if start is not None:
                    raise FormatError(
                        f"frame {start.id} has no FrameEnd before the next starts", path=self.path, offset=packet.offset
                    )
                start = decode_frame_start(packet, self.path)
                _check_order(start, previous, packet, self.path)
            elif packet.id == _FRAME_END:
                if start is None or packet.payload:
                    what = "a FrameEnd without a FrameStart" if start is None else "a FrameEnd with a payload"
                    raise FormatError(what, path=self.path, offset=packet.offset)
                yield LogFrame(index, start, tuple(packets), self.path)
                previous, start, packets = start, None, []
                index += 1
            elif start is None and packet.id <= _LAST_KNOWN:
                raise FormatError(
                    f"packet {packet.id} ({PacketKind(packet.id).name}) lies outside any frame",
                    path=self.path,
                    offset=packet.offset,
                )
        if start is not None:
            raise TruncatedError(f"the file ends inside frame {start.id}", path=self.path, offset=self.size)
        if previous is None:
            raise TruncatedError("the recording holds no frame", path=self.path, offset=self.size)
        if previous.duration >= 0.0:
            raise TruncatedError(
                f"the file ends after frame {previous.id}, which says that another follows",
                path=self.path,
                offset=self.size,
            )


def _check_order(start: FrameStart, previous: FrameStart | None, packet: Packet, path: Path) -> None:
    if not (np.isfinite(start.elapsed) and np.isfinite(start.duration) and 0.0 <= start.elapsed <= LONGEST_TIME):
        problem = f"frame {start.id} at {start.elapsed} s for {start.duration} s is not a time"
    elif start.id > _LARGEST_FRAME_ID or (previous is not None and start.id <= previous.id):
        problem = f"frame number {start.id} does not follow {previous.id if previous else 0}"
    elif previous is not None and start.elapsed < previous.elapsed:
        problem = f"frame {start.id} at {start.elapsed:g} s is before the one before it, at {previous.elapsed:g} s"
    else:
        return
    raise FormatError(problem, path=path, offset=packet.offset, field="FrameStart")


def _read_some(file: FileIO, size: int) -> bytes:
    return file.read(size) or b""


def _read(file: FileIO, size: int, path: Path) -> bytes:
    try:
        return _read_some(file, size)
    except OSError as error:
        raise InputError(f"{path}: cannot read on: {error.strerror or error}") from error


def _read_header(data: bytes, path: Path) -> tuple[LogHeader, int]:
    def take(layout: str, at: int, name: str) -> tuple[int, int]:
        size = struct.calcsize(layout)
        if at + size > len(data):
            raise TruncatedError("the file ends inside its header", path=path, offset=len(data), field=name)
        return int(struct.unpack_from(layout, data, at)[0]), at + size

    def take_text(at: int, name: str) -> tuple[str, int]:
        length, at = take("<H", at, name)
        if at + length > len(data):
            raise TruncatedError("the file ends inside its header", path=path, offset=len(data), field=name)
        return data[at : at + length].decode("utf-8", "surrogateescape"), at + length

    version, at = take("<H", 0, "version")
    if not data[at + 2 :].startswith(MAGIC.encode()[: len(data) - at - 2]):
        raise FormatError("not a CARLA recorder file (the name CARLA_RECORDER is missing)", path=path, offset=at)
    magic, at = take_text(at, "magic")
    if magic != MAGIC:
        raise FormatError(f"not a CARLA recorder file (it is named {magic[:32]!a})", path=path, offset=MAGIC_OFFSET)
    if version != VERSION:
        raise FormatError(f"recorder format version {version} is not known, only {VERSION}", path=path, offset=0)
    date, at = take("<q", at, "date")
    map_name, end = take_text(at, "map")
    if not map_name or not map_name.isprintable():
        raise FormatError(f"{map_name[:_NAME_SHOWN]!a} is no map name", path=path, offset=at, field="map")
    return LogHeader(date, map_name, version, magic), end
