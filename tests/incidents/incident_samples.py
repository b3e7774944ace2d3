"""Scenes on real maps, plans by seed, and exact boxes for the tests of incidents."""

from __future__ import annotations

from functools import cache

import numpy as np

from roadmark.incidents import IncidentOptions, IncidentPlan, NoCourseError, Scene, incident
from roadmark.maps import load_opendrive
from roadmark.traffic import Clock, Network, build_network, plan_signals

TOWNS = ("Town01", "Town04", "Town10HD")
SEEDS = range(10)
CRASHES = ("rear_end", "side_collision", "head_on", "pedestrian_collision", "cyclist_collision")
FPS, SECONDS = 30, 20


@cache
def network_of(data_folder, town: str) -> Network:
    return build_network(load_opendrive(data_folder / "carla" / "xodr" / f"{town}.xodr"))


@cache
def scene_of(data_folder, town: str, seed: int = 0, seconds: int = SECONDS) -> Scene:
    network = network_of(data_folder, town)
    return Scene(network, plan_signals(network, np.random.default_rng(seed)), Clock(FPS, seconds * FPS + 1))


def draw(scene: Scene, name: str, seed: int, options: IncidentOptions | None = None) -> IncidentPlan:
    """The first plan that works out."""
    for attempt in range(12):
        try:
            return incident(name).plan(scene, options or IncidentOptions(), np.random.default_rng([seed, attempt]))
        except NoCourseError:
            continue
    raise AssertionError(f"{name}: no course in 12 draws")


@cache
def plan_of(data_folder, town: str, name: str, seed: int) -> IncidentPlan:
    return draw(scene_of(data_folder, town, seed % 3), name, seed)


def poses(plan: IncidentPlan, index: int) -> np.ndarray:
    """(N, 6) x, y, z, roll, pitch, yaw of an actor."""
    actor = plan.actors[index].actor
    return np.concatenate([actor.positions, actor.rpy], axis=1)


def forces(actor, fps: int = FPS) -> tuple[np.ndarray, np.ndarray]:
    """m/s2 along and across the heading, by central differences of the positions."""
    change = (actor.positions[2:] - 2.0 * actor.positions[1:-1] + actor.positions[:-2])[:, :2] * fps**2
    yaw = actor.rpy[1:-1, 2]
    along = change[:, 0] * np.cos(yaw) + change[:, 1] * np.sin(yaw)
    return along, change[:, 1] * np.cos(yaw) - change[:, 0] * np.sin(yaw)
