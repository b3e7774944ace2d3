"""`TrafficDemand`: what an engine is asked to drive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from roadmark.geometry import FloatArray
from roadmark.traffic.motion import Clock, MovingActor, ScriptedActor
from roadmark.traffic.network import Network
from roadmark.traffic.signals import SignalPlan
from roadmark.traffic.vehicles.driver import Driver


@dataclass(frozen=True, eq=False)
class TrafficDemand:
    """Who is to drive, where and when, and around whom.

    Attributes:
        network: The lanes.
        signals: What the lights show.
        drivers: Who drives.
        clock: The frames.
        scripted: Actors with prescribed courses; nobody touches them.
        others: People and parked vehicles, whose courses are known too.
        focus: (2,) or (3,) where most vehicles shall be near, world metres.
        radius: Metres around it within which most of them start.
        count: How many vehicles there shall be at most, those nearest to the focus; all drivers by default. Some more
            drivers than that make up for those that are dropped.
    """

    network: Network
    signals: SignalPlan
    drivers: Sequence[Driver]
    clock: Clock
    scripted: Sequence[ScriptedActor] = ()
    others: Sequence[MovingActor] = ()
    focus: FloatArray | None = None
    radius: float = 130.0
    count: int | None = None
