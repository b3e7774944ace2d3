"""The arrays that kernels of this room share, as named tuples."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roadmark.catalog import SemanticClass

Floats = NDArray[np.float32]


class Picture(NamedTuple):
    """A frame's buffers, none missing.

    Attributes:
        rgb: (H, W, 3) uint8 sRGB.
        depth: (H, W) float32 along z, or along the ray where the packed camera says so; inf is sky.
        normals: (H, W, 3) float32 world unit normals.
        semantic: (H, W) uint8.
        kinds: (H, W) uint8: the class's `Kind`, with `SKY_EDGE` and `SHADOW_EDGE` where pixels are mixed.
        visibility: (H, W) uint8 where the source's sun shines; (1, 1) where that is not known.
        glass: (h, w) uint8, not 0 on window glass, `windows.SHRINK` pixels per cell; (1, 1) where no window is lit.
    """

    rgb: NDArray[np.uint8]
    depth: Floats
    normals: Floats
    semantic: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    visibility: NDArray[np.uint8]
    glass: NDArray[np.uint8]


class Place(NamedTuple):
    """Where the camera is, in the kernels' frame, which lies near it.

    Attributes:
        camera: Packed camera (`render.kernels.pack_camera`).
        table: Its radial table.
        shift: (3,) float32 from the kernels' frame to that of the patterns on the ground.
        lens: Packed projection (`lens.pack_lens`).
    """

    camera: Floats
    table: Floats
    shift: Floats
    lens: Floats


class Light(NamedTuple):
    """What lights the scene, before and after.

    Attributes:
        source: Packed environment of the picture.
        target: Packed environment of the result.
        linear: (256,) float32 radiance of the picture's 8-bit values.
        noise: Table of patterns.
        effects: Values by `Effect`.
    """

    source: Floats
    target: Floats
    linear: Floats
    noise: Floats
    effects: Floats


class Effect(IntEnum):
    """Columns of `Light.effects`."""

    VISIBILITY = 0  # of the target's sun: a value of `Visibility`
    WET_FROM = 1  # wetness of the source
    WET = 2  # of the result
    SNOW = 3  # shares to add to what the source has
    SAND = 4
    PUDDLES = 5
    WATER_LEVEL = 6  # world z of a flood, in the kernels' frame; far below where there is none
    WINDOWS = 7  # 0 dark .. 1 lit
    GROUND = 8  # world z of the road, in the kernels' frame
    RIPPLE = 9  # pixels that waves move a mirror image, times metres
    TIME = 10  # seconds
    SENSOR_NOISE = 11  # of a pixel at full brightness
    BLOOM = 12  # whether light spreads
    MIRROR = 13  # whether wet surfaces mirror


class Visibility(IntEnum):
    """Where the target's sun shines."""

    EVERYWHERE = 0
    AS_SOURCE = 1
    TRACED = 2


class Kind(IntEnum):
    """How weather lies on a class."""

    OBJECT = 0
    ROAD = 1
    PAVEMENT = 2
    SOIL = 3
    LEAVES = 4
    BUILDING = 5
    VEHICLE = 6
    SIGNAL = 7
    SKY = 8
    UNKNOWN = 9


KIND_BITS = 15
"""Bits of `Picture.kinds` that hold the `Kind`."""
SKY_EDGE = 64
"""Set in `Picture.kinds` where sky and surface meet."""
SHADOW_EDGE = 128
"""Set in `Picture.kinds` where a shadow of the source's sun ends."""

_KINDS = {
    SemanticClass.UNLABELLED: Kind.UNKNOWN,
    SemanticClass.ROADS: Kind.ROAD,
    SemanticClass.ROAD_LINES: Kind.ROAD,
    SemanticClass.SIDEWALKS: Kind.PAVEMENT,
    SemanticClass.GROUND: Kind.PAVEMENT,
    SemanticClass.BRIDGE: Kind.PAVEMENT,
    SemanticClass.RAIL_TRACK: Kind.PAVEMENT,
    SemanticClass.TERRAIN: Kind.SOIL,
    SemanticClass.VEGETATION: Kind.LEAVES,
    SemanticClass.BUILDING: Kind.BUILDING,
    SemanticClass.CAR: Kind.VEHICLE,
    SemanticClass.TRUCK: Kind.VEHICLE,
    SemanticClass.BUS: Kind.VEHICLE,
    SemanticClass.TRAIN: Kind.VEHICLE,
    SemanticClass.TRAFFIC_LIGHT: Kind.SIGNAL,
    SemanticClass.SKY: Kind.SKY,
}

KINDS: NDArray[np.uint8] = np.full(256, Kind.OBJECT, np.uint8)
"""(256,) `Kind` of every semantic class."""
for _class, _kind in _KINDS.items():
    KINDS[_class] = _kind
KINDS.setflags(write=False)
