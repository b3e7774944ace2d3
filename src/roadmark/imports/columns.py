"""Columns of a table of poses: what each is called, and which of them must be there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from roadmark.errors import FormatError

NUMBERS: Final = frozenset(
    {"time", "x", "y", "z", "yaw", "yaw_deg", "roll", "roll_deg", "pitch", "pitch_deg", "speed", "vx", "vy", "vz"}
    | {"yaw_rate", "length", "width", "height", "box_x", "box_y", "box_z", "light_flags"}
)
"""Columns of numbers."""
TEXTS: Final = frozenset({"actor_id", "life", "kind", "class", "blueprint", "role_name", "color", "signal_state"})
"""Columns of text; ids may be numbers or names."""
DERIVED: Final = frozenset({"frame", "travelled", "steer", "throttle", "brake", "gear", "walker_speed"})
"""Columns of our own tables that follow from the poses: allowed, not read."""
COMPLETE: Final = ("time", "actor_id", "x", "y")
"""Columns without an empty cell; so is whichever of `yaw` and `yaw_deg` there is."""
_EITHER: Final = (("yaw", "yaw_deg"), ("roll", "roll_deg"), ("pitch", "pitch_deg"))


def check_header(names: list[str], path: Path) -> None:
    """Check the names of a table's columns.

    Raises:
        FormatError: One is missing, unknown, or there twice.
    """
    known = NUMBERS | TEXTS | DERIVED
    for name in names:
        if name not in known:
            raise FormatError(f"unknown column; known are {', '.join(sorted(known))}", path=path, field=repr(name[:80]))
        if names.count(name) > 1:
            raise FormatError("there are two columns of this name; remove one", path=path, field=name)
    for name in COMPLETE:
        if name not in names:
            raise FormatError("the column is missing; add it", path=path, field=name)
    for radians, degrees in _EITHER:
        if radians in names and degrees in names:
            raise FormatError(f"{radians} and {degrees} are the same; remove one", path=path, field=degrees)
    if "yaw" not in names and "yaw_deg" not in names:
        raise FormatError("the column is missing; add it in radians, or yaw_deg in degrees", path=path, field="yaw")
