"""A scenario's actors as things to see: which model each has, where its parts are, and the box it fills."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from roadmark.catalog import Blueprint, BodyStyle, VehicleLight, blueprint, known
from roadmark.geometry import Box3D, Pose
from roadmark.render import Instance, Mesh, SpotLight
from roadmark.scenario import Actor, ActorKind, ActorState, Scenario, SceneState
from roadmark.world.driving_lights import DrivingLights
from roadmark.world.props import prop_model
from roadmark.world.vehicles import VehicleModel, emission_mask, vehicle_model
from roadmark.world.walkers import WalkerModel, walker_model

Color = tuple[int, int, int]
Transform = npt.NDArray[np.float64]

BEAM_HEIGHT = 0.4
"""Height of head lamps as a share of the box's."""
SHORTEST_STRIDE = 0.3
"""Metres of one gait cycle below which nobody walks."""
LARGEST_STEER = np.deg2rad(30.0)
"""Front wheels turn no farther, radians: the models have room for this much within their boxes."""
SAME_SIZE = 0.01
"""Recorded boxes that differ from the catalogue's by less, metres, are the catalogue's."""


@dataclass(frozen=True, eq=False)
class PlacedActor:
    """One actor in the scene.

    Attributes:
        actor_id: Its id in the recording.
        object_id: Its value in instance images: 1..65535, or 0 for props, which belong to the still world.
        blueprint: What it is, with the size it has in this recording.
        instances: Its meshes.
        box: Its 3D box in the world; a walker's is the bounds of its animated body.
        carla_box: CARLA's own box where `box` is another (a walker's capsule).
        color: Paint, sRGB; None where it has none.
        speed: m/s.
        lamps: Head lamps that are on, and the glow of the lamps behind.
    """

    actor_id: int
    object_id: int
    blueprint: Blueprint
    instances: tuple[Instance, ...]
    box: Box3D
    carla_box: Box3D | None
    color: Color | None
    speed: float
    lamps: tuple[SpotLight, ...] = ()


def _fallback(actor: Actor) -> str | None:
    """A known blueprint that stands in for one the catalogue does not have."""
    if actor.kind is ActorKind.WALKER:
        return "walker.pedestrian.0001"
    if actor.kind is not ActorKind.VEHICLE:
        return None
    kind = actor.attributes.get("base_type", "").lower()
    if actor.attributes.get("number_of_wheels") == "2":
        return "vehicle.diamondback.century" if kind == "bicycle" else "vehicle.yamaha.yzf"
    stand_ins = {
        "truck": "vehicle.carlamotors.carlacola",
        "van": "vehicle.mercedes.sprinter",
        "bus": "vehicle.mitsubishi.fusorosa",
    }
    return stand_ins.get(kind, "vehicle.toyota.prius")


@lru_cache(maxsize=1024)
def _sized(
    blueprint_id: str, half: tuple[float, float, float], center: tuple[float, float, float], name: str
) -> Blueprint:
    """A blueprint stretched to a recorded box; wheels move along."""
    base = blueprint(blueprint_id)
    shift, scale = center[0] - base.center_offset[0], half[0] / base.half_extents[0]
    grow = half[2] / base.half_extents[2]
    # models stand on the ground of their own frame: `_vehicle` lowers them to a recorded box whose floor is below it
    wheels = tuple(
        replace(wheel, x=center[0] + (wheel.x - center[0] + shift) * scale, radius=wheel.radius * grow)
        for wheel in base.wheels
    )
    return replace(base, id=name, half_extents=half, center_offset=center, wheels=wheels)


def actor_blueprint(actor: Actor) -> Blueprint | None:
    """What an actor looks like: its catalogue entry, sized to its recorded box where it has one.

    Returns:
        None for what has no look of its own (spectator, sensors, level meshes).
    """
    name = actor.blueprint_id if known(actor.blueprint_id) else _fallback(actor)
    if name is None:
        return None
    found = blueprint(name)
    recorded = actor.bounding_box
    if recorded is None or actor.kind is not ActorKind.VEHICLE:
        return found if name == actor.blueprint_id else replace(found, id=actor.blueprint_id)
    half, center = np.asarray(recorded.half_extents), np.asarray(recorded.center)
    differs = max(np.abs(half - found.half_extents).max(), np.abs(center - found.center_offset).max()) > SAME_SIZE
    if name == actor.blueprint_id and (not differs or half.min() <= 0.1):
        return found
    if half.min() <= 0.1:
        return replace(found, id=actor.blueprint_id)
    return _sized(name, tuple(map(float, half)), tuple(map(float, center)), actor.blueprint_id)


def substitutions(actors: Sequence[Actor]) -> list[str]:
    """Blueprints that the catalogue lacks, each with what stands in for it."""
    found = {}
    for actor in actors:
        if not known(actor.blueprint_id) and (name := _fallback(actor)) is not None:
            found[actor.blueprint_id] = name
    return [f"{missing} is not in the catalogue; drawn like {name}" for missing, name in sorted(found.items())]


def _matrix(pose: Pose) -> Transform:
    return np.concatenate([pose.rotation, pose.translation[:, None]], axis=1)


def _compose(outer: Transform, inner: Transform) -> Transform:
    moved = outer[:, :3] @ inner[:, 3] + outer[:, 3]
    return np.concatenate([outer[:, :3] @ inner[:, :3], moved[:, None]], axis=1)


def _raised(height: float) -> Transform:
    moved = np.eye(4)[:3]
    moved[2, 3] = height
    return moved


def _box(pose: Pose, center: npt.ArrayLike, half: npt.ArrayLike) -> Box3D:
    return Box3D(pose.apply(np.asarray(center)), 2.0 * np.asarray(half), pose.rotation, "world")


class Cast:
    """The actors of one scenario with their models, placed frame by frame."""

    def __init__(
        self, scenario: Scenario, object_ids: Mapping[int, int], seed: int, lights: DrivingLights | None = None
    ) -> None:
        """Choose every actor's model.

        Args:
            scenario: Who takes part, and how they move.
            object_ids: Value in instance images by key; vehicles and walkers must have one.
            seed: Varies clothes and default looks.
            lights: What decides over vehicles' lamps instead of the recording.
        """
        self._lights = lights
        self._object_ids = dict(object_ids)
        self._blueprints = {key: actor_blueprint(actor) for key, actor in scenario.actors.items()}
        self._seed = seed
        self._scenario = scenario
        self._gaits: dict[int, npt.NDArray[np.float64]] = {}
        self._walkers: dict[int, WalkerModel] = {}

    def place(self, state: SceneState) -> list[PlacedActor]:
        """Place everyone who has a look, in order of appearance."""
        placed = (self._place(actor, state.time) for actor in state.actors)
        return [actor for actor in placed if actor is not None]

    def _place(self, state: ActorState, time: float) -> PlacedActor | None:
        chosen = self._blueprints[state.actor.key]
        if chosen is None:
            return None
        object_id = self._object_ids.get(state.actor.key, 0)
        match chosen.kind:
            case "vehicle":
                return self._vehicle(state, chosen, object_id)
            case "walker":
                return self._walker(state, chosen, object_id, time)
            case _:
                return self._prop(state, chosen)

    def _vehicle(self, state: ActorState, chosen: Blueprint, object_id: int) -> PlacedActor:
        half, center = chosen.half_extents, chosen.center_offset
        model = vehicle_model(replace(chosen, center_offset=(center[0], center[1], half[2])))
        actor = state.actor
        color: Color = (
            chosen.default_color
            if actor.color is None
            else (int(actor.color[0]), int(actor.color[1]), int(actor.color[2]))
        )
        world = _compose(_matrix(state.pose), _raised(center[2] - half[2]))
        if self._lights is not None:
            state = replace(state, light_flags=self._lights.flags(state))
        emission = emission_mask(state.light_flags)
        instances = tuple(
            Instance(mesh, _compose(world, local), object_id, color, emission) for mesh, local in _parts(model, state)
        )
        return PlacedActor(
            actor.id, object_id, chosen, instances, _box(state.pose, center, half), None,
            color, state.speed, (*_head_lamps(state, chosen), *_tail_lamps(state, chosen)),
        )  # fmt: skip

    def _walker(self, state: ActorState, chosen: Blueprint, object_id: int, time: float) -> PlacedActor:
        key = state.actor.key
        if key not in self._walkers:
            self._walkers[key] = walker_model(chosen, zlib.crc32(f"{self._seed}/{key}".encode()))
        model = self._walkers[key]
        speed = state.speed if state.walker_speed is None else state.walker_speed
        mesh, bounds = model.mesh(self._gait_phase(model, state.actor.key, time), speed)
        pose = state.pose
        ground = Pose(pose.rotation, pose.apply(np.array([0.0, 0.0, -model.capsule_height])), pose.parent, pose.child)
        instance = Instance(mesh, _matrix(ground), object_id)
        center, half = 0.5 * (bounds[0] + bounds[1]), 0.5 * (bounds[1] - bounds[0])
        capsule = _box(pose, (0.0, 0.0, 0.0), chosen.half_extents)
        return PlacedActor(
            state.actor.id, object_id, chosen, (instance,), _box(ground, center, half), capsule, None, state.speed
        )

    def _gait_phase(self, model: WalkerModel, key: int, time: float) -> float:
        """Gait cycles walked until a time: each step advances by its own stride, so poses never jump."""
        track = self._scenario.tracks.get(key)
        if track is None:
            return 0.0
        if key not in self._gaits:
            speeds = np.linalg.norm(track.velocities, axis=1)
            recorded = self._scenario.walker_speeds.get(key)
            if recorded is not None:
                speeds = np.interp(track.times, recorded.times, recorded.speed)
            strides = np.array([max(model.stride(float(speed)), SHORTEST_STRIDE) for speed in speeds])
            steps = np.diff(track.travelled) / strides[1:]
            self._gaits[key] = np.concatenate([[0.0], np.cumsum(steps)])
        return float(np.interp(time, track.times, self._gaits[key]))

    def _prop(self, state: ActorState, chosen: Blueprint) -> PlacedActor:
        instance = Instance(prop_model(chosen).mesh, _matrix(state.pose), 0)
        box = _box(state.pose, chosen.center_offset, chosen.half_extents)
        return PlacedActor(state.actor.id, 0, chosen, (instance,), box, None, None, state.speed)


def _parts(model: VehicleModel, state: ActorState) -> list[tuple[Mesh, Transform]]:
    radius = max((wheel.radius for wheel in model.wheels if wheel.rolls), default=0.0)
    rotation = state.travelled / radius if radius > 0.0 else 0.0
    if state.wheel_rotation is not None and len(state.wheel_rotation):
        rotation = float(state.wheel_rotation[0])
    return model.parts(float(np.clip(state.steer, -LARGEST_STEER, LARGEST_STEER)), rotation)


def _head_lamps(state: ActorState, chosen: Blueprint) -> tuple[SpotLight, ...]:
    if not state.light_flags & (VehicleLight.LOW_BEAM | VehicleLight.HIGH_BEAM) or chosen.style is BodyStyle.BICYCLE:
        return ()
    half, center = chosen.half_extents, chosen.center_offset
    high = bool(state.light_flags & VehicleLight.HIGH_BEAM)
    aim = state.pose.rotate(np.array([1.0, 0.0, -0.02 if high else -0.07]))
    sides = (0.0,) if chosen.is_two_wheeler else (0.7 * half[1], -0.7 * half[1])
    places = [
        state.pose.apply(np.array([center[0] + half[0] + 0.05, center[1] + y, BEAM_HEIGHT * 2.0 * half[2]]))
        for y in sides
    ]
    reach = 60.0 if high else 40.0
    return tuple(SpotLight(place, aim, (45.0, 43.0, 38.0), 0.97, 0.86, reach) for place in places)


def _tail_lamps(state: ActorState, chosen: Blueprint) -> tuple[SpotLight, ...]:
    """The red light on the ground behind a vehicle, one source for all its lamps there."""
    braking = bool(state.light_flags & VehicleLight.BRAKE)
    if not (braking or state.light_flags & VehicleLight.POSITION):
        return ()
    half, center = chosen.half_extents, chosen.center_offset
    place = state.pose.apply(np.array([center[0] - half[0] - 0.05, center[1], BEAM_HEIGHT * 2.0 * half[2]]))
    aim = state.pose.rotate(np.array([-1.0, 0.0, -0.25]))
    red = np.array([1.0, 0.05, 0.03]) * (2.4 if braking else 0.9)
    return (SpotLight(place, aim, red, 0.8, 0.1, 7.0),)
