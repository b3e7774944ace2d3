"""The lamps of a vehicle."""

from __future__ import annotations

from enum import IntFlag


class VehicleLight(IntFlag):
    """Lamps that are on, with the bits of CARLA's ``carla.VehicleLightState``."""

    POSITION = 1
    LOW_BEAM = 2
    HIGH_BEAM = 4
    BRAKE = 8
    RIGHT_BLINKER = 16
    LEFT_BLINKER = 32
    REVERSE = 64
    FOG = 128
    INTERIOR = 256
    SPECIAL_1 = 512
    SPECIAL_2 = 1024
