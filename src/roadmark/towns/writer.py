"""Towns as OpenDRIVE 1.4 bytes (ASAM OpenDRIVE 1.4H, sections 5.1 to 5.5)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from roadmark.towns.document import (
    Crosswalk,
    Junction,
    Lane,
    Link,
    Mark,
    MarkKind,
    Road,
    RoadEnd,
    Section,
    Signal,
    Town,
)
from roadmark.towns.grades import Cubic
from roadmark.towns.plan import Piece, PlanPose

_MARK_WIDTH = 0.125


def to_opendrive(town: Town) -> bytes:
    """The document; the same town gives the same bytes."""
    root = ET.Element("OpenDRIVE")
    _header(root, town)
    for road in town.roads:
        _road(root, road)
    for junction in town.junctions:
        for controller in junction.controllers:
            entry = _element(root, "controller", id=controller.id, name=controller.name, sequence=controller.sequence)
            for signal in controller.signals:
                _element(entry, "control", signalId=signal, type="")
    for junction in town.junctions:
        _junction(root, junction)
    ET.indent(root, " ")
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _element(parent: ET.Element, tag: str, **attributes: str | float) -> ET.Element:
    return ET.SubElement(parent, tag, {key: _text(value) for key, value in attributes.items()})


def _text(value: str | float) -> str:
    return f"{value + 0.0:.10g}" if isinstance(value, float) else str(value)


def _header(root: ET.Element, town: Town) -> None:
    ends = [pose for road in town.roads for pose in (road.path.start, road.path.end)]
    xs, ys = [pose.x for pose in ends], [pose.y for pose in ends]
    _element(
        root, "header", revMajor=1, revMinor=4, name=town.name, version="1.00",
        north=max(ys), south=min(ys), east=max(xs), west=min(xs),
    )  # fmt: skip


def _road(root: ET.Element, road: Road) -> None:
    junction = -1 if road.junction is None else road.junction
    entry = _element(root, "road", name=road.name, length=road.path.length, id=road.id, junction=junction)
    links = _element(entry, "link")
    _link(links, "predecessor", road.predecessor)
    _link(links, "successor", road.successor)
    _element(_element(entry, "type", s=0.0, type=road.kind), "speed", max=road.speed, unit="m/s")
    plan = _element(entry, "planView")
    for (s, pose), piece in zip(road.path.starts, road.path.pieces, strict=True):
        _geometry(plan, s, pose, piece)
    profile = _element(entry, "elevationProfile")
    for cubic in road.elevation:
        _cubic(profile, "elevation", "s", cubic, 0.0)
    lanes = _element(entry, "lanes")
    for section in road.sections:
        _section(lanes, section)
    if road.crosswalks:
        objects = _element(entry, "objects")
        for crosswalk in road.crosswalks:
            _crosswalk(objects, crosswalk)
    if road.signals:
        signals = _element(entry, "signals")
        for signal in road.signals:
            _signal(signals, signal)


def _link(links: ET.Element, tag: str, link: Link) -> None:
    if isinstance(link, RoadEnd):
        _element(links, tag, elementType="road", elementId=link.road, contactPoint=link.contact)
    elif link is not None:
        _element(links, tag, elementType="junction", elementId=link.junction)


def _geometry(plan: ET.Element, s: float, pose: PlanPose, piece: Piece) -> None:
    geometry = _element(plan, "geometry", s=s, x=pose.x, y=pose.y, hdg=pose.heading, length=piece.length)
    if piece.start != piece.end:
        _element(geometry, "spiral", curvStart=piece.start, curvEnd=piece.end)
    elif piece.start != 0.0:
        _element(geometry, "arc", curvature=piece.start)
    else:
        _element(geometry, "line")


def _cubic(parent: ET.Element, tag: str, key: str, cubic: Cubic, start: float) -> None:
    _element(parent, tag, **{key: cubic.s - start}, a=cubic.a, b=cubic.b, c=cubic.c, d=cubic.d)


def _section(lanes: ET.Element, section: Section) -> None:
    entry = _element(lanes, "laneSection", s=section.s)
    if section.left:
        left = _element(entry, "left")
        for index in range(len(section.left), 0, -1):
            _lane(left, index, section.left[index - 1], section.s)
    centre = _element(_element(entry, "center"), "lane", id=0, type="none", level="false")
    _marks(centre, section.centre, section.s)
    if section.right:
        right = _element(entry, "right")
        for index, lane in enumerate(section.right, start=1):
            _lane(right, -index, lane, section.s)


def _lane(side: ET.Element, lane_id: int, lane: Lane, start: float) -> None:
    entry = _element(side, "lane", id=lane_id, type=lane.kind.value, level="false")
    link = _element(entry, "link")
    for tag, target in (("predecessor", lane.predecessor), ("successor", lane.successor)):
        if target is not None:
            _element(link, tag, id=target)
    for cubic in lane.widths:
        _cubic(entry, "width", "sOffset", cubic, start)
    _marks(entry, lane.marks or (Mark(MarkKind.NONE),), start)


def _marks(lane: ET.Element, marks: Sequence[Mark], start: float) -> None:
    for mark in marks:
        _element(
            lane, "roadMark", sOffset=max(mark.s - start, 0.0), type=mark.kind.value, weight="standard",
            color=mark.color, material="standard", width=_MARK_WIDTH,
            laneChange="both" if mark.kind in (MarkKind.BROKEN, MarkKind.NONE) else "none",
        )  # fmt: skip


def _crosswalk(objects: ET.Element, crosswalk: Crosswalk) -> None:
    entry = _element(
        objects, "object", id=crosswalk.id, name="Crosswalk", type="crosswalk", s=crosswalk.s, t=0.0, zOffset=0.0,
        hdg=0.0, roll=0.0, pitch=0.0, orientation="none",
        length=crosswalk.length, width=crosswalk.left + crosswalk.right,
    )  # fmt: skip
    outline = _element(entry, "outline")
    half = 0.5 * crosswalk.length
    corners = ((-half, -crosswalk.right), (half, -crosswalk.right), (half, crosswalk.left), (-half, crosswalk.left))
    for u, v in (*corners, corners[0]):
        _element(outline, "cornerLocal", u=u, v=v, z=0.0)


def _signal(signals: ET.Element, signal: Signal) -> None:
    entry = _element(
        signals, "signal", s=signal.s, t=signal.t, id=signal.id, name=signal.name,
        dynamic="yes" if signal.dynamic else "no", orientation=signal.orientation, zOffset=signal.z_offset,
        country="OpenDRIVE", type=signal.type, subtype="-1", value=-1.0 if signal.value is None else signal.value,
        hOffset=0.0, pitch=0.0, roll=0.0, text="", height=signal.height, width=signal.width,
    )  # fmt: skip
    _element(entry, "validity", fromLane=min(signal.lanes), toLane=max(signal.lanes))


def _junction(root: ET.Element, junction: Junction) -> None:
    entry = _element(root, "junction", id=junction.id, name=junction.name)
    for number, connection in enumerate(junction.connections):
        way = _element(
            entry, "connection", id=number, incomingRoad=connection.incoming, connectingRoad=connection.connecting,
            contactPoint="start",
        )  # fmt: skip
        for origin, target in connection.lanes:
            _element(way, "laneLink", **{"from": origin, "to": target})
    for controller in junction.controllers:
        _element(entry, "controller", id=controller.id, type="", sequence=controller.sequence)
