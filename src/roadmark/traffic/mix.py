"""Who is on the road: a realistic mix of vehicles with paints, and of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, BodyStyle, all_blueprints, blueprint
from roadmark.errors import InputError
from roadmark.traffic.motion import ActorSpec

_CARS: Final = frozenset(
    {
        BodyStyle.HATCHBACK,
        BodyStyle.SEDAN,
        BodyStyle.CLASSIC_SEDAN,
        BodyStyle.FASTBACK,
        BodyStyle.LIFTBACK,
        BodyStyle.COUPE,
        BodyStyle.CLASSIC_COUPE,
        BodyStyle.SUV,
        BodyStyle.OFFROAD,
        BodyStyle.MPV,
        BodyStyle.MICROCAR,
        BodyStyle.TAXI,
        BodyStyle.CYBERTRUCK,
    }
)
_GROUPS: Final[Mapping[str, frozenset[BodyStyle]]] = {
    "cars": _CARS,
    "vans": frozenset({BodyStyle.VAN, BodyStyle.MINIBUS}),
    "trucks": frozenset({BodyStyle.BOX_TRUCK, BodyStyle.HEAVY_TRUCK}),
    "buses": frozenset({BodyStyle.BUS}),
    "motorcycles": frozenset({BodyStyle.MOTORCYCLE, BodyStyle.SCOOTER}),
    "bicycles": frozenset({BodyStyle.BICYCLE}),
    "emergency": frozenset({BodyStyle.POLICE, BodyStyle.AMBULANCE, BodyStyle.FIRE_TRUCK}),
}
_RARE: Final[Mapping[str, float]] = {
    "vehicle.chevrolet.impala": 0.3,
    "vehicle.ford.mustang": 0.3,
    "vehicle.tesla.cybertruck": 0.25,
    "vehicle.micro.microlino": 0.3,
    "vehicle.ford.crown": 0.6,
    "vehicle.volkswagen.t2": 0.35,
    "vehicle.carlamotors.firetruck": 0.4,
    "vehicle.toyota.prius": 1.5,
    "vehicle.mercedes.sprinter": 1.6,
    "vehicle.tesla.model3": 1.4,
    "vehicle.seat.leon": 1.4,
    "vehicle.nissan.micra": 1.3,
}
"""How often within its group, where not 1."""
_LIVERIES: Final = frozenset(
    {BodyStyle.TAXI, BodyStyle.POLICE, BodyStyle.AMBULANCE, BodyStyle.FIRE_TRUCK, BodyStyle.BOX_TRUCK}
)
"""Styles that have the colour of their trade."""
_PAINTS: Final = (
    ((238, 239, 240), 25.0), ((20, 20, 22), 21.0), ((92, 95, 99), 16.0), ((176, 179, 182), 13.0),
    ((32, 62, 122), 10.0), ((158, 24, 28), 7.0), ((58, 84, 108), 3.0), ((102, 78, 58), 2.0), ((40, 74, 54), 2.0),
    ((204, 96, 28), 1.5), ((186, 172, 146), 1.5), ((226, 184, 38), 1.0), ((84, 26, 40), 1.0), ((112, 160, 190), 1.0),
)  # fmt: skip
"""Paints of new cars by share of sales, roughly (paint makers' yearly reports)."""
_COMMERCIAL: Final = (((236, 237, 238), 14.0), ((60, 62, 66), 2.0), ((32, 62, 122), 2.0), ((176, 179, 182), 2.0),
                      ((158, 24, 28), 1.0), ((226, 150, 30), 1.0))  # fmt: skip
_JITTER: Final = 5  # levels by which two paints of one name differ
_WIDEST: Final = 3.5  # metres: wider than a usual lane
_CHILD_HEIGHT: Final = 1.5


@dataclass(frozen=True)
class VehicleMix:
    """Shares of the kinds of vehicles; they need not add up to one. 0 leaves a kind out.

    Attributes:
        cars, vans, trucks, buses, motorcycles, bicycles, emergency: The shares.
        most_wide: How many vehicles wider than a usual lane there are at most. CARLA's bus is, mirrors and all: in
            bends it leaves lanes of 3.5 m, and two of them cannot pass, so that by default cars take its place.
    """

    cars: float = 0.75
    vans: float = 0.08
    trucks: float = 0.045
    buses: float = 0.015
    motorcycles: float = 0.055
    bicycles: float = 0.045
    emergency: float = 0.01
    most_wide: int = 0

    def __post_init__(self) -> None:
        shares = self.shares
        if not all(0.0 <= share < float("inf") for share in shares.values()) or not sum(shares.values()) > 0.0:
            raise InputError(f"shares of vehicles must be 0 or more, one of them more: {shares}")

    @property
    def shares(self) -> dict[str, float]:
        """Share by kind."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.name != "most_wide"}


@dataclass(frozen=True)
class WalkerMix:
    """Who walks.

    Attributes:
        children: Share of children.
    """

    children: float = 0.1

    def __post_init__(self) -> None:
        if not 0.0 <= self.children <= 1.0:
            raise InputError(f"children is a share from 0 to 1, not {self.children}")


def draw_drivers(rng: np.random.Generator, count: int, mix: VehicleMix | None = None) -> list[ActorSpec]:
    """Vehicles at random, in no order.

    Args:
        rng: What chance comes from.
        count: How many.
        mix: Shares of the kinds, `VehicleMix()` by default.
    """
    mix = VehicleMix() if mix is None else mix
    shares = mix.shares
    names = [name for name, share in shares.items() if share > 0.0]
    weights = np.array([shares[name] for name in names])
    drawn: list[ActorSpec] = []
    wide = 0
    for group in rng.choice(len(names), count, p=weights / weights.sum()).tolist():
        chosen = _pick(rng, _group(names[group]))
        if chosen.size[1] > _WIDEST:
            wide += 1
            if wide > mix.most_wide:
                chosen = _pick(rng, _group("cars"))
        drawn.append(vehicle_spec(chosen, rng))
    return drawn


def draw_walkers(rng: np.random.Generator, count: int, mix: WalkerMix | None = None) -> list[ActorSpec]:
    """People at random; nobody looks like another while there are looks left.

    Args:
        rng: What chance comes from.
        count: How many.
        mix: Who walks, `WalkerMix()` by default.
    """
    share = (WalkerMix() if mix is None else mix).children
    people = all_blueprints("walker")
    decks = [[p for p in people if is_child(p) is child] for child in (False, True)]
    orders = [rng.permutation(len(deck)) for deck in decks]
    used = [0, 0]
    drawn = []
    for child in (rng.random(count) < share).astype(int).tolist():
        deck, order = decks[child], orders[child]
        drawn.append(ActorSpec(deck[order[used[child] % len(deck)]], role_name="pedestrian"))
        used[child] += 1
    return drawn


def vehicle_spec(kind: Blueprint | str, rng: np.random.Generator, role_name: str = "autopilot") -> ActorSpec:
    """A vehicle of a blueprint in a paint at random; liveries keep theirs.

    Args:
        kind: The blueprint or its id.
        rng: What chance comes from.
        role_name: Role in the recording.
    """
    body = blueprint(kind) if isinstance(kind, str) else kind
    if body.style in _LIVERIES:
        return ActorSpec(body, body.default_color, role_name)
    paints = _COMMERCIAL if body.style in _GROUPS["vans"] | _GROUPS["trucks"] | _GROUPS["buses"] else _PAINTS
    weights = np.array([weight for _, weight in paints])
    paint = paints[int(rng.choice(len(paints), p=weights / weights.sum()))][0]
    red, green, blue = np.clip(np.array(paint) + rng.integers(-_JITTER, _JITTER + 1, 3), 0, 255).tolist()
    return ActorSpec(body, (red, green, blue), role_name)


def is_child(person: Blueprint) -> bool:
    """Whether a walker is a child, by its capsule."""
    return person.size[2] < _CHILD_HEIGHT


def _group(name: str) -> list[Blueprint]:
    return [body for body in all_blueprints("vehicle") if body.style in _GROUPS[name]]


def _pick(rng: np.random.Generator, bodies: list[Blueprint]) -> Blueprint:
    weights = np.array([_RARE.get(body.id, 1.0) for body in bodies])
    return bodies[int(rng.choice(len(bodies), p=weights / weights.sum()))]
