"""`roundabout`: a roundabout in the middle, its arms joined by a ring of streets."""

from __future__ import annotations

import math

import numpy as np

from roadmark.towns.circle import Circle, arm_sections, build_circle
from roadmark.towns.controls import Control
from roadmark.towns.document import Town
from roadmark.towns.options import TownOptions
from roadmark.towns.plan import PlanPose, straight
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.rings import add_ring, on_circle, spoke_angles
from roadmark.towns.streets import Node, Relief, Street, StreetNetwork

_RING = (135.0, 175.0)
_SPEEDS = (11.1, 13.9)
_JITTER = math.radians(4.0)


def build_roundabout(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """Three to five arms; where they meet the outer ring there are lights or signs."""
    count = int(rng.integers(3, 6))
    angles = spoke_angles(rng, count, _JITTER)
    circle = Circle.for_arms(count)
    radius = float(rng.uniform(*_RING))
    network = StreetNetwork()
    profile = StreetProfile(parking=(bool(rng.random() < 0.5), bool(rng.random() < 0.5)))
    speed = float(rng.choice(_SPEEDS))
    outer = []
    for k, angle in enumerate(angles):
        place = on_circle(radius, angle)
        outer.append(network.add_node(Node(place.x, place.y, _control(rng))))
        # All arms begin on the level ground of the roundabout: their inner nodes have the height of its middle.
        inner = network.add_node(Node(0.0, 0.0))
        start = PlanPose(0.0, 0.0, angle).ahead(circle.arm_start)
        path = straight(start, radius - circle.arm_start)
        network.streets.append(Street(inner, outer[k], path, profile, speed, f"arm {k}"))
    ring = StreetProfile(1, (bool(rng.random() < 0.5), bool(rng.random() < 0.5)))
    add_ring(network, outer, angles, radius, ring, float(rng.choice(_SPEEDS)), "ring")
    relief = Relief.random(rng, options.relief)
    network.raise_nodes(relief)
    roads = network.build(town, relief)[:count]
    for road in roads:
        road.sections = arm_sections(profile, road.path.length)
    build_circle(town, circle, angles, roads, profile.sidewalk)


def _control(rng: np.random.Generator) -> Control:
    controls = (Control.TWO_PHASES, Control.SPLIT_PHASES, Control.STOP, Control.YIELD)
    return controls[int(rng.choice(len(controls), p=(0.3, 0.1, 0.3, 0.3)))]
