"""Tiny OpenDRIVE documents for the tests of the maps."""

from __future__ import annotations

from collections.abc import Iterable

from roadmark.maps import RoadMap, parse_opendrive

LINE = "<line/>"


def geometry(s: float, x: float, y: float, heading: float, length: float, shape: str = LINE) -> str:
    return f'<geometry s="{s}" x="{x}" y="{y}" hdg="{heading}" length="{length}">{shape}</geometry>'


def lane(
    lane_id: int,
    width: float | str = 3.5,
    kind: str = "driving",
    marks: str = "",
    extra: str = "",
    level: str = "false",
) -> str:
    widths = width if isinstance(width, str) else f'<width sOffset="0" a="{width}" b="0" c="0" d="0"/>'
    if lane_id == 0:
        widths = ""
    return f'<lane id="{lane_id}" type="{kind}" level="{level}">{widths}{marks}{extra}</lane>'


def section(*lanes: str, s: float = 0.0, attributes: str = "") -> str:
    """Lanes in any order; each goes to its side by its id."""
    sides: dict[str, list[str]] = {"left": [], "center": [], "right": []}
    for text in lanes:
        lane_id = int(text.split('"')[1])
        sides["left" if lane_id > 0 else "right" if lane_id < 0 else "center"].append(text)
    inner = "".join(f"<{side}>{''.join(texts)}</{side}>" for side, texts in sides.items() if texts)
    return f'<laneSection s="{s}" {attributes}>{inner}</laneSection>'


TWO_LANES = section(lane(1), lane(0, kind="none"), lane(-1))


def road(
    road_id: str = "1",
    length: float = 100.0,
    plan: str | None = None,
    sections: str = TWO_LANES,
    *,
    offsets: str = "",
    elevation: str = "",
    lateral: str = "",
    features: str = "",
    attributes: str = 'junction="-1"',
    head: str = "",
) -> str:
    plan = geometry(0, 0, 0, 0, length) if plan is None else plan
    return (
        f'<road name="" length="{length}" id="{road_id}" {attributes}>{head}<planView>{plan}</planView>'
        f"<elevationProfile>{elevation}</elevationProfile><lateralProfile>{lateral}</lateralProfile>"
        f"<lanes>{offsets}{sections}</lanes>{features}</road>"
    )


def document(roads: Iterable[str], rest: str = "", vendor: str = "") -> bytes:
    head = f'<header revMajor="1" revMinor="4" name="" version="1" vendor="{vendor}"/>'
    return f'<?xml version="1.0"?><OpenDRIVE>{head}{"".join(roads)}{rest}</OpenDRIVE>'.encode()


def town(*roads: str, rest: str = "", vendor: str = "") -> RoadMap:
    return parse_opendrive(document(roads, rest, vendor), "sample")
