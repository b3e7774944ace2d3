"""Cut and damaged recordings: a typed error with file and offset, or what comes before the damage with a warning."""

import os
import struct
import tracemalloc
from contextlib import contextmanager, nullcontext
from itertools import islice

import log_samples as samples
import numpy as np
import pytest

from roadmark.errors import FormatError, InputError, TruncatedError
from roadmark.scenario import read_log
from roadmark.scenario.carla_log import LogWriter
from roadmark.scenario.carla_log.reader import LogReader
from roadmark.scenario.carla_log.summary import summarize
from roadmark.scenario.carla_log.text import blocked_text, collisions_text, file_info_text


def padded_log() -> bytes:
    """A recording of about 5 kB: all packet kinds, then frames of a driving car."""
    head = samples.every_packet(samples.CARLA_0916)
    last = head.rindex(samples.packet(200, b"roadmark"))
    start = head.index(samples.packet(200, b"roadmark"), last)
    whole = head[:start].replace(_frame_start(3, -1.0, 0.75), _frame_start(3, 0.25, 0.75))
    frames = [
        samples.frame(4 + i, step, 1.0 + 0.25 * i, samples.positions((10, 500 + i, 200, 50, 0, 0, 90)))
        for i, step in enumerate([0.25] * 49 + [-1.0])
    ]
    return whole + b"".join(frames)


def _frame_start(number, duration, elapsed):
    return samples.frame(number, duration, elapsed)[:29]


@contextmanager
def memory_below(limit: int):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def check_error(error: FormatError, path) -> None:
    assert error.path == path
    assert error.offset is not None
    assert 0 <= error.offset <= os.path.getsize(path)
    assert str(path) in str(error)


def read_tolerantly(path, warned: bool = False, thorough: bool = True) -> int:
    """Frames read, 0 for none; whatever comes out is whole."""
    try:
        scenario = read_log(path, allow_truncated=True)
    except FormatError as error:
        check_error(error, path)
        return 0
    assert scenario.warnings or not warned
    frames = len(scenario.times)
    assert frames == len(scenario.source_frames) > 0
    for track in scenario.tracks.values() if thorough else ():
        assert np.isfinite(track.positions).all()
        assert np.isfinite(track.velocities).all()
        assert (np.diff(track.frames) > 0).all()
        assert track.frames[-1] < frames
    if thorough:
        scenario.state_at(scenario.duration / 2)
    return frames


def test_the_log_is_about_five_kilobytes_and_whole(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(padded_log())
    assert 4500 < len(padded_log()) < 5500
    scenario = read_log(path)
    assert len(scenario.times) == 53
    assert scenario.warnings == (
        f"{path}: 1 × packets of unknown id 99 were skipped",
        f"{path}: 1 × recorded weather was not taken over: the sky is the simulation's setting",
    )


def test_truncation_at_every_offset(tmp_path):
    path = tmp_path / "a.log"
    data = padded_log()
    path.write_bytes(data)
    first_end = data.index(samples.packet(200, b"roadmark"))
    seen = set()
    for size in range(len(data) - 1, -1, -1):
        os.truncate(path, size)
        with pytest.raises(FormatError) as caught:
            for _ in LogReader(path).frames():
                pass
        check_error(caught.value, path)
        seen.add(type(caught.value))
        frames = read_tolerantly(path, warned=True, thorough=size % 10 == 0)
        assert (frames > 0) == (size >= first_end)
    assert TruncatedError in seen


def test_truncation_of_a_real_recording(tmp_path, data_dir):
    source = data_dir / "carla" / "logs" / "DistanceToLaneCenter.log"
    path = tmp_path / "a.log"
    path.write_bytes(source.read_bytes())
    whole = path.stat().st_size
    last_frames = 432
    for size in np.unique(np.linspace(0, whole - 1, 500).astype(int))[::-1].tolist():
        os.truncate(path, size)
        with pytest.raises(FormatError) as caught:
            for _ in LogReader(path).frames():
                pass
        check_error(caught.value, path)
        if size % 10 == 0 or size < 40_000:  # the whole scenario for a part of them, to keep the test short
            frames = read_tolerantly(path)
            assert frames <= last_frames
            last_frames = max(frames, 1)


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for position in rng.integers(0, len(data), rng.integers(1, 4)):
        changed[position] ^= 1 << int(rng.integers(0, 8))
    return bytes(changed)


def test_flipped_bytes(tmp_path):
    """3000 damaged copies: nothing but a whole scenario or a typed error, and no more memory than a small log needs."""
    rng = np.random.default_rng(20211123)
    path = tmp_path / "a.log"
    data = padded_log()
    errors = scenarios = 0
    for trial in range(3000):
        path.write_bytes(flipped(data, rng))
        with memory_below(2_000_000) if trial % 20 == 0 else nullcontext():
            try:
                read_log(path)
                scenarios += 1
            except FormatError as error:
                check_error(error, path)
                errors += 1
            if trial % 2:
                read_tolerantly(path)
    assert errors > 500
    assert scenarios > 500


def test_flipped_bytes_in_queries(tmp_path):
    rng = np.random.default_rng(7)
    path = tmp_path / "a.log"
    data = padded_log()
    outcomes = np.zeros((5, 2), int)
    for _ in range(300):
        path.write_bytes(flipped(data, rng))
        queries = (
            lambda: summarize(path),
            lambda: summarize(path, allow_truncated=True),
            lambda: "".join(file_info_text(path, True)).encode(),
            lambda: "".join(collisions_text(path)).encode(),
            lambda: "".join(blocked_text(path, 1.0, 100.0)).encode(),
        )
        for number, query in enumerate(queries):
            try:
                query()
                outcomes[number, 0] += 1
            except FormatError as error:
                check_error(error, path)
                outcomes[number, 1] += 1
    assert outcomes.min() > 0  # every query both answers and refuses


def check_flips(path, data: bytes, rng: np.random.Generator, trials: int) -> None:
    for trial in range(trials):
        path.write_bytes(flipped(data, rng))
        if trial % 2:
            read_tolerantly(path)
            continue
        try:
            read_log(path)
        except FormatError as error:
            check_error(error, path)


def test_flipped_bytes_in_a_real_recording(tmp_path, data_dir):
    """40 damaged copies of it, and 300 of its first 40 frames."""
    source = data_dir / "carla" / "logs" / "DistanceToLaneCenter.log"
    rng = np.random.default_rng(3)
    check_flips(tmp_path / "a.log", source.read_bytes(), rng, 40)
    reader = LogReader(source)
    with LogWriter(tmp_path / "short.log", reader.header) as writer:
        for frame in islice(reader.frames(), 40):
            for packet in frame.packets:
                last = packet.id == 0 and frame.index == 39
                payload = struct.pack("<Qdd", 40, -1.0, frame.start.elapsed) if last else packet.payload
                writer.write_packet(packet._replace(payload=payload))
    data = (tmp_path / "short.log").read_bytes()
    assert len(read_log(tmp_path / "short.log").times) == 40
    check_flips(tmp_path / "a.log", data, rng, 300)


def test_lying_sizes_cost_no_memory(tmp_path):
    start = samples.frame(1, 1.0, 0.0, samples.added(samples.CAR))
    broken = (
        b"\x06\xff\xff\xff\xff",  # a packet of 4 GiB
        samples.packet(15, b"\x01\x00" + b"\0" * 53 + b"\xff\xff\xff\xff"),  # four billion torque points
        samples.packet(19, b"\xff\xff" + b"\0" * 4 + b"\xff\xff"),
        samples.packet(21, b"\xff\xff" + b"\xff" * 8),
        samples.packet(2, b"\xff\xff"),
    )
    path = tmp_path / "a.log"
    for body in broken:
        path.write_bytes(samples.header() + start + samples.frame(2, -1.0, 1.0)[:29] + body + samples.packet(1))
        with memory_below(500_000):
            try:
                read_log(path)
            except FormatError as error:
                check_error(error, path)
            assert len(read_log(path, allow_truncated=True).times) in {1, 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
def test_a_position_that_is_none_names_actor_and_offset(tmp_path, value):
    good = samples.positions((1, *[0.0] * 6), (10, 100, 200, 50, 0, 0, 90))
    bad = samples.positions((1, *[0.0] * 6), (10, 100, value, 50, 0, 0, 90))
    start = samples.header() + samples.frame(1, 1.0, 0.0, samples.added(samples.SPECTATOR, samples.CAR), good)
    path = tmp_path / "a.log"
    path.write_bytes(start + samples.frame(2, 1.0, 1.0, bad) + samples.frame(3, -1.0, 2.0, good))
    with pytest.raises(FormatError, match="actor 10: position location") as caught:
        read_log(path)
    assert caught.value.offset == len(start) + 29 + 5 + 2 + 28  # FrameStart packet, header, count, the first record
    with pytest.raises(FormatError, match="actor 10: position location"):
        summarize(path)
    scenario = read_log(path, allow_truncated=True)
    assert scenario.times.tolist() == [0.0]
    assert "the recording ends before this frame" in scenario.warnings[0]
    assert summarize(path, allow_truncated=True).frames == 1


@pytest.mark.parametrize(
    ("actor", "message"),
    [
        ((10, 1, (0.0, float("nan"), 0.0), (0.0, 0.0, 0.0), 1, "vehicle.a.b", ()), "actor 10: location"),
        ((10, 9, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1, "vehicle.a.b", ()), "9 is no actor type"),
        ((10, 1, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1, "vehicle.a\0b", ()), "not printable"),
        ((10, 1, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1, "\x1b[31m", ()), "not printable"),
        ((0, 1, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1, "vehicle.a.b", ()), "actor 0: 0 is no id of an actor"),
    ],
)
def test_an_actor_that_is_none(tmp_path, actor, message):
    path = tmp_path / "a.log"
    path.write_bytes(samples.header() + samples.frame(1, -1.0, 0.0, samples.added(actor)))
    with pytest.raises(FormatError, match=message) as caught:
        read_log(path)
    assert caught.value.offset == 34 + 29 + 5 + 2
    with pytest.raises(FormatError, match=message):  # no whole frame before it
        read_log(path, allow_truncated=True)


def test_times_that_cannot_be_told_apart(tmp_path):
    path = tmp_path / "a.log"
    start = samples.header() + samples.frame(1, 1.0, 1e9)
    path.write_bytes(start + samples.frame(2, -1.0, 1e15))
    with pytest.raises(FormatError, match="frame 2 at 1000000000000000.0 s .* is not a time") as caught:
        read_log(path)
    assert caught.value.offset == len(start)
    assert read_log(path, allow_truncated=True).times.tolist() == [1e9]


def test_a_long_name_is_cut_in_messages(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(samples.header("a\n" * 30000) + samples.frame(1, -1.0, 0.0))
    with pytest.raises(FormatError, match="is no map name") as caught:
        read_log(path)
    assert len(str(caught.value)) < 1000


def test_a_pipe_is_no_recording(tmp_path):
    os.mkfifo(tmp_path / "a.log")
    for read in (read_log, summarize):
        with pytest.raises(InputError, match=r"a\.log: is not a regular file"):
            read(tmp_path / "a.log")
