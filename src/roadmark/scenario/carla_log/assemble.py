"""What was gathered, parted by actor and converted from Unreal's frame and units to FLU, metres and radians."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry import CENTIMETRES_PER_METRE, FloatArray, flu_from_carla_location, flu_rpy_from_carla_degrees
from roadmark.scenario.carla_log.columns import LARGEST_NUMBER, Lives
from roadmark.scenario.carla_log.events import actor_kind
from roadmark.scenario.carla_log.gather import Gathered, Life
from roadmark.scenario.carla_log.packets import PacketKind, Records
from roadmark.scenario.model import (
    Actor,
    ActorKind,
    ControlTrack,
    DoorTrack,
    IntArray,
    LightTrack,
    LocalBox,
    SignalState,
    SignalTrack,
    SpeedTrack,
    Track,
    WheelTrack,
    actor_key,
)
from roadmark.scenario.scenario import Scenario

_DOOR_COUNT = 6
_ALL_DOORS = 6
_NEVER = 2**31 - 1

_ByActor = Iterator[tuple[int, Records, IntArray, FloatArray]]


def assemble(gathered: Gathered, warnings: list[str]) -> Scenario:
    """Build the scenario; `warnings` are those known already."""
    with np.errstate(invalid="ignore"):  # boxes and velocities may hold (signalling) NaNs, which mean "none"
        return _Assembly(gathered).scenario(warnings)


class _Assembly:
    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.times = np.array(gathered.times, dtype=np.float64)
        self.notes = gathered.notes
        self.ordered = sorted(
            (life for lives in gathered.lives.values() for life in lives), key=lambda life: life.first
        )
        self.actors = {actor.key: actor for actor in map(self._actor, self.ordered)}
        rows = sorted(self.ordered, key=lambda life: (life.added.id, life.first))
        self.lives = Lives(
            ids=np.array([life.added.id for life in rows], np.int64),
            first=np.array([life.first for life in rows], np.int64),
            last=np.array([_NEVER if life.last is None else life.last for life in rows], np.int64),
            keys=np.array([actor_key(life.added.id, life.number) for life in rows], np.int64),
        )

    def scenario(self, warnings: list[str]) -> Scenario:
        tracks = self._tracks()
        signals = self._signals()
        controls = {
            key: ControlTrack(
                times=times,
                steer=self._numbers(found["steer"]),
                throttle=self._numbers(found["throttle"]),
                brake=self._numbers(found["brake"]),
                handbrake=found["handbrake"] != 0,
                gear=found["gear"].astype(np.int32),
            )
            for key, found, _, times in self._by_actor(PacketKind.ANIM_VEHICLE)
        }
        lights = {
            key: LightTrack(times, found["flags"].astype(np.uint32))
            for key, found, _, times in self._by_actor(PacketKind.VEHICLE_LIGHT)
        }
        scenario = Scenario(
            map_name=self.gathered.header.map_name,
            times=self.times,
            source_frames=np.array(self.gathered.numbers, np.int64),
            actors=self.actors,
            tracks=tracks,
            signals=signals,
            controls=controls,
            vehicle_lights=lights,
            walker_speeds=self._speeds(PacketKind.ANIM_WALKER),
            wheels=self._wheels(),
            bikers=self._speeds(PacketKind.BIKER),
            doors=self._doors(),
            collisions=tuple(self.gathered.collisions.finish()),
            recorded_at=self.gathered.header.recorded_at,
        )
        noted = [f"{count} × {note}" for note, count in sorted(self.notes.items())]
        path = self.gathered.path
        return replace(scenario, warnings=(*warnings, *(f"{path}: {note}" for note in noted)))

    def _actor(self, life: Life) -> Actor:
        added = life.added
        attributes = {attribute.id: attribute.value for attribute in added.attributes}
        return Actor(
            id=added.id,
            kind=actor_kind(added.type, added.blueprint_id),
            blueprint_id=added.blueprint_id,
            attributes=attributes,
            color=self._color(attributes.get("color")),
            role_name=attributes.get("role_name", ""),
            parent=life.parent,
            bounding_box=self._box(life.box),
            spawned=self.gathered.times[life.first],
            destroyed=None if life.last is None else self.gathered.times[life.last],
            spawn_position=flu_from_carla_location(added.location) / CENTIMETRES_PER_METRE,
            spawn_rpy=flu_rpy_from_carla_degrees(added.rotation),
            spawn_is_relative=life.attached_live,
            trigger_volume=self._box(life.trigger),
            light_times=life.light_times,
            max_steer=self._max_steer(life.max_steer),
            life=life.number,
        )

    def _color(self, text: str | None) -> NDArray[np.uint8] | None:
        if text is None:
            return None
        parts = text.split(",")
        if len(parts) == 3 and all(part.strip().isascii() and part.strip().isdigit() for part in parts):
            channels = [int(part) for part in parts if len(part) < 8]
            if len(channels) == 3 and max(channels) <= 255:
                return np.array(channels, np.uint8)
        self.notes["colours that are no r,g,b were ignored"] += 1
        return None

    def _box(self, box: tuple[Records, Records] | None) -> LocalBox | None:
        """The recorded box; None for actors without geometry, where the recorder writes NaN and minus infinity."""
        if box is None:
            return None
        origin, extent = (np.asarray(values, np.float64) for values in box)
        if not (np.abs(origin) <= LARGEST_NUMBER).all() or not ((extent > 0.0) & (extent <= LARGEST_NUMBER)).all():
            return None
        return LocalBox(flu_from_carla_location(origin) / CENTIMETRES_PER_METRE, extent / CENTIMETRES_PER_METRE)

    def _numbers(self, values: Records) -> FloatArray:
        """The values in double precision; what is no number becomes 0 and is noted (only places are worth an error)."""
        broken = ~(np.abs(values) <= LARGEST_NUMBER)
        if broken.any():
            self.notes["controls, speeds or wheel angles that are no numbers count as 0"] += int(broken.sum())
        return np.where(broken, 0.0, values).astype(np.float64)

    def _max_steer(self, degrees: float | None) -> float | None:
        if degrees is None or not 0.0 < degrees < 90.0:
            return None
        return float(np.deg2rad(degrees))

    def _by_actor(self, kind: PacketKind) -> _ByActor:
        """Records of a kind for every actor: key, records, frame indices, times; one record per frame, the last."""
        for row, found, at in self.gathered.columns[kind].by_actor(self.lives):
            if row < 0:
                ids = ", ".join(map(str, np.unique(found["id"])[:5]))
                self.notes[f"{kind.name} records of actors that do not exist were skipped (ids {ids})"] += len(found)
                continue
            keep = np.append(np.diff(at) > 0, True) | (kind is PacketKind.VEHICLE_DOOR)
            if not keep.all():
                self.notes[f"{kind.name} records given twice in a frame were skipped"] += int((~keep).sum())
            yield int(self.lives.keys[row]), found[keep], at[keep], self.times[at[keep]]

    def _tracks(self) -> dict[int, Track]:
        kinematics = {key: (found, frames) for key, found, frames, _ in self._by_actor(PacketKind.KINEMATICS)}
        tracks = {}
        for key, found, frames, times in self._by_actor(PacketKind.POSITION):
            linear, angular = _kinematics_on(frames, kinematics.pop(key, None))
            tracks[key] = Track(
                actor_id=self.actors[key].id,
                times=times,
                frames=frames,
                positions=flu_from_carla_location(found["location"]) / CENTIMETRES_PER_METRE,
                rpy=flu_rpy_from_carla_degrees(found["rotation"]),
                recorded_velocity=linear,
                recorded_angular=angular,
                walks=self.actors[key].kind is ActorKind.WALKER,
            )
        return tracks

    def _signals(self) -> dict[int, SignalTrack]:
        signals = {}
        for key, found, _, times in self._by_actor(PacketKind.STATE):
            known = (found["state"] >= SignalState.RED) & (found["state"] <= SignalState.UNKNOWN)
            if not known.all():
                self.notes["traffic light states that are none count as unknown"] += int((~known).sum())
            state = np.where(known, found["state"], SignalState.UNKNOWN).astype(np.int8)
            signals[key] = SignalTrack(
                self.actors[key].id, times, state, found["frozen"] != 0, self._numbers(found["elapsed"])
            )
        return signals

    def _speeds(self, kind: PacketKind) -> dict[int, SpeedTrack]:
        return {
            key: SpeedTrack(times, self._numbers(found["speed"]) / CENTIMETRES_PER_METRE)
            for key, found, _, times in self._by_actor(kind)
        }

    def _wheels(self) -> dict[int, WheelTrack]:
        wheels: dict[int, WheelTrack] = {}
        for column in self.gathered.wheels.values():
            for row, found, frames in column.by_actor(self.lives):
                if row < 0 or found["location"].shape[1] == 0:
                    continue
                wheels[row] = WheelTrack(
                    times=self.times[frames],
                    locations=found["location"][0].copy(),
                    steer=-np.deg2rad(self._numbers(found["steer"])),
                    rotation=-np.deg2rad(self._numbers(found["rotation"])),  # the recorder counts forward negative
                )
        return {int(self.lives.keys[row]): wheels[row] for row in sorted(wheels)}  # actors' order, not wheel counts'

    def _doors(self) -> dict[int, DoorTrack]:
        doors = {}
        for key, found, _, times in self._by_actor(PacketKind.VEHICLE_DOOR):
            mask, masks = 0, []
            for door, is_open in zip(found["door"].tolist(), (found["open"] != 0).tolist(), strict=True):
                bits = (1 << _DOOR_COUNT) - 1 if door == _ALL_DOORS else (1 << door if door < _DOOR_COUNT else 0)
                mask = mask | bits if is_open else mask & ~bits
                masks.append(mask)
            doors[key] = DoorTrack(times, np.array(masks, np.uint8))
        return doors


def _kinematics_on(
    frames: IntArray, recorded: tuple[Records, IntArray] | None
) -> tuple[FloatArray | None, FloatArray | None]:
    """Recorded linear (m/s) and angular velocities (rad/s) at a track's frames, NaN where there is none usable."""
    if recorded is None:
        return None, None
    records, at = recorded
    rows = np.minimum(np.searchsorted(at, frames), len(at) - 1)
    there = at[rows] == frames
    linear = np.where(there[:, None], records["linear"][rows], np.nan).astype(np.float64)
    angular = np.where(there[:, None], records["angular"][rows], np.nan).astype(np.float64)
    for values in (linear, angular):
        values[~(np.abs(values) <= LARGEST_NUMBER)] = np.nan
    # A mirrored frame turns the other way: the angular velocity is an axial vector, only its y part keeps its sign.
    return linear * (1.0, -1.0, 1.0), np.deg2rad(angular) * (-1.0, 1.0, -1.0)
