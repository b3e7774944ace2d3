"""Who drives where in SUMO: our drivers at places and on ways drawn by our own seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np

from roadmark.geometry import FloatArray
from roadmark.traffic.limits import MAX_BRAKING
from roadmark.traffic.motion import ActorSpec
from roadmark.traffic.sumo.net import LaneId, Net
from roadmark.traffic.vehicles.driver import Driver

SLOT: Final = 14.0
"""Metres of lane that a vehicle takes at the start."""
_FAR: Final = 0.004
_EDGES: Final = 400


@dataclass(frozen=True)
class Departure:
    """Where a vehicle starts and the edges it drives."""

    edges: tuple[str, ...]
    lane: int
    place: float


def departures(
    net: Net,
    drivers: int,
    rng: np.random.Generator,
    focus: FloatArray | None,
    radius: float,
    taken: FloatArray,
    way: float,
) -> list[Departure]:
    """Starts for drivers, most of them within a radius of the focus, and ways on from there.

    Args:
        net: The network.
        drivers: How many there shall be; fewer where there is no room.
        rng: What chance comes from.
        focus: Where.
        radius: Metres.
        taken: (M, 2) places where others are at the start.
        way: Metres each shall drive at least, where the network has them.
    """
    slots = []
    for k, lane in enumerate(net.lanes):
        for place in np.arange(10.0, lane.length - 1.0, SLOT).tolist():
            slots.append((k, place))
    if not slots:
        return []
    points = np.array([_point(net.lanes[k].shape, place / net.lanes[k].length) for k, place in slots])
    weights = np.ones(len(slots))
    if focus is not None:
        weights[np.hypot(*(points - np.asarray(focus)[:2]).T) > radius] = _FAR
    if len(taken):
        near = np.array([np.hypot(*(taken - point).T).min() < SLOT for point in points])
        weights[near] = 0.0
    order = np.argsort(-np.log(np.maximum(rng.random(len(slots)), 1e-12)) / np.maximum(weights, 1e-12), kind="stable")
    lengths = {lane.edge: lane.length for lane in net.lanes}
    found = []
    for slot in order[: min(drivers, int((weights > 0).sum()))].tolist():
        lane = net.lanes[slots[slot][0]]
        edges = way_from(net, (lane.edge, lane.index), way, lengths, rng)
        found.append(Departure(edges, lane.index, slots[slot][1]))
    return found


def way_from(
    net: Net, lane: LaneId, way: float, lengths: dict[str, float], rng: np.random.Generator
) -> tuple[str, ...]:
    """Edges from a lane's on, long enough, turning at random where that lane leads: nobody must change lanes."""
    edges, at, left = [lane[0]], lane, way
    while left > 0.0 and len(edges) < _EDGES:
        ways = net.ways.get(at, ())
        if not ways:
            break
        at = ways[int(rng.integers(len(ways)))]
        edges.append(at[0])
        left -= lengths[at[0]]
    return tuple(edges)


def _point(shape: FloatArray, share: float) -> FloatArray:
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(shape, axis=0).T))])
    at = share * steps[-1]
    return np.array([np.interp(at, steps, shape[:, 0]), np.interp(at, steps, shape[:, 1])])


def vehicle_type(name: str, spec: ActorSpec, driver: Driver | None) -> str:
    """A type for a vehicle of ours; without a driver it is one that we move."""
    length, width, height = spec.blueprint.size
    habits = ""
    if driver is not None:
        habits = (
            f' accel="{min(driver.acceleration, 2.6):.3f}" decel="{min(driver.braking + 1.0, 3.5):.3f}" '
            f'emergencyDecel="{MAX_BRAKING - 0.4}" tau="{driver.headway:.3f}" minGap="{driver.gap:.3f}" '
            f'speedFactor="{driver.factor:.3f}" speedDev="0" maxSpeed="{driver.top_speed:.3f}" '
            'carFollowModel="IDM" sigma="0" jmTimegapMinor="2" jmIgnoreKeepClearTime="-1"'
        )
    return (
        f'<vType id={quoteattr(name)} length="{length:.3f}" width="{width:.3f}" height="{height:.3f}" '
        f'vClass="passenger"{habits}/>'
    )


def routes_file(drivers: Sequence[Driver], starts: Sequence[Departure], out: set[int]) -> str:
    """A routes file: a type and a vehicle for each driver that is not left out."""
    lines = ["<routes>"]
    lines += [vehicle_type(f"t{k}", driver.spec, driver) for k, driver in enumerate(drivers)]
    for k, start in enumerate(starts):
        if k not in out:
            edges = quoteattr(" ".join(start.edges))
            lines.append(
                f'<vehicle id="v{k}" type="t{k}" depart="0" departLane="{start.lane}" departPos="{start.place:.2f}" '
                f'departSpeed="max"><route edges={edges}/></vehicle>'
            )
    return "\n".join([*lines, "</routes>"])
