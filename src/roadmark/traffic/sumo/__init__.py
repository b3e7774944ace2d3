"""SUMO as an engine of vehicles: its programs, networks and routes, driven step by step through TraCI."""

from roadmark.traffic.sumo.engine import SumoEngine

__all__ = ["SumoEngine"]
