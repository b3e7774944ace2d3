"""What kinds of buildings there are: storey heights, openings, materials and colours of each style."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from roadmark.render import Material

Color = tuple[int, int, int]


class Roof(IntEnum):
    """How a building is closed at the top."""

    FLAT = 0
    GABLE = 1
    HIP = 2


@dataclass(frozen=True)
class BuildingStyle:
    """Proportions and looks shared by the buildings of one kind; lengths in metres.

    Attributes:
        name: For people.
        wall: Material of the walls.
        wall_colors: sRGB choices for the walls.
        trim_colors: sRGB choices for frames, sills, bands and cornices.
        roof: How it is closed at the top.
        roof_colors: sRGB choices for the roof.
        storeys: Least and greatest number of storeys.
        frontage: Least and greatest width along the street.
        depth: Least and greatest depth.
        storey_height: Floor to floor.
        ground_height: Floor to floor of the ground storey.
        bay: Distance between the axes of neighbouring windows.
        window: Width and height of a window.
        sill: Height of a window's lower edge above its floor.
        recess: How far the glass lies behind the wall.
        shop: Share of buildings with shop fronts at the ground.
        balcony: Share of buildings with balconies.
        bands: Whether a projecting band runs along each floor.
        curtain: Whether the storeys over the ground are one glass front.
        setback: Least distance of the front from the pavement's outer edge.
    """

    name: str
    wall: Material
    wall_colors: tuple[Color, ...]
    trim_colors: tuple[Color, ...]
    roof: Roof
    roof_colors: tuple[Color, ...]
    storeys: tuple[int, int]
    frontage: tuple[float, float]
    depth: tuple[float, float]
    storey_height: float
    ground_height: float
    bay: float
    window: tuple[float, float]
    sill: float
    recess: float = 0.16
    shop: float = 0.0
    balcony: float = 0.0
    bands: bool = False
    setback: float = 1.4
    curtain: bool = False


_FELT: tuple[Color, ...] = ((118, 116, 112), (96, 96, 98), (140, 134, 124))
_TILES: tuple[Color, ...] = ((128, 70, 52), (110, 62, 48), (92, 80, 74), (78, 80, 86), (138, 88, 62))

STYLES: tuple[BuildingStyle, ...] = (
    BuildingStyle(
        "brick tenement",
        Material.BRICK,
        ((150, 84, 64), (132, 76, 62), (164, 104, 78), (118, 72, 62), (172, 134, 104)),
        ((214, 208, 196), (196, 188, 172), (70, 66, 62)),
        Roof.FLAT,
        _FELT,
        (3, 6),
        (11.0, 22.0),
        (11.0, 16.0),
        3.1,
        4.0,
        2.7,
        (1.25, 1.75),
        0.85,
        0.18,
        shop=0.6,
        bands=False,
    ),
    BuildingStyle(
        "rendered town house",
        Material.PLASTER,
        ((214, 200, 170), (222, 214, 198), (196, 176, 150), (186, 196, 190), (210, 178, 150), (176, 184, 194)),
        ((236, 234, 228), (110, 96, 84), (84, 92, 90)),
        Roof.FLAT,
        _FELT,
        (3, 5),
        (9.0, 18.0),
        (10.0, 14.0),
        3.2,
        4.0,
        2.9,
        (1.2, 1.8),
        0.8,
        0.15,
        shop=0.55,
        balcony=0.35,
        bands=True,
    ),
    BuildingStyle(
        "stone block",
        Material.STONE,
        ((186, 176, 156), (170, 164, 152), (196, 184, 160)),
        ((206, 200, 186), (150, 144, 132)),
        Roof.FLAT,
        _FELT,
        (4, 8),
        (16.0, 30.0),
        (14.0, 20.0),
        3.5,
        4.6,
        3.3,
        (1.5, 2.1),
        0.8,
        0.25,
        shop=0.5,
        bands=True,
    ),
    BuildingStyle(
        "office",
        Material.PLASTER,
        ((168, 166, 160), (188, 184, 176), (146, 148, 150), (204, 200, 190)),
        ((70, 74, 78), (110, 112, 114), (52, 54, 58)),
        Roof.FLAT,
        _FELT,
        (5, 13),
        (20.0, 36.0),
        (16.0, 24.0),
        3.6,
        4.8,
        3.0,
        (2.5, 2.1),
        0.75,
        0.12,
        shop=0.5,
        setback=2.0,
    ),
    BuildingStyle(
        "glass office",
        Material.METAL,
        ((92, 98, 104), (120, 124, 126), (66, 72, 80)),
        ((150, 154, 156), (58, 62, 66)),
        Roof.FLAT,
        _FELT,
        (7, 16),
        (20.0, 34.0),
        (18.0, 26.0),
        3.5,
        5.2,
        3.0,
        (2.7, 3.3),
        0.4,
        0.06,
        shop=0.35,
        setback=2.5,
        curtain=True,
    ),
    BuildingStyle(
        "apartments",
        Material.PLASTER,
        ((226, 222, 212), (206, 202, 194), (190, 168, 146), (216, 208, 186)),
        ((92, 96, 100), (238, 236, 230)),
        Roof.FLAT,
        _FELT,
        (4, 7),
        (16.0, 30.0),
        (12.0, 15.0),
        2.95,
        3.4,
        3.6,
        (1.9, 1.55),
        0.85,
        0.14,
        shop=0.2,
        balcony=0.85,
        setback=2.6,
    ),
    BuildingStyle(
        "house",
        Material.PLASTER,
        ((226, 218, 202), (212, 192, 164), (198, 206, 206), (222, 204, 182), (186, 172, 158)),
        ((240, 238, 232), (92, 70, 54), (70, 84, 78)),
        Roof.GABLE,
        _TILES,
        (1, 2),
        (8.5, 13.0),
        (8.0, 10.5),
        2.8,
        2.9,
        2.8,
        (1.25, 1.35),
        0.9,
        0.12,
        setback=4.0,
    ),
    BuildingStyle(
        "brick house",
        Material.BRICK,
        ((156, 90, 70), (140, 82, 66), (170, 116, 90)),
        ((238, 236, 230), (206, 198, 184)),
        Roof.HIP,
        _TILES,
        (1, 2),
        (9.5, 15.0),
        (8.5, 11.0),
        2.8,
        2.9,
        3.0,
        (1.4, 1.35),
        0.9,
        0.12,
        setback=4.0,
    ),
    BuildingStyle(
        "hall",
        Material.METAL,
        ((150, 158, 164), (176, 172, 160), (124, 140, 150), (164, 136, 116)),
        ((84, 90, 96), (60, 84, 104)),
        Roof.GABLE,
        ((120, 124, 128), (104, 96, 90)),
        (1, 1),
        (18.0, 34.0),
        (14.0, 22.0),
        6.0,
        6.0,
        4.6,
        (2.4, 1.1),
        3.9,
        0.08,
        setback=6.0,
    ),
)

STYLE_INDEX = {style.name: index for index, style in enumerate(STYLES)}
