"""What an incident draws first: actors, the time of its heart, speeds by severity."""

from __future__ import annotations

from typing import Final

import numpy as np

from roadmark.catalog import BodyStyle, blueprint
from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.incidents.model import IncidentOptions, NoCourseError, Severity
from roadmark.traffic import ActorSpec, Clock, VehicleMix, WalkerMix, draw_drivers, draw_walkers, vehicle_spec

HEART: Final = (0.35, 0.6)
"""Shares of the duration between which an incident has its heart unless a user says when."""
SEVERITIES: Final[tuple[Severity, ...]] = ("light", "medium", "severe")
CLOSING: Final = {"light": (3.0, 6.0), "medium": (6.0, 9.5), "severe": (9.5, 14.0)}
"""m/s at which bodies meet, by severity."""
CARS: Final = VehicleMix(cars=0.9, vans=0.1, trucks=0.0, buses=0.0, motorcycles=0.0, bicycles=0.0, emergency=0.0)
BICYCLES: Final = VehicleMix(cars=0.0, vans=0.0, trucks=0.0, buses=0.0, motorcycles=0.0, bicycles=1.0, emergency=0.0)
_TIMES = 36


def heart_times(clock: Clock, options: IncidentOptions, rng: np.random.Generator) -> FloatArray:
    """(N,) seconds at which the heart may be, in the order in which to try them.

    Raises:
        InputError: The user's time is outside the scenario.
    """
    if options.time is not None:
        if not 0.0 < options.time < clock.duration:
            raise InputError(f"time {options.time} s of the incident is outside the scenario's {clock.duration:g} s")
        return np.array([float(options.time)])
    first, last = (share * clock.duration for share in HEART)
    return np.asarray(rng.permutation(np.linspace(first, last, _TIMES)))


def severity_of(options: IncidentOptions, rng: np.random.Generator) -> Severity:
    """The user's severity, or one by chance."""
    return options.severity or SEVERITIES[int(rng.integers(3))]


def closing_speed(severity: Severity, rng: np.random.Generator) -> float:
    """m/s at which two bodies shall meet."""
    low, high = CLOSING[severity]
    return float(rng.uniform(low + 0.3, high - 0.3))


def severity_at(closing: float) -> Severity:
    """How severe a collision at a closing speed is."""
    if closing < CLOSING["light"][1]:
        return "light"
    return "medium" if closing < CLOSING["medium"][1] else "severe"


def check_severity(closing: float, options: IncidentOptions) -> None:
    """Give a draw up whose closing speed is not what the user asked for.

    Raises:
        NoCourseError: It is not.
    """
    if options.severity is not None and severity_at(closing) != options.severity:
        raise NoCourseError(f"closing at {closing:.1f} m/s is {severity_at(closing)}, not {options.severity}")


def draw_vehicle(options: IncidentOptions, role: int, rng: np.random.Generator, mix: VehicleMix = CARS) -> ActorSpec:
    """The actor of a role: the user's blueprint, else one by chance.

    Raises:
        InputError: The user's blueprint is unknown or no vehicle that can take the role.
    """
    drawn = draw_drivers(rng, 1, mix)[0]
    if role >= len(options.blueprints):
        return drawn
    chosen = blueprint(options.blueprints[role])
    wants_bicycle = mix is BICYCLES
    if chosen.kind != "vehicle" or (chosen.style is BodyStyle.BICYCLE) != wants_bicycle:
        wanted = "a bicycle" if wants_bicycle else "a motor vehicle"
        raise InputError(f"blueprint {chosen.id} of role {role + 1}: this incident needs {wanted} there")
    return vehicle_spec(chosen, rng)


def draw_person(options: IncidentOptions, role: int, rng: np.random.Generator) -> ActorSpec:
    """The walker of a role: the user's blueprint, else one by chance.

    Raises:
        InputError: The user's blueprint is unknown or no walker.
    """
    drawn = draw_walkers(rng, 1, WalkerMix())[0]
    if role >= len(options.blueprints):
        return drawn
    chosen = blueprint(options.blueprints[role])
    if chosen.kind != "walker":
        raise InputError(f"blueprint {chosen.id} of role {role + 1}: this incident needs a walker there")
    return ActorSpec(chosen, role_name=drawn.role_name)
