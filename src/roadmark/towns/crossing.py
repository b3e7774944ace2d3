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

ARM_LENGTH = 155.0
_SPEED = 13.9


def build_crossing(town: Town, rng: np.random.Generator, options: TownOptions) -> None:
    """Seed 0 is the plain crossing of the demo: one lane each way, level, two phases."""
    del rng, options
    network = StreetNetwork()
    middle = network.add_node(Node(0.0, 0.0, Control.TWO_PHASES))
    for k, name in enumerate(("east", "north", "west", "south")):
        pose = PlanPose(0.0, 0.0, k * math.pi / 2.0)
        end = pose.ahead(ARM_LENGTH)
        outside = network.add_node(Node(end.x, end.y))
        network.streets.append(Street(middle, outside, straight(pose, ARM_LENGTH), StreetProfile(), _SPEED, name))
    network.build(town, Relief())
