"""Streets in rings and spokes around the origin, for `radial` and `roundabout`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from roadmark.towns.plan import Path, Piece, PlanPose
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.streets import Street, StreetNetwork


def spoke_angles(rng: np.random.Generator, count: int, jitter: float) -> list[float]:
    """Directions of spokes, ascending: evenly spread but for up to `jitter` radians."""
    turn = rng.uniform(0.0, math.tau / count)
    return [float(turn + k * math.tau / count + rng.uniform(-jitter, jitter)) for k in range(count)]


def on_circle(radius: float, angle: float) -> PlanPose:
    """A place on a circle around the origin, heading counter-clockwise along it."""
    return PlanPose(radius * math.cos(angle), radius * math.sin(angle), angle + math.pi / 2.0)


def arc(radius: float, first: float, last: float) -> Path:
    """The arc of a circle around the origin, counter-clockwise from one angle to another."""
    bend = 1.0 / radius
    return Path(on_circle(radius, first), (Piece(radius * ((last - first) % math.tau), bend, bend),))


def add_ring(
    network: StreetNetwork,
    nodes: Sequence[int],
    angles: Sequence[float],
    radius: float,
    profile: StreetProfile,
    speed: float,
    name: str,
) -> None:
    """Add the streets of a ring between the nodes where its spokes cross it."""
    for k, angle in enumerate(angles):
        after = (k + 1) % len(angles)
        path = arc(radius, angle, angles[after])
        network.streets.append(Street(nodes[k], nodes[after], path, profile, speed, name))
