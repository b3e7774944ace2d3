"""`VehicleEngine`: who drives the vehicles, and the one place that knows which engines there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from roadmark.errors import ConfigError
from roadmark.geometry import FloatArray
from roadmark.traffic.motion import Clock, MovingActor, ScriptedActor
from roadmark.traffic.network import Network
from roadmark.traffic.signals import SignalPlan
from roadmark.traffic.sumo import SumoEngine
from roadmark.traffic.vehicles import Driver, VehicleTraffic, simulate_vehicles
from roadmark.traffic.vehicles.simulate import RADIUS


class VehicleEngine(Protocol):
    """Drives vehicles and cyclists around everyone whose course is known."""

    def drive(
        self,
        network: Network,
        signals: SignalPlan,
        drivers: Sequence[Driver],
        clock: Clock,
        rng: np.random.Generator,
        *,
        scripted: Sequence[ScriptedActor] = (),
        others: Sequence[MovingActor] = (),
        focus: FloatArray | None = None,
        radius: float = ...,
        count: int | None = None,
    ) -> VehicleTraffic:
        """Drive.

        Args:
            network: The lanes.
            signals: What the lights show.
            drivers: Who drives.
            clock: The frames.
            rng: The only source of chance.
            scripted: Actors with prescribed courses; nobody touches them.
            others: People and parked vehicles, whose courses are known too.
            focus: Where most vehicles shall be near.
            radius: Metres around it.
            count: How many there shall be at most, those nearest to the focus.

        Returns:
            Courses in which nobody touches anyone, within the limits of ordinary traffic.
        """


@dataclass(frozen=True)
class EmbeddedEngine:
    """Our own."""

    def drive(
        self,
        network: Network,
        signals: SignalPlan,
        drivers: Sequence[Driver],
        clock: Clock,
        rng: np.random.Generator,
        *,
        scripted: Sequence[ScriptedActor] = (),
        others: Sequence[MovingActor] = (),
        focus: FloatArray | None = None,
        radius: float = RADIUS,
        count: int | None = None,
    ) -> VehicleTraffic:
        """See `VehicleEngine.drive`."""
        return simulate_vehicles(
            network,
            signals,
            drivers,
            clock,
            rng,
            scripted=scripted,
            others=others,
            focus=focus,
            radius=radius,
            count=count,
        )


ENGINES: Final[Mapping[str, Callable[[Path, Path | None, Path | None], VehicleEngine]]] = {
    "embedded": lambda _map, _net, _routes: EmbeddedEngine(),
    "sumo": SumoEngine,
}
"""Engines by name, made of a map file and the user's SUMO network and routes, if any."""


def vehicle_engine(name: str, map_file: Path, net: Path | None = None, routes: Path | None = None) -> VehicleEngine:
    """The engine of a name.

    Raises:
        ConfigError: There is none of that name.
    """
    if name not in ENGINES:
        raise ConfigError(f"no engine {name[:40]!r}; there are {', '.join(ENGINES)}")
    return ENGINES[name](map_file, net, routes)
