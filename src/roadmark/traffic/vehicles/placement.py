"""Where vehicles are when the engine starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import FloatArray
from roadmark.traffic.network import Network
from roadmark.traffic.vehicles.driver import Driver

_Mask = NDArray[np.bool_]
_SLOT = 9.5  # metres of lane that one vehicle takes
_BETWEEN = 3.0  # metres between two
_LEAVING = 30.0  # metres before the network's end where nobody starts
_FAR = 0.004  # weight of places far from the focus, where those near it weigh 1


@dataclass(frozen=True)
class Start:
    """Where a vehicle's front is at the start: lane and metres along it; -1 where there is no room left."""

    lane: int
    front: float


def start_places(
    network: Network,
    drivers: Sequence[Driver],
    rng: np.random.Generator,
    focus: FloatArray | None,
    radius: float,
    taken: FloatArray,
) -> list[Start]:
    """Places for drivers, spread over the lanes outside junctions.

    Args:
        network: The lanes.
        drivers: Who needs a place.
        rng: The only source of chance.
        focus: (2 or 3,) where most shall be near, None for anywhere.
        radius: Metres around the focus.
        taken: (M, 3) lane, first and last metre where nobody shall be.

    Returns:
        One place per driver.
    """
    slots, cycling, places = _slots(network)
    if not len(slots):
        return [Start(-1, 0.0)] * len(drivers)
    if focus is None:
        weights = np.ones(len(slots))
    else:
        away = np.hypot(*(places - np.asarray(focus, np.float64)[:2]).T)
        weights = _FAR + np.exp(-0.5 * (away / radius) ** 2)
    order = np.argsort(-(np.log(weights) + rng.gumbel(size=len(slots))), kind="stable").astype(np.int64)
    free = np.ones(len(slots), np.bool_)
    for lane, low, high in taken.tolist():
        free[(slots[:, 0] == lane) & (slots[:, 1] > low - 1.0) & (slots[:, 1] - _SLOT < high + 1.0)] = False
    starts = []
    for driver in drivers:
        starts.append(_take(slots, cycling, order, free, driver))
    return starts


def _take(slots: FloatArray, cycling: _Mask, order: NDArray[np.int64], free: _Mask, driver: Driver) -> Start:
    """The first free place in the order that suits; long vehicles take the slots behind theirs too."""
    needed = int(np.ceil((driver.spec.blueprint.size[0] + _BETWEEN) / _SLOT))
    for wanted in (True, False) if driver.is_cyclist and cycling.any() else (False,):
        for k in order.tolist():
            held = slice(k - needed + 1, k + 1)
            fits = k >= needed - 1 and free[held].all() and slots[k - needed + 1, 0] == slots[k, 0]
            if fits and cycling[k] == wanted:
                free[held] = False
                return Start(int(slots[k, 0]), float(slots[k, 1]))
    return Start(-1, 0.0)


def _slots(network: Network) -> tuple[FloatArray, _Mask, FloatArray]:
    """(N, 2) lane and front of every slot, by lane from its start; whether it is for cyclists (N,); places (N, 2)."""
    rows, cycling, places = [], [], []
    for lane in network.lanes:
        if lane.junction is not None:
            continue
        end = (lane.stop_line.distance if lane.stop_line else lane.length) - (1.0 if lane.successors else _LEAVING)
        fronts = np.arange(_SLOT, end, _SLOT)
        for front in fronts.tolist():
            rows.append((lane.index, front))
            cycling.append(lane.type == "biking")
        if len(fronts):
            places.append(lane.path.position(fronts)[:, :2])
    if not rows:
        return np.zeros((0, 2)), np.zeros(0, np.bool_), np.zeros((0, 2))
    return np.array(rows, np.float64), np.array(cycling, np.bool_), np.concatenate(places)
