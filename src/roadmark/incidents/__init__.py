"""Incidents: kinematically plausible courses with a cause, the actors and exact event times."""

from roadmark.incidents.kinds import INCIDENTS, incident
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
