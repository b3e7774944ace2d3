"""How fast recordings are read, and in how much memory.

Run: python -m benchmarks.log_reading [RECORDING.log] [--megabytes 200]
"""

from __future__ import annotations

import argparse
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from roadmark.scenario import read_log
from roadmark.scenario.carla_log import LIST_DTYPES, LogReader, PacketKind, decode, summarize

VEHICLES, LIGHTS, WALKERS = 60, 36, 20


def generate(path: Path, megabytes: int) -> None:
    """Write a recording like CARLA 0.9.15's: 60 driving vehicles, 36 lights and 20 walkers at 20 frames per second."""
    rng = np.random.default_rng(1)
    moving = VEHICLES + WALKERS

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value)) + value.encode()

    def packet(number: int, payload: bytes) -> bytes:
        return struct.pack("<BI", number, len(payload)) + payload

    def listed(number: int, records: np.ndarray) -> bytes:
        return packet(number, struct.pack("<H", len(records)) + records.tobytes())

    kinds = [(1, "vehicle.tesla.model3")] * VEHICLES + [(2, "walker.pedestrian.0001")] * WALKERS
    kinds += [(3, "traffic.traffic_light")] * LIGHTS
    actors = b"".join(
        struct.pack("<IB6fI", 100 + i, kind, *[0.0] * 6, 1) + text(name) + struct.pack("<H", 0)
        for i, (kind, name) in enumerate(kinds)
    )
    positions = np.zeros(moving, LIST_DTYPES[PacketKind.POSITION])
    positions["id"] = 100 + np.arange(moving)
    states = np.zeros(LIGHTS, LIST_DTYPES[PacketKind.STATE])
    states["id"] = 100 + moving + np.arange(LIGHTS)
    controls = np.zeros(VEHICLES, LIST_DTYPES[PacketKind.ANIM_VEHICLE])
    lights = np.zeros(VEHICLES, LIST_DTYPES[PacketKind.VEHICLE_LIGHT])
    kinematics = np.zeros(moving, LIST_DTYPES[PacketKind.KINEMATICS])
    walkers = np.zeros(WALKERS, LIST_DTYPES[PacketKind.ANIM_WALKER])
    controls["id"] = lights["id"] = positions["id"][:VEHICLES]
    kinematics["id"], walkers["id"] = positions["id"], positions["id"][VEHICLES:]
    wheel = struct.pack("<Bff", 0, 1.0, -90.0) * 4
    wheels = b"".join(struct.pack("<II", actor_id, 4) + wheel for actor_id in controls["id"].tolist())
    with path.open("wb") as file:
        file.write(struct.pack("<H", 1) + text("CARLA_RECORDER") + struct.pack("<q", 1700000000) + text("Town05"))
        number = 0
        while True:
            number += 1
            last = file.tell() > megabytes * 1_000_000
            positions["location"] += rng.normal(0.0, 20.0, (moving, 3))
            file.write(packet(0, struct.pack("<Qdd", number, -1.0 if last else 0.05, (number - 1) * 0.05)))
            file.write(packet(20, struct.pack("<d", number * 0.05)))
            file.write(packet(2, struct.pack("<H", len(kinds)) + actors if number == 1 else b"\0\0"))
            file.write(b"".join(packet(empty, b"\0\0") for empty in (3, 4, 5)))
            file.write(listed(6, positions) + listed(7, states) + listed(8, controls) + listed(9, walkers))
            file.write(listed(10, lights) + packet(21, struct.pack("<H", VEHICLES) + wheels) + packet(22, b"\0\0"))
            file.write(listed(12, kinematics) + packet(13, b"\0\0") + packet(1, b""))
            if last:
                return


def count_records(path: Path) -> int:
    """Read every frame, decode every packet; the number of records."""
    records = 0
    for frame in LogReader(path).frames():
        for packet in frame.packets:
            value = decode(packet, path)
            if isinstance(value, tuple | np.ndarray):
                records += len(value)
    return records


WAYS: dict[str, Callable[[Path], object]] = {
    "stream (decode every packet)": count_records,
    "summary (scenario inspect)": summarize,
    "scenario (read_log)": read_log,
}


def measure(way: str, path: Path) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and the peak memory in MB that reading adds, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.log_reading", "--way", way, str(path)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(answer[0]), float(answer[1]), float(answer[2])


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def report(name: str, path: Path) -> None:
    """Print a line for each way of reading one recording."""
    records = count_records(path)
    size = path.stat().st_size / 1e6
    for way in WAYS:
        seconds, cpu, memory = measure(way, path)
        rate = records / seconds
        print(
            f"{name:<22} {size:>8.1f} {records:>11,} {way:<30} "
            f"{seconds:>8.2f} {cpu:>8.2f} {rate:>13,.0f} {memory:>8.0f}"
        )


def main(arguments: list[str] | None = None) -> None:
    """Print the table: the real recording where there is one, and a large generated one."""
    parser = argparse.ArgumentParser(description=__doc__)
    data = os.environ.get("ROADMARK_DATA")
    default = Path(data) / "carla" / "logs" / "DistanceToLaneCenter.log" if data else None
    parser.add_argument("recording", nargs="?", type=Path, default=default)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args([] if arguments is None else arguments)
    if options.way:
        before, start, cpu = _peak_mb(), time.perf_counter(), time.process_time()
        WAYS[options.way](options.recording)
        print(time.perf_counter() - start, time.process_time() - cpu, _peak_mb() - before)
        return
    print(f"{'recording':<22} {'MB':>8} {'records':>11} {'way':<30} ", end="")
    print(f"{'s':>8} {'CPU s':>8} {'records/s':>13} {'MB more':>8}")
    if options.recording is not None and options.recording.is_file():
        report(options.recording.stem, options.recording)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.log"
        generate(path, options.megabytes)
        report("generated", path)


if __name__ == "__main__":
    main(sys.argv[1:])
