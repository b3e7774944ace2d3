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

__all__ = [
    "Contact",
    "Incident",
    "IncidentOptions",
    "IncidentPlan",
    "MissingElementError",
    "NoCourseError",
    "Scene",
    "Severity",
]
