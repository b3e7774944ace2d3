"""What an incident is: a plan of scripted courses and the events they make, on a map at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from roadmark.errors import InputError
from roadmark.events import Event
from roadmark.geometry import FloatArray
from roadmark.incidents.names import definite, named
from roadmark.traffic import Clock, Network, ScriptedActor, SignalPlan

Severity = Literal["light", "medium", "severe"]


class MissingElementError(InputError):
    """The map has nothing of what the incident needs; trying again cannot help."""


class NoCourseError(InputError):
    """This draw of place, actors and speeds does not work out; another may."""


@dataclass(frozen=True)
class IncidentOptions:
    """What a user may ask of an incident; None leaves it to chance.

    Attributes:
        severity: How fast or how close.
        time: Second of the contact or of the heart of the incident.
        junction: Junction id at which it shall happen.
        road: Road id on which it shall happen.
        blueprints: Blueprint ids of the actors, in the order of their roles; fewer are filled by chance.
    """

    severity: Severity | None = None
    time: float | None = None
    junction: str | None = None
    road: str | None = None
    blueprints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contact:
    """Two scripted actors that touch.

    Attributes:
        actors: Their indices in the plan, the striking one first.
        first_frame: First frame in which their boxes overlap.
        last_frame: Last such frame.
    """

    actors: tuple[int, int]
    first_frame: int
    last_frame: int


@dataclass(frozen=True, eq=False)
class IncidentPlan:
    """A planned incident.

    Attributes:
        name: Which incident.
        actors: Scripted actors.
        events: What happens by the script; `Participant.actor_id` is the index into `actors` here, and becomes the
            recording's id when the scenario is put together.
        contacts: Who touches whom.
        focus: (3,) where to look, world metres.
        focus_time: When, seconds.
        measures: Facts of the draw for the side-car (speeds, margins).
        window: Seconds before and after that time over which its actors tell the story; cameras must see them.
        signals: Ids of the map's lights that are part of it; cameras show their faces where they can.
    """

    name: str
    actors: tuple[ScriptedActor, ...]
    events: tuple[Event, ...]
    focus: FloatArray
    focus_time: float
    contacts: tuple[Contact, ...] = ()
    measures: Mapping[str, Any] = field(default_factory=dict)
    window: tuple[float, float] = (1.5, 1.5)
    signals: tuple[str, ...] = ()

    @property
    def captions(self) -> tuple[str, ...]:
        """The events' captions, to be read one after the other: whom one introduces is known to those that follow."""
        told: list[str] = []
        known: list[str] = []
        for event in self.events:
            told.append(definite(event.caption, known))
            known += [named(self.actors[index].actor.spec) for index in event.actor_ids]
            known += ["a red light"] if event.kind == "red_light" else []
        return tuple(told)


@dataclass(frozen=True, eq=False)
class Scene:
    """Where and when an incident is to happen.

    Attributes:
        network: The map's lanes.
        signals: What its lights show over time.
        clock: The scenario's frames.
    """

    network: Network
    signals: SignalPlan
    clock: Clock


class Incident(Protocol):
    """One kind of incident: a small file with a registration."""

    @property
    def name(self) -> str:
        """Name on the command line and of the event it makes."""

    @property
    def summary(self) -> str:
        """One line about it."""

    def plan(self, scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
        """Draw a place, actors and courses.

        Raises:
            MissingElementError: The map lacks what it needs.
            NoCourseError: This draw does not work out.
        """
