"""Traffic for benchmarks: vehicles that drive along their lanes, written as a CARLA recording."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from roadmark.catalog import all_blueprints
from roadmark.maps import LaneStrip, RoadMap
from roadmark.scenario.carla_log import ActorAdded, Attribute, LogHeader, LogWriter, NewFrame, PacketKind
from roadmark.scenario.carla_log.packets import LIST_DTYPES

FPS = 20
SPACING = 13.0
SPEED = 3.0


def _along(strip: LaneStrip, s: float) -> tuple[float, float, float, float]:
    """x, y, z and heading at a distance along a lane in its driving direction."""
    at = strip.s[0] + s if strip.direction > 0 else strip.s[-1] - s
    x, y, z = (float(np.interp(at, strip.s, strip.center[:, axis])) for axis in range(3))
    i = int(np.clip(np.searchsorted(strip.s, at), 1, len(strip.s) - 1))
    step = (strip.center[i] - strip.center[i - 1]) * strip.direction
    return x, y, z, math.atan2(step[1], step[0])


def _starts(road_map: RoadMap, center: np.ndarray, count: int) -> list[tuple[LaneStrip, float]]:
    places = []
    for strip in road_map.strips():
        length = float(strip.s[-1] - strip.s[0])
        if strip.type != "driving" or strip.junction is not None or length < 2 * SPACING:
            continue
        for s in np.arange(4.0, length - SPACING, SPACING):
            x, y, *_ = _along(strip, s)
            places.append((math.hypot(x - center[0], y - center[1]), str(strip.key), s, strip))
    places.sort(key=lambda place: place[:3])
    return [(strip, s) for _, _, s, strip in places[:count]]


def write_traffic(path: Path, road_map: RoadMap, center: np.ndarray, count: int, seconds: float, seed: int = 0) -> None:
    """Write a recording of `count` vehicles near a place, each driving slowly along its lane.

    Args:
        path: The recording.
        road_map: Where they drive.
        center: (2,) or (3,) metres.
        count: Number of vehicles.
        seconds: Length of the recording.
        seed: Chooses blueprints and colours.
    """
    rng = np.random.default_rng(seed)
    starts = _starts(road_map, center, count)
    if len(starts) < count:
        raise ValueError(f"only {len(starts)} places for {count} vehicles")
    catalogue = all_blueprints("vehicle")
    chosen = [catalogue[int(rng.integers(len(catalogue)))].id for _ in starts]
    colors = rng.integers(20, 235, (count, 3))

    def position(index: int, t: float) -> tuple[int, tuple[float, float, float], tuple[float, float, float]]:
        x, y, z, heading = _along(starts[index][0], starts[index][1] + SPEED * t)
        return index + 1, (100 * x, -100 * y, 100 * z), (0.0, 0.0, -math.degrees(heading))

    with LogWriter(path, LogHeader(date=0, map_name=road_map.name)) as writer:
        for frame in range(round(seconds * FPS) + 1):
            rows = [position(index, frame / FPS) for index in range(count)]
            added = [
                ActorAdded(
                    actor_id, 1, location, rotation, 1, name, (Attribute(5, "color", ",".join(map(str, color))),)
                )
                for (actor_id, location, rotation), name, color in zip(rows, chosen, colors.tolist(), strict=True)
            ]
            records = {PacketKind.POSITION: np.array(rows, LIST_DTYPES[PacketKind.POSITION])}
            writer.write_frame(NewFrame(frame / FPS, added if frame == 0 else (), records))
