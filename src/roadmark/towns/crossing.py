"""`crossing`: two streets that cross at one signalised junction; its four arms end openly."""

from __future__ import annotations

import math

import numpy as np

from roadmark.towns.controls import Control
from roadmark.towns.document import Town
from roadmark.towns.options import TownOptions
from roadmark.towns.plan import PlanPose, straight
from roadmark.towns.profiles import StreetProfile
from roadmark.towns.streets import Node, Relief, Street, StreetNetwork

_ARM_LENGTH = 155.0
_SPEEDS = (11.1, 13.9, 16.7)


def build_crossing(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """One or two lanes each way on either street; opposite arms have green together, or each arm its own."""
    del options
    control = Control.SPLIT_PHASES if rng.random() < 0.3 else Control.TWO_PHASES
    network = StreetNetwork()
    middle = network.add_node(Node(0.0, 0.0, control))
    streets = [_draw(rng) for _ in range(2)]
    for k, name in enumerate(("east", "north", "west", "south")):
        profile, speed = streets[k % 2]
        pose = PlanPose(0.0, 0.0, k * math.pi / 2.0)
        end = pose.ahead(_ARM_LENGTH)
        outside = network.add_node(Node(end.x, end.y))
        network.streets.append(Street(middle, outside, straight(pose, _ARM_LENGTH), profile, speed, name))
    network.build(town, Relief())


def _draw(rng: np.random.Generator) -> tuple[StreetProfile, float]:
    """Cross section and limit of one of the two streets."""
    parking = (bool(rng.random() < 0.4), bool(rng.random() < 0.4))
    return StreetProfile(int(rng.integers(1, 3)), parking), float(rng.choice(_SPEEDS))
