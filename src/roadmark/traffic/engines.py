"""`VehicleEngine`: who drives the vehicles, and the one place that knows which engines there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from roadmark.errors import ConfigError
from roadmark.traffic.sumo import SumoEngine
from roadmark.traffic.vehicles import TrafficDemand, VehicleTraffic, simulate_vehicles


class VehicleEngine(Protocol):
    """Drives vehicles and cyclists around everyone whose course is known."""

    def drive(self, demand: TrafficDemand, rng: np.random.Generator) -> VehicleTraffic:
        """Drive.

        Args:
            demand: Who, where and when.
            rng: The only source of chance.

        Returns:
            Courses in which nobody touches anyone, within the limits of ordinary traffic.
        """


@dataclass(frozen=True)
class EmbeddedEngine:
    """Our own."""

    def drive(self, demand: TrafficDemand, rng: np.random.Generator) -> VehicleTraffic:
        """See `VehicleEngine.drive`."""
        return simulate_vehicles(demand, rng)


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
