"""Vehicles lofted to their blueprint's exact size: bodies, wheels that roll and steer, lamps."""

from __future__ import annotations

from functools import lru_cache

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.errors import InputError
from roadmark.world.vehicles.bicycles import bicycle_model
from roadmark.world.vehicles.cars import car_model
from roadmark.world.vehicles.looks import EMITTERS_OF_FLAG, Emitter, emission_mask
from roadmark.world.vehicles.model import VehicleModel, WheelMount
from roadmark.world.vehicles.motorcycles import motorcycle_model

__all__ = ["EMITTERS_OF_FLAG", "Emitter", "VehicleModel", "WheelMount", "emission_mask", "vehicle_model"]


@lru_cache(maxsize=256)  # a batch of recordings would otherwise keep every size it ever saw
def vehicle_model(blueprint: Blueprint) -> VehicleModel:
    """The model of a vehicle blueprint; equal blueprints get the same meshes.

    Raises:
        InputError: The blueprint is no vehicle.
    """
    if blueprint.kind != "vehicle":
        raise InputError(f"{blueprint.id} is no vehicle")
    if blueprint.style is BodyStyle.BICYCLE:
        return bicycle_model(blueprint)
    if blueprint.is_two_wheeler:
        return motorcycle_model(blueprint)
    return car_model(blueprint)
