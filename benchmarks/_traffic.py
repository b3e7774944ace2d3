"""Traffic for benchmarks: vehicles that drive along their lanes, written as a CARLA recording."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from roadmark.catalog import all_blueprints
from roadmark.maps import LaneStrip, RoadMap
from roadmark.scenario import Actor, ActorKind, Scenario, Track, write_log

FPS = 20
SPACING = 13.0
SPEED = 3.0


def _starts(road_map: RoadMap, center: np.ndarray, count: int) -> list[tuple[LaneStrip, float]]:
    places = []
    for strip in road_map.strips():
        if strip.type != "driving" or strip.junction is not None or strip.length < 2 * SPACING:
            continue
        for s in np.arange(4.0, strip.length - SPACING, SPACING):
            (x, y, _), _ = strip.place_at(s)
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

    times = np.arange(round(seconds * FPS) + 1) / FPS
    tracks = {number: _drive(number, strip, s, times) for number, (strip, s) in enumerate(starts, 1)}
    actors = {
        number: Actor(
            number,
            ActorKind.VEHICLE,
            name,
            color=color.astype(np.uint8),
            spawn_position=tracks[number].positions[0],
            spawn_rpy=tracks[number].rpy[0],
        )
        for number, (name, color) in enumerate(zip(chosen, colors, strict=True), 1)
    }
    write_log(Scenario(road_map.name, times, np.arange(1, len(times) + 1), actors, tracks), path)


def _drive(number: int, strip: LaneStrip, start: float, times: np.ndarray) -> Track:
    places, headings = zip(*(strip.place_at(start + SPEED * t) for t in times.tolist()), strict=True)
    rpy = np.column_stack([np.zeros((len(times), 2)), headings])
    return Track(number, times, np.arange(len(times), dtype=np.int32), np.array(places), rpy)
