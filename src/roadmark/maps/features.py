"""What stands on or belongs to roads: signals, controllers, crosswalks, other objects, junctions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import Pose

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SignalReference:
    """A signal that also governs another road.

    Attributes:
        signal_id: The signal.
        road, s, t: Where its effect begins, metres.
        orientation: `+`, `-` or `none`.
        lanes: (first, last) lane ids of every validity record; empty: all lanes of the orientation.
    """

    signal_id: str
    road: str
    s: float
    t: float
    orientation: str
    lanes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Signal:
    """A traffic light or a sign.

    Attributes:
        id, name, type, subtype, country: As in the file (country in upper case).
        value: Number on the sign (a speed limit in `unit`), or None.
        unit: Unit of `value` as in the file, or "".
        text: Words on the sign.
        dynamic: Whether its state changes (a traffic light).
        pose: world_from_signal, FLU metres; x is the face's outward normal, towards the traffic it is for.
        width, height: Face in metres, 0 where not given.
        road, s, t: Where it is along which road.
        orientation: `+`, `-` or `none`: for traffic along or against increasing s.
        z_offset: Height of `pose` over the road's reference line.
        controllers: Ids of the controllers that switch it.
        validity: (first, last) lane ids of each validity record on its own road; (0, 0) is none of them.
        references: Other roads it governs.
    """

    id: str
    name: str
    type: str
    subtype: str
    country: str
    value: float | None
    unit: str
    text: str
    dynamic: bool
    pose: Pose
    width: float
    height: float
    road: str
    s: float
    t: float
    orientation: str
    z_offset: float
    controllers: tuple[str, ...] = ()
    validity: tuple[tuple[int, int], ...] = ()
    references: tuple[SignalReference, ...] = ()

    @property
    def from_lane(self) -> int | None:
        """First lane of the first validity record, or None."""
        return self.validity[0][0] if self.validity else None

    @property
    def to_lane(self) -> int | None:
        """Last lane of the first validity record, or None."""
        return self.validity[0][1] if self.validity else None


@dataclass(frozen=True)
class Controller:
    """A group of signals that switch together; `sequence` orders groups of a junction where given."""

    id: str
    name: str
    sequence: int | None
    signals: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Crosswalk:
    """A pedestrian crossing: its outline (N, 3) in world FLU metres, not closed, and the road it is on."""

    id: str
    outline: Array
    road: str


@dataclass(frozen=True, eq=False)
class MapObject:
    """Any other object: painted arrows, stop lines, poles, barriers, buildings.

    Attributes:
        id, name, type, subtype: As in the file.
        pose: world_from_object, FLU metres.
        length, width, height, radius: Metres, 0 where not given.
        outlines: Corner points (N, 3) of each outline, world FLU metres, not closed.
        heights: (N,) height of each corner of each outline.
        road, s, t: Where it is along which road.
        orientation: `+`, `-` or `none`.
    """

    id: str
    name: str
    type: str
    subtype: str
    pose: Pose
    length: float
    width: float
    height: float
    radius: float
    outlines: tuple[Array, ...]
    heights: tuple[Array, ...]
    road: str
    s: float
    t: float
    orientation: str


@dataclass(frozen=True)
class Connection:
    """One way through a junction; `lane_links` pairs lanes of the incoming and the connecting road."""

    id: str
    incoming_road: str
    connecting_road: str
    contact_point: str
    lane_links: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Junction:
    """A junction, its connections and the controllers that belong to it."""

    id: str
    name: str
    connections: tuple[Connection, ...]
    controllers: tuple[str, ...]
