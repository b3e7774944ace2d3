"""OpenDRIVE signals, objects, controllers and junctions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Pose, rotation_from_rpy
from roadmark.maps.features import Connection, Controller, Crosswalk, Junction, MapObject, Signal, SignalReference
from roadmark.maps.limits import MAX_COORDINATE, MAX_CROSSWALK, MAX_OUTLINE
from roadmark.maps.road_geometry import Road
from roadmark.maps.signal_lanes import facing_traffic
from roadmark.maps.xml_fields import Element, FieldReader

Array = NDArray[np.float64]

_LEAST_BREADTH = 0.1  # metres
_NO_CORNERS: Array = np.zeros((0, 3))


def _fields(element: Element, name: str, road: Road) -> FieldReader:
    return FieldReader(name, f"road {road.id} {element.tag} {element.get('id', '?')[:40]}")


def read_signals(
    element: Element, road: Road, roads: Mapping[str, Road], name: str, *, oriented: bool = True
) -> Iterator[Signal]:
    """Read the signals that stand on a road.

    Args:
        element: The `road` element.
        road: The same road, read.
        roads: All roads, for signals whose physical place is given on another one (OpenDRIVE 1.5).
        name: The file, for errors.
        oriented: Whether headings count from the orientation, as the standard says; RoadRunner counts from the road.
    """
    for signal in element.iterfind("signals/signal"):
        fields = _fields(signal, name, road)
        s, t = fields.number(signal, "s"), fields.number(signal, "t")
        value = fields.number(signal, "value", -1.0) if signal.get("value") != "none" else -1.0
        yield Signal(
            id=fields.text(signal, "id"),
            name=signal.get("name", ""),
            type=signal.get("type", "").strip(),
            subtype=signal.get("subtype", "").strip(),
            country=signal.get("country", "").strip().upper(),
            value=value if value != -1.0 else None,
            unit=signal.get("unit", ""),
            text=signal.get("text", ""),
            dynamic=signal.get("dynamic", "no") in ("yes", "true", "1"),
            pose=_signal_pose(signal, road, roads, fields, oriented),
            width=fields.size(signal, "width"),
            height=fields.size(signal, "height"),
            road=road.id,
            s=s,
            t=t,
            orientation=signal.get("orientation", "none"),
            z_offset=fields.number(signal, "zOffset", 0.0),
            validity=_validities(signal, fields),
        )


def _validities(element: Element, fields: FieldReader) -> tuple[tuple[int, int], ...]:
    pairs = (
        (fields.integer(entry, "fromLane"), fields.integer(entry, "toLane")) for entry in element.iterfind("validity")
    )
    return tuple((min(pair), max(pair)) for pair in pairs)


def _signal_pose(signal: Element, road: Road, roads: Mapping[str, Road], fields: FieldReader, oriented: bool) -> Pose:
    # A sign for traffic along increasing s is looked at against it: its face's normal is the road's heading + pi.
    turn = 0.0 if oriented and signal.get("orientation") == "-" else np.pi
    place = signal.find("positionInertial")
    if place is not None:
        rpy = [fields.number(place, key, 0.0) for key in ("roll", "pitch", "hdg")]
        point = np.array([fields.number(place, key) for key in ("x", "y", "z")])
        _check_place(point, place, fields)
        return Pose(rotation_from_rpy(np.array(rpy)), point, "world", "signal")
    elsewhere = signal.find("positionRoad")
    if elsewhere is not None:
        road_id = fields.text(elsewhere, "roadId")
        if road_id not in roads:
            fields.fail("positionRoad roadId", f"{road_id[:40]!r} is no road of this map")
        return _pose_on_road(elsewhere, roads[road_id], fields, "signal", turn)
    return _pose_on_road(signal, road, fields, "signal", turn)


def _pose_on_road(element: Element, road: Road, fields: FieldReader, child: str, turn: float = 0.0) -> Pose:
    """Pose of something at (s, t) with its own height, heading, pitch and roll."""
    s, t = np.array([fields.number(element, "s")]), np.array([fields.number(element, "t")])
    point = road.surface(s, t)[0]
    point[2] += fields.number(element, "zOffset", 0.0)
    _check_place(point, element, fields)
    offset = fields.number(element, "hOffset", fields.number(element, "hdg", 0.0))
    heading = float(road.heading(s)[0]) + offset + turn
    rpy = np.array([fields.number(element, "roll", 0.0), fields.number(element, "pitch", 0.0), heading])
    return Pose(rotation_from_rpy(rpy), point, "world", child)


def _check_place(point: Array, element: Element, fields: FieldReader) -> None:
    if np.abs(point).max() > 2.0 * MAX_COORDINATE:  # a road may end that far out
        fields.fail(f"{element.tag} s, t", "is further from the origin than any place of a map")


def read_signal_references(element: Element, road: Road, name: str) -> Iterator[SignalReference]:
    """Read which signals of other roads also govern a road."""
    for reference in element.iterfind("signals/signalReference"):
        fields = _fields(reference, name, road)
        yield SignalReference(
            signal_id=fields.text(reference, "id"),
            road=road.id,
            s=fields.number(reference, "s"),
            t=fields.number(reference, "t", 0.0),
            orientation=reference.get("orientation", "none"),
            lanes=_validities(reference, fields),
        )


def read_objects(element: Element, road: Road, name: str) -> Iterator[MapObject]:
    """Read the objects of a road, outlines in world coordinates."""
    for entry in element.iterfind("objects/object"):
        fields = _fields(entry, name, road)
        pose = _pose_on_road(entry, road, fields, "object")
        sizes = {key: fields.size(entry, key) for key in ("length", "width", "height", "radius")}
        limit = MAX_CROSSWALK if _is_crosswalk(entry.get("type", "")) else MAX_OUTLINE
        for key, size in sizes.items():
            if size > limit:
                fields.fail(f"object {key}", f"{size:g} m is more than {limit:g} m")
        outlines, heights = [], []
        for outline in (*entry.iterfind("outline"), *entry.iterfind("outlines/outline")):
            points, tops = _read_outline(outline, road, pose, fields)
            if len(points) >= 2:
                _check_outline(points, entry, fields)
                outlines.append(points)
                heights.append(tops)
        yield MapObject(
            id=entry.get("id", ""),
            name=entry.get("name", ""),
            type=entry.get("type", "").strip(),
            subtype=entry.get("subtype", "").strip(),
            pose=pose,
            length=sizes["length"],
            width=sizes["width"],
            height=sizes["height"],
            radius=sizes["radius"],
            outlines=tuple(outlines),
            heights=tuple(heights),
            road=road.id,
            s=fields.number(entry, "s"),
            t=fields.number(entry, "t"),
            orientation=entry.get("orientation", "none"),
        )


def _read_outline(outline: Element, road: Road, pose: Pose, fields: FieldReader) -> tuple[Array, Array]:
    points, tops = [], []
    for corner in outline:
        if corner.tag == "cornerLocal":
            local = np.array([fields.number(corner, "u"), fields.number(corner, "v"), fields.number(corner, "z", 0.0)])
            points.append(pose.apply(local))
        elif corner.tag == "cornerRoad":
            s, t = np.array([fields.number(corner, "s")]), np.array([fields.number(corner, "t")])
            points.append(road.surface(s, t)[0] + [0.0, 0.0, fields.number(corner, "dz", 0.0)])
        else:
            continue
        tops.append(fields.number(corner, "height", 0.0))
    return (np.array(points) if points else _NO_CORNERS), np.array(tops)


def _check_outline(points: Array, entry: Element, fields: FieldReader) -> None:
    """Refuse outlines (N, 3) that would take for ever to paint."""
    if _is_crosswalk(entry.get("type", "")):
        size, limit = float(np.ptp(points, axis=0).max()), MAX_CROSSWALK
    else:
        size, limit = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()), MAX_OUTLINE
    if not size <= limit:
        fields.fail("outline", f"{size:g} m is more than {limit:g} m")


def _is_crosswalk(kind: str) -> bool:
    return kind.strip().lower() == "crosswalk"


def crosswalks_of(objects: tuple[MapObject, ...]) -> tuple[Crosswalk, ...]:
    """Crosswalks among the objects; without an outline, the rectangle of length and width.

    Outlines without any area are left out.
    """
    found = []
    for thing in objects:
        if not _is_crosswalk(thing.type):
            continue
        outlines = thing.outlines
        if not outlines and thing.length > 0.0 and thing.width > 0.0:
            half = np.array([thing.length, thing.width, 0.0]) / 2.0
            signs = np.array([[1.0, 1.0, 0.0], [-1.0, 1.0, 0.0], [-1.0, -1.0, 0.0], [1.0, -1.0, 0.0]])
            outlines = (thing.pose.apply(signs * half),)
        found += [Crosswalk(thing.id, _open(outline), thing.road) for outline in outlines if _has_area(_open(outline))]
    return tuple(found)


def _has_area(outline: Array) -> bool:
    """Whether the corners (N, 3) are not all on one line: more than a hand's breadth beside the longest way."""
    if len(outline) < 3:
        return False
    spread = outline[:, :2] - outline[:, :2].mean(axis=0)
    return bool(np.linalg.eigvalsh(spread.T @ spread)[0] > _LEAST_BREADTH**2)


def _open(outline: Array) -> Array:
    """Drop a last corner that repeats the first."""
    return outline[:-1] if len(outline) > 1 and np.allclose(outline[0], outline[-1], atol=1e-3) else outline


def read_controllers(root: Element, name: str) -> dict[str, Controller]:
    """Read all controllers by id."""
    found = {}
    for element in root.iterfind("controller"):
        fields = FieldReader(name, f"controller {element.get('id', '?')[:40]}")
        signals = dict.fromkeys(fields.text(control, "signalId") for control in element.iterfind("control"))
        sequence = fields.integer(element, "sequence") if element.get("sequence") else None
        identity = fields.text(element, "id")
        found[identity] = Controller(identity, element.get("name", ""), sequence, tuple(signals))
    return found


def read_junctions(root: Element, name: str) -> dict[str, Junction]:
    """Read all junctions by id."""
    found = {}
    for element in root.iterfind("junction"):
        fields = FieldReader(name, f"junction {element.get('id', '?')[:40]}")
        identity = fields.text(element, "id")
        connections = tuple(_read_connection(entry, fields) for entry in element.iterfind("connection"))
        controllers = tuple(fields.text(entry, "id") for entry in element.iterfind("controller"))
        found[identity] = Junction(identity, element.get("name", ""), connections, controllers)
    return found


def _read_connection(element: Element, fields: FieldReader) -> Connection:
    links = tuple((fields.integer(e, "from"), fields.integer(e, "to")) for e in element.iterfind("laneLink"))
    connecting = element.get("connectingRoad") or element.get("linkedRoad") or ""
    return Connection(
        element.get("id", ""), element.get("incomingRoad", ""), connecting, element.get("contactPoint", ""), links
    )


def join_signals(
    signals: list[Signal],
    references: list[SignalReference],
    controllers: Mapping[str, Controller],
    roads: Mapping[str, Road],
) -> tuple[Signal, ...]:
    """Give every signal its references and controllers, and turn it to the traffic they imply."""
    by_signal: dict[str, list[SignalReference]] = {}
    for reference in references:
        by_signal.setdefault(reference.signal_id, []).append(reference)
    switched: dict[str, list[str]] = {}
    for controller in controllers.values():
        for signal_id in controller.signals:
            switched.setdefault(signal_id, []).append(controller.id)
    joined = (
        replace(
            signal,
            references=tuple(by_signal.get(signal.id, ())),
            controllers=tuple(switched.get(signal.id, ())),
        )
        for signal in signals
    )
    return tuple(facing_traffic(signal, roads) for signal in joined)
