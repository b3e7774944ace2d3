"""What stands around the roads of a real place: buildings, trees, furniture, barriers, areas; in world metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Color = tuple[int, int, int]

RoofShape = Literal["flat", "gabled", "hipped", "pyramidal"]
WallMaterial = Literal["plaster", "brick", "stone", "concrete", "metal", "wood", "glass"]
BuildingUse = Literal["house", "apartments", "office", "shop", "hall", "other"]
TreeKind = Literal["broadleaved", "needleleaved"]
BarrierKind = Literal["wall", "fence", "hedge", "guard_rail"]
AreaKind = Literal["water", "grass", "wood", "scrub", "sand", "soil", "gravel", "paved", "asphalt"]
ThingKind = Literal["street_lamp", "bench", "bin", "bollard", "hydrant", "post_box", "shelter", "cabinet", "pole"]


@dataclass(frozen=True, eq=False)
class GivenBuilding:
    """A building by its footprint.

    Attributes:
        outline: (N, 2) corners, counter-clockwise, not closed, metres.
        holes: Courtyards, (N, 2) each, clockwise.
        storeys: Storeys between ground and eaves.
        eaves: Height of the walls, metres.
        base: Height over the ground at which it begins (a bridge between houses), metres.
        roof: Its shape.
        use: What it is used for, as far as its looks go.
        material: Of the walls, None where the style decides.
        wall_color: sRGB, None where the style decides.
        roof_color: sRGB, None where the style decides.
        id: Where it comes from, such as `way/123`; its looks are drawn from it.
    """

    outline: Array
    holes: tuple[Array, ...]
    storeys: int
    eaves: float
    base: float = 0.0
    roof: RoofShape = "flat"
    use: BuildingUse = "other"
    material: WallMaterial | None = None
    wall_color: Color | None = None
    roof_color: Color | None = None
    id: str = ""


@dataclass(frozen=True)
class GivenTree:
    """A tree: its place, and its height in metres (0 where the species decides)."""

    x: float
    y: float
    height: float = 0.0
    kind: TreeKind = "broadleaved"


@dataclass(frozen=True)
class GivenThing:
    """Street furniture: its place, and which way it faces in radians (None: towards the nearest road)."""

    x: float
    y: float
    kind: ThingKind
    heading: float | None = None


@dataclass(frozen=True, eq=False)
class GivenBarrier:
    """A wall, fence, hedge or rail along points (N, 2), as high as given (0: as high as such are)."""

    line: Array
    kind: BarrierKind
    height: float = 0.0


@dataclass(frozen=True, eq=False)
class GivenArea:
    """Ground of a kind inside an outline (N, 2), without its holes."""

    outline: Array
    holes: tuple[Array, ...]
    kind: AreaKind


@dataclass(frozen=True, eq=False)
class GivenPath:
    """A way for people on foot or bicycles along points (N, 2), so wide, of paving, asphalt or gravel."""

    line: Array
    width: float
    kind: AreaKind = "paved"


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Everything around the roads of a real place, in the world frame of its map (FLU metres).

    Attributes:
        source: Where it comes from, with the licence of the data.
        projection: PROJ string of the plane, or "".
    """

    source: str = ""
    projection: str = ""
    buildings: tuple[GivenBuilding, ...] = field(default=())
    trees: tuple[GivenTree, ...] = field(default=())
    things: tuple[GivenThing, ...] = field(default=())
    barriers: tuple[GivenBarrier, ...] = field(default=())
    areas: tuple[GivenArea, ...] = field(default=())
    paths: tuple[GivenPath, ...] = field(default=())
