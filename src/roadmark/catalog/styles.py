"""Body styles: the families of shapes that vehicles and other actors are drawn in."""

from __future__ import annotations

from enum import StrEnum


class BodyStyle(StrEnum):
    """Family of shapes; every blueprint has exactly one."""

    HATCHBACK = "hatchback"
    SEDAN = "sedan"
    CLASSIC_SEDAN = "classic_sedan"
    FASTBACK = "fastback"
    LIFTBACK = "liftback"
    COUPE = "coupe"
    CLASSIC_COUPE = "classic_coupe"
    SUV = "suv"
    OFFROAD = "offroad"
    MPV = "mpv"
    MICROCAR = "microcar"
    TAXI = "taxi"
    POLICE = "police"
    VAN = "van"
    MINIBUS = "minibus"
    CYBERTRUCK = "cybertruck"
    BOX_TRUCK = "box_truck"
    HEAVY_TRUCK = "heavy_truck"
    FIRE_TRUCK = "fire_truck"
    AMBULANCE = "ambulance"
    BUS = "bus"
    MOTORCYCLE = "motorcycle"
    SCOOTER = "scooter"
    BICYCLE = "bicycle"
    WALKER = "walker"
    PROP = "prop"

    @property
    def is_two_wheeler(self) -> bool:
        """Whether a rider sits on it rather than in it."""
        return self in {BodyStyle.MOTORCYCLE, BodyStyle.SCOOTER, BodyStyle.BICYCLE}
