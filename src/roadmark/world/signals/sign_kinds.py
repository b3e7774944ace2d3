"""Which face a sign of a map shows, by its type number or its name."""

from __future__ import annotations

import re

from roadmark.maps import MapObject, Signal
from roadmark.world.signals.faces import Face

_SPEED_NAME = re.compile(r"^(?:sign_)?speed[_ ]?(?:limit[_ ]?)?(\d{1,3})(?:_|$)", re.IGNORECASE)
# Countries whose speed limits stand on a white plate; CARLA's towns are drawn in that style.
_PLATE_COUNTRIES = frozenset({"", "OPENDRIVE", "US", "USA", "CA", "CAN"})
_SIZES = {
    "stop": (0.75, 0.75),
    "yield": (0.9, 0.8),
    "limit_plate": (0.6, 0.75),
    "limit_ring": (0.6, 0.6),
    "ring": (0.6, 0.6),
    "no_entry": (0.6, 0.6),
    "warning": (0.9, 0.8),
    "priority": (0.85, 0.85),
    "mandatory": (0.6, 0.6),
    "information": (0.6, 0.6),
    "plate": (0.6, 0.6),
}
# Numbers of the German catalogue, which OpenDRIVE's own examples and RoadRunner's towns use.
_SINGLE = {
    "206": "stop",
    "205": "yield",
    "274": "limit",
    "274.1": "limit",
    "267": "no_entry",
    "301": "priority",
    "306": "priority",
}
_RANGES = (
    (101, 162, "warning"),
    (201, 203, "warning"),
    (208, 208, "ring"),
    (209, 245, "mandatory"),
    (250, 283, "ring"),
    (306, 308, "priority"),
    (310, 460, "information"),
)


def signal_face(signal: Signal) -> Face:
    """The face of a static sign."""
    kind = _kind(signal)
    text = ""
    if kind == "limit":
        kind = "limit_plate" if signal.country in _PLATE_COUNTRIES else "limit_ring"
        text = _digits(signal)
        if not text:
            kind = "ring" if kind == "limit_ring" else "plate"
    width, height = _SIZES[kind]
    if 0.2 <= signal.width <= 3.0 and 0.2 <= signal.height <= 3.0:
        width, height = signal.width, signal.height
    return Face(kind, round(width, 3), round(height, 3), text)


def _kind(signal: Signal) -> str:
    name = signal.name.lower()
    for word, kind in (("stop", "stop"), ("yield", "yield"), ("giveway", "yield"), ("speed", "limit")):
        if word in name:
            return kind
    if signal.type in _SINGLE:
        return _SINGLE[signal.type]
    number = int(signal.type) if signal.type.isdecimal() and len(signal.type) < 6 else -1
    return next((kind for low, high, kind in _RANGES if low <= number <= high), "plate")


def _digits(signal: Signal) -> str:
    """Number of a speed limit: from its name (catalogues code the value), else its value, subtype or text."""
    match = _SPEED_NAME.match(signal.name)
    if match:
        return match.group(1)
    if signal.value is not None and 1 <= signal.value <= 200:
        return str(round(signal.value))
    numbers = (text for text in (signal.subtype, signal.text) if text.isdecimal() and len(text) <= 3)
    return next((str(int(text)) for text in numbers if 1 <= int(text) <= 200), "")


def object_face(thing: MapObject) -> Face | None:
    """The face of an object that is really a sign (RoadRunner's `Speed_30`), else None."""
    match = _SPEED_NAME.match(thing.name)
    return Face("limit_plate", *_SIZES["limit_plate"], match.group(1)) if match else None
