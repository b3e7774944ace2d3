"""A rear-end collision on any lane of a map, with others around it, for the tests of automatic cameras."""

from __future__ import annotations

import numpy as np

from roadmark.maps import RoadMap
from roadmark.scenario import Actor, ActorKind, Scenario, Track

FPS = 20
DURATION = 8.0
CONTACT = 4.0
STRIKING, STRUCK = 11, 12
GAP = 4.9
"""Metres between the origins of the two at the contact: half a Model 3 and half a Patrol."""


def lane_collision(road_map: RoadMap, rng: np.random.Generator, *, speed: float = 9.0, others: int = 24):
    """A scenario, and where its contact is (3,), on a lane drawn at random.

    The striking car runs into one that stands; others stand on other lanes nearby.
    """
    lanes = [strip for strip in road_map.strips() if strip.type == "driving" and strip.s[-1] - strip.s[0] > 25.0]
    path = _path(lanes[rng.integers(len(lanes))])
    times = np.arange(round(DURATION * FPS) + 1) / FPS
    middle = 0.6 * _length(path)
    blue = np.minimum(middle + GAP / 2.0, _length(path))
    moved = middle - GAP / 2.0 + speed * np.minimum(times - CONTACT, 0.0)
    actors, tracks = {}, {}

    def add(number: int, blueprint: str, stations: np.ndarray, along: np.ndarray, kind=ActorKind.VEHICLE) -> None:
        places, headings = _on(along, stations)
        if kind is ActorKind.WALKER:
            places[:, 2] += 0.93
        actors[number] = Actor(number, kind, blueprint, spawn_position=places[0])
        rpy = np.column_stack([np.zeros((len(times), 2)), headings])
        tracks[number] = Track(number, times, np.arange(len(times), dtype=np.int32), places, rpy)

    add(STRIKING, "vehicle.tesla.model3", moved, path)
    add(STRUCK, "vehicle.nissan.patrol_2021", np.full(len(times), blue), path)
    focus = _on(path, np.array([middle]))[0][0]
    for number in range(20, 20 + others):
        other = _path(lanes[rng.integers(len(lanes))])
        station = rng.uniform(0.0, _length(other))
        if np.linalg.norm(_on(other, np.array([station]))[0][0] - focus) > 12.0:
            add(number, "vehicle.audi.tt", np.full(len(times), station), other)
    scenario = Scenario(road_map.name, times, np.arange(1, len(times) + 1), actors, tracks)
    return scenario, focus


def _path(strip) -> np.ndarray:
    middle = 0.5 * (strip.left + strip.right)
    return middle if strip.direction > 0 else middle[::-1]


def _length(path: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(path[:, :2], axis=0), axis=1).sum())


def _on(path: np.ndarray, stations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    steps = np.diff(path, axis=0)
    lengths = np.linalg.norm(steps[:, :2], axis=1)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    row = np.clip(np.searchsorted(along, stations, side="right") - 1, 0, len(steps) - 1)
    share = (stations - along[row]) / lengths[row]  # beyond either end the lane goes on straight
    heading = np.arctan2(steps[row, 1], steps[row, 0])
    return path[row] + share[:, None] * steps[row], heading
