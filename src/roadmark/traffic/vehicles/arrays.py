"""What the engine works on: arrays of records, one per lane, vehicle, stretch of rail."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from roadmark.traffic.vehicles.jit import Array, Records

LIGHT, STOP, YIELD = 1, 2, 3
"""Values of `sign` of lanes; 0 is none."""
CROSS, MERGE, SPLIT = 1, 2, 4
"""Bits of `kind` of conflicts."""
OFF, ON, GONE = 0, 1, 2
"""Values of `on` of vehicles: not yet there, driving, left over the network's end."""
STANDS, MOVES = 0, 1
"""Values of `kind` of zones: to stay out of for a time, or a piece of the way of someone who drives along."""

_F, _I, _B = np.float64, np.int64, np.bool_

LANE: Final = np.dtype([
    ("first", _I), ("last", _I),  # its points
    ("spacing", _F),  # metres between them
    ("length", _F), ("limit", _F), ("width", _F),  # metres, m/s, metres
    ("cycle", _B),  # only cyclists ride it
    ("junction", _I),  # number of its junction, -1 outside
    ("turn", _I),  # 0 none, 1 straight, 2 left, 3 right, 4 back
    ("next_first", _I), ("next_last", _I),  # its successors
    ("back_first", _I), ("back_last", _I),  # its predecessors
    ("conflict_first", _I), ("conflict_last", _I),
    ("left", _I), ("right", _I),  # neighbours, -1 without
    ("left_ok", _B), ("right_ok", _B),  # the marks allow to go there
    ("stop", _F),  # metres at which fronts wait before the junction at its end
    ("sign", _I),  # what holds its traffic there
    ("rest", _F), ("before", _F),  # in junctions: metres of the way through after this lane, and before it
    ("light", _I),  # in junctions: row of the light that governs it, -1 without
])  # fmt: skip
"""A lane."""

CONFLICT: Final = np.dtype([
    ("lane", _I),  # the other one
    ("h0", _F), ("h1", _F), ("t0", _F), ("t1", _F),  # metres along this lane, and along the other
    ("kind", _I),
    ("yields", _B),  # this lane's traffic gives way
])  # fmt: skip
"""Where a lane of a junction touches another."""

CAR: Final = np.dtype([
    ("nose", _F), ("tail", _F),  # metres from the rear axle to the front bumper, and back to the rear bumper
    ("base", _F), ("half", _F),  # wheelbase, half the width
    ("factor", _F), ("top", _F),  # share of the limit it wants to drive, m/s that it can
    ("headway", _F), ("gap", _F), ("accel", _F), ("brake", _F),  # of the intelligent driver model: s, m, m/s2, m/s2
    ("offset", _F),  # metres it keeps to the left of the lane's middle
    ("cycle", _B),  # a bicycle
    ("patience", _F),  # seconds it waits at a junction for those who have priority
    ("begins", _I),  # tick at which it appears, if it is not there from the first
    ("r", _F), ("v", _F), ("a", _F),  # metres along its rail of the rear axle, m/s, m/s2
    ("on", _I),
    ("granted", _F),  # metres along its rail up to which it may go through junctions
    ("order", _I),  # number of that grant
    ("change_end", _F),  # metres along its rail at which its lane change is over, -1 without one
    ("side", _I),  # to which it changes or wants to change lanes: +1 left, -1 right, 0 none
    ("wish", _I),  # tick at which a wished lane change begins, -1 without one
    ("stood", _F),  # seconds it has been standing
    ("obeyed", _B),  # it has stood at the stop sign before it
    ("lead_gap", _F), ("lead_v", _F),  # metres to whoever is ahead, and its speed
    ("blink", _I),  # as in `MovingActor.blinkers`
    ("seed", np.uint64),  # state of its chance
    ("profiled", _I),  # tick of which its profile is
])  # fmt: skip
"""A vehicle."""

RAIL: Final = np.dtype([
    ("count", _I),  # points
    ("ended", _B),  # the network ends where the rail does
    ("stretches", _I),
    ("low", _I),  # the first stretch that matters still
])  # fmt: skip
"""A vehicle's rail."""

STRETCH: Final = np.dtype([
    ("lane", _I),
    ("start", _F), ("stop", _F),  # metres along the rail
    ("s", _F),  # metres along the lane where the stretch starts
])  # fmt: skip
"""A lane on a rail. Stretches overlap during lane changes."""

ENTRY: Final = np.dtype([
    ("next", _I),  # the next entry of the lane, or -1
    ("car", _I),
    ("low", _F), ("high", _F),  # metres along the lane; of users: where the lane starts on its rail, 1 if it may enter
])  # fmt: skip
"""Someone in a lane's list."""

ZONE: Final = np.dtype([
    ("low", _F), ("high", _F),  # metres along the lane
    ("begin", _I), ("end", _I),  # ticks
    ("speed", _F),  # m/s along the lane
    ("kind", _I),
])  # fmt: skip
"""A place on a lane that someone takes for a time, known in advance."""


class LaneTable(NamedTuple):
    """The network.

    Attributes:
        row: (L,) `LANE`.
        x, y, z: (P,) points of the centre lines.
        left_s, right_s: (P,) metres along the neighbour abreast of each point.
        next, back: Successors and predecessors.
        conflict: `CONFLICT`s by lane.
    """

    row: Records
    x: Array
    y: Array
    z: Array
    left_s: Array
    right_s: Array
    next: Array
    back: Array
    conflict: Records


class Rails(NamedTuple):
    """The lines vehicles ride on: (V, K) points every `STEP` metres from where each began, and (V, S) stretches.

    Attributes:
        x, y, z, cap: Metres, and m/s for which there is grip and a permission.
        row: (V,) `RAIL`.
        stretch: (V, S) `STRETCH`.
    """

    x: Array
    y: Array
    z: Array
    cap: Array
    row: Records
    stretch: Records


class Pool(NamedTuple):
    """A list per lane: `head` (L,) the first `ENTRY` of each in `entry` (N,), -1 without."""

    head: Array
    entry: Records


class Zones(NamedTuple):
    """`ZONE`s by lane: those of lane k are rows `first[k]` to `first[k + 1]`."""

    first: Array
    row: Records


class Lights(NamedTuple):
    """(S, T) what lights show at each tick, as `SignalState`, and seconds until they are red next (0 while red)."""

    state: Array
    until_red: Array


class World(NamedTuple):
    """Everything a step needs.

    Attributes:
        lanes, cars, rails: The network, (V,) `CAR`, their rails.
        profile: (V, N) seconds until a vehicle's front has gone each of the next metres.
        bodies, users: Who is on lanes, and who uses or is about to use lanes of junctions.
        zones, lights: What is known in advance.
    """

    lanes: LaneTable
    cars: Records
    rails: Rails
    profile: Array
    bodies: Pool
    users: Pool
    zones: Zones
    lights: Lights
