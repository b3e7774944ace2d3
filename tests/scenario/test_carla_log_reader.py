"""Every packet of a recorder file, in every numbering."""

import struct
from pathlib import Path

import log_samples as samples
import numpy as np
import pytest

from roadmark.errors import FormatError, InputError, TruncatedError
from roadmark.scenario.carla_log import LogReader, Packet, PacketKind
from roadmark.scenario.carla_log.decode import decode, packet_kind
from roadmark.scenario.carla_log.encode import encode


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.fixture
def full_log(tmp_path):
    return write(tmp_path / "full.log", samples.every_packet(samples.CARLA_0916))


def re_encoded(path: Path) -> bytes:
    """The file put together again from decoded values; payloads of unknown packets as they are."""
    reader = LogReader(path)
    parts = [reader.header.encode()]
    for packet in reader.packets():
        kind = packet_kind(packet)
        payload = packet.payload if kind is None else encode(kind, decode(packet))
        parts.append(struct.pack("<BI", packet.id, len(payload)) + payload)
    return b"".join(parts)


@pytest.mark.parametrize("numbering", samples.NUMBERINGS.values(), ids=samples.NUMBERINGS)
@pytest.mark.parametrize("wheel_floats", [9, 12])
def test_decoded_values_encode_to_the_same_bytes(tmp_path, numbering, wheel_floats):
    data = samples.every_packet(numbering, wheel_floats)
    assert re_encoded(write(tmp_path / "a.log", data)) == data


def test_a_real_recording_round_trips_byte_for_byte(data_dir):
    for path in sorted((data_dir / "carla" / "logs").glob("*.log")):
        assert re_encoded(path) == path.read_bytes()


def test_header(full_log):
    header = LogReader(full_log).header
    assert (header.map_name, header.version, header.date) == ("Town01", 1, 1637671165)
    assert header.recorded_at.isoformat() == "2021-11-23T12:39:25+00:00"


def test_frames_have_their_numbers_times_and_packets(full_log):
    frames = list(LogReader(full_log).frames())
    assert [(f.index, f.start.id, f.start.elapsed, f.start.duration) for f in frames] == [
        (0, 1, 0.0, 0.25),
        (1, 2, 0.25, 0.5),
        (2, 3, 0.75, -1.0),
    ]
    assert frames[0].offset == 34  # the header of "Town01" has 34 bytes
    assert [p.id for p in frames[1].packets] == [200, 0, 2, 4, 5, 6, 7, 99, 1]  # the custom packet before it is kept


def test_fixed_size_records(full_log):
    first, second, third = LogReader(full_log).frames()
    positions = first.records(PacketKind.POSITION)
    assert positions["id"].tolist() == [1, 10, 11, 12]
    assert positions["location"][1].tolist() == [100.0, 200.0, 50.0]
    assert positions["rotation"][3].tolist() == [0.0, 0.0, 180.0]
    assert first.records(PacketKind.STATE).tolist() == [(5, 0, 1.5, 2)]
    assert first.records(PacketKind.ANIM_VEHICLE)[1].tolist() == (11, 0.0, 0.0, 1.0, 1, -1)
    assert first.records(PacketKind.ANIM_WALKER).tolist() == [(12, 150.0)]
    assert first.records(PacketKind.VEHICLE_LIGHT).tolist() == [(10, 3), (11, 0)]
    assert first.records(PacketKind.SCENE_LIGHT)[0]["color"].tolist() == [1.0, 0.5, 0.25, 1.0]
    assert first.records(PacketKind.KINEMATICS)["angular"].tolist() == [[0.0, 0.0, 30.0]]
    assert first.records(PacketKind.BOUNDING_BOX)["extent"][0].tolist() == [240.0, 108.0, 74.0]
    assert first.records(PacketKind.TRIGGER_VOLUME)["origin"].tolist() == [[900.0, 100.0, 50.0]]
    assert first.records(PacketKind.TRAFFIC_LIGHT_TIME).tolist() == [(5, 10.0, 3.0, 2.0)]
    assert first.records(PacketKind.WEATHER)[0].tolist() == tuple(range(14))
    assert second.records(PacketKind.EVENT_PARENT).tolist() == [(12, 10)]
    assert second.records(PacketKind.COLLISION).tolist()[2] == (2, 10, 0xFFFFFFFF, 1, 0)
    assert third.records(PacketKind.EVENT_DEL)["id"].tolist() == [12, 11]
    assert len(third.records(PacketKind.STATE)) == 0


@pytest.mark.parametrize("numbering", [samples.CARLA_0915, samples.CARLA_MIDDLE, samples.CARLA_0916])
def test_wheels_bikers_and_doors_are_told_by_shape(tmp_path, numbering):
    path = write(tmp_path / "a.log", samples.every_packet(numbering))
    first = next(LogReader(path).frames())
    found = {packet_kind(p): p.id for p in first.packets if p.id in {21, 22, 23}}
    names = {"door": PacketKind.VEHICLE_DOOR, "wheels": PacketKind.VEHICLE_WHEELS, "biker": PacketKind.BIKER}
    assert found == {names[name]: number for name, number in numbering.items()}
    assert first.records(PacketKind.BIKER).tolist() == [(11, 420.0, 0.5)]
    car, bike = decode(next(p for p in first.packets if packet_kind(p) is PacketKind.VEHICLE_WHEELS))
    assert (car.id, bike.id) == (10, 11)
    assert car.wheels.tolist() == [(location, steer, spin) for location, steer, spin in samples.FOUR_WHEELS]
    assert bike.wheels["location"].tolist() == [0, 1]


def test_variable_size_records(full_log):
    first = next(LogReader(full_log).frames())
    car = first.added[2]
    assert (car.id, car.type, car.uid, car.blueprint_id) == (10, 1, 24, "vehicle.tesla.model3")
    assert car.location == (100.0, 200.0, 50.0)
    assert [(a.type, a.id, a.value) for a in car.attributes] == [(3, "color", "10,20,30"), (3, "role_name", "hero")]
    by_id = {p.id: p for p in first.packets}
    (control,) = decode(by_id[15])
    assert control.id == 10
    assert float(control.head["mass"]) == 1696.0
    assert control.wheels["max_steer_angle"].tolist() == [60.0, 60.0]
    assert control.wheels["position"][0].tolist() == [10.0, 20.0, 30.0]
    (walker,) = decode(by_id[19])
    assert walker.names == ("crl_root", "crl_hips__C")
    assert walker.transforms["rotation"][1].tolist() == [4.0, 5.0, 6.0]
    assert (decode(by_id[14]), decode(by_id[20])) == (0.25, 0.5)
    third = list(LogReader(full_log).frames())[2]
    assert decode(third.packets[-2]) == 77


def test_old_physics_have_nine_numbers_per_wheel(tmp_path):
    path = write(tmp_path / "a.log", samples.every_packet({}, wheel_floats=9))
    (control,) = decode(next(p for p in next(LogReader(path).frames()).packets if p.id == 15))
    assert "lat_stiff_value" not in control.wheels.dtype.names
    assert control.wheels["position"][1].tolist() == [10.0, 20.0, 30.0]


@pytest.mark.parametrize("chunk_size", [1, 7, 64, 1000])
def test_chunks_do_not_show(full_log, chunk_size):
    assert list(LogReader(full_log, chunk_size=chunk_size).packets()) == list(LogReader(full_log).packets())


def test_text_that_is_no_utf8_survives(tmp_path):
    data = samples.every_packet({}).replace(b"spectator", b"spect\xff\xfe\xfdr")
    assert re_encoded(write(tmp_path / "a.log", data)) == data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "ends inside its header"),
        (b"PK\x03\x04 something else", "not a CARLA recorder"),
        (samples.header().replace(b"RECORDER", b"REKORDER"), "not a CARLA recorder"),
        (b"\x02" + samples.header()[1:], "version 2"),
        (samples.header(""), "no map name"),
        (samples.header("Town\x00"), "no map name"),
    ],
)
def test_what_is_no_recording(tmp_path, data, message):
    path = write(tmp_path / "a.log", data)
    with pytest.raises(FormatError, match=message) as caught:
        LogReader(path)
    assert caught.value.path == path
    assert caught.value.offset is not None


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.log"):
        LogReader(tmp_path / "nothing.log")
    with pytest.raises(InputError):
        LogReader(tmp_path)


START = struct.pack("<Qdd", 1, -1.0, 0.0)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "holds no frame"),
        (samples.packet(1), "FrameEnd without"),
        (samples.packet(6, samples.rows("I6f")), "outside any frame"),
        (samples.packet(0, START) * 2, "no FrameEnd before"),
        (samples.packet(0, START) + samples.packet(1, b"x"), "FrameEnd with a payload"),
        (samples.packet(0, START[:-1]), "must have 24 bytes"),
        (samples.packet(0, START), "ends inside frame 1"),
        (samples.frame(1, 0.5, 0.0), "another follows"),
        (samples.frame(1, 0.5, 0.5) + samples.frame(1, -1, 1.0), "does not follow 1"),
        (samples.frame(1, 0.5, 0.5) + samples.frame(2, -1, 0.25), "is before"),
        (samples.frame(1, 0.5, float("nan")), "not a time"),
        (samples.frame(1, float("inf"), 0.0), "not a time"),
        (samples.frame(2**63, -1.0, 0.0), "does not follow"),
        (struct.pack("<BI", 6, 0xFFFFFFFF), "only 5 are left"),
    ],
)
def test_broken_frames(tmp_path, body, message):
    path = write(tmp_path / "a.log", samples.header() + body)
    with pytest.raises(FormatError, match=message) as caught:
        list(LogReader(path).frames())
    assert caught.value.path == path
    assert 34 <= caught.value.offset <= path.stat().st_size


@pytest.mark.parametrize(
    ("packet_id", "payload", "message"),
    [
        (6, samples.rows("I6f", (1, 0, 0, 0, 0, 0, 0))[:-1], "its payload has 29"),
        (6, b"\xff\xff", "65535 records"),
        (6, b"\x00", "no count"),
        (2, b"\x01\x00", "needs 33 more"),
        (2, b"\x01\x00" + b"\0" * 33 + b"\xff\xff", "string of 65535"),
        (2, b"\x00\x00\x00", "1 bytes are left"),
        (15, b"\x01\x00" + b"\0" * 53 + b"\xff\xff\xff\xff", "4294967295 records"),
        (19, b"\x01\x00" + b"\0" * 4 + b"\xff\xff", "65535 bones"),
        (14, b"\0" * 7, "must have 8 bytes"),
        (18, b"\0" * 7, "must have 8 bytes"),
    ],
)
def test_counts_and_sizes_are_checked_before_anything_is_allocated(packet_id, payload, message):
    packet = Packet(packet_id, 1000, payload)
    with pytest.raises(FormatError, match=message) as caught:
        decode(packet, Path("a.log"))
    assert caught.value.offset >= 1000


def test_moved_ids_of_no_known_shape_are_unknown():
    assert packet_kind(Packet(21, 0, b"")) is None
    assert packet_kind(Packet(22, 0, struct.pack("<HI", 1, 5))) is None
    assert packet_kind(Packet(23, 0, struct.pack("<HB", 0, 5))) is None
    assert decode(Packet(77, 0, b"anything")) is None
    assert packet_kind(Packet(22, 0, struct.pack("<H", 0))) is PacketKind.BIKER


def test_a_date_that_is_none_is_a_warning(tmp_path):
    data = samples.every_packet({}).replace(struct.pack("<q", 1637671165), struct.pack("<q", -5))
    reader = LogReader(write(tmp_path / "a.log", data))
    assert reader.header.recorded_at is None
    assert len(reader.warnings) == 1


def test_allow_truncated_ends_at_the_last_whole_frame(tmp_path, full_log):
    data = full_log.read_bytes()
    cut = write(tmp_path / "cut.log", data[: data.rindex(samples.packet(200, b"roadmark")) - 1])
    with pytest.raises(TruncatedError):
        list(LogReader(cut).frames())
    reader = LogReader(cut, allow_truncated=True)
    assert [frame.start.id for frame in reader.frames()] == [1, 2]
    (warning,) = reader.warnings
    assert "ends after frame 2 at 0.25 s" in warning


def test_repeated_packets_of_a_kind_count_together(tmp_path):
    body = samples.frame(
        1, -1.0, 0.0, samples.positions((1, *[0.0] * 6)), samples.positions((2, *[0.0] * 6), (3, *[0.0] * 6))
    )
    (frame,) = LogReader(write(tmp_path / "a.log", samples.header() + body)).frames()
    assert frame.records(PacketKind.POSITION)["id"].tolist() == [1, 2, 3]
    assert np.isfinite(frame.records(PacketKind.POSITION)["location"]).all()


def test_a_file_that_shrinks_or_cannot_be_read_on(tmp_path, full_log, monkeypatch):
    reader = LogReader(full_log, chunk_size=64)
    packets = reader.packets()
    next(packets)
    with full_log.open("r+b") as file:
        file.truncate(200)
    with pytest.raises(TruncatedError, match="became shorter"):
        list(packets)

    def broken(file, size):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("roadmark.scenario.carla_log.reader._read_some", broken)
    with pytest.raises(InputError, match="Input/output error"):
        list(LogReader(full_log).packets())
