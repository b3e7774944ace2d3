"""Traffic on a road map: the lane network, signals over time, and vehicles, cyclists and pedestrians keeping the rules."""

from roadmark.traffic.motion import HAZARD, LEFT, RIGHT, ActorSpec, Clock, MovingActor
from roadmark.traffic.network import Conflict, LaneCrossing, Network, NetworkLane, Route, StopLine
from roadmark.traffic.paths import Path
from roadmark.traffic.signals import SignalPlan, SignalProgram

__all__ = [
    "HAZARD",
    "LEFT",
    "RIGHT",
    "ActorSpec",
    "Clock",
    "Conflict",
    "LaneCrossing",
    "MovingActor",
    "Network",
    "NetworkLane",
    "Path",
    "Route",
    "SignalPlan",
    "SignalProgram",
    "StopLine",
]
