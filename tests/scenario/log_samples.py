"""Recorder files made by hand with `struct`, independently of the code under test."""

import struct

NAN, INF = float("nan"), float("inf")
TURN = (0, 0, 180)


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<H", len(data)) + data


def packet(packet_id: int, payload: bytes = b"") -> bytes:
    return struct.pack("<BI", packet_id, len(payload)) + payload


def rows(fmt: str, *records: tuple) -> bytes:
    return struct.pack("<H", len(records)) + b"".join(struct.pack("<" + fmt, *record) for record in records)


def header(map_name: str = "Town01", date: int = 1637671165) -> bytes:
    return struct.pack("<H", 1) + text("CARLA_RECORDER") + struct.pack("<q", date) + text(map_name)


def frame(number: int, duration: float, elapsed: float, *packets: bytes) -> bytes:
    return packet(0, struct.pack("<Qdd", number, duration, elapsed)) + b"".join(packets) + packet(1)


def added(*actors: tuple) -> bytes:
    """Each actor: id, type, location, rotation, uid, blueprint, attributes as (type, name, value)."""
    parts = [struct.pack("<H", len(actors))]
    for actor_id, kind, location, rotation, uid, blueprint, attributes in actors:
        parts.append(struct.pack("<IB6fI", actor_id, kind, *location, *rotation, uid) + text(blueprint))
        parts.append(struct.pack("<H", len(attributes)))
        parts += [struct.pack("<B", number) + text(name) + text(value) for number, name, value in attributes]
    return packet(2, b"".join(parts))


def wheels(*vehicles: tuple, packet_id: int = 21) -> bytes:
    """Each vehicle: id, wheels as (location, steer, rotation)."""
    parts = [struct.pack("<H", len(vehicles))]
    for actor_id, found in vehicles:
        parts.append(struct.pack("<II", actor_id, len(found)))
        parts += [struct.pack("<Bff", *wheel) for wheel in found]
    return packet(packet_id, b"".join(parts))


def bones(*walkers: tuple) -> bytes:
    """Each walker: id, bones as (name, location, rotation)."""
    parts = [struct.pack("<H", len(walkers))]
    for actor_id, found in walkers:
        parts.append(struct.pack("<IH", actor_id, len(found)))
        parts += [text(name) + struct.pack("<6f", *location, *rotation) for name, location, rotation in found]
    return packet(19, b"".join(parts))


def physics(actor_id: int, wheel_floats: int = 12) -> bytes:
    """One vehicle with one point per curve, one gear and two wheels; 9 floats per wheel before 0.9.12."""
    wheel = (
        3.5,
        0.25,
        60.0,
        35.5,
        800.0,
        1600.0,
        *((2.0, 17.0, 1000.0) if wheel_floats == 12 else ()),
        10.0,
        20.0,
        30.0,
    )
    return packet(
        15,
        struct.pack("<H", 1)
        + struct.pack("<I5f?4f3f", actor_id, 6500, 1, 0.125, 2, 0.375, True, 10, 3.25, 1696, 0.5, 0.5, 0, -0.25)
        + struct.pack("<I2f", 1, 1000, 347)
        + struct.pack("<I3f", 1, 4.5, 0.25, 0.5)
        + struct.pack("<I2f", 1, 20, 0.75)
        + struct.pack("<I", 2)
        + struct.pack(f"<{wheel_floats}f", *wheel) * 2,
    )


CAR = (10, 1, (100.0, 200.0, 50.0), (0.0, 0.0, 90.0), 24, "vehicle.tesla.model3",
       ((3, "color", "10,20,30"), (3, "role_name", "hero")))  # fmt: skip
BIKE = (11, 1, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 19, "vehicle.bh.crossbike", ((3, "color", "1,2,3"),))
WALKER = (12, 2, (500.0, -100.0, 93.0), (0.0, 0.0, 180.0), 70, "walker.pedestrian.0001", ())
LIGHT = (5, 3, (1000.0, 0.0, 10.0), (0.0, 0.0, -90.0), 0, "traffic.traffic_light", ())
SPECTATOR = (1, 0, (0.0, 0.0, 1000.0), (0.0, -45.0, 0.0), 0, "spectator", ())
FOUR_WHEELS = ((0, 5.0, -90.0), (1, 7.0, -92.0), (2, 0.0, -88.0), (3, 0.0, -88.0))
DOOR, WHEELS, BIKER = "door", "wheels", "biker"


def positions(*actors: tuple) -> bytes:
    """Each actor: id, x, y, z, roll, pitch, yaw."""
    return packet(6, rows("I6f", *actors))


def every_packet(numbering: dict[str, int], wheel_floats: int = 12, unknown: bool = True) -> bytes:
    """Three frames that hold every packet kind; `numbering` gives the ids of doors, wheels and bikers."""
    first = [
        packet(20, struct.pack("<d", 0.5)),
        added(SPECTATOR, LIGHT, CAR, BIKE, WALKER),
        packet(3, rows("I")),
        packet(4, rows("II")),
        packet(5, rows("III??")),
        packet(numbering[DOOR], rows("IB?", (10, 0, True), (10, 5, True))) if DOOR in numbering else b"",
        positions((1, 0, 0, 1000, 0, -45, 0), (10, 100, 200, 50, 0, 0, 90), (11, *[0] * 6), (12, 500, -100, 93, *TURN)),
        packet(7, rows("I?fb", (5, False, 1.5, 2))),
        packet(8, rows("Ifff?i", (10, 0.5, 1.0, 0.0, False, 1), (11, 0.0, 0.0, 1.0, True, -1))),
        packet(9, rows("If", (12, 150.0))),
        packet(10, rows("II", (10, 3), (11, 0))),
        packet(11, rows("if4f?B", (7, 12.5, 1.0, 0.5, 0.25, 1.0, True, 2))),
        wheels((10, FOUR_WHEELS), (11, ((0, 1.0, -10.0), (1, 0.0, -11.0))), packet_id=numbering[WHEELS])
        if WHEELS in numbering
        else b"",
        packet(numbering[BIKER], rows("Iff", (11, 420.0, 0.5))) if BIKER in numbering else b"",
        packet(12, rows("I6f", (10, 1.0, 2.0, 0.0, 0.0, 0.0, 30.0))),
        packet(13, rows("I6f", (10, 3.0, 4.0, 70.0, 240.0, 108.0, 74.0), (1, *[NAN] * 3, *[-INF] * 3))),
        packet(17, rows("I6f", (5, 900.0, 100.0, 50.0, 200.0, 150.0, 100.0))),
        packet(14, struct.pack("<d", 0.25)),
        physics(10, wheel_floats),
        packet(16, rows("Ifff", (5, 10.0, 3.0, 2.0))),
        bones((12, (("crl_root", (0, 0, -93), (0, 0, 0)), ("crl_hips__C", (1, 2, 3), (4, 5, 6))))),
        packet(24, rows("14f", tuple(float(value) for value in range(14)))),
    ]  # fmt: skip
    second = [
        packet(2, rows("I")),
        packet(4, rows("II", (12, 10))),
        packet(5, rows("III??", (0, 10, 12, True, False), (1, 12, 10, False, True), (2, 10, 0xFFFFFFFF, True, False))),
        positions((10, 200, 200, 50, 0, 0, 90), (11, 0, 0, 0, 0, 0, 0), (12, 500, -100, 93, 0, 0, -178)),
        packet(7, rows("I?fb", (5, True, 0.0, 1))),
        packet(99, b"\x01\x02\x03") if unknown else b"",
    ]
    third = [
        packet(3, rows("I", (12,), (11,))),
        positions((10, 400, 200, 50, 0, 0, 90)),
        packet(18, struct.pack("<Q", 77)),
    ]
    between = packet(200, b"roadmark") if unknown else b""
    return (
        header()
        + frame(1, 0.25, 0.0, *first)
        + between
        + frame(2, 0.5, 0.25, *second)
        + frame(3, -1.0, 0.75, *third)
        + between
    )


CARLA_0910 = {}
CARLA_0915 = {WHEELS: 21, BIKER: 22}
CARLA_MIDDLE = {DOOR: 21, WHEELS: 22, BIKER: 23}
CARLA_0916 = {WHEELS: 21, BIKER: 22, DOOR: 23}
NUMBERINGS = {"0.9.10": CARLA_0910, "0.9.15": CARLA_0915, "middle": CARLA_MIDDLE, "0.9.16": CARLA_0916}
