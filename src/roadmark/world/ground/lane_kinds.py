"""Which lanes are carriageway, which are pavement and which are left to the terrain."""

from __future__ import annotations

from roadmark.maps import LaneStrip, RoadMap

#: Lane types of OpenDRIVE (1.4 to 1.8) that people walk on, or that stand above the carriageway.
PAVEMENT = frozenset({"sidewalk", "walking"})
ISLAND = frozenset({"median", "curb"})
#: Types that carry no surface of their own unless they lie between lanes of the carriageway.
_EMPTY = frozenset({"none"})


def split_lanes(road_map: RoadMap) -> tuple[list[LaneStrip], list[LaneStrip], list[LaneStrip]]:
    """The strips of a map that are carriageway, pavement and islands; outer `none` lanes are in none of them.

    A `none` lane counts as carriageway where it lies between two lanes of it (an opening turn pocket, say).
    """
    groups: dict[tuple[str, int], dict[int, LaneStrip]] = {}
    for strip in road_map.strips():
        groups.setdefault((strip.key.road, strip.key.section), {})[strip.key.lane] = strip
    carriageway: list[LaneStrip] = []
    pavement: list[LaneStrip] = []
    islands: list[LaneStrip] = []
    for lanes in groups.values():
        ids = sorted(lanes)
        solid = [k for k in ids if lanes[k].type not in _EMPTY | PAVEMENT]
        for k in ids:
            strip = lanes[k]
            if strip.type in PAVEMENT or (strip.type == "border" and _beyond_pavement(lanes, k)):
                pavement.append(strip)
            elif strip.type in ISLAND:
                islands.append(strip)
            elif strip.type not in _EMPTY or (solid and solid[0] < k < solid[-1]):
                carriageway.append(strip)
    return carriageway, pavement, islands


def _beyond_pavement(lanes: dict[int, LaneStrip], lane: int) -> bool:
    """Whether the neighbour towards the middle of the road is a pavement: such a border is its back edge."""
    inner = lanes.get(lane - (1 if lane > 0 else -1))
    return inner is not None and inner.type in PAVEMENT
