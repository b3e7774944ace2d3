"""Semantic classes: CARLA 0.9.16's tags, their names and the CityScapes palette that shows them.

Source: CARLA 0.9.16 `CityObjectLabel` and its `CityScapesPalette` colour converter, read back from the released wheel.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt


class SemanticClass(IntEnum):
    """What a surface belongs to; the value is CARLA 0.9.16's semantic tag."""

    UNLABELLED = 0
    ROADS = 1
    SIDEWALKS = 2
    BUILDING = 3
    WALL = 4
    FENCE = 5
    POLE = 6
    TRAFFIC_LIGHT = 7
    TRAFFIC_SIGN = 8
    VEGETATION = 9
    TERRAIN = 10
    SKY = 11
    PEDESTRIAN = 12
    RIDER = 13
    CAR = 14
    TRUCK = 15
    BUS = 16
    TRAIN = 17
    MOTORCYCLE = 18
    BICYCLE = 19
    STATIC = 20
    DYNAMIC = 21
    OTHER = 22
    WATER = 23
    ROAD_LINES = 24
    GROUND = 25
    BRIDGE = 26
    RAIL_TRACK = 27
    GUARD_RAIL = 28


_COLORS: Final = (
    (0, 0, 0), (128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153),
    (250, 170, 30), (220, 220, 0), (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0),
    (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100), (0, 0, 230), (119, 11, 32), (110, 190, 160),
    (170, 120, 50), (55, 90, 80), (45, 60, 150), (157, 234, 50), (81, 0, 81), (150, 100, 100), (230, 150, 140),
    (180, 165, 180),
)  # fmt: skip

#: RGB colour of every class, (29, 3) uint8, read-only; row `k` belongs to `SemanticClass(k)`.
PALETTE: Final[npt.NDArray[np.uint8]] = np.array(_COLORS, dtype=np.uint8)
PALETTE.setflags(write=False)

#: Lower-case name of every class ("car", "traffic_light"), as the label files spell it; index = tag.
CLASS_NAMES: Final[tuple[str, ...]] = tuple(member.name.lower() for member in SemanticClass)

#: The classes whose actors get object labels.
OBJECT_CLASSES: Final[frozenset[SemanticClass]] = frozenset(
    {
        SemanticClass.PEDESTRIAN,
        SemanticClass.RIDER,
        SemanticClass.CAR,
        SemanticClass.TRUCK,
        SemanticClass.BUS,
        SemanticClass.TRAIN,
        SemanticClass.MOTORCYCLE,
        SemanticClass.BICYCLE,
    }
)
