"""Which lamps drivers have on in another light than the recording's."""

from types import SimpleNamespace

import numpy as np
import pytest

from roadmark.catalog import VehicleLight
from roadmark.world import DrivingLights

POSITION, LOW, BRAKE, LEFT, FOG = (
    VehicleLight.POSITION,
    VehicleLight.LOW_BEAM,
    VehicleLight.BRAKE,
    VehicleLight.LEFT_BLINKER,
    VehicleLight.FOG,
)


def state(flags, blueprint="vehicle.audi.tt"):
    return SimpleNamespace(actor=SimpleNamespace(key=5, blueprint_id=blueprint), light_flags=int(flags))


def scenario(travelled=(0.0, 9.0), shown=(0,)):
    track = SimpleNamespace(travelled=np.array(travelled))
    lights = SimpleNamespace(flags=np.array([int(flags) for flags in shown], np.uint32))
    return SimpleNamespace(tracks={5: track}, vehicle_lights={5: lights})


def flags(recorded, *, beams, fog=False, blueprint="vehicle.audi.tt", **recording):
    return DrivingLights(scenario(**recording), beams=beams, fog=fog).flags(state(recorded, blueprint))


@pytest.mark.parametrize(
    ("recorded", "dark", "expected"),
    [
        (VehicleLight(0), True, POSITION | LOW),
        (BRAKE | LEFT, True, POSITION | LOW | BRAKE | LEFT),
        (POSITION | LOW | BRAKE, False, POSITION | BRAKE),  # daytime lamps stay, beams go
        (VehicleLight(0), False, VehicleLight(0)),
    ],
)
def test_beams_follow_the_light_and_manoeuvres_the_recording(recorded, dark, expected):
    assert flags(recorded, beams=dark) == expected


def test_fog_lamps_burn_in_fog():
    assert flags(0, beams=True, fog=True) == POSITION | LOW | FOG


def test_parked_vehicles_stay_dark_and_waiting_ones_do_not():
    assert flags(0, beams=True, travelled=(0.0, 0.1)) == 0
    assert flags(BRAKE, beams=True, travelled=(0.0, 0.1), shown=(0, BRAKE)) == POSITION | LOW | BRAKE


def test_motorcycles_ride_with_the_beam_on_by_day():
    assert flags(POSITION | LOW, beams=False, blueprint="vehicle.yamaha.yzf") == POSITION | LOW


def test_bits_that_are_no_lamp_are_dropped():
    assert flags(1 << 20, beams=False) == 0
