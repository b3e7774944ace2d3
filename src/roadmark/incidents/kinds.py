"""All incidents: importing this module registers them, in the order of the documentation."""

from __future__ import annotations

from roadmark.events import COLLISIONS, NON_COLLISIONS
from roadmark.incidents import (  # noqa: F401 - importing them registers them
    blocked_junction,
    cyclist_collision,
    head_on,
    illegal_turn,
    jaywalk,
    near_miss,
    none,
    pedestrian_collision,
    rear_end,
    red_light,
    side_collision,
    speeding,
    stalled_vehicle,
    sudden_stop,
    wrong_way,
)
from roadmark.incidents.registry import INCIDENTS, incident, put_in_order

__all__ = ["INCIDENTS", "incident"]

put_in_order((
    "collision",
    *COLLISIONS,
    *NON_COLLISIONS,
    "none",
))  # fmt: skip
