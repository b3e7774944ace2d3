"""The shape of every car-like body style, and what single blueprints change in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from roadmark.catalog import Blueprint, BodyStyle
from roadmark.world.vehicles.looks import TRIM, WHITE
from roadmark.world.vehicles.shapes import Cabin, CarShape, Glass, Lamps
from roadmark.world.vehicles.trucks import SHAPES

_SEDAN: Final = CarShape(
    top=(
        (0.0, 0.45),
        (0.04, 0.515),
        (0.16, 0.585),
        (0.30, 0.64),
        (0.5, 0.655),
        (0.80, 0.70),
        (0.93, 0.715),
        (1.0, 0.67),
    ),
    cabin=Cabin(
        base=(0.285, 0.885),
        top=(0.455, 0.735),
        windows=(Glass((0.325, 0.54), (0.47, 0.54)), Glass((0.558, 0.75), (0.558, 0.705))),
        camber=(0.05, 0.09),
    ),
    nose=((0.12, 0.09), (0.20, 0.02), (0.30, 0.0), (0.38, 0.02), (0.46, 0.09), (0.52, 0.17)),
    tail=((0.14, 0.12), (0.24, 0.02), (0.34, 0.0), (0.45, 0.02), (0.62, 0.07), (0.72, 0.13)),
    doors=(0.315, 0.55, 0.74),
)

_HATCHBACK: Final = CarShape(
    top=((0.0, 0.45), (0.05, 0.53), (0.14, 0.595), (0.25, 0.635), (0.6, 0.665), (0.97, 0.69), (1.0, 0.66)),
    cabin=Cabin(
        base=(0.235, 0.97),
        top=(0.42, 0.85),
        windows=(Glass((0.285, 0.535), (0.437, 0.535)), Glass((0.557, 0.80), (0.557, 0.775))),
        width=(0.93, 0.74),
        camber=(0.06, 0.07),
        bow=(0.17, 0.12),
        rail=0.065,
        taper=0.09,
    ),
    nose=((0.12, 0.08), (0.20, 0.01), (0.30, 0.0), (0.40, 0.03), (0.50, 0.11), (0.56, 0.17)),
    tail=((0.14, 0.06), (0.24, 0.0), (0.36, 0.0), (0.45, 0.03), (0.70, 0.07)),
    corner=(0.42, 0.40),
    corner_share=(0.36, 0.32),
    doors=(0.295, 0.545, 0.76),
    lamps=Lamps(head=((4,), (0, 1, 2)), tail=((4, 5), (0, 1)), grille=((3, 4), (3, 4))),
    rear_rows=(0.0, 0.12, 0.36, 0.52, 0.66, 0.86, 1.0),
)

_SUV: Final = replace(
    _HATCHBACK,
    top=((0.0, 0.52), (0.04, 0.575), (0.16, 0.615), (0.26, 0.645), (0.6, 0.66), (0.97, 0.68), (1.0, 0.65)),
    cabin=replace(
        _HATCHBACK.cabin,
        base=(0.25, 0.97),
        top=(0.40, 0.88),
        width=(0.93, 0.77),
        camber=(0.05, 0.06),
        windows=(
            Glass((0.285, 0.53), (0.42, 0.53)),
            Glass((0.55, 0.745), (0.55, 0.735)),
            Glass((0.765, 0.895), (0.755, 0.855)),
        ),
    ),
    nose=((0.12, 0.09), (0.2, 0.02), (0.30, 0.0), (0.45, 0.015), (0.54, 0.07), (0.6, 0.12)),
    sill=0.27,
    arch_gap=0.065,
    flare=0.022,
    cladding=True,
    tyre_width=0.24,
    lamps=Lamps(head=((4,), (0, 1, 2)), tail=((4,), (0, 1, 2)), grille=((3, 4), (2, 3, 4))),
)

_OFFROAD: Final = replace(
    _SUV,
    top=((0.0, 0.585), (0.02, 0.60), (0.16, 0.615), (0.27, 0.625), (0.6, 0.63), (0.98, 0.635), (1.0, 0.625)),
    cabin=Cabin(
        base=(0.285, 0.985),
        top=(0.355, 0.97),
        windows=(
            Glass((0.325, 0.52), (0.372, 0.52)),
            Glass((0.545, 0.73), (0.545, 0.73)),
            Glass((0.76, 0.94), (0.76, 0.935)),
        ),
        width=(0.95, 0.86),
        camber=(0.02, 0.02),
        bow=(0.05, 0.04),
        rail=0.05,
        taper=0.02,
    ),
    nose=((0.2, 0.02), (0.3, 0.0), (0.36, 0.01), (0.39, 0.05), (0.6, 0.06)),
    tail=((0.2, 0.02), (0.3, 0.0), (0.36, 0.01), (0.39, 0.03), (0.7, 0.04)),
    corner=(0.22, 0.16),
    corner_share=(0.22, 0.16),
    drop=0.045,
    sill=0.36,
    arch_gap=0.09,
    flare=0.05,
    bumpers="plastic",
    lamps=Lamps(head=((), ()), tail=((3, 4), (0,)), grille=((3, 4), (3, 4)), round_radius=0.095),
    tyre_width=0.25,
)

_COUPE: Final = replace(
    _SEDAN,
    top=((0.0, 0.46), (0.05, 0.53), (0.18, 0.60), (0.33, 0.65), (0.55, 0.675), (0.80, 0.72), (0.95, 0.73), (1.0, 0.69)),
    cabin=Cabin(
        base=(0.31, 0.93),
        top=(0.50, 0.70),
        windows=(Glass((0.355, 0.61), (0.515, 0.605)), Glass((0.628, 0.76), (0.622, 0.69))),
        width=(0.92, 0.70),
        camber=(0.04, 0.07),
        bow=(0.16, 0.12),
        taper=0.10,
    ),
    doors=(0.33, 0.66),
    corner_share=(0.38, 0.34),
    flare=0.025,
)

_CLASSIC: Final = replace(
    _SEDAN,
    top=(
        (0.0, 0.555),
        (0.02, 0.585),
        (0.16, 0.61),
        (0.33, 0.63),
        (0.5, 0.635),
        (0.80, 0.655),
        (0.97, 0.645),
        (1.0, 0.60),
    ),
    cabin=Cabin(
        base=(0.34, 0.83),
        top=(0.425, 0.70),
        windows=(Glass((0.372, 0.545), (0.44, 0.545)), Glass((0.558, 0.715), (0.558, 0.675))),
        width=(0.90, 0.72),
        camber=(0.04, 0.06),
        bow=(0.14, 0.14),
        rail=0.05,
    ),
    nose=((0.2, 0.05), (0.26, 0.0), (0.36, 0.0), (0.4, 0.05), (0.56, 0.03)),
    tail=((0.2, 0.05), (0.26, 0.0), (0.36, 0.0), (0.4, 0.05), (0.6, 0.06)),
    corner=(0.22, 0.22),
    corner_share=(0.14, 0.14),
    drop=0.05,
    bumpers="chrome",
    lamps=Lamps(head=((), ()), tail=((4,), (0, 1, 2)), grille=((3, 4), (2, 3, 4)), round_radius=0.085),
    doors=(0.345, 0.55, 0.73),
    arch_gap=0.04,
    flare=0.0,
)

_VAN: Final = CarShape(
    top=((0.0, 0.37), (0.03, 0.42), (0.10, 0.455), (0.19, 0.47), (0.5, 0.475), (1.0, 0.475)),
    cabin=Cabin(
        base=(0.135, 0.995),
        top=(0.285, 0.985),
        windows=(
            Glass((0.19, 0.345), (0.30, 0.345)),
            Glass((0.375, 0.66), (0.375, 0.66), False),
            Glass((0.68, 0.98), (0.68, 0.97), False),
        ),
        width=(0.97, 0.86),
        camber=(0.08, 0.04),
        bow=(0.16, 0.04),
        rail=0.09,
        taper=0.02,
        rows=(0.10, 0.60),
        screen_top=0.64,
        pillar=0.09,
    ),
    nose=((0.08, 0.06), (0.13, 0.0), (0.24, 0.0), (0.30, 0.05), (0.36, 0.14), (0.42, 0.24)),
    tail=((0.1, 0.02), (0.2, 0.0), (1.0, 0.0)),
    sill=0.26,
    corner=(0.40, 0.14),
    corner_share=(0.34, 0.10),
    width=0.91,
    drop=0.05,
    doors=(0.20, 0.355, 0.55),
    bumpers="plastic",
    lamps=Lamps(head=((4, 5), (0, 1)), tail=((3, 4), (0,)), grille=((4,), (2, 3, 4))),
    spokes=0,
)

_MINIBUS: Final = replace(
    _VAN,
    top=((0.0, 0.50), (0.03, 0.515), (0.5, 0.52), (1.0, 0.52)),
    cabin=Cabin(
        base=(0.025, 0.985),
        top=(0.105, 0.955),
        windows=(
            Glass((0.075, 0.25), (0.125, 0.25)),
            Glass((0.28, 0.50), (0.28, 0.50)),
            Glass((0.53, 0.74), (0.53, 0.74)),
            Glass((0.77, 0.95), (0.77, 0.935)),
        ),
        width=(0.965, 0.82),
        camber=(0.06, 0.06),
        bow=(0.12, 0.08),
        rail=0.12,
        rows=(0.14, 0.72),
        screen_top=0.78,
        pillar=0.06,
    ),
    nose=((0.1, 0.07), (0.16, 0.0), (0.22, 0.0), (0.26, 0.05), (0.5, 0.10)),
    tail=((0.1, 0.05), (0.16, 0.0), (0.22, 0.0), (0.26, 0.04), (0.6, 0.05)),
    corner=(0.34, 0.30),
    corner_share=(0.40, 0.32),
    bumpers="chrome",
    doors=(0.075, 0.265, 0.515),
    lamps=Lamps(head=((), ()), tail=((3, 4), (0,)), grille=((), ()), round_radius=0.10),
    arch_gap=0.05,
)

_BUS: Final = replace(
    _MINIBUS,
    top=((0.0, 0.44), (0.02, 0.45), (0.5, 0.46), (1.0, 0.46)),
    cabin=Cabin(
        base=(0.008, 0.995),
        top=(0.035, 0.985),
        windows=(
            Glass((0.03, 0.115), (0.045, 0.115)),
            *(Glass((a, a + 0.125), (a, a + 0.125)) for a in (0.125, 0.26, 0.395, 0.53, 0.665)),
            Glass((0.80, 0.955), (0.80, 0.95)),
        ),
        width=(0.985, 0.93),
        camber=(0.14, 0.08),
        bow=(0.22, 0.10),
        rail=0.18,
        taper=0.01,
        rows=(0.07, 0.76),
        screen_top=0.82,
        pillar=0.12,
    ),
    nose=((0.06, 0.05), (0.1, 0.0), (0.2, 0.0), (0.24, 0.03), (0.5, 0.08)),
    tail=((0.06, 0.05), (0.1, 0.0), (0.6, 0.02)),
    width=0.80,
    sill=0.42,
    corner=(0.5, 0.3),
    corner_share=(0.24, 0.14),
    bumpers="painted",
    doors=(0.24, 0.335),
    glass_door=True,
    lamps=Lamps(head=((3,), (0, 1, 2)), tail=((3, 4), (0,)), grille=((3,), (3, 4))),
    tyre_width=0.30,
    arch_gap=0.09,
    flare=0.0,
)

_CYBERTRUCK: Final = CarShape(
    top=((0.0, 0.52), (0.05, 0.545), (0.25, 0.635), (0.40, 0.66), (0.6, 0.69), (0.9, 0.72), (1.0, 0.73)),
    cabin=Cabin(
        base=(0.14, 0.985),
        top=(0.425, 0.50),
        windows=(
            Glass((0.22, 0.435), (0.43, 0.448)),
            Glass((0.448, 0.66), (0.455, 0.475)),
            Glass((0.67, 0.95), (0.478, 0.492), False),
        ),
        width=(0.94, 0.66),
        camber=(0.015, 0.015),
        bow=(0.03, 0.01),
        rail=0.01,
        taper=0.0,
        rear_glass=False,
        rows=(0.10, 0.86),
        screen_top=0.95,
        dark_roof=True,
    ),
    nose=((0.15, 0.14), (0.3, 0.02), (0.42, 0.0), (0.55, 0.05)),
    tail=((0.2, 0.10), (0.36, 0.0), (0.75, 0.04)),
    sill=0.40,
    corner=(0.20, 0.10),
    corner_share=(0.12, 0.06),
    drop=0.03,
    front_rows=(0.0, 0.16, 0.36, 0.60, 0.88, 0.95, 1.0),
    rear_rows=(0.0, 0.16, 0.36, 0.60, 0.84, 0.93, 1.0),
    doors=(0.29, 0.44, 0.62),
    lamps=Lamps(head=((4,), (0, 1, 2, 3, 4)), tail=((4,), (0, 1, 2, 3, 4)), grille=((), ())),
    flare=0.02,
    arch_gap=0.07,
    cladding=True,
    angular=True,
    tyre_width=0.28,
)

_MICROCAR: Final = replace(
    _HATCHBACK,
    top=((0.0, 0.50), (0.05, 0.54), (0.15, 0.565), (0.5, 0.58), (0.9, 0.585), (1.0, 0.55)),
    cabin=Cabin(
        base=(0.03, 0.96),
        top=(0.28, 0.80),
        windows=(Glass((0.13, 0.44), (0.32, 0.44)), Glass((0.47, 0.84), (0.47, 0.74))),
        width=(0.92, 0.70),
        camber=(0.09, 0.12),
        bow=(0.18, 0.14),
        rail=0.10,
        taper=0.14,
        rows=(0.08, 0.84),
    ),
    nose=((0.14, 0.03), (0.25, 0.0), (0.36, 0.0), (0.55, 0.03)),
    tail=((0.14, 0.03), (0.25, 0.0), (0.36, 0.0), (0.55, 0.04)),
    corner=(0.30, 0.34),
    corner_share=(0.44, 0.46),
    sill=0.17,
    width=0.89,
    arch_gap=0.035,
    doors=(),
    lamps=Lamps(head=((4,), (0, 1)), tail=((4,), (0, 1)), grille=((), ())),
    tyre_width=0.15,
)

_SHAPES: Final[dict[BodyStyle, CarShape]] = {
    BodyStyle.SEDAN: _SEDAN,
    BodyStyle.POLICE: replace(_SEDAN, bumpers="plastic", spokes=0, door_look=WHITE),
    BodyStyle.TAXI: replace(_SEDAN, width=0.965, lamps=Lamps(grille=((3, 4), (2, 3, 4))), spokes=0),
    BodyStyle.CLASSIC_SEDAN: _CLASSIC,
    BodyStyle.CLASSIC_COUPE: replace(
        _CLASSIC,
        top=((0.0, 0.56), (0.02, 0.60), (0.18, 0.625), (0.39, 0.655), (0.6, 0.67), (0.85, 0.69), (1.0, 0.62)),
        cabin=Cabin(
            base=(0.385, 0.86),
            top=(0.50, 0.66),
            windows=(Glass((0.425, 0.645), (0.515, 0.64)),),
            width=(0.90, 0.71),
            camber=(0.03, 0.06),
            bow=(0.12, 0.10),
            rail=0.05,
        ),
        lamps=Lamps(head=((), ()), tail=((4,), (0, 1)), grille=((3, 4), (2, 3, 4)), round_radius=0.08),
        doors=(0.385, 0.66),
    ),
    BodyStyle.FASTBACK: replace(
        _SEDAN,
        cabin=replace(
            _SEDAN.cabin,
            base=(0.265, 0.955),
            top=(0.47, 0.66),
            windows=(Glass((0.315, 0.535), (0.485, 0.535)), Glass((0.552, 0.78), (0.552, 0.68))),
            dark_roof=True,
            taper=0.10,
        ),
        lamps=Lamps(grille=((), ())),
    ),
    BodyStyle.LIFTBACK: replace(
        _HATCHBACK,
        top=((0.0, 0.44), (0.05, 0.51), (0.14, 0.58), (0.23, 0.63), (0.6, 0.67), (0.95, 0.73), (1.0, 0.70)),
        cabin=replace(_HATCHBACK.cabin, base=(0.215, 0.975), top=(0.44, 0.72), taper=0.12,
                      windows=(Glass((0.27, 0.535), (0.455, 0.535)), Glass((0.557, 0.80), (0.557, 0.70)))),
    ),
    BodyStyle.COUPE: _COUPE,
    BodyStyle.HATCHBACK: _HATCHBACK,
    BodyStyle.MPV: replace(
        _HATCHBACK,
        top=((0.0, 0.47), (0.05, 0.54), (0.14, 0.60), (0.24, 0.635), (0.6, 0.655), (0.97, 0.67), (1.0, 0.64)),
        cabin=replace(_HATCHBACK.cabin, base=(0.215, 0.975), top=(0.40, 0.90), width=(0.93, 0.78),windows=(
            Glass((0.285, 0.53), (0.42, 0.53)),
            Glass((0.55, 0.745), (0.55, 0.735)),
            Glass((0.765, 0.895), (0.755, 0.855)),
        ),),
    ),
    BodyStyle.SUV: _SUV,
    BodyStyle.OFFROAD: _OFFROAD,
    BodyStyle.MICROCAR: _MICROCAR,
    BodyStyle.VAN: _VAN,
    BodyStyle.MINIBUS: _MINIBUS,
    BodyStyle.BUS: _BUS,
    BodyStyle.CYBERTRUCK: _CYBERTRUCK,
}  # fmt: skip

_ROUND_LAMPS: Final = Lamps(head=((), ()), tail=((4, 5), (0,)), grille=((3, 4), (2, 3, 4)), round_radius=0.10)

#: Wheels that differ from the style's in nothing but their spokes.
_SPOKES: Final = {"tesla.model3": 9, "mercedes.coupe": 10, "mercedes.coupe_2020": 10}


def car_shape(blueprint: Blueprint) -> CarShape:
    """The body of a car-like blueprint: its style's, with what its own model changes."""
    shape = (_SHAPES | SHAPES)[blueprint.style]
    name = blueprint.id.removeprefix("vehicle.")
    if name.startswith("mini."):
        cabin = replace(shape.cabin, width=(0.93, 0.80), top=(0.37, 0.92), camber=(0.03, 0.04))
        return replace(shape, cabin=cabin, lamps=_ROUND_LAMPS)
    if name == "jeep.wrangler_rubicon":
        tail = tuple((z, back + 0.17) for z, back in shape.tail)
        return replace(shape, tail=tail, spare_wheel=True, cabin=replace(shape.cabin, look=TRIM))
    if name == "volkswagen.t2":
        return replace(shape, cabin=replace(shape.cabin, look=WHITE))
    if name == "audi.etron":
        return replace(shape, cladding=False, spokes=10, lamps=replace(shape.lamps, tail_bar=True))
    if name.startswith("lincoln."):
        return replace(shape, spokes=8, lamps=replace(shape.lamps, tail_bar=True, grille=((3, 4), (3, 4))))
    return replace(shape, spokes=_SPOKES.get(name, shape.spokes))
