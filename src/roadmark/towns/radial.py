"""`radial`: one or two rings around a middle junction, joined by spokes."""

from __future__ import annotations

import math

import numpy as np

from roadmark.towns.controls import Control
from roadmark.towns.document import Town
from roadmark.towns.options import TownOptions
from roadmark.towns.plan import PlanPose, straight
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.rings import add_ring, on_circle, spoke_angles
from roadmark.towns.streets import Node, Relief, Street, StreetNetwork

_RING = (100.0, 130.0)
_RING_GAP = (80.0, 110.0)
_SPEEDS = (8.33, 11.1, 13.9)
_JITTER = math.radians(5.0)


def build_radial(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """Four or five spokes meet at lights in the middle, where every arm has its own green if they are five."""
    spokes = int(rng.integers(4, 6))
    angles = spoke_angles(rng, spokes, _JITTER)
    radii = [float(rng.uniform(*_RING))]
    if rng.random() < 0.6:
        radii.append(radii[0] + float(rng.uniform(*_RING_GAP)))
    network = StreetNetwork()
    split = spokes > 4 or rng.random() < 0.3
    middle = network.add_node(Node(0.0, 0.0, Control.SPLIT_PHASES if split else Control.TWO_PHASES))
    wide = int(rng.integers(1, 3))
    spoke = StreetProfile(wide, (bool(rng.random() < 0.5), bool(rng.random() < 0.5)))
    speed = float(rng.choice(_SPEEDS[1:]))
    inner, inside = [middle] * spokes, 0.0
    for number, radius in enumerate(radii):
        places = [on_circle(radius, angle) for angle in angles]
        nodes = [network.add_node(Node(place.x, place.y, _control(rng, wide))) for place in places]
        for k, angle in enumerate(angles):
            start = PlanPose(inside * math.cos(angle), inside * math.sin(angle), angle)
            path = straight(start, radius - inside)
            network.streets.append(Street(inner[k], nodes[k], path, spoke, speed, f"spoke {k}"))
        ring = StreetProfile(1, (bool(rng.random() < 0.6), bool(rng.random() < 0.6)))
        add_ring(network, nodes, angles, radius, ring, float(rng.choice(_SPEEDS)), f"ring {number}")
        inner, inside = nodes, radius
    relief = Relief.random(rng, options.relief)
    network.raise_nodes(relief)
    network.build(town, relief)


def _control(rng: np.random.Generator, lanes: int) -> Control:
    if rng.random() < (0.7 if lanes > 1 else 0.4):
        return Control.SPLIT_PHASES if rng.random() < 0.3 else Control.TWO_PHASES
    return (Control.STOP, Control.YIELD, Control.ALL_STOP)[int(rng.integers(3))]
