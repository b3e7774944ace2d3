"""All incidents: importing this module registers them, in the order of the documentation."""

from __future__ import annotations

from roadmark.incidents import none, pedestrian_collision, rear_end, red_light, side_collision
from roadmark.incidents.registry import INCIDENTS, incident

__all__ = ["INCIDENTS", "incident"]

_REGISTERED = (rear_end, side_collision, pedestrian_collision, red_light, none)
