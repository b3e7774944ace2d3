"""New recordings, and copies of old ones."""

import struct

import log_samples as samples
import numpy as np
import pytest

from roadmark.errors import OutputError
from roadmark.scenario import read_log
from roadmark.scenario.carla_log import (
    LIST_DTYPES,
    NON_ACTOR,
    WHEEL,
    ActorAdded,
    Attribute,
    LogHeader,
    LogReader,
    LogWriter,
    NewFrame,
    Packet,
    PacketKind,
    VehicleWheels,
    blueprint_uid,
    decode,
)
from roadmark.scenario.carla_log.encode import encode_added

HEADER = LogHeader(date=1637671165, map_name="Town10HD_Opt")
CAR = ActorAdded(
    10, 1, (0.0, 0.0, 50.0), (0.0, 0.0, 90.0), 24, "vehicle.tesla.model3", (Attribute(4, "color", "1,2,3"),)
)


def records(kind: PacketKind, *rows: tuple) -> dict:
    return {kind: np.array(list(rows), LIST_DTYPES[kind])}


def at(*rows: tuple) -> dict:
    return records(PacketKind.POSITION, *rows)


def test_copying_packets_gives_the_same_file(tmp_path):
    source, copy = tmp_path / "a.log", tmp_path / "b.log"
    source.write_bytes(samples.every_packet(samples.CARLA_0916))
    reader = LogReader(source)
    with LogWriter(copy, reader.header) as writer:
        for packet in reader.packets():
            writer.write_packet(packet)
    assert copy.read_bytes() == source.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.log", "b.log"]


def test_new_frames_follow_the_recorders_order(tmp_path):
    path = tmp_path / "a.log"
    wheels = (VehicleWheels(10, np.array([(0, 1.0, -2.0)], WHEEL)),)
    doors = np.array([(10, 0, 1)], LIST_DTYPES[PacketKind.VEHICLE_DOOR])
    records = {**at((10, (0.0, 0.0, 50.0), (0.0, 0.0, 90.0))), PacketKind.VEHICLE_DOOR: doors}
    with LogWriter(path, HEADER) as writer:
        writer.write_frame(NewFrame(0.0, added=(CAR,), records=records, wheels=wheels, platform_time=0.125))
        writer.write_frame(NewFrame(0.5, custom=(Packet(128, 0, b"label"),)))
    first, second = LogReader(path).frames()
    assert [p.id for p in first.packets] == [0, 20, 2, 3, 4, 5, 23, 6, 7, 8, 9, 10, 21, 22, 13, 14, 19, 1]
    assert [p.id for p in second.packets] == [0, 20, 2, 3, 4, 5, 6, 7, 8, 9, 10, 21, 22, 13, 19, 128, 1]
    assert (first.start.id, first.start.duration, first.start.elapsed) == (1, 0.5, 0.0)
    assert (second.start.id, second.start.duration, second.start.elapsed) == (2, -1.0, 0.5)
    assert first.added == (CAR,)
    assert decode(first.packets[1]) == 0.0
    assert second.packets[-2].payload == b"label"
    assert read_log(path).map_name == "Town10HD_Opt"


def test_a_new_file_is_what_the_format_says_byte_for_byte(tmp_path):
    path = tmp_path / "a.log"
    with LogWriter(path, LogHeader(1637671165, "Town01"), additional_data=False) as writer:
        writer.write_frame(NewFrame(0.0, added=(CAR,), records=at((10, (1.0, 2.0, 3.0), (4.0, 5.0, 6.0)))))
    empty = [samples.packet(number, b"\0\0") for number in (3, 4, 5, 7, 8, 9, 10, 21, 22)]
    car = (10, 1, (0.0, 0.0, 50.0), (0.0, 0.0, 90.0), 24, "vehicle.tesla.model3", ((4, "color", "1,2,3"),))
    packets = [
        samples.packet(20, struct.pack("<d", 0.0)),
        samples.added(car),
        *empty[:3],
        samples.positions((10, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)),
        *empty[3:],
    ]
    assert path.read_bytes() == samples.header() + samples.frame(1, -1.0, 0.0, *packets)


def test_an_empty_recording_has_a_header_only(tmp_path):
    with LogWriter(tmp_path / "a.log", HEADER):
        pass
    assert (tmp_path / "a.log").read_bytes() == HEADER.encode()


NAN = float("nan")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (NewFrame(0.0), "not after"),
        (NewFrame(NAN), "not after"),
        (NewFrame(1.0, added=(CAR,)), "in use"),
        (NewFrame(1.0, added=(ActorAdded(0, 1, (0, 0, 0), (0, 0, 0), 1, "a"),)), "reserved"),
        (NewFrame(1.0, added=(ActorAdded(11, 1, (NAN, 0, 0), (0, 0, 0), 1, "a"),)), "not finite"),
        (NewFrame(1.0, records=at((12, (0, 0, 0), (0, 0, 0)))), "actor 12, which was not added"),
        (NewFrame(1.0, records=at((10, (0, NAN, 0), (0, 0, 0)))), "POSITION location is not finite"),
        (NewFrame(1.0, added=(ActorAdded(11, 9, (0, 0, 0), (0, 0, 0), 1, "a"),)), "type 9"),
        (NewFrame(1.0, records=records(PacketKind.STATE, (12, 0, 0.0, 2))), "STATE record of actor 12"),
        (NewFrame(1.0, records=records(PacketKind.VEHICLE_LIGHT, (12, 3))), "VEHICLE_LIGHT record of actor 12"),
        (NewFrame(1.0, records=records(PacketKind.COLLISION, (0, 10, 12, 0, 0))), "COLLISION record of actor 12"),
        (NewFrame(1.0, records=records(PacketKind.EVENT_DEL, (12,))), "EVENT_DEL record of actor 12"),
        (NewFrame(1.0, wheels=(VehicleWheels(12, np.empty(0, WHEEL)),)), "record of actor 12"),
        (NewFrame(1.0, number=1), "number 1 is not after 1"),
        (NewFrame(1.0, custom=(Packet(99, 0, b""),)), "from 128 on"),
        (NewFrame(1.0, records={PacketKind.EVENT_ADD: np.empty(0)}), "no list"),
    ],
)
def test_frames_that_contradict_the_format_are_refused_and_leave_no_file(tmp_path, frame, message):
    def write() -> None:
        with LogWriter(tmp_path / "a.log", HEADER) as writer:
            writer.write_frame(NewFrame(0.0, added=(CAR,)))
            writer.write_frame(frame)

    with pytest.raises(OutputError, match=message):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_removed_actor_has_no_position_and_its_id_is_free(tmp_path):
    gone = {PacketKind.EVENT_DEL: np.array([(10,)], LIST_DTYPES[PacketKind.EVENT_DEL])}
    nan_box = {PacketKind.BOUNDING_BOX: np.array([(10, [NAN] * 3, [NAN] * 3)], LIST_DTYPES[PacketKind.BOUNDING_BOX])}
    with LogWriter(tmp_path / "a.log", HEADER) as writer:
        writer.write_frame(NewFrame(0.0, added=(CAR,), records=nan_box))
        writer.write_frame(NewFrame(1.0, records=gone))
        with pytest.raises(OutputError, match="deleted"):
            writer.write_frame(NewFrame(2.0, records=at((10, (0, 0, 0), (0, 0, 0)))))
        writer.write_frame(NewFrame(2.0, added=(CAR,)))
    assert [actor.life for actor in read_log(tmp_path / "a.log").actors.values()] == [0, 1]


def test_a_contact_may_be_with_something_that_is_no_actor_and_frames_may_be_numbered(tmp_path):
    with LogWriter(tmp_path / "a.log", HEADER) as writer:
        writer.write_frame(NewFrame(0.0, added=(CAR,), number=7))
        writer.write_frame(NewFrame(1.0, records=records(PacketKind.COLLISION, (0, 10, NON_ACTOR, 0, 0))))
    scenario = read_log(tmp_path / "a.log")
    assert scenario.source_frames.tolist() == [7, 8]
    assert [(hit.actor_ids, hit.start_frame) for hit in scenario.collisions] == [((10, None), 8)]


def test_what_does_not_fit_sixteen_bits_or_cannot_be_written(tmp_path):
    with pytest.raises(OutputError, match="65536"):
        encode_added([CAR] * 65536)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"), LogWriter(tmp_path / "file" / "a.log", HEADER):
        pass


def test_blueprint_uids():
    assert blueprint_uid("vehicle.tesla.model3") == (24, True)
    assert blueprint_uid("traffic.traffic_light") == (0, True)
    assert blueprint_uid("spectator") == (0, True)
    assert blueprint_uid("walker.pedestrian.0001")[1] is False


class FullDisk:
    """A file whose disk is full after some bytes."""

    def __init__(self, file, room):
        self.file, self.room = file, room

    def write(self, data):
        self.room -= len(data)
        if self.room < 0:
            raise OSError(28, "No space left on device")
        return self.file.write(data)

    def close(self):
        self.file.close()


@pytest.mark.parametrize("room", [60, 100])  # in the middle, and in the last frame, which is written at the end
def test_a_full_disk_leaves_no_file(tmp_path, room):
    def write():
        with LogWriter(tmp_path / "a.log", HEADER) as writer:
            writer._file = FullDisk(writer._file, room)
            writer.write_frame(NewFrame(0.0))
            writer.write_frame(NewFrame(1.0, added=(CAR,)))

    with pytest.raises(OutputError, match="No space left"):
        write()
    assert list(tmp_path.iterdir()) == []
