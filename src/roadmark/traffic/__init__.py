"""Traffic on a road map: the lane network, signals over time, vehicles, cyclists and pedestrians."""

from roadmark.traffic.assemble import actor_ids, to_scenario
from roadmark.traffic.build import build_network
from roadmark.traffic.engines import ENGINES, VehicleEngine, vehicle_engine
from roadmark.traffic.limits import INCIDENT_BRAKING, INCIDENT_LATERAL
from roadmark.traffic.mix import VehicleMix, WalkerMix, draw_drivers, draw_walkers, vehicle_spec
from roadmark.traffic.motion import HAZARD, LEFT, RIGHT, ActorSpec, Clock, MovingActor, ScriptedActor
from roadmark.traffic.network import Conflict, LaneCrossing, Network, NetworkLane, Route, StopLine
from roadmark.traffic.parked import Bay, build_bays, park_vehicles
from roadmark.traffic.paths import Path, joined_path
from roadmark.traffic.sidewalks import SidewalkGraph, build_sidewalks
from roadmark.traffic.signal_programs import plan_signals
from roadmark.traffic.signals import SignalPlan, SignalProgram, WalkProgram
from roadmark.traffic.vehicles import Driver, TrafficDemand, VehicleTraffic, draw_driver, simulate_vehicles
from roadmark.traffic.walkers import Pedestrians, simulate_walkers

__all__ = [
    "ENGINES",
    "HAZARD",
    "INCIDENT_BRAKING",
    "INCIDENT_LATERAL",
    "LEFT",
    "RIGHT",
    "ActorSpec",
    "Bay",
    "Clock",
    "Conflict",
    "Driver",
    "LaneCrossing",
    "MovingActor",
    "Network",
    "NetworkLane",
    "Path",
    "Pedestrians",
    "Route",
    "ScriptedActor",
    "SidewalkGraph",
    "SignalPlan",
    "SignalProgram",
    "StopLine",
    "TrafficDemand",
    "VehicleEngine",
    "VehicleMix",
    "VehicleTraffic",
    "WalkProgram",
    "WalkerMix",
    "actor_ids",
    "build_bays",
    "build_network",
    "build_sidewalks",
    "draw_driver",
    "draw_drivers",
    "draw_walkers",
    "joined_path",
    "park_vehicles",
    "plan_signals",
    "simulate_vehicles",
    "simulate_walkers",
    "to_scenario",
    "vehicle_engine",
    "vehicle_spec",
]
