"""What an incident draws first: actors, the time of its heart, speeds by severity."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from roadmark.catalog import NAMED_COLORS, BodyStyle, blueprint, color_name
from roadmark.errors import InputError
from roadmark.geometry import FloatArray
from roadmark.incidents.model import IncidentOptions, NoCourseError, Severity
from roadmark.incidents.names import noun
from roadmark.traffic import ActorSpec, Clock, VehicleMix, WalkerMix, draw_drivers, draw_walkers, vehicle_spec

HEART: Final = (0.35, 0.6)
"""Shares of the duration between which an incident has its heart unless a user says when."""
SEVERITIES: Final[tuple[Severity, ...]] = ("light", "medium", "severe")
CLOSING: Final = {"light": (3.0, 6.0), "medium": (6.0, 9.5), "severe": (9.5, 14.0)}
"""m/s at which bodies meet, by severity."""
CARS: Final = VehicleMix(cars=0.9, vans=0.1, trucks=0.0, buses=0.0, motorcycles=0.0, bicycles=0.0, emergency=0.0)
BICYCLES: Final = VehicleMix(cars=0.0, vans=0.0, trucks=0.0, buses=0.0, motorcycles=0.0, bicycles=1.0, emergency=0.0)
PAINTS: Final = {"red": 9, "blue": 8, "white": 8, "yellow": 6, "black": 5, "green": 5, "orange": 4}
"""Paints of those whom an incident is about, by how often: words that nobody mistakes for one another, unlike the many
grays of ordinary traffic."""
_JITTER = 4  # levels by which two paints of one word differ
_TIMES = 36
_REDRAWS = 60


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


def draw_vehicle(
    options: IncidentOptions,
    role: int,
    rng: np.random.Generator,
    mix: VehicleMix = CARS,
    unlike: ActorSpec | None = None,
) -> ActorSpec:
    """The actor of a role: the user's blueprint, else one by chance; in a clear colour, or in its livery.

    Args:
        options: What the user asks for.
        role: Which of the incident's actors.
        rng: What chance comes from.
        mix: What drives.
        unlike: Another actor, of another make, model and colour.

    Raises:
        InputError: The user's blueprint is unknown or no vehicle that can take the role.
    """
    wants_bicycle = mix is BICYCLES
    if role < len(options.blueprints):
        chosen = blueprint(options.blueprints[role])
        if chosen.kind != "vehicle" or (chosen.style is BodyStyle.BICYCLE) != wants_bicycle:
            wanted = "a bicycle" if wants_bicycle else "a motor vehicle"
            raise InputError(f"blueprint {chosen.id} of role {role + 1}: this incident needs {wanted} there")
        return _painted(vehicle_spec(chosen, rng), rng, unlike)
    for spec in draw_drivers(rng, _REDRAWS, mix):
        painted = _painted(spec, rng, unlike)
        if unlike is None or _differ(painted, unlike):
            return painted
    raise NoCourseError("no other vehicle can be told from the first")


def draw_two(options: IncidentOptions, rng: np.random.Generator) -> tuple[ActorSpec, ActorSpec]:
    """The motor vehicles of the first two roles, which nobody mistakes for each other.

    Raises:
        InputError: A blueprint of the user is unknown or cannot take its role.
    """
    first = draw_vehicle(options, 0, rng)
    return first, draw_vehicle(options, 1, rng, unlike=first)


def _painted(spec: ActorSpec, rng: np.random.Generator, unlike: ActorSpec | None) -> ActorSpec:
    """The vehicle in a clear colour that another does not have; liveries stay."""
    if spec.color == spec.blueprint.default_color:
        return spec
    taken = None if unlike is None or unlike.color is None else color_name(unlike.color)
    words = [word for word in PAINTS if word != taken]
    weights = np.array([PAINTS[word] for word in words], dtype=np.float64)
    paint = NAMED_COLORS[words[int(rng.choice(len(words), p=weights / weights.sum()))]]
    red, green, blue = np.clip(np.array(paint) + rng.integers(-_JITTER, _JITTER + 1, 3), 0, 255).tolist()
    return replace(spec, color=(red, green, blue))


def _differ(one: ActorSpec, other: ActorSpec) -> bool:
    same_color = one.color is not None and other.color is not None and color_name(one.color) == color_name(other.color)
    return noun(one.blueprint) != noun(other.blueprint) and not same_color


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
