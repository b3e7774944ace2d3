"""Speed limits of bends: SUMO's drivers do not slow down for them by themselves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np

from roadmark.files import read_bounded, write_atomically
from roadmark.geometry import FloatArray
from roadmark.maps import parse_xml
from roadmark.traffic.limits import COMFORTABLE_LATERAL

MAX_BYTES: Final = 512 << 20
_SLOWEST: Final = 3.0  # m/s
_REACH: Final = 4  # metres to both sides over which a bend is measured
_SHARE: Final = 0.85  # of the lateral acceleration that is comfortable


def slow_in_bends(path: Path) -> None:
    """Lower the limits of a network's lanes to what their sharpest bends allow.

    Args:
        path: The network file, which is written anew.
    """
    root = parse_xml(read_bounded(path, MAX_BYTES), str(path), "net")
    for lane in root.iter("lane"):
        shape = np.array([[float(part) for part in point.split(",")[:2]] for point in lane.attrib["shape"].split()])
        fastest = bend_speed(shape)
        if fastest < float(lane.attrib["speed"]):
            lane.set("speed", f"{fastest:.2f}")
    write_atomically(path, ET.tostring(root, encoding="utf-8"))


def bend_speed(shape: FloatArray) -> float:
    """m/s at which the sharpest bend of a line (N, 2) is comfortable; infinite on a straight one."""
    steps = np.hypot(*np.diff(shape, axis=0).T)
    keep = np.concatenate([[True], steps > 1e-6])
    along = np.concatenate([[0.0], np.cumsum(steps)])
    if keep.sum() < 3:
        return math.inf
    at = np.arange(0.0, along[-1], 1.0)
    plan = np.stack([np.interp(at, along[keep], shape[keep, k]) for k in (0, 1)], axis=1)
    if len(plan) < 3:
        return math.inf
    heading = np.unwrap(np.arctan2(*np.diff(plan, axis=0).T[::-1]))
    window = min(_REACH, len(heading) - 1)
    bend = float(np.abs(heading[window:] - heading[:-window]).max()) / window
    return max(math.sqrt(_SHARE * COMFORTABLE_LATERAL / bend), _SLOWEST) if bend > 1e-4 else math.inf
