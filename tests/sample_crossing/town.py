"""The scenario's place: one signalised crossing of two streets, as OpenDRIVE 1.4.

Four arms meet at the origin. Each arm's reference line starts at the junction's edge and runs outwards, so its lane -1
leads away from the junction and its lane 1 towards it (right-hand traffic). Twelve connecting roads join every entry
with every other arm; their reference lines follow the streets' centre lines, and the right turns carry the sidewalk of
their corner.
"""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

MAP_NAME = "RoadmarkCrossing"
ARM_LENGTH = 140.0
JUNCTION_RADIUS = 14.0
"""Distance of the arms' ends from the origin, metres; also the radius of every turn's reference line."""
LANE_WIDTH = 3.5
SHOULDER_WIDTH = 0.5
SIDEWALK_WIDTH = 3.0
HEADINGS = (0.0, math.pi / 2, math.pi, -math.pi / 2)
"""Outward headings of the arms: east, north, west, south."""
JUNCTION_ID = "100"
SPEED_LIMIT = 13.9


def _element(parent: ET.Element, tag: str, **attributes: object) -> ET.Element:
    return ET.SubElement(parent, tag, {key: _text(value) for key, value in attributes.items()})


def _text(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _lane(parent: ET.Element, lane_id: int, kind: str, width: float, mark: str, color: str = "white") -> ET.Element:
    lane = _element(parent, "lane", id=lane_id, type=kind, level="false")
    _element(lane, "link")
    if lane_id:
        _element(lane, "width", sOffset=0.0, a=width, b=0.0, c=0.0, d=0.0)
    _element(
        lane,
        "roadMark",
        sOffset=0.0,
        type=mark,
        weight="standard",
        color=color,
        width=0.125,
        laneChange="none",
        material="standard",
    )
    return lane


def _side(parent: ET.Element, sign: int, *, outer: bool) -> list[tuple[int, ET.Element]]:
    """Lanes of one side, from the centre outwards."""
    lanes = [(sign, _lane(parent, sign, "driving", LANE_WIDTH, "solid" if outer else "none"))]
    if outer:
        lanes.append((2 * sign, _lane(parent, 2 * sign, "shoulder", SHOULDER_WIDTH, "none")))
        lanes.append((3 * sign, _lane(parent, 3 * sign, "sidewalk", SIDEWALK_WIDTH, "none")))
    return lanes


def _link(lane: ET.Element, **targets: int) -> None:
    link = lane.find("link")
    if link is not None:
        for tag, target in targets.items():
            _element(link, tag, id=target)


def _road(root: ET.Element, road_id: int, name: str, length: float, junction: str) -> tuple[ET.Element, ET.Element]:
    road = _element(root, "road", name=name, length=length, id=road_id, junction=junction)
    return road, _element(road, "link")


def _profile(road: ET.Element) -> None:
    kind = _element(road, "type", s=0.0, type="town")
    _element(kind, "speed", max=SPEED_LIMIT, unit="m/s")


def _arm(root: ET.Element, index: int) -> None:
    heading = HEADINGS[index]
    road, link = _road(root, index + 1, f"arm {index}", ARM_LENGTH, "-1")
    _element(link, "predecessor", elementType="junction", elementId=JUNCTION_ID)
    _profile(road)
    plan = _element(road, "planView")
    x, y = JUNCTION_RADIUS * math.cos(heading), JUNCTION_RADIUS * math.sin(heading)
    _element(_element(plan, "geometry", s=0.0, x=x, y=y, hdg=heading, length=ARM_LENGTH), "line")
    _element(_element(road, "elevationProfile"), "elevation", s=0.0, a=0.0, b=0.0, c=0.0, d=0.0)
    lanes = _element(road, "lanes")
    section = _element(lanes, "laneSection", s=0.0)
    left = _element(section, "left")
    for _, lane in sorted(_side(ET.Element("left"), 1, outer=True), key=lambda entry: -entry[0]):
        left.append(lane)
    _lane(_element(section, "center"), 0, "none", 0.0, "solid solid", "yellow")
    _side(_element(section, "right"), -1, outer=True)
    _crosswalk(road, index)
    _signal(road, index)


def _crosswalk(road: ET.Element, index: int) -> None:
    half_length, half_width = 1.5, LANE_WIDTH + SHOULDER_WIDTH
    crossing = _element(
        _element(road, "objects"), "object", id=200 + index, name="Crosswalk", type="crosswalk", s=2.0, t=0.0,
        zOffset=0.0, hdg=0.0, pitch=0.0, roll=0.0, orientation="none", length=2 * half_length, width=2 * half_width,
    )  # fmt: skip
    outline = _element(crossing, "outline")
    for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)):
        _element(outline, "cornerLocal", u=u * half_length, v=v * half_width, z=0.0)


def _signal(road: ET.Element, index: int) -> None:
    side = LANE_WIDTH + SHOULDER_WIDTH + 0.6
    signal = _element(
        _element(road, "signals"), "signal", id=300 + index, name="Signal_3Light_Post01", s=4.5, t=side, zOffset=2.6,
        hOffset=0.0, roll=0.0, pitch=0.0, orientation="-", dynamic="yes", country="OpenDRIVE", type="1000001",
        subtype="-1", value="-1.0", text="", height=0.9, width=0.35,
    )  # fmt: skip
    _element(signal, "validity", fromLane=1, toLane=1)


def _connection(root: ET.Element, road_id: int, entry: int, turn: int) -> int:
    """A connecting road from arm `entry`; turn -1 right, 0 straight, 1 left. Returns the arm it leads to."""
    leave = (entry + {-1: 1, 0: 2, 1: 3}[turn]) % 4
    heading = HEADINGS[entry] + math.pi
    length = 2 * JUNCTION_RADIUS if turn == 0 else JUNCTION_RADIUS * math.pi / 2
    road, link = _road(root, road_id, f"from {entry} to {leave}", length, JUNCTION_ID)
    _element(link, "predecessor", elementType="road", elementId=entry + 1, contactPoint="start")
    _element(link, "successor", elementType="road", elementId=leave + 1, contactPoint="start")
    _profile(road)
    x, y = JUNCTION_RADIUS * math.cos(HEADINGS[entry]), JUNCTION_RADIUS * math.sin(HEADINGS[entry])
    geometry = _element(_element(road, "planView"), "geometry", s=0.0, x=x, y=y, hdg=heading, length=length)
    if turn == 0:
        _element(geometry, "line")
    else:
        _element(geometry, "arc", curvature=turn / JUNCTION_RADIUS)
    _element(_element(road, "elevationProfile"), "elevation", s=0.0, a=0.0, b=0.0, c=0.0, d=0.0)
    section = _element(_element(road, "lanes"), "laneSection", s=0.0)
    _lane(_element(section, "center"), 0, "none", 0.0, "none")
    for lane_id, lane in _side(_element(section, "right"), -1, outer=turn == -1):
        _link(lane, predecessor=-lane_id, successor=lane_id)
    return leave


def crossing_xodr() -> bytes:
    """The crossing as an OpenDRIVE 1.4 document; always the same bytes."""
    root = ET.Element("OpenDRIVE")
    reach = JUNCTION_RADIUS + ARM_LENGTH
    _element(
        root,
        "header",
        revMajor=1,
        revMinor=4,
        name=MAP_NAME,
        version="1",
        north=reach,
        south=-reach,
        east=reach,
        west=-reach,
    )
    for index in range(4):
        _arm(root, index)
    connections = [(10 + 3 * entry + turn + 1, entry, turn) for entry in range(4) for turn in (-1, 0, 1)]
    for road_id, entry, turn in connections:
        _connection(root, road_id, entry, turn)
    for phase in range(2):
        controller = _element(root, "controller", id=400 + phase, name=f"phase {phase}", sequence=phase)
        for index in (phase, phase + 2):
            _element(controller, "control", signalId=300 + index, type="")
    junction = _element(root, "junction", id=JUNCTION_ID, name="crossing")
    for number, (road_id, entry, _) in enumerate(connections):
        connection = _element(
            junction, "connection", id=number, incomingRoad=entry + 1, connectingRoad=road_id, contactPoint="start"
        )
        _element(connection, "laneLink", **{"from": 1, "to": -1})
    for phase in range(2):
        _element(junction, "controller", id=400 + phase, type="", sequence=phase)
    ET.indent(root)
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"
