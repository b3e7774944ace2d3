"""Where surveillance cameras hang: on poles beside roads, at the corners of junctions, on the masts of signals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from roadmark.geometry import FloatArray
from roadmark.maps import RoadMap

CARRIAGEWAY = frozenset(
    {
        "driving",
        "bidirectional",
        "entry",
        "exit",
        "onRamp",
        "offRamp",
        "connectingRamp",
        "bus",
        "taxi",
        "HOV",
        "stop",
        "parking",
        "biking",
    }
)
"""Lane types that vehicles use: no pole stands on them."""
SPACING = 4.0
"""Metres along a road from one possible pole to the next."""
SETBACKS = (0.9, 2.4, 4.0)
"""Metres from the edge of the carriageway to a pole."""
CLEAR_OF_WHEELS = 0.6
"""Metres around a pole without carriageway."""
MAST_ARM = 0.5
"""Metres by which a camera stands off the signal mast it hangs on."""


@dataclass(frozen=True, eq=False)
class ViewSites:
    """Places for poles.

    Attributes:
        feet: (N, 3) where they stand, world metres.
        is_mast: (N,) whether a signal's mast is there already.
    """

    feet: FloatArray
    is_mast: npt.NDArray[np.bool_]


@lru_cache(4)
def roadside_sites(road_map: RoadMap) -> FloatArray:
    """(N, 3) places beside the carriageways of a map; kept, as finding them takes a while."""
    found = [np.zeros((0, 3))]
    for strip in road_map.strips():
        if strip.type in CARRIAGEWAY:
            found += [_beside(strip.left, strip.right), _beside(strip.right, strip.left)]
    places = np.concatenate(found)
    cells = np.floor(places / [SPACING / 2.0, SPACING / 2.0, 4.0]).astype(np.int64)
    places = places[np.sort(np.unique(cells, axis=0, return_index=True)[1])]
    return places[_off_carriageway(road_map, places)]


def view_sites(road_map: RoadMap, masts: FloatArray, focus: FloatArray, nearest: float, farthest: float) -> ViewSites:
    """Places for poles around a point.

    Args:
        road_map: The map.
        masts: (K, 3) feet of signal masts.
        focus: (3,) what is to be seen.
        nearest: Least distance in plan, metres.
        farthest: Largest.
    """
    toward = focus[:2] - masts[:, :2]
    off = toward / np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-9) * MAST_ARM
    beside_masts = np.column_stack([masts[:, :2] + off, masts[:, 2]])
    feet = np.concatenate([roadside_sites(road_map), beside_masts])
    is_mast = np.arange(len(feet)) >= len(feet) - len(masts)
    distance = np.linalg.norm(feet[:, :2] - focus[:2], axis=1)
    kept = (distance >= nearest) & (distance <= farthest)
    return ViewSites(feet[kept], is_mast[kept])


def over_carriageway(road_map: RoadMap, places: FloatArray) -> npt.NDArray[np.bool_]:
    """(N,) whether places (N, 2 or 3) lie above a lane that vehicles use."""
    types = np.array([strip.type in CARRIAGEWAY for strip in road_map.strips()] + [False])
    return np.asarray(types[road_map.locate(places[:, :2]).strip_index])


def _beside(edge: FloatArray, other: FloatArray) -> FloatArray:
    """(M, 3) places off one edge of a lane, away from the other edge, every few metres."""
    steps = np.linalg.norm(np.diff(edge[:, :2], axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if along[-1] <= 0.0:
        return np.zeros((0, 3))
    stations = np.arange(0.0, along[-1] + SPACING / 2.0, SPACING).clip(max=along[-1])
    on, across = (
        np.stack([np.interp(stations, along, side[:, k]) for k in range(3)], axis=1) for side in (edge, other)
    )
    outward = on[:, :2] - across[:, :2]
    width = np.linalg.norm(outward, axis=1, keepdims=True)
    outward = np.divide(outward, width, out=np.zeros_like(outward), where=width > 0.1)
    places = [np.column_stack([on[:, :2] + setback * outward, on[:, 2]]) for setback in SETBACKS]
    return np.asarray(np.concatenate(places)[np.tile(width[:, 0] > 0.1, len(SETBACKS))])


def _off_carriageway(road_map: RoadMap, places: FloatArray) -> npt.NDArray[np.bool_]:
    """(N,) whether places have no carriageway within arm's length, on no storey."""
    free = np.ones(len(places), dtype=bool)
    for angle in np.arange(0.0, 2.0 * np.pi, np.pi / 4.0):
        aside = CLEAR_OF_WHEELS * np.array([np.cos(angle), np.sin(angle)])
        index = np.flatnonzero(free)
        free[index] = ~over_carriageway(road_map, places[index, :2] + aside)
    return free
