"""The search: draw after draw, until one holds exactly the incident that was asked for, in view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from roadmark.errors import InputError
from roadmark.events import Event, Tolerance, agreement, audit, detect_events
from roadmark.generate.draw import Draw, draw_scenario
from roadmark.generate.place import Place
from roadmark.generate.recipe import Recipe
from roadmark.incidents import MissingElementError, NoCourseError
from roadmark.scenario import Actor, ActorKind
from roadmark.simulate import CameraSetup, NoViewError, PlacedCamera, ViewOptions, place_cameras, rig_cameras


@dataclass(frozen=True, eq=False)
class Found:
    """A scenario that was judged and accepted.

    Attributes:
        requested: The incident asked for (`collision` for any of its kinds).
        draw: The scenario.
        events: What happens, as both the script and the detector have it.
        cameras: Cameras that see it.
        tries: Draws it took.
        rejected: Why the draws before were not taken, with their numbers.
    """

    requested: str
    draw: Draw
    events: tuple[Event, ...]
    cameras: tuple[PlacedCamera | CameraSetup, ...]
    tries: int
    rejected: Mapping[str, int]


def search_scenario(place: Place, recipe: Recipe, name: str, rng: np.random.Generator) -> Found:
    """Draw scenarios until one is right.

    Args:
        place: Where.
        recipe: What.
        name: Which incident.
        rng: The only source of chance; every draw gets a generator of its own.

    Raises:
        MissingElementError: The map lacks what the incident needs.
        InputError: No draw of `recipe.tries` was right; the message says why.
    """
    rejected: Counter[str] = Counter()
    for attempt in range(1, recipe.tries + 1):
        own = rng.spawn(1)[0]
        try:
            draw = draw_scenario(place, recipe, name, own)
            faults = judge(draw, place)
            if faults:
                rejected.update(faults[:1])
                continue
            cameras = _cameras(draw, place, recipe, own)
        except MissingElementError:
            raise
        except (NoCourseError, NoViewError) as error:
            rejected[str(error)] += 1
            continue
        return Found(name, draw, draw.events, cameras, attempt, rejected)
    reasons = "; ".join(f"{reason} ({count}x)" for reason, count in rejected.most_common(3))
    raise InputError(
        f"{name} on {place.name}: none of {recipe.tries} draws worked out: {reasons}; loosen the recipe "
        "(fewer actors, another place, time or severity) or raise --tries"
    )


def judge(draw: Draw, place: Place) -> list[str]:
    """What is wrong with a draw, by those who do not know its script; empty where nothing is."""
    scenario = draw.scenario
    frame = float(scenario.times[1] - scenario.times[0])
    compared = agreement(draw.events, detect_events(scenario, place.road_map), Tolerance(frame))
    faults = [f"the {event.kind} was not found" for event in compared.missing]
    faults += [f"an unintended {event.kind}" for event in (*compared.unexpected, *compared.related)]
    if not faults:
        faults = [violation.kind for violation in audit(scenario, place.road_map, draw.events)]
    return faults


def _cameras(
    draw: Draw, place: Place, recipe: Recipe, rng: np.random.Generator
) -> tuple[PlacedCamera | CameraSetup, ...]:
    """Cameras that see the incident, as the recipe asks for them."""
    if recipe.camera == "auto":
        plan, town, moment = draw.plan, place.road_map, draw.plan.focus_time
        before, after = plan.window
        options = ViewOptions(
            width=recipe.width, height=recipe.height, before=before, after=after, signals=plan.signals
        )
        return tuple(
            place_cameras(
                draw.scenario, town, plan.focus, moment, draw.involved, recipe.cameras, rng, options, place.surroundings
            )
        )
    if recipe.camera == "ego":
        return tuple(rig_cameras(recipe.rig, _ego(draw), width=recipe.width, height=recipe.height))
    return ()


def _ego(draw: Draw) -> Actor:
    """Who carries the rig: whoever something happens to, else who does it, else the first vehicle of the traffic.

    Raises:
        NoCourseError: There is no vehicle.
    """
    vehicles = {actor.id: actor for actor in draw.scenario.of_kind(ActorKind.VEHICLE)}
    events = sorted(draw.events, key=lambda event: event.category != "collision")
    involved = [actor_id for event in events for actor_id in reversed(event.actor_ids)]
    for actor_id in (*involved, *vehicles):
        if actor_id in vehicles:
            return vehicles[actor_id]
    raise NoCourseError("a rig needs a vehicle, and none is there")
