"""What ordinary traffic and scripted courses keep to: the limits that tests and audits measure against."""

from __future__ import annotations

from typing import Final

MAX_BRAKING: Final = 5.0
"""m/s2 that ordinary traffic brakes at most."""
MAX_ACCELERATION: Final = 3.0
"""m/s2 that it speeds up at most."""
MAX_LATERAL: Final = 4.0
"""m/s2 across the heading, in bends and lane changes."""
COMFORTABLE_LATERAL: Final = 2.5
"""m/s2 across the heading for which drivers choose their speed."""
MAX_SPEEDING: Final = 1.1
"""Share of the speed limit that nobody in ordinary traffic exceeds."""
MAX_OFF_LANE: Final = 0.3
"""Metres that an actor's middle leaves its lane or sidewalk at most, outside lane changes."""

INCIDENT_BRAKING: Final = 9.0
"""m/s2 that scripted actors brake at most before a contact: tyres on dry asphalt."""
INCIDENT_LATERAL: Final = 8.0
"""m/s2 across the heading of scripted actors before a contact."""

DEFAULT_SPEED_LIMIT: Final = 13.9
"""m/s (50 km/h) on roads whose map gives no limit."""
LOWEST_SPEED_LIMIT: Final = 8.3
"""m/s (30 km/h): smaller limits in maps are taken for this, so that traffic moves."""
