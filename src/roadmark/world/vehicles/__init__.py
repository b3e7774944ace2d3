"""Vehicles lofted to their blueprint's exact size: bodies, wheels that roll and steer, lamps."""

from __future__ import annotations

from functools import cache

from roadmark.catalog import Blueprint
from roadmark.errors import InputError
from roadmark.world.vehicles.cars import car_model
from roadmark.world.vehicles.looks import EMITTERS_OF_FLAG, Emitter, emission_mask
from roadmark.world.vehicles.model import VehicleModel, WheelMount

__all__ = ["EMITTERS_OF_FLAG", "Emitter", "VehicleModel", "WheelMount", "emission_mask", "vehicle_model"]


@cache
def vehicle_model(blueprint: Blueprint) -> VehicleModel:
    """The model of a vehicle blueprint; equal blueprints get the same meshes.

    Raises:
        InputError: The blueprint is no vehicle.
    """
    if blueprint.kind != "vehicle":
        raise InputError(f"{blueprint.id} is no vehicle")
    return car_model(blueprint)
