"""The engine that drives vehicles and cyclists: rails, car following, lane changes, right of way."""

from roadmark.traffic.vehicles.demand import TrafficDemand
from roadmark.traffic.vehicles.driver import Driver, draw_driver
from roadmark.traffic.vehicles.simulate import VehicleTraffic, simulate_vehicles

__all__ = ["Driver", "TrafficDemand", "VehicleTraffic", "draw_driver", "simulate_vehicles"]
