"""All incidents: importing this module registers them, in the order of the documentation."""

from __future__ import annotations

from roadmark.incidents import (
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
from roadmark.incidents.registry import INCIDENTS, incident

__all__ = ["INCIDENTS", "incident"]

_REGISTERED = (
    rear_end,
    side_collision,
    head_on,
    pedestrian_collision,
    cyclist_collision,
    near_miss,
    wrong_way,
    red_light,
    sudden_stop,
    stalled_vehicle,
    illegal_turn,
    speeding,
    jaywalk,
    blocked_junction,
    none,
)
