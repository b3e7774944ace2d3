"""Values of OpenStreetMap tags: lengths, colours, materials, roofs (OpenStreetMap wiki, "Simple 3D Buildings")."""

from __future__ import annotations

import re
from typing import Final

from roadmark.twins.osm import Tags
from roadmark.twins.surroundings import Color, RoofShape, WallMaterial

_LENGTH = re.compile(r"^(\d{1,4}(?:[.,]\d{1,6})?)\s*(m|metres|meters|ft|')?$")
_HEX = re.compile(r"^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")

#: Colour words as walls and roofs have them: nobody paints a house in pure red.
COLORS: Final[dict[str, Color]] = {
    "white": (232, 230, 224), "black": (44, 44, 46), "grey": (142, 142, 140), "gray": (142, 142, 140),
    "lightgrey": (190, 190, 186), "lightgray": (190, 190, 186), "darkgrey": (92, 92, 94), "darkgray": (92, 92, 94),
    "dimgray": (96, 96, 96), "silver": (182, 184, 186), "red": (150, 72, 58), "darkred": (112, 48, 42),
    "maroon": (104, 46, 42), "brown": (120, 84, 62), "saddlebrown": (112, 76, 52), "beige": (214, 200, 170),
    "cream": (228, 218, 192), "ivory": (234, 228, 210), "tan": (198, 172, 136), "sandybrown": (206, 164, 118),
    "yellow": (222, 200, 120), "lightyellow": (230, 220, 176), "gold": (196, 164, 84), "orange": (204, 138, 84),
    "salmon": (206, 148, 124), "pink": (216, 176, 170), "green": (96, 126, 88), "darkgreen": (58, 84, 60),
    "olive": (112, 112, 70), "blue": (92, 118, 156), "lightblue": (170, 190, 206), "darkblue": (52, 66, 96),
    "navy": (48, 58, 86), "purple": (112, 86, 120), "terracotta": (172, 100, 74),
}  # fmt: skip

_MATERIALS: Final[dict[str, WallMaterial]] = {
    "brick": "brick", "bricks": "brick", "plaster": "plaster", "stucco": "plaster", "stone": "stone",
    "limestone": "stone", "sandstone": "stone", "granite": "stone", "marble": "stone", "masonry": "stone",
    "concrete": "concrete", "cement_block": "concrete", "reinforced_concrete": "concrete", "metal": "metal",
    "steel": "metal", "aluminium": "metal", "metal_plates": "metal", "wood": "wood", "timber_framing": "plaster",
    "glass": "glass", "mirror": "glass",
}  # fmt: skip
_ROOFS: Final[dict[str, RoofShape]] = {
    "flat": "flat", "skillion": "flat", "lean_to": "flat", "gabled": "gabled", "saltbox": "gabled", "round": "gabled",
    "double_saltbox": "gabled", "gambrel": "gabled", "hipped": "hipped", "half-hipped": "hipped", "mansard": "hipped",
    "side_hipped": "hipped", "pyramidal": "pyramidal", "dome": "pyramidal", "onion": "pyramidal", "cone": "pyramidal",
}  # fmt: skip


def length(tags: Tags, *keys: str) -> float | None:
    """Metres of the first of some tags that has them, else None."""
    for key in keys:
        match = _LENGTH.match(tags.get(key, "").strip().lower())
        if match:
            value = float(match.group(1).replace(",", "."))
            return value * (0.3048 if match.group(2) in ("ft", "'") else 1.0)
    return None


def color(tags: Tags, *keys: str) -> Color | None:
    """SRGB of the first of some tags that has it, else None."""
    for key in keys:
        text = tags.get(key, "").strip().lower().replace(" ", "").replace("_", "")
        if text in COLORS:
            return COLORS[text]
        match = _HEX.match(text)
        if match:
            digits = match.group(1)
            digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
            return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    return None


def wall_material(tags: Tags) -> WallMaterial | None:
    """What the walls are made of, where a tag says so."""
    for key in ("building:facade:material", "building:material", "material"):
        if tags.get(key, "").lower() in _MATERIALS:
            return _MATERIALS[tags[key].lower()]
    return None


def roof_shape(tags: Tags) -> RoofShape | None:
    """The roof's shape, where a tag says so."""
    return _ROOFS.get(tags.get("roof:shape", tags.get("building:roof:shape", "")).lower())
