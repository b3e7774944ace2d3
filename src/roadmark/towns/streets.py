"""Street networks: nodes joined by streets, made into roads and junctions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from roadmark.towns.arms import Arm
from roadmark.towns.controls import Control, add_controls, add_crosswalk, phases
from roadmark.towns.document import Contact, Road, Town
from roadmark.towns.grades import hill, reachable
from roadmark.towns.junctions import build_junction, trims
from roadmark.towns.plan import Path
from roadmark.towns.profiles import StreetProfile


@dataclass
class Node:
    """Where streets meet.

    Attributes:
        x, y: Metres.
        control: How the junction is ruled; with lesser roads, those of fewest lanes give way.
        crosswalks: Whether every arm has one.
        height: Metres; the whole junction is level.
    """

    x: float
    y: float
    control: Control = Control.TWO_PHASES
    crosswalks: bool = True
    height: float = 0.0


@dataclass(frozen=True)
class Street:
    """A street between two nodes.

    Attributes:
        start, end: Indices of the nodes.
        path: Its centre line, from node to node.
        profile: Its cross section.
        speed: Limit in m/s.
    """

    start: int
    end: int
    path: Path
    profile: StreetProfile
    speed: float
    name: str = ""


@dataclass(frozen=True)
class Relief:
    """Ground heights: waves of random direction over the map.

    Attributes:
        waves: (K, 4) wave numbers along x and y (1/m), phase, amplitude in metres.
    """

    waves: tuple[tuple[float, float, float, float], ...] = ()

    @classmethod
    def random(cls, rng: np.random.Generator, scale: float) -> Relief:
        """Hills of some 6 m times `scale`, 350 to 800 m from top to top."""
        waves = []
        for _ in range(3):
            angle, phase = rng.uniform(0.0, math.tau, 2)
            number = math.tau / rng.uniform(350.0, 800.0)
            waves.append((number * math.cos(angle), number * math.sin(angle), phase, 2.5 * scale))
        return cls(tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in waves))

    def at(self, x: float, y: float) -> float:
        """Metres above zero."""
        return sum(height * math.sin(a * x + b * y + phase) for a, b, phase, height in self.waves)


@dataclass
class StreetNetwork:
    """Nodes and the streets between them."""

    nodes: list[Node] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)

    def add_node(self, node: Node) -> int:
        """Add a node; its index."""
        self.nodes.append(node)
        return len(self.nodes) - 1

    def ends_at(self, node: int) -> list[tuple[int, Contact]]:
        """Streets that end at a node, and which of their ends does."""
        found: list[tuple[int, Contact]] = []
        for index, street in enumerate(self.streets):
            if street.start == node:
                found.append((index, "start"))
            if street.end == node:
                found.append((index, "end"))
        return found

    def raise_nodes(self, relief: Relief) -> None:
        """Give every node its height, lowered all together until no street is too steep."""
        for node in self.nodes:
            node.height = relief.at(node.x, node.y)
        cuts = self._cuts()
        scale = 1.0
        for index, street in enumerate(self.streets):
            rise = abs(self.nodes[street.start].height - self.nodes[street.end].height)
            length = street.path.length - cuts.get((index, "start"), 0.0) - cuts.get((index, "end"), 0.0)
            scale = min(scale, 0.95 * reachable(length) / max(rise, 1e-9))
        for node in self.nodes:
            node.height *= scale

    def build(self, town: Town, relief: Relief, extra: Sequence[tuple[int, Road, Contact]] = ()) -> list[Road]:
        """Write roads and junctions into a town; where fewer than three roads meet, there is no junction.

        Args:
            town: Gets them.
            relief: Hills that streets follow between their nodes.
            extra: Roads of other kinds that also end at nodes: (node, road, which end).

        Returns:
            The road of every street.
        """
        cuts = self._cuts()
        roads = [self._road(town, index, street, cuts, relief) for index, street in enumerate(self.streets)]
        for number, node in enumerate(self.nodes):
            ends = [(roads[index], contact) for index, contact in self.ends_at(number)]
            ends += [(road, contact) for at, road, contact in extra if at == number]
            if len(ends) > 2:
                _build_node(town, number, node, ends)
        return roads

    def _cuts(self) -> dict[tuple[int, Contact], float]:
        """How much each street's ends are cut off for the junctions."""
        cuts: dict[tuple[int, Contact], float] = {}
        for number in range(len(self.nodes)):
            ends = self.ends_at(number)
            if len(ends) < 2:
                continue
            shapes = sorted((self._heading(end) % math.tau, self._half_width(end), end) for end in ends)
            lengths = trims([shape[0] for shape in shapes], [shape[1] for shape in shapes])
            cuts |= {shape[2]: length for shape, length in zip(shapes, lengths, strict=True)}
        return cuts

    def _heading(self, end: tuple[int, Contact]) -> float:
        path = self.streets[end[0]].path
        # A little way out, where a bend already shows.
        return (path.at(8.0) if end[1] == "start" else path.at(path.length - 8.0).reversed()).heading

    def _half_width(self, end: tuple[int, Contact]) -> float:
        return self.streets[end[0]].profile.half_width

    def _road(
        self, town: Town, index: int, street: Street, cuts: dict[tuple[int, Contact], float], relief: Relief
    ) -> Road:
        path = street.path.part(cuts.get((index, "start"), 0.0), street.path.length - cuts.get((index, "end"), 0.0))
        middle = path.at(0.5 * path.length)
        heights = [self.nodes[node].height for node in (street.start, street.end)]
        elevation = hill(heights[0], relief.at(middle.x, middle.y), heights[1], path.length)
        road = Road(
            town.new_id(), street.name, path, elevation, street.profile.sections(path.length), "town", street.speed
        )
        town.roads.append(road)
        return road


def _build_node(town: Town, number: int, node: Node, ends: Sequence[tuple[Road, Contact]]) -> None:
    junction, arms = build_junction(town, f"junction {number}", ends)
    add_controls(town, junction, arms, node.control, _lesser(arms), crosswalks=node.crosswalks)
    if node.crosswalks:
        for arm in arms:
            add_crosswalk(town, arm)


def _lesser(arms: Sequence[Arm]) -> list[int]:
    """Arms that give way: all but the two that face each other on the greatest road."""
    groups = phases(arms, Control.TWO_PHASES)
    groups.sort(key=lambda group: (-len(group), -max(len(arms[k].entries) for k in group)))
    return [k for group in groups[1:] for k in group]
