"""Frames given as they are stored, and frames read ahead."""

import threading
from fractions import Fraction

import numpy as np
import pytest

from roadmark.media import MARKED, DecodedFrame, VideoWriter, decode_video, read_ahead


def picture(number):
    return np.random.default_rng(number).integers(0, 255, (30, 41, 3), dtype=np.uint8)


def test_planes_are_the_picture(tmp_path):
    for name, write in (
        ("rgb", lambda video, it: video.write(it)),
        ("planes", lambda video, it: video.write_planes(DecodedFrame.of(it).planes)),
    ):
        with VideoWriter(tmp_path / f"{name}.mp4", 41, 30, Fraction(10), style=MARKED) as video:
            for number in range(3):
                write(video, picture(number))
    assert (tmp_path / "rgb.mp4").read_bytes() == (tmp_path / "planes.mp4").read_bytes()
    assert [frame.planes.y.shape for frame in decode_video(tmp_path / "planes.mp4")] == 3 * [(30, 42)]


def test_planes_of_another_size_are_refused(tmp_path):
    planes = DecodedFrame.of(picture(0)).planes
    with VideoWriter(tmp_path / "a.mp4", 41, 30, Fraction(10)) as video:
        video.write_planes(planes)
        with pytest.raises(ValueError, match="does not take planes"):
            video.write_planes(planes._replace(y=planes.y[:-2]))
    with VideoWriter(tmp_path / "b.mp4", 42, 30, Fraction(10), codec="rgb") as video:
        video.write(np.zeros((30, 42, 3), np.uint8))
        with pytest.raises(ValueError, match="does not take planes"):
            video.write_planes(planes)


def test_what_is_read_ahead_comes_in_order_from_another_thread():
    found = list(read_ahead(lambda: ((number, threading.get_ident()) for number in range(20)), ahead=3))
    assert [number for number, _ in found] == list(range(20))
    assert threading.get_ident() not in {thread for _, thread in found}


def test_what_goes_wrong_while_reading_ahead_is_raised_where_it_is_used():
    def items():
        yield 1
        raise KeyError("lost")

    reading = read_ahead(items)
    assert next(reading) == 1
    with pytest.raises(KeyError, match="lost"):
        next(reading)


def test_reading_ahead_stops_with_its_user():
    made = []

    def items():
        for number in range(1000):
            made.append(number)
            yield number

    reading = read_ahead(items)
    assert next(reading) == 0
    reading.close()
    assert len(made) <= 1 + 2 + 2  # used, waiting, and about to wait when it was stopped
