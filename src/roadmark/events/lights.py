"""The traffic lights of a recording on its map: which lines they hold traffic at, and what they show when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.events.ground import Ground
from roadmark.geometry import FloatArray
from roadmark.maps import GovernedLane, LaneKey, nearest_places
from roadmark.scenario import ActorKind, Scenario, SignalState

_EXIT_PROBES = np.linspace(0.2, 1.0, 9)


@dataclass(frozen=True, eq=False)
class Entry:
    """A line across one lane where lights hold its traffic.

    Attributes:
        point: (2,) its middle, metres.
        direction: (2,) in which traffic crosses it.
        half_width: Metres to each side.
        height: z there.
        junction: Id of the junction it leads into, None for a light between junctions.
        ways: The lanes that begin here, each with the key of the light actor that governs it; None where the recording
            has no light for it.
        road: Road on which the light's effect begins.
    """

    point: FloatArray
    direction: FloatArray
    half_width: float
    height: float
    junction: str | None
    ways: tuple[tuple[LaneKey, int | None], ...]
    road: str


def light_entries(scenario: Scenario, ground: Ground) -> list[Entry]:
    """Every line at which a light of the recording holds traffic."""
    lights = scenario.of_kind(ActorKind.TRAFFIC_LIGHT)
    mapped = {signal.id: signal.pose.translation for signal in ground.road_map.signals if signal.dynamic}
    shown = {light.key: light.spawn_position for light in lights if light.key in scenario.signals}
    actor_of = {name: key for key, name in nearest_places(shown, mapped).items()}
    groups = [[(lane, actor_of.get(name)) for lane, name in group] for group in ground.streets.held_lanes]
    return [_entry(ground, group) for group in groups if any(actor is not None for _, actor in group)]


def _entry(ground: Ground, group: list[tuple[GovernedLane, int | None]]) -> Entry:
    first = group[0][0]
    half = 1.75
    key = LaneKey(first.road, first.section, first.lane)
    index = ground.road_map.strip_index.get(key)
    if index is not None:
        strip = ground.streets.strips[index]
        at = int(np.argmin(np.hypot(*(strip.center[:, :2] - first.point[:2]).T)))
        half = 0.5 * float(np.hypot(*(strip.left[at, :2] - strip.right[at, :2])))
    return Entry(
        point=first.point[:2],
        direction=np.array([np.cos(first.heading), np.sin(first.heading)]),
        half_width=half,
        height=float(first.point[2]),
        junction=ground.road_map.road_geometry[first.road].junction,
        ways=tuple((LaneKey(lane.road, lane.section, lane.lane), actor) for lane, actor in group),
        road=first.road,
    )


def light_of(ground: Ground, entry: Entry, after: FloatArray) -> int | None:
    """The light that governs the way a vehicle took.

    Args:
        ground: The map's lanes.
        entry: The line it crossed.
        after: (N, 2) where it went from there.

    Returns:
        Key of the light actor, None where the recording shows none.
    """
    actors = {actor for _, actor in entry.ways}
    if len(actors) == 1 or not len(after):
        return entry.ways[0][1]
    best, nearest = entry.ways[0][1], np.inf
    for key, actor in entry.ways:
        index = ground.road_map.strip_index.get(key)
        if index is None:
            continue
        line = ground.streets.strips[index].center[:, :2]
        rows = np.unique((_EXIT_PROBES * (len(after) - 1)).astype(np.int64))
        apart = np.hypot(*(after[rows, None] - line[None]).transpose(2, 0, 1)).min(axis=1).mean()
        if apart < nearest:
            best, nearest = actor, float(apart)
    return best


def shown_at(scenario: Scenario, light: int, time: float) -> SignalState:
    """What a light showed, UNKNOWN before its first record."""
    track = scenario.signals[light]
    row = int(np.searchsorted(track.times, time + 1e-9, side="right")) - 1
    return SignalState(int(track.state[row])) if row >= 0 else SignalState.UNKNOWN


def shown_since(scenario: Scenario, light: int, time: float) -> float:
    """When the state that a light shows at a time began; the recording's start where it always showed it."""
    track = scenario.signals[light]
    row = max(int(np.searchsorted(track.times, time + 1e-9, side="right")) - 1, 0)
    changed: NDArray[np.int64] = np.flatnonzero(track.state[: row + 1] != track.state[row])
    return float(track.times[changed[-1] + 1]) if len(changed) else float(track.times[0])
