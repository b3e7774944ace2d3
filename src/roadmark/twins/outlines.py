"""Areas of an extract as outlines with holes: closed ways and multipolygon relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.twins.osm import OsmExtract, OsmRelation, Tags
from roadmark.twins.polygons import cleaned, contains
from roadmark.twins.projection import TransverseMercator

Array = NDArray[np.float64]

MOST_CORNERS = 20_000
"""Of one outline; larger ones (a whole lake) are left out."""
_MOST_WAYS = 2_000  # of one relation


@dataclass(frozen=True, eq=False)
class Outline:
    """An area: (N, 2) corners counter-clockwise, holes (N, 2) clockwise, its tags, and where it comes from."""

    corners: Array
    holes: tuple[Array, ...]
    tags: Tags
    id: str


class PlacedExtract:
    """An extract with its nodes in the plane."""

    def __init__(self, extract: OsmExtract, plane: TransverseMercator) -> None:
        """Project all nodes."""
        self.extract = extract
        self._row = {node: index for index, node in enumerate(extract.nodes)}
        nodes = extract.nodes.values()
        self._xy = plane.forward([node.latitude for node in nodes], [node.longitude for node in nodes])
        south, west, north, east = extract.bounds
        corners = plane.forward([south, south, north, north], [west, east, east, west])
        self.low, self.high = corners.min(axis=0), corners.max(axis=0)

    def place(self, node: int) -> Array:
        """(2,) metres of a node."""
        return np.asarray(self._xy[self._row[node]])

    def line(self, nodes: Iterable[int]) -> Array:
        """(N, 2) metres of nodes."""
        return np.asarray(self._xy[[self._row[node] for node in nodes]]).reshape(-1, 2)

    def near(self, points: Array, reach: float) -> bool:
        """Whether any of some points (N, 2) lies in the extract's bounds or within reach of them."""
        return bool(((points > self.low - reach) & (points < self.high + reach)).all(axis=1).any())

    def outlines(self, key: str) -> Iterator[Outline]:
        """Areas whose tags have a key; ways that are only a relation's outline come once, with the relation."""
        spoken: set[int] = set()
        for relation in self.extract.relations.values():
            if relation.tags.get("type") == "multipolygon" and key in relation.tags:
                spoken |= {way for way, role in relation.ways if role != "inner"}
                yield from self._of_relation(relation)
        for way in self.extract.ways.values():
            if way.closed and key in way.tags and way.id not in spoken and len(way.nodes) <= MOST_CORNERS:
                corners = cleaned(self.line(way.nodes))
                if corners is not None:
                    yield Outline(corners, (), way.tags, f"way/{way.id}")

    def _of_relation(self, relation: OsmRelation) -> Iterator[Outline]:
        outer = list(self._rings(relation, inner=False))
        inner = list(self._rings(relation, inner=True))
        for index, corners in enumerate(outer):
            holes = tuple(hole[::-1].copy() for hole in inner if contains(corners, hole.mean(axis=0)[None])[0])
            suffix = f"#{index}" if len(outer) > 1 else ""
            yield Outline(corners, holes, relation.tags, f"relation/{relation.id}{suffix}")

    def _rings(self, relation: OsmRelation, *, inner: bool) -> Iterator[Array]:
        """Closed rings of the relation's ways, joined at their ends; open ones are left out."""
        ways = self.extract.ways
        pieces = [
            list(ways[way].nodes)
            for way, role in relation.ways[:_MOST_WAYS]
            if (role == "inner") == inner and way in ways and len(ways[way].nodes) > 1
        ]
        while pieces:
            ring = pieces.pop(0)
            while ring[0] != ring[-1]:
                index = next((k for k, piece in enumerate(pieces) if ring[-1] in (piece[0], piece[-1])), None)
                if index is None:
                    break
                piece = pieces.pop(index)
                ring += (piece if piece[0] == ring[-1] else piece[::-1])[1:]
            if ring[0] == ring[-1] and 4 <= len(ring) <= MOST_CORNERS:
                corners = cleaned(self.line(ring))
                if corners is not None:
                    yield corners
