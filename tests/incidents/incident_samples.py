"""Scenes on real maps, plans by seed, and exact boxes for the tests of incidents."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from roadmark.events import Tolerance, agreement, detect_events
from roadmark.incidents import IncidentOptions, IncidentPlan, NoCourseError, Scene, incident
from roadmark.maps import load_opendrive, parse_opendrive
from roadmark.towns import build_town
from roadmark.traffic import Clock, Network, actor_ids, build_network, plan_signals, to_scenario

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


@cache
def _town_network(kind: str) -> Network:
    return build_network(parse_opendrive(build_town(kind, 0), kind))


@cache
def town_scene(kind: str, seed: int = 0) -> Scene:
    """A scene in a procedural town, which needs no data."""
    network = _town_network(kind)
    return Scene(network, plan_signals(network, np.random.default_rng(seed)), Clock(FPS, SECONDS * FPS + 1))


def plans_by_seed(scenes: list[Scene], name: str, seeds: range) -> list[tuple[Scene, IncidentPlan]]:
    """Whatever works out over seeds, with its scene."""
    found = []
    for seed in seeds:
        scene = scenes[seed % len(scenes)]
        try:
            found.append((scene, incident(name).plan(scene, IncidentOptions(), np.random.default_rng(seed))))
        except NoCourseError:
            continue
    return found


def disagreement(scene: Scene, plan: IncidentPlan) -> str:
    """How far the independent detector, which sees nothing but the plan's actors, disagrees with it; empty if not."""
    actors = [scripted.actor for scripted in plan.actors]
    ids = actor_ids(scene.signals, len(actors))
    scenario = to_scenario(scene.network, scene.signals, actors, scene.clock, contacts=plan.contacts)
    planned = [
        replace(event, participants=tuple(replace(one, actor_id=ids[one.actor_id]) for one in event.participants))
        for event in plan.events
    ]
    found = agreement(planned, detect_events(scenario, scene.network.road_map), Tolerance(contact=1.0 / FPS))
    return found.describe()


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
