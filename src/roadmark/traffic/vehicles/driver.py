"""`Driver`: who drives a vehicle, and how."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from roadmark.catalog import BodyStyle
from roadmark.traffic.motion import ActorSpec

_SLUGGISH = frozenset({BodyStyle.BOX_TRUCK, BodyStyle.HEAVY_TRUCK, BodyStyle.BUS, BodyStyle.FIRE_TRUCK})
_FASTEST_TRUCK = 22.0  # m/s
_FASTEST_CAR = 36.0


@dataclass(frozen=True, eq=False)
class Driver:
    """A vehicle with its driver's habits.

    Attributes:
        spec: The vehicle.
        factor: Share of the speed limit it drives on a free road.
        headway: Seconds it keeps to the one ahead.
        gap: Metres it keeps to one who stands.
        acceleration: m/s2 with which it sets off.
        braking: m/s2 that it finds comfortable.
        top_speed: m/s that it can or wants to drive at most.
        offset: Metres it keeps to the left of its lane's middle.
        patience: Seconds it waits at a junction before it takes its turn against others' priority.
    """

    spec: ActorSpec
    factor: float = 1.0
    headway: float = 1.3
    gap: float = 2.0
    acceleration: float = 1.6
    braking: float = 2.0
    top_speed: float = _FASTEST_CAR
    offset: float = 0.0
    patience: float = 6.0

    @property
    def is_cyclist(self) -> bool:
        """Whether it is ridden by pedals: to the right of the lane, or on lanes for cyclists."""
        return self.spec.blueprint.style is BodyStyle.BICYCLE


def draw_driver(spec: ActorSpec, rng: np.random.Generator) -> Driver:
    """A driver at random for a vehicle."""
    factor, headway, gap, eager, patience = (float(x) for x in rng.random(5))
    if spec.blueprint.style is BodyStyle.BICYCLE:
        return Driver(
            spec,
            factor=1.0,
            headway=1.0 + 0.4 * headway,
            gap=1.5 + 0.5 * gap,
            acceleration=0.8 + 0.3 * eager,
            braking=1.8,
            top_speed=4.2 + 2.2 * factor,
            patience=5.0 + 5.0 * patience,
        )
    sluggish = spec.blueprint.style in _SLUGGISH
    return Driver(
        spec,
        factor=0.85 + 0.2 * factor,
        headway=1.1 + 0.6 * headway,
        gap=1.8 + 0.9 * gap,
        acceleration=(0.9 if sluggish else 1.4) + 0.6 * eager,
        braking=1.8 + 0.4 * eager,
        top_speed=_FASTEST_TRUCK if sluggish else _FASTEST_CAR,
        offset=0.0 if sluggish else 0.16 * (eager - 0.5),
        patience=4.0 + 5.0 * patience,
    )
