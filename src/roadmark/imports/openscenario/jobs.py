"""What a mover is about, and places on lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from roadmark.imports.openscenario.model import ActionPart, Dynamics, Spot, Trajectory
from roadmark.traffic import Path


@dataclass(eq=False)
class Speeding:
    """A speed that changes."""

    part: ActionPart | None
    dynamics: Dynamics
    since: float
    seconds: float
    first: float
    last: float


@dataclass(eq=False)
class Sidling:
    """An offset from the rail that changes; `extent` is in seconds, or metres where the dynamics count them."""

    part: ActionPart | None
    dynamics: Dynamics
    since: float
    travelled: float
    extent: float
    first: float
    last: float


@dataclass(eq=False)
class Following:
    """A trajectory that is followed."""

    part: ActionPart | None
    line: Trajectory
    since: float
    along: float = 0.0


def on_path(path: Path, at: float, yaw: float | None, offset: float = 0.0, turned: float = 0.0) -> Spot:
    """A place on a line, `offset` metres to its left, heading along it unless told."""
    x, y, z = path.position(at).tolist()
    heading = float(path.heading(at))
    pitch = -math.atan(float(path.slope(at)))
    if yaw is not None and math.cos(yaw - heading) < 0.0:
        pitch = -pitch
    facing = heading + turned if yaw is None else yaw
    return Spot(x - offset * math.sin(heading), y + offset * math.cos(heading), z, facing, pitch)
