"""Towns as OpenDRIVE 1.4 bytes (ASAM OpenDRIVE 1.4H, sections 5.1 to 5.5)."""

from __future__ import annotations

from collections.abc import Sequence

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
from roadmark.towns.markup import Element
from roadmark.towns.plan import Piece, PlanPose

_MARK_WIDTH = 0.125


def to_opendrive(town: Town) -> bytes:
    """The document; the same town gives the same bytes."""
    root = Element("OpenDRIVE")
    _header(root, town)
    for road in town.roads:
        _road(root, road)
    for junction in town.junctions:
        for controller in junction.controllers:
            entry = root.add("controller", id=controller.id, name=controller.name, sequence=controller.sequence)
            for signal in controller.signals:
                entry.add("control", signalId=signal, type="")
    for junction in town.junctions:
        _junction(root, junction)
    return root.document()


def _header(root: Element, town: Town) -> None:
    ends = [pose for road in town.roads for pose in (road.path.start, road.path.end)]
    xs, ys = [pose.x for pose in ends], [pose.y for pose in ends]
    root.add("header", revMajor=1, revMinor=4, name=town.name, version="1.00",
        north=max(ys), south=min(ys), east=max(xs), west=min(xs),
    )  # fmt: skip


def _road(root: Element, road: Road) -> None:
    junction = -1 if road.junction is None else road.junction
    entry = root.add("road", name=road.name, length=road.path.length, id=road.id, junction=junction)
    links = entry.add("link")
    _link(links, "predecessor", road.predecessor)
    _link(links, "successor", road.successor)
    entry.add("type", s=0.0, type=road.kind).add("speed", max=road.speed, unit="m/s")
    plan = entry.add("planView")
    for (s, pose), piece in zip(road.path.starts, road.path.pieces, strict=True):
        _geometry(plan, s, pose, piece)
    profile = entry.add("elevationProfile")
    for cubic in road.elevation:
        _cubic(profile, "elevation", "s", cubic, 0.0)
    lanes = entry.add("lanes")
    for section in road.sections:
        _section(lanes, section)
    if road.crosswalks:
        objects = entry.add("objects")
        for crosswalk in road.crosswalks:
            _crosswalk(objects, crosswalk)
    if road.signals:
        signals = entry.add("signals")
        for signal in road.signals:
            _signal(signals, signal)


def _link(links: Element, tag: str, link: Link) -> None:
    if isinstance(link, RoadEnd):
        links.add(tag, elementType="road", elementId=link.road, contactPoint=link.contact)
    elif link is not None:
        links.add(tag, elementType="junction", elementId=link.junction)


def _geometry(plan: Element, s: float, pose: PlanPose, piece: Piece) -> None:
    geometry = plan.add("geometry", s=s, x=pose.x, y=pose.y, hdg=pose.heading, length=piece.length)
    if piece.start != piece.end:
        geometry.add("spiral", curvStart=piece.start, curvEnd=piece.end)
    elif piece.start != 0.0:
        geometry.add("arc", curvature=piece.start)
    else:
        geometry.add("line")


def _cubic(parent: Element, tag: str, key: str, cubic: Cubic, start: float) -> None:
    parent.add(tag, **{key: cubic.s - start}, a=cubic.a, b=cubic.b, c=cubic.c, d=cubic.d)


def _section(lanes: Element, section: Section) -> None:
    entry = lanes.add("laneSection", s=section.s)
    if section.left:
        left = entry.add("left")
        for index in range(len(section.left), 0, -1):
            _lane(left, index, section.left[index - 1], section.s)
    centre = entry.add("center").add("lane", id=0, type="none", level="false")
    _marks(centre, section.centre, section.s)
    if section.right:
        right = entry.add("right")
        for index, lane in enumerate(section.right, start=1):
            _lane(right, -index, lane, section.s)


def _lane(side: Element, lane_id: int, lane: Lane, start: float) -> None:
    entry = side.add("lane", id=lane_id, type=lane.kind.value, level="false")
    link = entry.add("link")
    for tag, target in (("predecessor", lane.predecessor), ("successor", lane.successor)):
        if target is not None:
            link.add(tag, id=target)
    for cubic in lane.widths:
        _cubic(entry, "width", "sOffset", cubic, start)
    _marks(entry, lane.marks or (Mark(MarkKind.NONE),), start)


def _marks(lane: Element, marks: Sequence[Mark], start: float) -> None:
    for mark in marks:
        lane.add("roadMark", sOffset=max(mark.s - start, 0.0), type=mark.kind.value, weight="standard",
            color=mark.color, material="standard", width=_MARK_WIDTH,
            laneChange="both" if mark.kind in (MarkKind.BROKEN, MarkKind.NONE) else "none",
        )  # fmt: skip


def _crosswalk(objects: Element, crosswalk: Crosswalk) -> None:
    entry = objects.add("object", id=crosswalk.id, name="Crosswalk", type="crosswalk", s=crosswalk.s, t=0.0,
        zOffset=0.0, hdg=0.0, roll=0.0, pitch=0.0, orientation="none",
        length=crosswalk.length, width=crosswalk.left + crosswalk.right,
    )  # fmt: skip
    outline = entry.add("outline")
    half = 0.5 * crosswalk.length
    corners = ((-half, -crosswalk.right), (half, -crosswalk.right), (half, crosswalk.left), (-half, crosswalk.left))
    for u, v in (*corners, corners[0]):
        outline.add("cornerLocal", u=u, v=v, z=0.0)


def _signal(signals: Element, signal: Signal) -> None:
    entry = signals.add("signal", s=signal.s, t=signal.t, id=signal.id, name=signal.name,
        dynamic="yes" if signal.dynamic else "no", orientation=signal.orientation, zOffset=signal.z_offset,
        country="OpenDRIVE", type=signal.type, subtype="-1", value=-1.0 if signal.value is None else signal.value,
        hOffset=0.0, pitch=0.0, roll=0.0, text="", height=signal.height, width=signal.width,
    )  # fmt: skip
    entry.add("validity", fromLane=min(signal.lanes), toLane=max(signal.lanes))


def _junction(root: Element, junction: Junction) -> None:
    entry = root.add("junction", id=junction.id, name=junction.name)
    for number, connection in enumerate(junction.connections):
        way = entry.add("connection", id=number, incomingRoad=connection.incoming, connectingRoad=connection.connecting,
            contactPoint="start",
        )  # fmt: skip
        for origin, target in connection.lanes:
            way.add("laneLink", **{"from": origin, "to": target})
    for controller in junction.controllers:
        entry.add("controller", id=controller.id, type="", sequence=controller.sequence)
