"""One draw: an incident's script, traffic around it, and the scenario that both make."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from roadmark.errors import InputError
from roadmark.events import Event, Participant
from roadmark.generate.place import Place
from roadmark.generate.recipe import Recipe
from roadmark.incidents import IncidentOptions, IncidentPlan, NoCourseError, Scene, incident
from roadmark.scenario import Scenario
from roadmark.traffic import (
    Clock,
    MovingActor,
    SignalPlan,
    TrafficDemand,
    VehicleMix,
    actor_ids,
    draw_driver,
    draw_drivers,
    draw_walkers,
    park_vehicles,
    plan_signals,
    simulate_walkers,
    to_scenario,
    vehicle_engine,
)

MOTORS = VehicleMix(bicycles=0.0)
SPARE = 0.15
"""Share of drivers drawn beyond those wanted, for those that find no place."""
CYCLES = VehicleMix(0.0, 0.0, 0.0, 0.0, 0.0, bicycles=1.0, emergency=0.0)


@dataclass(frozen=True, eq=False)
class Draw:
    """A drawn scenario, not yet judged.

    Attributes:
        plan: The incident's script.
        moving: Everyone's course, those of the incident first.
        scenario: Everything that happens.
        events: The script's events, with the recording's ids.
        notes: What could not be had, such as pedestrians where there are no sidewalks.
    """

    plan: IncidentPlan
    moving: tuple[MovingActor, ...]
    scenario: Scenario
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()

    @property
    def involved(self) -> tuple[int, ...]:
        """Ids of everyone who takes part in an event."""
        return tuple(sorted({actor for event in self.events for actor in event.actor_ids}))


def draw_scenario(place: Place, recipe: Recipe, name: str, rng: np.random.Generator) -> Draw:
    """Draw one scenario.

    Args:
        place: Where.
        recipe: What.
        name: Which incident.
        rng: The only source of chance.

    Raises:
        MissingElementError: The map lacks what the incident needs.
        NoCourseError: This draw does not work out.
        InputError: More blueprints are given than the incident has roles for.
    """
    clock = Clock(recipe.fps, round(recipe.duration * recipe.fps) + 1)
    signals = plan_signals(place.network, rng)
    options = IncidentOptions(recipe.severity, recipe.time, recipe.junction, recipe.road, recipe.blueprints)
    plan = incident(name).plan(Scene(place.network, signals, clock), options, rng)
    _check_blueprints(plan, recipe.blueprints)
    moving, notes = _everyone(place, recipe, plan, signals, clock, rng)
    scenario = to_scenario(
        place.network,
        signals,
        moving,
        clock,
        contacts=plan.contacts,
        night=recipe.is_night,
        focus=plan.focus,
    )
    ids = actor_ids(signals, len(moving))
    return Draw(plan, tuple(moving), scenario, tuple(_named(event, ids) for event in plan.events), tuple(notes))


def _check_blueprints(plan: IncidentPlan, asked: Sequence[str]) -> None:
    left = Counter(asked) - Counter(script.actor.spec.blueprint.id for script in plan.actors)
    if left and plan.actors:
        raise InputError(
            f"blueprints: {plan.name} has roles for {len(plan.actors)} actors, and none for {', '.join(left)}; give no "
            "more blueprints than it has roles"
        )


def _everyone(
    place: Place,
    recipe: Recipe,
    plan: IncidentPlan,
    signals: SignalPlan,
    clock: Clock,
    rng: np.random.Generator,
) -> tuple[list[MovingActor], list[str]]:
    """The incident's actors, then those around it; whoever is decided later knows the courses of all before."""
    scripted = [script.actor for script in plan.actors]
    parked = park_vehicles(
        place.road_map,
        place.bays,
        recipe.parked,
        clock,
        rng,
        known=scripted,
        focus=plan.focus,
        radius=recipe.radius,
    )
    people = simulate_walkers(
        place.sidewalks,
        signals,
        [*scripted, *parked],
        draw_walkers(rng, recipe.walkers),
        clock,
        rng,
        focus=plan.focus,
        radius=recipe.radius,
    )
    wanted = recipe.vehicles + recipe.cyclists
    spare = math.ceil(SPARE * recipe.vehicles)
    specs = [*draw_drivers(rng, recipe.vehicles + spare, MOTORS), *draw_drivers(rng, recipe.cyclists, CYCLES)]
    try:
        engine = vehicle_engine(recipe.engine, place.map_file, recipe.sumo_net, recipe.sumo_routes)
        demand = TrafficDemand(
            place.network,
            signals,
            [draw_driver(spec, rng) for spec in specs],
            clock,
            scripted=plan.actors,
            others=[*people.actors, *parked],
            focus=plan.focus,
            radius=recipe.radius,
            count=wanted,
        )
        traffic = engine.drive(demand, rng)
    except InputError as error:  # a script that ends where traffic cannot drive on
        raise NoCourseError(str(error)) from error
    notes = [people.reason] if people.missing else []
    if len(parked) < recipe.parked:
        notes.append(f"there is room for {len(parked)} of {recipe.parked} parked vehicles")
    if len(traffic.vehicles) < wanted:
        notes.append(f"there is room for {len(traffic.vehicles)} of {wanted} vehicles and cyclists")
    return [*traffic.scripted, *traffic.vehicles, *people.actors, *parked], notes


def _named(event: Event, ids: range) -> Event:
    """An event of the script with the recording's ids for its indices."""
    participants = tuple(Participant(ids[one.actor_id], one.role) for one in event.participants)
    return replace(event, participants=participants)
