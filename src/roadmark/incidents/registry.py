"""The incidents by name: each is one small file that registers itself."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from roadmark.errors import InputError
from roadmark.events import COLLISIONS
from roadmark.incidents.model import Incident, IncidentOptions, IncidentPlan, MissingElementError, NoCourseError, Scene

Planner = Callable[[Scene, IncidentOptions, np.random.Generator], IncidentPlan]
DRAWS = 4
"""Places drawn before a plan is given up; most that do not work out are found out within a few milliseconds."""
_found: dict[str, Incident] = {}
INCIDENTS = MappingProxyType(_found)
"""Every incident by name, in the order of the documentation."""


@dataclass(frozen=True)
class _Registered:
    """An incident made of one function."""

    name: str
    summary: str
    planner: Planner
    draws: int

    def plan(self, scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
        """Draw a place, actors and courses, some times if need be."""
        for _ in range(self.draws - 1):
            try:
                return self.planner(scene, options, rng)
            except NoCourseError:
                continue
        return self.planner(scene, options, rng)


def register(name: str, summary: str, draws: int = DRAWS) -> Callable[[Planner], Planner]:
    """Make a function the incident of a name; `draws` places are drawn before a plan is given up."""

    def keep(planner: Planner) -> Planner:
        _found[name] = _Registered(name, summary, planner, draws)
        return planner

    return keep


def incident(name: str) -> Incident:
    """The incident of a name.

    Raises:
        InputError: There is none; the message lists all and the closest.

    Example:
        >>> incident("red_light").name
        'red_light'
    """
    found = _found.get(name)
    if found is None:
        near = difflib.get_close_matches(name[:60], _found, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}? Known" if near else "known"
        raise InputError(f"unknown incident {name[:60]!r}; {hint}: {', '.join(_found)}")
    return found


def put_in_order(names: Sequence[str]) -> None:
    """List the incidents in an order; names that are not given follow."""
    for name in (*names, *(name for name in tuple(_found) if name not in names)):
        _found[name] = _found.pop(name)


@register("collision", "one of the five kinds of collision, by chance")
def _collision(scene: Scene, options: IncidentOptions, rng: np.random.Generator) -> IncidentPlan:
    missing: MissingElementError | None = None
    for kind in rng.permutation(COLLISIONS).tolist():
        try:
            return incident(kind).plan(scene, options, rng)
        except MissingElementError as error:
            missing = error
    assert missing is not None
    raise missing
