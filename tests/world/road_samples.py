"""Tiny towns for the tests of roads and scenery, and a probe that looks straight down on triangles."""

from __future__ import annotations

import numpy as np

from roadmark.maps import RoadMap, parse_opendrive

_SIDE = ((1, "driving", 3.5), (2, "shoulder", 0.5), (3, "sidewalk", 3.0))
STREET_LANES = tuple(
    (name, sign * k, kind, width) for name, sign in (("left", 1), ("right", -1)) for k, kind, width in _SIDE
)
PLAIN_LANES = (("left", 1, "driving", 4.0), ("right", -1, "driving", 4.0))


def lane_xml(lanes, marks) -> str:
    sides = {"left": "", "center": f'<lane id="0" type="none" level="false">{marks.get(0, "")}</lane>', "right": ""}
    for side, lane_id, kind, width in lanes:
        sides[side] += (
            f'<lane id="{lane_id}" type="{kind}" level="false">'
            f'<width sOffset="0" a="{width}" b="0" c="0" d="0"/>{marks.get(lane_id, "")}</lane>'
        )
    return "".join(f"<{side}>{text}</{side}>" for side, text in sides.items() if text)


def mark_xml(kind: str, color: str = "white", width: float = 0.15) -> str:
    return f'<roadMark sOffset="0" type="{kind}" weight="standard" color="{color}" width="{width}" laneChange="both"/>'


def road_xml(road_id, x, y, heading, length, lanes=STREET_LANES, *, elevation="", marks=None, junction="-1", rest=""):
    return (
        f'<road name="" length="{length}" id="{road_id}" junction="{junction}">'
        f'<planView><geometry s="0" x="{x}" y="{y}" hdg="{heading}" length="{length}"><line/></geometry></planView>'
        f"<elevationProfile>{elevation}</elevationProfile>"
        f'<lanes><laneSection s="0">{lane_xml(lanes, marks or {})}</laneSection></lanes>{rest}</road>'
    )


def town(*roads: str, rest: str = "") -> RoadMap:
    header = '<header revMajor="1" revMinor="4" name="" version="1" vendor=""/>'
    return parse_opendrive(f'<?xml version="1.0"?><OpenDRIVE>{header}{"".join(roads)}{rest}</OpenDRIVE>'.encode(), "s")


def street(length: float = 120.0, **options) -> RoadMap:
    """A straight street along x from the origin: carriageway |y| < 4, pavements 4 < |y| < 7."""
    return town(road_xml("1", 0, 0, 0, length, **options))


def bridge() -> RoadMap:
    """A road along y at z = 0 and one along x that climbs 7 m within 100 m, runs level over it, and comes down."""
    rise, run = 7.0, 100.0
    # Two cubics: z = 3 h (s/r)^2 - 2 h (s/r)^3 up, the same down from s = 200.
    up = f'<elevation s="0" a="0" b="0" c="{3 * rise / run**2}" d="{-2 * rise / run**3}"/>'
    level = f'<elevation s="100" a="{rise}" b="0" c="0" d="0"/>'
    down = f'<elevation s="200" a="{rise}" b="0" c="{-3 * rise / run**2}" d="{2 * rise / run**3}"/>'
    return town(
        road_xml("low", 0, -150, np.pi / 2, 300, PLAIN_LANES),
        road_xml("high", -150, 0, 0, 300, PLAIN_LANES, elevation=up + level + down),
    )


def crossing() -> RoadMap:
    """A junction of two one-lane roads per direction that cross at the origin, with a hole of 4 m x 4 m in the middle.

    Each of the four connecting roads is a straight lane 3 m wide whose middle is 3.5 m beside the axis.
    """
    lane = (("right", -1, "driving", 3.0),)
    ways = [("10", -20, -2.0, 0.0), ("11", 20, 2.0, np.pi), ("12", 2.0, -20, np.pi / 2), ("13", -2.0, 20, -np.pi / 2)]
    roads = [
        road_xml(name, x, y, heading, 40, lane, junction="1", marks={0: mark_xml("solid"), -1: mark_xml("solid")})
        for name, x, y, heading in ways
    ]
    return town(*roads, rest='<junction id="1" name="j"/>')


def seen_from_above(shape, points):
    """Height and semantic class of the highest triangle over each point (N, 2); -inf and -1 where there is none."""
    top = np.full(len(points), -np.inf)
    label = np.full(len(points), -1)
    corners = shape.corners.astype(np.float64)
    a, u, v = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    lower, upper = corners[..., :2].min(axis=1), corners[..., :2].max(axis=1)
    for n, point in enumerate(np.asarray(points, dtype=np.float64)):
        near = np.flatnonzero(np.all((lower <= point) & (upper >= point), axis=1) & (np.abs(area) > 1e-9))
        w = point - a[near, :2]
        s = (w[:, 0] * v[near, 1] - w[:, 1] * v[near, 0]) / area[near]
        t = (u[near, 0] * w[:, 1] - u[near, 1] * w[:, 0]) / area[near]
        inside = (s >= -1e-9) & (t >= -1e-9) & (s + t <= 1 + 1e-9)
        if inside.any():
            z = (a[near, 2] + s * u[near, 2] + t * v[near, 2])[inside]
            best = int(np.argmax(z))
            top[n], label[n] = z[best], shape.semantic[near[inside]][best]
    return top, label


def area_from_above(shape):
    """Total plan area of the triangles that face up."""
    c = shape.corners.astype(np.float64)
    u, v = c[:, 1] - c[:, 0], c[:, 2] - c[:, 0]
    return float(np.clip((u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2.0, 0.0, None).sum())
