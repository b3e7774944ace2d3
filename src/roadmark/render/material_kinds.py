"""What a triangle can be made of, and the usual colours of these materials."""

from __future__ import annotations

from enum import IntEnum


class Material(IntEnum):
    """Surface kinds the shading knows; stored per triangle as one byte.

    The triangle's base colour modulates every one of them; the comment says what the shading adds by itself.
    """

    GENERIC = 0  # plain matt surface of the base colour
    ASPHALT = 1  # grain, patches, tyre tracks, sealed cracks
    CONCRETE = 2  # slabs with joints (sidewalks, bridge decks)
    KERB = 3  # kerb stones with joints
    MARKING = 4  # worn road paint
    GRASS = 5
    SOIL = 6
    GRAVEL = 7
    BRICK = 8  # courses with mortar, running bond
    PLASTER = 9  # render with streaks below edges
    STONE = 10  # ashlar blocks
    WINDOW = 11  # building glass: interior tint, blinds, lit at night by hash
    ROOF = 12  # tiles on slopes, felt on flat roofs
    METAL = 13  # galvanised or painted poles, rails, cladding
    WOOD = 14
    BARK = 15
    FOLIAGE = 16
    CAR_PAINT = 17  # the instance's paint under clear coat
    CAR_GLASS = 18
    RUBBER = 19
    PLASTIC = 20  # dark trim
    CHROME = 21
    LAMP_LENS = 22  # emissive while its emitter bit is on
    SKIN = 23
    CLOTH = 24
    SIGN = 25  # plain retro-reflective sheet
    WATER = 26


# Typical sRGB colours; the shading's own variation is around these.
_DEFAULT_COLORS: dict[Material, tuple[int, int, int]] = {
    Material.GENERIC: (150, 150, 150),
    Material.ASPHALT: (88, 87, 86),
    Material.CONCRETE: (154, 151, 144),
    Material.KERB: (172, 169, 163),
    Material.MARKING: (226, 225, 218),
    Material.GRASS: (80, 94, 56),
    Material.SOIL: (106, 93, 77),
    Material.GRAVEL: (146, 138, 126),
    Material.BRICK: (132, 80, 64),
    Material.PLASTER: (205, 196, 178),
    Material.STONE: (168, 160, 146),
    Material.WINDOW: (60, 70, 78),
    Material.ROOF: (112, 82, 70),
    Material.METAL: (140, 144, 147),
    Material.WOOD: (124, 98, 70),
    Material.BARK: (90, 82, 72),
    Material.FOLIAGE: (70, 88, 50),
    Material.CAR_PAINT: (160, 163, 168),
    Material.CAR_GLASS: (38, 44, 48),
    Material.RUBBER: (34, 34, 35),
    Material.PLASTIC: (40, 41, 43),
    Material.CHROME: (205, 208, 212),
    Material.LAMP_LENS: (222, 222, 218),
    Material.SKIN: (202, 156, 126),
    Material.CLOTH: (92, 98, 120),
    Material.SIGN: (232, 232, 230),
    Material.WATER: (40, 62, 66),
}


def default_color(material: Material) -> tuple[int, int, int]:
    """Typical base colour of a material, as an sRGB triple in 0..255, for meshes that do not choose one."""
    return _DEFAULT_COLORS[Material(material)]
