"""The lamps that drivers switch on when the light or the air asks for it, whatever a recording says."""

from __future__ import annotations

from roadmark.catalog import BodyStyle, VehicleLight, blueprint, known
from roadmark.scenario import Actor, ActorState, Scenario

MANOEUVRES = (
    VehicleLight.BRAKE
    | VehicleLight.RIGHT_BLINKER
    | VehicleLight.LEFT_BLINKER
    | VehicleLight.REVERSE
    | VehicleLight.INTERIOR
    | VehicleLight.SPECIAL_1
    | VehicleLight.SPECIAL_2
)
"""Lamps that say what a vehicle does: kept as recorded in every light."""

PARKED = 0.5
"""Metres; a vehicle that moves less in a whole recording, and never shows a lamp in it, is parked."""


class DrivingLights:
    """Lamp flags of every vehicle of a scenario in another light than it was recorded in.

    Args:
        scenario: The recording.
        beams: Whether beams are needed to see or be seen: in the dark, in rain, snow and fog.
        fog: Whether the fog lamps burn as well.
    """

    def __init__(self, scenario: Scenario, *, beams: bool, fog: bool = False) -> None:
        self._scenario = scenario
        self._needed = VehicleLight(0)
        if beams:
            self._needed |= VehicleLight.POSITION | VehicleLight.LOW_BEAM
        if fog:
            self._needed |= VehicleLight.FOG
        self._parked: dict[int, bool] = {}

    def flags(self, state: ActorState) -> int:
        """Bits of `catalog.VehicleLight` of a vehicle: what it does, as recorded, and what the light asks for."""
        recorded = VehicleLight(state.light_flags & sum(VehicleLight))
        manoeuvres = recorded & MANOEUVRES
        if self._is_parked(state.actor):
            return int(manoeuvres)
        if not self._needed:
            day = VehicleLight.POSITION | (VehicleLight.LOW_BEAM if _always_lit(state.actor) else VehicleLight(0))
            return int(manoeuvres | (recorded & day))
        return int(manoeuvres | self._needed)

    def _is_parked(self, actor: Actor) -> bool:
        if actor.key not in self._parked:
            track, lights = self._scenario.tracks.get(actor.key), self._scenario.vehicle_lights.get(actor.key)
            still = track is None or float(abs(track.travelled).max()) < PARKED
            self._parked[actor.key] = still and (lights is None or not lights.flags.any())
        return self._parked[actor.key]


def _always_lit(actor: Actor) -> bool:
    """Whether a vehicle rides with the low beam on by day: motorcycles do."""
    if not known(actor.blueprint_id):
        return False
    look = blueprint(actor.blueprint_id)
    return look.is_two_wheeler and look.style is not BodyStyle.BICYCLE
