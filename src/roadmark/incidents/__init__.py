"""Incidents: kinematically plausible courses with a cause, the actors and exact event times."""

from roadmark.incidents.model import (
    Contact,
    Incident,
    IncidentOptions,
    IncidentPlan,
    MissingElementError,
    NoCourseError,
    Scene,
    Severity,
)
from roadmark.incidents.registry import INCIDENTS, incident

# isort: split
from roadmark.incidents import none, rear_end, red_light, side_collision

_REGISTERED = (rear_end, side_collision, red_light, none)

__all__ = [
    "INCIDENTS",
    "Contact",
    "Incident",
    "IncidentOptions",
    "IncidentPlan",
    "MissingElementError",
    "NoCourseError",
    "Scene",
    "Severity",
    "incident",
]
