"""A made-up OpenStreetMap extract of a few blocks, for the pictures of digital twins: no real place, no copied data."""

from __future__ import annotations

import math
from xml.sax.saxutils import quoteattr

import numpy as np

LATITUDE, LONGITUDE = 48.5, 8.25
METRES = math.radians(1.0) * 6_378_137.0
"""Of a degree, about; a picture needs no better."""
Point = tuple[float, float]

COLORS = ("#d8c8a8", "#c9a27e", "#b9b6ae", "#e2ddd0", "#9c5a46", "#a8b4b8", "#cdb98f")


class Sheet:
    """Collects an extract, in metres around a place."""

    def __init__(self) -> None:
        self._rows: list[str] = []
        self._count = 0

    def node(self, at: Point, **tags: object) -> int:
        """A node; its id."""
        self._count += 1
        longitude = LONGITUDE + at[0] / METRES / math.cos(math.radians(LATITUDE))
        place = f'lat="{LATITUDE + at[1] / METRES:.9f}" lon="{longitude:.9f}"'
        self._rows.append(f'<node id="{self._count}" {place}>{_tags(tags)}</node>')
        return self._count

    def way(self, points: list[Point | int], *, closed: bool = False, **tags: object) -> int:
        """A way along points or nodes; its id."""
        nodes = [point if isinstance(point, int) else self.node(point) for point in points]
        self._count += 1
        refs = "".join(f'<nd ref="{node}"/>' for node in (*nodes, *nodes[: int(closed)]))
        self._rows.append(f'<way id="{self._count}">{refs}{_tags(tags)}</way>')
        return self._count

    def courtyard(self, outer: list[Point], inner: list[Point], **tags: object) -> None:
        """A building around a courtyard."""
        rows = [(self.way([*outer], closed=True), "outer"), (self.way([*inner], closed=True), "inner")]
        self._count += 1
        members = "".join(f'<member type="way" ref="{ref}" role="{role}"/>' for ref, role in rows)
        tags = {"type": "multipolygon", **tags}
        self._rows.append(f'<relation id="{self._count}">{members}{_tags(tags)}</relation>')

    def document(self) -> str:
        """The extract, its elements in the order that the format wants."""
        order = sorted(self._rows, key=lambda row: ("<node", "<way ", "<rela").index(row[:5]))
        return '<osm version="0.6">\n' + "\n".join(order) + "\n</osm>\n"


def _tags(tags: dict[str, object]) -> str:
    return "".join(f"<tag k={quoteattr(k.replace('__', ':'))} v={quoteattr(str(v))}/>" for k, v in tags.items())


def box(x: float, y: float, width: float, depth: float) -> list[Point]:
    """A rectangle by its lower left corner."""
    return [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)]


def blocks() -> str:
    """A signalised junction with town blocks, a courtyard, houses and a park around it."""
    sheet, rng = Sheet(), np.random.default_rng(4)
    xs, ys = (-125.0, 0.0, 120.0), (-105.0, 0.0, 110.0)
    corner = {
        (x, y): sheet.node((x, y), **({"highway": "traffic_signals"} if x == y == 0.0 else {})) for x in xs for y in ys
    }
    for y in ys:
        marks = [sheet.node((x, y), highway="crossing", crossing="zebra") for x in (-16.0, 16.0)] if y == 0.0 else []
        line = [(-190.0, y), corner[xs[0], y], *marks[:1], corner[0.0, y], *marks[1:], corner[xs[2], y], (185.0, y)]
        sheet.way(line, highway="secondary" if y == 0.0 else "residential", lanes=4 if y == 0.0 else 2, sidewalk="both")
    for x in xs:
        marks = [sheet.node((x, y), highway="crossing", crossing="zebra") for y in (-18.0, 18.0)] if x == 0.0 else []
        line = [(x, -170.0), corner[x, ys[0]], *marks[:1], corner[x, 0.0], *marks[1:], corner[x, ys[2]], (x, 175.0)]
        sheet.way(line, highway="tertiary" if x == 0.0 else "residential", lanes=2, sidewalk="both")
    _rows_of_buildings(sheet, rng)
    sheet.courtyard(
        box(12.0, 16.0, 58.0, 52.0), box(26.0, 30.0, 30.0, 24.0), building="apartments", building__levels=5,
        building__colour="#cbb08a",
    )  # fmt: skip
    sheet.way([(-12, 17), (-12, 39), (-40, 39), (-40, 30), (-27, 30), (-27, 17)], closed=True, building="commercial",
              building__levels=6, building__material="brick")  # fmt: skip
    park = box(14.0, -92.0, 92.0, 76.0)
    sheet.way([*park], closed=True, leisure="park")
    sheet.way([(45, -62), (66, -66), (76, -54), (70, -42), (52, -40), (42, -50)], closed=True, natural="water")
    sheet.way([(15, -17), (38, -36), (40, -66), (90, -88)], highway="footway", surface="gravel", width=2.5)
    sheet.way([(38, -36), (84, -36), (104, -18)], highway="footway", surface="gravel", width=2.5)
    for x, y in rng.uniform((16.0, -90.0), (104.0, -20.0), (46, 2)):
        if not (38.0 < x < 80.0 and -70.0 < y < -34.0):
            sheet.node((x, y), natural="tree", height=round(float(rng.uniform(6, 14)), 1))
    for x in np.arange(-112.0, -16.0, 11.0):
        sheet.node((x, 12.5), natural="tree", height=8)
    for x in np.arange(20.0, 110.0, 10.0):
        sheet.node((x, -12.0), natural="tree", height=9)
    for at in ((22.0, -30.0), (44.0, -35.0), (60.0, -35.5)):
        sheet.node(at, amenity="bench")
    for x in (-95.0, -65.0, -35.0, 30.0, 60.0, 90.0):
        sheet.node((x, 8.2), highway="street_lamp")
        sheet.node((x + 12.0, -8.2), highway="street_lamp")
    return sheet.document()


def _rows_of_buildings(sheet: Sheet, rng: np.random.Generator) -> None:
    """Town houses along the streets in the west, offices in the north-east, houses with gardens in the south-west."""

    def town_house(corners: list[Point], kind: str) -> None:
        levels, color = int(rng.integers(3, 6)), COLORS[int(rng.integers(len(COLORS)))]
        sheet.way([*corners], closed=True, building=kind, building__levels=levels, building__colour=color)

    x = -112.0
    while x < -44.0:
        width = float(rng.uniform(12, 19))
        town_house(box(x, 18.0, width, 14.0), "apartments")
        x += width
    y = 44.0
    while y < 86.0:
        depth = float(rng.uniform(12, 18))
        town_house(box(-25.0, y, 13.0, depth), "yes")
        y += depth
    for x, y, width, depth, levels in (
        (80.0, 18.0, 26.0, 60.0, 9),
        (14.0, 78.0, 24.0, 20.0, 4),
        (44.0, 78.0, 24.0, 20.0, 7),
    ):
        glass = {"building__material": "glass"} if levels == 9 else {}
        sheet.way([*box(x, y, width, depth)], closed=True, building="office", building__levels=levels, **glass)
    for k, x in enumerate(np.arange(-110.0, -30.0, 19.0).tolist()):
        for y in (-34.0, -84.0):
            roof = ("gabled", "hipped")[k % 2]
            sheet.way([*box(x, y, 11.0, 9.0)], closed=True, building="house", building__levels=2, roof__shape=roof)
            sheet.node((x + 14.0, y + 12.0), natural="tree", height=7)
        sheet.way([(x - 3.0, -17.0), (x + 13.0, -17.0)], barrier=("hedge", "fence")[k % 2])
