"""Where along a road to place samples so that straight pieces between them stay close to every lane edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError
from roadmark.maps.road_geometry import LaneSection, Road

Array = NDArray[np.float64]

CHORD_ERROR = 0.008  # metres; the contract is 0.01, the rest is for the bound's own looseness
MAX_STEP = 10.0
_MAX_STATIONS = 200_000
_PROBES = np.linspace(0.0, 1.0, 5)


def section_stations(road: Road, section: LaneSection, *, name: str = "") -> Array:
    """Distances at which to sample one lane section.

    Between two breakpoints every profile is one polynomial, so the second derivative of each lane edge is bounded by a
    few probes; a chord of length h departs from a curve with second derivative B by at most B h^2 / 8.

    Args:
        road: The road.
        section: One of its lane sections.
        name: The file, for errors.

    Returns:
        (N,) ascending metres from the section's start to its end, breakpoints included, at most 10 m apart; all lanes
        of a section share them, so neighbouring lanes share their boundary's points exactly.

    Raises:
        FormatError: The geometry needs more samples than any real road.
    """
    breaks = _breakpoints(road, section)
    low, high = breaks[:-1], breaks[1:]
    probes = (low[:, None] + (high - low)[:, None] * _PROBES).ravel()
    bend = _edge_bend(road, section, probes).reshape(len(low), len(_PROBES)).max(axis=1)
    needed = (high - low) * np.maximum(np.sqrt(bend / (8.0 * CHORD_ERROR)), 1.0 / MAX_STEP)
    if not np.isfinite(needed).all() or needed.sum() > _MAX_STATIONS:
        raise FormatError("bends too tightly for its length", path=name or None, field=f"road {road.id} planView")
    counts = np.maximum(np.ceil(needed - 1e-9).astype(np.int64), 1)
    starts = np.repeat(low, counts)
    steps = np.repeat((high - low) / counts, counts)
    index = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.append(starts + index * steps, breaks[-1])


def _breakpoints(road: Road, section: LaneSection) -> Array:
    sources = [road.plan.starts, road.elevation.starts, road.superelevation.starts, road.lane_offset.starts]
    sources += [profile.starts for profile in road.crossfall]
    sources.append(road.shape.stations)
    for lane in section.lanes.values():
        sources += [profile.starts for profile in (lane.width, lane.border) if profile is not None]
        sources += [lane.height[:, 0]]
    inner = np.concatenate(sources)
    inner = np.unique(inner[(inner > section.s) & (inner < section.end)])
    points = np.concatenate([[section.s], inner, [section.end]])
    # Breakpoints closer than a millimetre are one: files repeat them with rounding noise.
    keep = np.concatenate([[True], np.diff(points[:-1]) > 1e-3, [True]])
    points = points[keep]
    if len(points) > 2 and points[-1] - points[-2] < 1e-3:
        points = np.delete(points, -2)
    return points


def _edge_bend(road: Road, section: LaneSection, s: Array) -> Array:
    """Bound of the second derivative (1/m) over the lane edges at distances `s` (N,)."""
    curvature = np.abs(road.plan.evaluate(s)[3])
    reach, slope, bend = np.zeros_like(s), np.zeros_like(s), np.zeros_like(s)
    for sign in (1, -1):
        t, dt, ddt = road.lane_offset.value(s), road.lane_offset.slope(s), road.lane_offset.bend(s)
        reach, slope, bend = np.maximum(reach, np.abs(t)), np.maximum(slope, np.abs(dt)), np.maximum(bend, np.abs(ddt))
        for lane in section.side(sign):
            profile = lane.width or lane.border
            if profile is None:
                continue
            base = 1.0 if lane.width is not None else 0.0
            t = base * t + sign * profile.value(s)
            dt = base * dt + sign * profile.slope(s)
            ddt = base * ddt + sign * profile.bend(s)
            reach, slope = np.maximum(reach, np.abs(t)), np.maximum(slope, np.abs(dt))
            bend = np.maximum(bend, np.abs(ddt))
    # Polar form of an edge at offset t: across t'' + k (1 - k t), along 2 k t'; heights add roll and elevation.
    plan = bend + curvature * (1.0 + curvature * reach) + 2.0 * curvature * slope
    roll = np.abs(road.superelevation.bend(s)) * reach + 2.0 * np.abs(road.superelevation.slope(s)) * slope
    for profile in road.crossfall:
        roll = roll + np.abs(profile.bend(s)) * reach + 2.0 * np.abs(profile.slope(s)) * slope
    return np.asarray(
        np.hypot(plan, np.abs(road.elevation.bend(s)) + roll + np.sin(np.abs(road.superelevation.value(s))) * bend)
    )
