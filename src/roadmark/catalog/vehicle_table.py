"""CARLA 0.9.16's 41 vehicles: body style, size, where the box sits, and the axles of the real car they depict.

Sizes and box offsets are facts of CARLA's own table (`blueprint_sizes_vehicle.json`), in metres; the offsets are here
already in FLU (CARLA's y with its sign flipped). Wheelbases, overhangs and radii are our own reading of the cars.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from roadmark.catalog.styles import BodyStyle as B


class VehicleRow(NamedTuple):
    """One vehicle; lengths in metres, colour sRGB."""

    style: B
    size: tuple[float, float, float]
    offset: tuple[float, float]
    wheelbase: float
    front_overhang: float
    wheel_radius: float
    color: tuple[int, int, int]


#: Name after `vehicle.` -> its row. `wheelbase` 0: two-wheelers, whose axles follow from length and radius.
VEHICLE_ROWS: Final[dict[str, VehicleRow]] = {
    "audi.a2": VehicleRow(B.HATCHBACK, (3.7054, 1.7887, 1.5491), (0.0, 0.0), 2.41, 0.72, 0.3, (112, 118, 126)),
    "audi.etron": VehicleRow(B.SUV, (4.8557, 2.0328, 1.6494), (0.0, 0.0), 2.93, 0.9, 0.37, (60, 72, 92)),
    "audi.tt": VehicleRow(B.COUPE, (4.1812, 1.9941, 1.3853), (0.0, 0.0), 2.47, 0.87, 0.33, (150, 22, 26)),
    "bh.crossbike": VehicleRow(B.BICYCLE, (1.5093, 0.8659, 1.6124), (0.0, 0.0), 0.0, 0.0, 0.33, (40, 96, 160)),
    "bmw.grandtourer": VehicleRow(B.MPV, (4.6110, 2.2417, 1.6673), (0.0, 0.0), 2.78, 0.86, 0.33, (84, 92, 104)),
    "carlamotors.carlacola": VehicleRow(
        B.BOX_TRUCK, (5.2038, 2.6270, 2.4674), (0.0, 0.0), 2.95, 1.02, 0.42, (196, 28, 32)
    ),
    "carlamotors.european_hgv": VehicleRow(
        B.HEAVY_TRUCK, (7.9357, 2.8911, 3.4619), (0.0, 0.0), 4.7, 1.42, 0.52, (230, 232, 234)
    ),
    "carlamotors.firetruck": VehicleRow(
        B.FIRE_TRUCK, (8.4680, 2.8911, 3.8274), (-0.253, 0.0), 4.55, 1.62, 0.54, (192, 24, 22)
    ),
    "chevrolet.impala": VehicleRow(
        B.CLASSIC_SEDAN, (5.3575, 2.0332, 1.4107), (0.0, 0.0), 3.02, 1.0, 0.34, (60, 120, 140)
    ),
    "citroen.c3": VehicleRow(B.HATCHBACK, (3.9877, 1.8508, 1.6171), (0.0, 0.0), 2.54, 0.8, 0.31, (196, 110, 36)),
    "diamondback.century": VehicleRow(B.BICYCLE, (1.6562, 0.5824, 1.6198), (0.0, 0.0), 0.0, 0.0, 0.335, (190, 40, 40)),
    "dodge.charger_2020": VehicleRow(B.SEDAN, (5.0078, 1.8816, 1.5347), (0.0, 0.0), 3.05, 0.98, 0.36, (96, 28, 34)),
    "dodge.charger_police": VehicleRow(
        B.POLICE, (4.9742, 2.0384, 1.5421), (0.024, 0.0), 3.05, 0.97, 0.36, (22, 24, 28)
    ),
    "dodge.charger_police_2020": VehicleRow(
        B.POLICE, (5.2375, 1.9298, 1.6384), (0.109, 0.0), 3.05, 1.06, 0.365, (22, 24, 28)
    ),
    "ford.ambulance": VehicleRow(
        B.AMBULANCE, (6.3656, 2.3512, 2.4314), (-0.289, 0.0), 3.95, 1.0, 0.39, (240, 240, 238)
    ),
    "ford.crown": VehicleRow(B.TAXI, (5.3657, 1.8007, 1.5750), (0.185, 0.0), 2.91, 1.05, 0.34, (236, 182, 30)),
    "ford.mustang": VehicleRow(
        B.CLASSIC_COUPE, (4.7175, 1.8948, 1.3009), (0.032, 0.0), 2.74, 0.92, 0.33, (150, 20, 24)
    ),
    "gazelle.omafiets": VehicleRow(B.BICYCLE, (1.8434, 0.6590, 1.7758), (0.0, 0.0), 0.0, 0.0, 0.35, (28, 30, 32)),
    "harley-davidson.low_rider": VehicleRow(
        B.MOTORCYCLE, (2.3502, 0.7662, 1.6495), (0.0, 0.0), 0.0, 0.0, 0.33, (30, 30, 34)
    ),
    "jeep.wrangler_rubicon": VehicleRow(
        B.OFFROAD, (3.8662, 1.9052, 1.8779), (0.0, 0.0), 2.42, 0.6, 0.39, (186, 60, 26)
    ),
    "kawasaki.ninja": VehicleRow(B.MOTORCYCLE, (2.0437, 0.7969, 1.5232), (0.0, 0.0), 0.0, 0.0, 0.3, (62, 160, 44)),
    "lincoln.mkz_2017": VehicleRow(B.SEDAN, (4.9017, 2.1283, 1.5107), (0.0, 0.0), 2.85, 0.96, 0.345, (46, 52, 62)),
    "lincoln.mkz_2020": VehicleRow(B.SEDAN, (4.8924, 1.8367, 1.4903), (0.0, 0.0), 2.85, 0.96, 0.345, (170, 174, 178)),
    "mercedes.coupe": VehicleRow(B.COUPE, (5.0268, 2.1515, 1.6507), (0.0, 0.0), 2.93, 0.97, 0.36, (200, 202, 204)),
    "mercedes.coupe_2020": VehicleRow(B.COUPE, (4.6736, 1.8118, 1.4419), (0.0, 0.0), 2.76, 0.85, 0.345, (28, 46, 84)),
    "mercedes.sprinter": VehicleRow(B.VAN, (5.9152, 1.9884, 2.5607), (0.0, 0.0), 3.67, 0.98, 0.36, (228, 230, 232)),
    "micro.microlino": VehicleRow(B.MICROCAR, (2.2073, 1.4809, 1.3760), (0.0, 0.0), 1.41, 0.4, 0.25, (120, 190, 190)),
    "mini.cooper_s": VehicleRow(B.HATCHBACK, (3.8058, 1.9703, 1.4750), (0.0, 0.0), 2.47, 0.66, 0.31, (176, 30, 34)),
    "mini.cooper_s_2021": VehicleRow(
        B.HATCHBACK, (4.5527, 2.0971, 1.7672), (-0.031, 0.0), 2.84, 0.8, 0.35, (24, 74, 62)
    ),
    "mitsubishi.fusorosa": VehicleRow(
        B.BUS, (10.2727, 3.9442, 4.2528), (-0.445, 0.121), 5.55, 1.62, 0.56, (214, 206, 186)
    ),
    "nissan.micra": VehicleRow(B.HATCHBACK, (3.6334, 1.8451, 1.5013), (0.0, 0.0), 2.43, 0.69, 0.3, (70, 130, 190)),
    "nissan.patrol": VehicleRow(B.OFFROAD, (4.6045, 1.9316, 1.8548), (-0.057, 0.0), 2.62, 0.78, 0.4, (200, 200, 196)),
    "nissan.patrol_2021": VehicleRow(B.SUV, (5.5658, 2.1500, 2.0451), (0.028, 0.0), 3.1, 0.97, 0.42, (56, 58, 60)),
    "seat.leon": VehicleRow(B.HATCHBACK, (4.1928, 1.8162, 1.4738), (0.0, 0.0), 2.58, 0.86, 0.325, (190, 26, 32)),
    "tesla.cybertruck": VehicleRow(
        B.CYBERTRUCK, (6.2736, 2.3896, 2.0982), (0.0, 0.0), 3.81, 1.02, 0.44, (168, 172, 176)
    ),
    "tesla.model3": VehicleRow(B.FASTBACK, (4.7918, 2.1635, 1.4877), (0.029, 0.0), 2.88, 0.85, 0.345, (226, 228, 230)),
    "toyota.prius": VehicleRow(B.LIFTBACK, (4.5135, 2.0068, 1.5248), (0.0, 0.0), 2.7, 0.92, 0.32, (60, 110, 160)),
    "vespa.zx125": VehicleRow(B.SCOOTER, (1.8171, 0.8659, 1.5901), (0.0, 0.0), 0.0, 0.0, 0.235, (130, 190, 170)),
    "volkswagen.t2": VehicleRow(B.MINIBUS, (4.4804, 2.0693, 2.0378), (0.0, 0.0), 2.4, 1.04, 0.335, (60, 130, 170)),
    "volkswagen.t2_2021": VehicleRow(B.MINIBUS, (4.4422, 1.7746, 1.9872), (0.117, 0.0), 2.4, 1.02, 0.33, (190, 70, 50)),
    "yamaha.yzf": VehicleRow(B.MOTORCYCLE, (2.1908, 0.8659, 1.5304), (0.0, 0.0), 0.0, 0.0, 0.3, (30, 60, 160)),
}
