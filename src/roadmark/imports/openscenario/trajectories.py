"""Trajectories: polylines with or without times, and clothoids."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final
from xml.etree.ElementTree import Element

import numpy as np

from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import FollowTrajectory, Moment, PlaceFinder, Spot, Trajectory
from roadmark.imports.openscenario.positions import Positions
from roadmark.traffic import Path, joined_path

_APART: Final = 1e-3  # metres between vertices that are two
_CLOTHOID_STEP: Final = 0.5
_LONGEST: Final = 100_000.0  # metres


def read_follow(document: Document, positions: Positions, element: Element) -> FollowTrajectory:
    """Read a FollowTrajectoryAction.

    Raises:
        FormatError: It has something that is not supported.
    """
    if document.number(element, "initialDistanceOffset", 0.0) != 0.0:
        document.fail(element, "initialDistanceOffset is not supported; begin the trajectory there")
    shape, timing = None, None
    for child in document.children(
        element, "Trajectory", "TrajectoryRef", "TimeReference", "TrajectoryFollowingMode", "CatalogReference"
    ):
        if child.tag == "CatalogReference":
            document.unsupported(child, "write the trajectory in place")
        elif child.tag == "TrajectoryRef":
            inner = document.choice(child)
            if inner.tag != "Trajectory":
                document.unsupported(inner, "write the trajectory in place")
            shape = inner
        elif child.tag == "Trajectory":
            shape = child
        elif child.tag == "TimeReference":
            timing = document.choice(child)
        else:
            document.word(child, "followingMode", ("position", "follow"))
    if shape is None:
        document.fail(element, "has no Trajectory")
    timed, relative, scale, offset = _timing(document, timing)
    find = _shape(document, positions, shape, timed=timed)

    def trajectory(moment: Moment) -> Trajectory:
        made = find(moment)
        if made.times is None:
            return made
        return Trajectory(made.path, made.start, made.at, made.yaws, made.times * scale + offset)

    return FollowTrajectory(trajectory, relative, element)


def _timing(document: Document, timing: Element | None) -> tuple[bool, bool, float, float]:
    """Whether times hold, whether they count from the action's start, their scale and offset."""
    if timing is None or timing.tag == "None":
        return False, True, 1.0, 0.0
    if timing.tag != "Timing":
        document.unsupported(timing, "use None or Timing")
    domain = document.word(timing, "domainAbsoluteRelative", ("absolute", "relative"))
    scale = document.number(timing, "scale")
    if scale <= 0.0:
        document.fail(timing, f"scale={scale:g} must be greater than 0")
    return True, domain == "relative", scale, document.number(timing, "offset")


def _shape(
    document: Document, positions: Positions, element: Element, *, timed: bool
) -> Callable[[Moment], Trajectory]:
    if document.boolean(element, "closed"):
        document.fail(element, "closed trajectories are not supported; repeat the vertices")
    shape = None
    for child in document.children(element, "ParameterDeclarations", "Shape"):
        if child.tag == "ParameterDeclarations" and len(child):
            document.unsupported(child, "declare parameters at the top of the document")
        if child.tag == "Shape":
            shape = document.choice(child)
    if shape is None:
        document.fail(element, "has no Shape")
    if shape.tag == "Polyline":
        return _polyline(document, positions, shape, timed=timed)
    if shape.tag == "Clothoid":
        return _clothoid(document, positions, shape, timed=timed)
    document.unsupported(shape, "use a Polyline or a Clothoid")


def _polyline(
    document: Document, positions: Positions, element: Element, *, timed: bool
) -> Callable[[Moment], Trajectory]:
    finders: list[PlaceFinder] = []
    times: list[float] = []
    turned = []
    for vertex in document.children(element, "Vertex"):
        place = document.child(vertex, "Position")
        finders.append(positions.find(place))
        turned.append(_has_heading(place))
        if timed:
            times.append(document.number(vertex, "time"))
            if len(times) > 1 and times[-1] <= times[-2]:
                document.fail(vertex, f"time={times[-1]:g} must be greater than the {times[-2]:g} before it")
    if len(finders) < 2:
        document.fail(element, "needs at least two vertices")

    def trajectory(moment: Moment) -> Trajectory:
        spots = [find(moment) for find in finders]
        yaws = np.unwrap([spot.yaw for spot in spots]) if all(turned) else None
        return line(spots, yaws, np.array(times) if timed else None)

    return trajectory


def _has_heading(position: Element) -> bool:
    """Whether a position says how its vertex is turned, of itself or by an Orientation."""
    kind = position[0]
    return kind.get("h") is not None or kind.find("Orientation") is not None


def line(spots: Sequence[Spot], yaws: np.ndarray | None, times: np.ndarray | None) -> Trajectory:
    """A trajectory through places, its corners rounded over about a metre."""
    points = np.array([(spot.x, spot.y, spot.z) for spot in spots])
    steps = np.hypot(*np.diff(points[:, :2], axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    keep = np.concatenate([[True], steps > _APART])
    if keep.sum() < 2 or at[-1] < 0.1:
        return Trajectory(None, spots[0], at, yaws, times)
    path, _ = joined_path([Path(points[keep])])
    return Trajectory(path, spots[0], at * (path.length / at[-1]), yaws, times)


def _clothoid(
    document: Document, positions: Positions, element: Element, *, timed: bool
) -> Callable[[Moment], Trajectory]:
    bend = document.number(element, "curvature")
    name = "curvaturePrime" if document.optional(element, "curvaturePrime") is not None else "curvatureDot"
    change = document.number(element, name)
    length = document.length(element, "length")
    if not 0.1 <= length <= _LONGEST:
        document.fail(element, f"length={length:g} is not between 0.1 and {_LONGEST:g} m")
    find = positions.find(document.child(element, "Position"))
    times = None
    if timed:
        times = np.array([document.number(element, "startTime"), document.number(element, "stopTime")])
        if times[1] <= times[0]:
            document.fail(element, "stopTime must be greater than startTime")

    def trajectory(moment: Moment) -> Trajectory:
        start = find(moment)
        s = np.linspace(0.0, length, max(math.ceil(length / _CLOTHOID_STEP), 2) * 4 + 1)
        heading = start.yaw + bend * s + 0.5 * change * s * s
        middle = 0.5 * (heading[1:] + heading[:-1])
        step = np.diff(s)
        x = start.x + np.concatenate([[0.0], np.cumsum(step * np.cos(middle))])
        y = start.y + np.concatenate([[0.0], np.cumsum(step * np.sin(middle))])
        ground = positions.roads.ground
        path = Path(np.array([(a, b, ground(a, b, start.z)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]))
        return Trajectory(path, start, np.array([0.0, path.length]), None, times)

    return trajectory
