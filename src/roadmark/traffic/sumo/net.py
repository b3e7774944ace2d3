"""`Net`: a SUMO network as the engine needs it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from roadmark.errors import FormatError
from roadmark.files import read_bounded
from roadmark.geometry import FloatArray
from roadmark.maps import parse_xml
from roadmark.traffic.sumo.bends import slow_in_bends
from roadmark.traffic.sumo.programs import run_netconvert

MAX_BYTES: Final = 512 << 20
TURN_LATERAL: Final = 1.8
"""m/s2 across the heading in junctions, from which their speeds follow."""
_NETS_KEPT: Final = 4


LaneId = tuple[str, int]
"""Edge and index of a lane."""


@dataclass(frozen=True, eq=False)
class NetLane:
    """One lane of an edge: its middle (N, 2), metres in the map's frame, and its length."""

    edge: str
    index: int
    shape: FloatArray
    length: float


@dataclass(frozen=True, eq=False)
class Link:
    """A way from one lane to another that a traffic light governs.

    Attributes:
        light: Id of the light.
        index: Its place in the light's states.
        start, end: (2,) where it leads from and to.
        straight: Whether it does not turn.
    """

    light: str
    index: int
    start: FloatArray
    end: FloatArray
    straight: bool


@dataclass(frozen=True, eq=False)
class Net:
    """A network.

    Attributes:
        path: Its file.
        offset: (2,) metres to add to the map's coordinates for the network's.
        lanes: Lanes that cars may drive, outside junctions.
        ways: Lanes that go on from each lane, as edge and index.
        links: Ways that lights govern.
    """

    path: Path
    offset: FloatArray
    lanes: tuple[NetLane, ...]
    ways: Mapping[LaneId, tuple[LaneId, ...]]
    links: tuple[Link, ...]


def net_of(map_file: Path | None, given: Path | None) -> Net:
    """The network of a map: the user's own, or one that netconvert makes of the OpenDRIVE file, kept for next time.

    Raises:
        InputError: There is none, or it cannot be made.
        MissingExtraError: SUMO is not installed.
    """
    source = given or map_file
    assert source is not None
    stat = source.stat()
    return _net(source, given is not None, stat.st_mtime_ns, stat.st_size)


@lru_cache(_NETS_KEPT)
def _net(source: Path, is_net: bool, _changed: int, _size: int) -> Net:
    if is_net:
        return read_net(source.resolve())
    folder = tempfile.mkdtemp(prefix="roadmark-sumo-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Path(folder) / "map.net.xml"
    options = {
        "opendrive-files": source,
        "output-file": made,
        "offset.disable-normalization": "true",
        "opendrive.import-all-lanes": "false",
        "opendrive.curve-resolution": 0.5,
        "junctions.join": "false",
        "junctions.limit-turn-speed": TURN_LATERAL,
        "no-turnarounds": "true",
        "xml-validation": "never",
        "no-warnings": "true",
    }
    run_netconvert([part for key, value in options.items() for part in (f"--{key}", str(value))], source)
    slow_in_bends(made)
    return read_net(made)


def read_net(path: Path) -> Net:
    """Read a network file (`.net.xml`).

    Raises:
        FormatError: It is none.
    """
    root = parse_xml(read_bounded(path, MAX_BYTES), str(path), "net")
    location = root.find("location")
    try:
        text = "0,0" if location is None else location.get("netOffset", "0,0")
        offset = np.array([float(part) for part in text.split(",")])
        every: dict[tuple[str, int], NetLane] = {}
        lanes = []
        for edge in root.iter("edge"):
            for lane in edge.iter("lane"):
                one = NetLane(edge.attrib["id"], int(lane.attrib["index"]), _shape(lane.attrib["shape"]) - offset,
                              float(lane.attrib["length"]))  # fmt: skip
                every[one.edge, one.index] = one
                if not edge.get("function") and _for_cars(lane.get("allow"), lane.get("disallow")):
                    lanes.append(one)
        drivable = {lane.edge for lane in lanes}
        ways: dict[LaneId, dict[LaneId, None]] = defaultdict(dict)
        links = []
        for way in root.iter("connection"):
            source, target = way.attrib["from"], way.attrib["to"]
            if source in drivable and target in drivable and way.get("dir") != "t":
                here, there = int(way.attrib["fromLane"]), int(way.attrib["toLane"])
                ways[source, here][target, there] = None
            if way.get("tl") is not None and not source.startswith(":"):
                start = every[source, int(way.attrib["fromLane"])].shape[-1]
                end = every[target, int(way.attrib["toLane"])].shape[0]
                index = int(way.attrib["linkIndex"])
                links.append(Link(way.attrib["tl"], index, start, end, way.get("dir") == "s"))
    except (KeyError, ValueError) as error:
        raise FormatError(f"is no network of SUMO's: {error}", path=path) from None
    if not lanes:
        raise FormatError("has no lane for cars", path=path)
    return Net(path, offset, tuple(lanes), {lane: tuple(found) for lane, found in ways.items()}, tuple(links))


def _shape(text: str) -> FloatArray:
    return np.array([[float(part) for part in point.split(",")[:2]] for point in text.split()])


def _for_cars(allow: str | None, disallow: str | None) -> bool:
    if allow is not None:
        return bool({"passenger", "all"} & set(allow.split()))
    return not {"passenger", "all"} & set((disallow or "").split())
