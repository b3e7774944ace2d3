"""The looks vehicles are painted with, and the emitter numbers of their lamps."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from roadmark.catalog import VehicleLight
from roadmark.render import Material
from roadmark.world.lofts import Look


class Emitter(IntEnum):
    """Number of each lamp group; bit `number - 1` of an instance's emission mask lights it."""

    POSITION = 1
    BEAM = 2
    TAIL = 3
    BRAKE = 4
    LEFT_BLINKER = 5
    RIGHT_BLINKER = 6
    REVERSE = 7
    FOG = 8
    INTERIOR = 9
    SPECIAL = 10


#: Lamp -> emitters it lights (position lights burn at both ends).
EMITTERS_OF_FLAG: Final[dict[VehicleLight, tuple[Emitter, ...]]] = {
    VehicleLight.POSITION: (Emitter.POSITION, Emitter.TAIL),
    VehicleLight.LOW_BEAM: (Emitter.BEAM,),
    VehicleLight.HIGH_BEAM: (Emitter.BEAM,),
    VehicleLight.BRAKE: (Emitter.BRAKE,),
    VehicleLight.RIGHT_BLINKER: (Emitter.RIGHT_BLINKER,),
    VehicleLight.LEFT_BLINKER: (Emitter.LEFT_BLINKER,),
    VehicleLight.REVERSE: (Emitter.REVERSE,),
    VehicleLight.FOG: (Emitter.FOG,),
    VehicleLight.INTERIOR: (Emitter.INTERIOR,),
    VehicleLight.SPECIAL_1: (Emitter.SPECIAL,),
    VehicleLight.SPECIAL_2: (Emitter.SPECIAL,),
}


def emission_mask(light_flags: int) -> int:
    """Return an instance's emission mask for CARLA's vehicle light flags; unknown flags light nothing.

    Example:
        >>> bin(emission_mask(VehicleLight.BRAKE | VehicleLight.LEFT_BLINKER))
        '0b11000'
    """
    mask = 0
    for flag, emitters in EMITTERS_OF_FLAG.items():
        if light_flags & flag:
            for emitter in emitters:
                mask |= 1 << (emitter - 1)
    return mask


PAINT: Final = Look(Material.CAR_PAINT)
GLASS: Final = Look(Material.CAR_GLASS)
TRIM: Final = Look(Material.PLASTIC, (26, 27, 29))
CLADDING: Final = Look(Material.PLASTIC, (44, 45, 47))
GAP: Final = Look(Material.PLASTIC, (14, 14, 15))
UNDERBODY: Final = Look(Material.PLASTIC, (20, 20, 21))
CHROME: Final = Look(Material.CHROME)
STEEL: Final = Look(Material.METAL, (168, 171, 174))
ALLOY: Final = Look(Material.METAL, (186, 189, 193))
DARK_METAL: Final = Look(Material.METAL, (58, 60, 63))
RUBBER: Final = Look(Material.RUBBER)
PLATE: Final = Look(Material.SIGN, (236, 236, 230))
PLATE_TEXT: Final = Look(Material.PLASTIC, (28, 30, 40))
WHITE: Final = Look(Material.GENERIC, (236, 236, 234))

HEAD_HOUSING: Final = Look(Material.CAR_GLASS, (74, 80, 88))
HEAD_LAMP: Final = Look(Material.LAMP_LENS, (222, 228, 234), Emitter.BEAM)
POSITION_LAMP: Final = Look(Material.LAMP_LENS, (214, 220, 228), Emitter.POSITION)
TAIL_LAMP: Final = Look(Material.LAMP_LENS, (150, 14, 18), Emitter.TAIL)
BRAKE_LAMP: Final = Look(Material.LAMP_LENS, (186, 18, 20), Emitter.BRAKE)
REVERSE_LAMP: Final = Look(Material.LAMP_LENS, (226, 226, 226), Emitter.REVERSE)
FOG_LAMP: Final = Look(Material.LAMP_LENS, (190, 192, 184), Emitter.FOG)
LEFT_BLINKER: Final = Look(Material.LAMP_LENS, (232, 112, 16), Emitter.LEFT_BLINKER)
RIGHT_BLINKER: Final = Look(Material.LAMP_LENS, (232, 112, 16), Emitter.RIGHT_BLINKER)
BEACON_BLUE: Final = Look(Material.LAMP_LENS, (34, 70, 210), Emitter.SPECIAL)
BEACON_RED: Final = Look(Material.LAMP_LENS, (206, 24, 28), Emitter.SPECIAL)
ROOF_SIGN: Final = Look(Material.LAMP_LENS, (244, 214, 120), Emitter.INTERIOR)
