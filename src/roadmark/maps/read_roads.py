"""OpenDRIVE `road` elements into `Road` objects."""

from __future__ import annotations

from typing import Literal

import numpy as np

from roadmark.maps.limits import LEAST_PATTERN, MAX_COORDINATE, MAX_EXTENT
from roadmark.maps.plan_view import Arc, CubicCurve, Piece, PlanView, Spiral
from roadmark.maps.profiles import LateralShape, PiecewiseCubic
from roadmark.maps.road_geometry import Lane, LaneSection, MarkLine, Road, RoadLink, RoadMark
from roadmark.maps.xml_fields import Element, FieldReader

# The standard's units, and spellings of them that tools write.
_METRES_PER_SECOND = {
    "": 1.0,
    "m/s": 1.0,
    "mps": 1.0,
    "km/h": 1.0 / 3.6,
    "kmh": 1.0 / 3.6,
    "kph": 1.0 / 3.6,
    "mph": 0.44704,
}
_MAX_CURVATURE = 1e3
_DEFAULT_MARK_WIDTH = {"standard": 0.12, "bold": 0.25}


def read_road(element: Element, name: str) -> Road:
    """Read one `road` element.

    Raises:
        FormatError: A field is missing, not finite, negative where it must not be, or contradicts another.
    """
    fields = FieldReader(name, f"road {element.get('id', '?')[:40]}")
    length = fields.length(element, "length")
    if length > MAX_EXTENT:
        fields.fail("road length", f"{length:g} m is longer than {MAX_EXTENT:g} m")
    junction = element.get("junction", "-1").strip()
    return Road(
        id=fields.text(element, "id"),
        name=element.get("name", ""),
        length=length,
        junction=None if junction in ("", "-1") else junction,
        left_hand_traffic=element.get("rule", "RHT").strip().upper() == "LHT",
        plan=_read_plan(element, fields),
        elevation=_read_profile(element, "elevationProfile/elevation", fields),
        superelevation=_read_profile(element, "lateralProfile/superelevation", fields),
        crossfall=_read_crossfall(element, fields),
        shape=_read_shape(element, fields),
        lane_offset=_read_profile(element, "lanes/laneOffset", fields),
        sections=_read_sections(element, length, fields),
        predecessor=_read_link(element.find("link/predecessor"), "end"),
        successor=_read_link(element.find("link/successor"), "start"),
        speeds=tuple(_read_road_type(entry, fields) for entry in element.iterfind("type")),
    )


def _read_link(element: Element | None, contact: str) -> RoadLink | None:
    if element is None or not element.get("elementId"):
        return None
    kind: Literal["road", "junction"] = "junction" if element.get("elementType") == "junction" else "road"
    return RoadLink(kind, element.get("elementId", ""), element.get("contactPoint", contact))


def _speed(element: Element, fields: FieldReader) -> float | None:
    if element.get("max", "").strip() in ("no limit", "undefined", ""):
        return None
    unit = element.get("unit", "").strip().lower()
    if unit not in _METRES_PER_SECOND:
        fields.fail("speed unit", f"{unit[:20]!r} is none of m/s, km/h, mph")
    return fields.length(element, "max") * _METRES_PER_SECOND[unit]


def _read_road_type(element: Element, fields: FieldReader) -> tuple[float, float | None, str]:
    speed = element.find("speed")
    limit = _speed(speed, fields) if speed is not None else None
    return fields.number(element, "s", 0.0), limit, element.get("type", "unknown")


def _read_plan(road: Element, fields: FieldReader) -> PlanView:
    starts, origins, lengths, pieces = [], [], [], []
    for geometry in road.iterfind("planView/geometry"):
        length = fields.length(geometry, "length")
        if length > MAX_EXTENT:
            fields.fail("geometry length", f"{length:g} m is longer than {MAX_EXTENT:g} m")
        for key in ("x", "y"):
            if abs(fields.number(geometry, key)) > MAX_COORDINATE:
                far = f"{geometry.get(key)} m is further than {MAX_COORDINATE:g} m from the origin; shift the map to it"
                fields.fail(f"geometry {key}", far)
        starts.append(fields.number(geometry, "s"))
        origins.append([fields.number(geometry, key) for key in ("x", "y", "hdg")])
        lengths.append(length)
        pieces.append(_read_piece(geometry, length, fields))
    if not pieces:
        fields.fail("planView", "has no geometry")
    order = np.argsort(starts, kind="stable")
    return PlanView(
        np.array(starts)[order], np.array(origins)[order], np.array(lengths)[order], tuple(pieces[k] for k in order)
    )


def _curvature(element: Element, attribute: str, fields: FieldReader) -> float:
    value = fields.number(element, attribute)
    if abs(value) > _MAX_CURVATURE:
        fields.fail(f"{element.tag} {attribute}", f"{value:g} 1/m bends tighter than any road")
    return value


def _read_piece(geometry: Element, length: float, fields: FieldReader) -> Piece:
    for shape in geometry:
        match shape.tag:
            case "line":
                return Arc(0.0)
            case "arc":
                return Arc(_curvature(shape, "curvature", fields))
            case "spiral":
                return Spiral(_curvature(shape, "curvStart", fields), _curvature(shape, "curvEnd", fields), length)
            case "poly3":
                _, *v = fields.cubic(shape, 0.0)
                return CubicCurve((0.0, 1.0, 0.0, 0.0), (v[0], v[1], v[2], v[3]), length)
            case "paramPoly3":
                u, v = ([fields.number(shape, k + axis, 0.0) for k in "abcd"] for axis in "UV")
                by_length = shape.get("pRange", "normalized") == "arcLength"
                return CubicCurve(
                    (u[0], u[1], u[2], u[3]),
                    (v[0], v[1], v[2], v[3]),
                    length,
                    p_end=None if by_length else 1.0,
                    by_length=by_length,
                )
    fields.fail("geometry", "is none of line, arc, spiral, poly3, paramPoly3")


def _read_profile(road: Element, path: str, fields: FieldReader) -> PiecewiseCubic:
    return PiecewiseCubic.from_pieces([fields.cubic(e, fields.number(e, "s")) for e in road.iterfind(path)])


def _read_crossfall(road: Element, fields: FieldReader) -> tuple[PiecewiseCubic, PiecewiseCubic]:
    entries = [
        (e.get("side", "both"), fields.cubic(e, fields.number(e, "s")))
        for e in road.iterfind("lateralProfile/crossfall")
    ]
    left = PiecewiseCubic.from_pieces([piece for side, piece in entries if side in ("left", "both")])
    right = PiecewiseCubic.from_pieces([piece for side, piece in entries if side in ("right", "both")])
    return left, right


def _read_shape(road: Element, fields: FieldReader) -> LateralShape:
    profiles: dict[float, list[tuple[float, float, float, float, float]]] = {}
    for element in road.iterfind("lateralProfile/shape"):
        piece = fields.cubic(element, fields.number(element, "t"))
        profiles.setdefault(fields.number(element, "s"), []).append(piece)
    stations = sorted(profiles)
    return LateralShape(np.array(stations), tuple(PiecewiseCubic.from_pieces(profiles[s]) for s in stations))


def _read_sections(road: Element, length: float, fields: FieldReader) -> tuple[LaneSection, ...]:
    found: list[tuple[float, bool, dict[int, Lane]]] = []
    for element in road.iterfind("lanes/laneSection"):
        start = fields.number(element, "s")
        lanes: dict[int, Lane] = {}
        for side in ("left", "center", "right"):
            for lane_element in element.iterfind(f"{side}/lane"):
                lane = _read_lane(lane_element, start, fields)
                if lane.id in lanes:
                    fields.fail("lane id", f"{lane.id} appears twice in the section at s = {start:g}")
                lanes[lane.id] = lane
        found.append((start, element.get("singleSide", "false") == "true", lanes))
    found.sort(key=lambda entry: entry[0])
    sections: list[LaneSection] = []
    for k, (start, single_sided, own) in enumerate(found):
        lanes = own
        end = found[k + 1][0] if k + 1 < len(found) else length
        if single_sided and sections:
            missing = [sign for sign in (1, -1) if not any(lane * sign > 0 for lane in own)]
            carried = {lane.id: lane for sign in missing for lane in sections[-1].side(sign)}
            lanes = carried | own
        sections.append(LaneSection(start, max(end, start), lanes))
    return tuple(sections)


def _read_lane(element: Element, start: float, fields: FieldReader) -> Lane:
    lane_id = fields.integer(element, "id")
    widths = [fields.cubic(e, start + fields.number(e, "sOffset", 0.0)) for e in element.iterfind("width")]
    borders = [fields.cubic(e, start + fields.number(e, "sOffset", 0.0)) for e in element.iterfind("border")]
    heights = [
        (start + fields.number(e, "sOffset", 0.0), fields.number(e, "inner", 0.0), fields.number(e, "outer", 0.0))
        for e in element.iterfind("height")
    ]
    marks = sorted((_read_mark(e, start, fields) for e in element.iterfind("roadMark")), key=lambda mark: mark.s)
    speeds = [
        (start + fields.number(e, "sOffset", 0.0), limit)
        for e in element.iterfind("speed")
        if (limit := _speed(e, fields)) is not None
    ]
    return Lane(
        id=lane_id,
        type=element.get("type", "none"),
        width=PiecewiseCubic.from_pieces(widths) if widths or (lane_id and not borders) else None,
        border=PiecewiseCubic.from_pieces(borders) if borders and not widths else None,
        height=np.array(sorted(heights), dtype=np.float64).reshape(-1, 3),
        level=element.get("level", "false") in ("true", "1"),
        predecessor=_lane_link(element.find("link/predecessor"), fields),
        successor=_lane_link(element.find("link/successor"), fields),
        marks=tuple(marks),
        speeds=tuple(speeds),
        direction=element.get("direction", "standard"),
    )


def _lane_link(element: Element | None, fields: FieldReader) -> int | None:
    return None if element is None else fields.integer(element, "id")


def _read_mark(element: Element, start: float, fields: FieldReader) -> RoadMark:
    weight = element.get("weight", "standard")
    color = element.get("color", "standard")
    width = fields.length(element, "width", -0.0)
    details = [fields_line for e in element.iterfind("type") for fields_line in _read_mark_lines(e, fields)]
    return RoadMark(
        s=start + fields.number(element, "sOffset", 0.0),
        kind="_".join(element.get("type", "none").split()).lower(),
        color="white" if color == "standard" else color,
        weight=weight,
        width=width or _DEFAULT_MARK_WIDTH.get(weight, 0.12),
        height=fields.number(element, "height", 0.0),
        material=element.get("material", "standard"),
        lane_change=element.get("laneChange", "both"),
        lines=tuple(details),
    )


def _read_mark_lines(element: Element, fields: FieldReader) -> list[MarkLine]:
    default = fields.length(element, "width", 0.0)
    return [
        MarkLine(
            length=fields.length(line, "length"),
            space=_gap(line, fields),
            t_offset=fields.number(line, "tOffset", 0.0),
            s_offset=fields.number(line, "sOffset", 0.0),
            width=fields.length(line, "width", default),
            color=line.get("color", ""),
        )
        for line in element.iterfind("line")
    ]


def _gap(line: Element, fields: FieldReader) -> float:
    """Metres between the dashes of a line; 0 where it is solid, or its pattern too fine to be one."""
    dash, gap = fields.length(line, "length"), fields.length(line, "space", 0.0)
    return gap if min(dash, gap) >= LEAST_PATTERN else 0.0
