"""The embedded simulator: a town grown from its map, a scenario's actors in it, and our own renderer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.clip import FrameImages, ObjectLabel
from roadmark.errors import RenderError
from roadmark.geometry import Pose
from roadmark.maps import RoadMap
from roadmark.render import Environment, Frame, Instance, Plume, Quality, Renderer, WheelTracks, draw_air, warm_up
from roadmark.scenario import ActorKind, ActorState, Scenario, SceneState
from roadmark.simulate.backend import Observation
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.labels import LabelRules, label_frame
from roadmark.simulate.processors import default_threads
from roadmark.simulate.settings import SimulateSettings
from roadmark.simulate.town import Town, grow_town
from roadmark.simulate.town_order import order_town
from roadmark.simulate.town_worker import TownWorker
from roadmark.twins import SceneModel, Surroundings
from roadmark.world import Cast, DrivingLights, PlacedActor, SignalCast

VIEW_AHEAD = 80.0
"""Metres before the camera around which wheel tracks are known."""
DARK = 0.05
"""Night factor from which lamps light the scene; by day they only glow."""


class Scene(Protocol):
    """What the embedded simulator draws: a `SimulationPlan`, or a finished clip's sources."""

    @property
    def settings(self) -> SimulateSettings:
        """Seed, quality, threads and what else the drawing depends on."""

    @property
    def scenario(self) -> Scenario:
        """The recording."""

    @property
    def map_file(self) -> Path:
        """Its OpenDRIVE map."""

    @property
    def road_map(self) -> RoadMap:
        """The map, read."""

    @property
    def surroundings(self) -> Surroundings | None:
        """What stands around its roads, where a file says so; else the seed grows it."""

    @property
    def scene_model(self) -> SceneModel | None:
        """A model of the place that stands instead of all scenery."""

    @property
    def cameras(self) -> tuple[CameraSetup, ...]:
        """Cameras that look."""

    @property
    def town_cameras(self) -> tuple[CameraSetup, ...]:
        """Cameras whose views the town keeps clear: these and others of the same run."""

    @property
    def first_time(self) -> float:
        """Seconds of the recording of the first frame."""

    @property
    def environment(self) -> Environment:
        """Weather, light and state of the road."""


_PAVED = np.zeros(256, np.bool_)
_PAVED[[SemanticClass.ROADS, SemanticClass.ROAD_LINES, SemanticClass.SIDEWALKS, SemanticClass.GROUND]] = True


@dataclass(frozen=True, eq=False)
class Look:
    """What one camera sees at one time, not labelled yet.

    Attributes:
        frame: Its images.
        pose: world_from_camera (RDF).
        actors: Who stands in the scene.
        hidden: Object ids that the camera does not see.
    """

    frame: Frame
    pose: Pose
    actors: Sequence[PlacedActor]
    hidden: frozenset[int]


class EmbeddedSimulator:
    """Renders a plan's cameras from the recording, the map and a seed alone."""

    def __init__(
        self,
        plan: Scene,
        object_ids: dict[int, int],
        *,
        town_worker: TownWorker | None = None,
        lights: DrivingLights | None = None,
    ) -> None:
        """Grow the town and choose the actors' models.

        Args:
            plan: What to simulate.
            object_ids: Value in instance images by actor key.
            town_worker: Who may have grown the town meanwhile.
            lights: What decides over vehicles' lamps instead of the recording.

        Raises:
            RenderError: The tracer asked for is not available.
        """
        self._plan = plan
        self._environment = plan.environment
        settings = plan.settings
        self._quality = Quality.preset(settings.quality)
        with ThreadPoolExecutor(1) as beside:
            kernels = beside.submit(warm_up, self._quality, settings.tracer)
            growing: Future[Town] = Future()
            if town_worker is None:
                growing.set_result(self._grow(None))
            else:
                growing = beside.submit(self._grow, town_worker)
            renderer = beside.submit(self._renderer_of, growing)
            self._cast = Cast(plan.scenario, object_ids, settings.seed, lights)
            self._cast.place(self._state(plan.first_time))  # builds the models of the first frame
            kernels.result()
            town, self._renderer = growing.result(), renderer.result()
        self._street_lamps = town.world.lamps
        self._still = town.world.lens_instances(plan.environment.night >= DARK)
        self._town_notes = town.world.notes
        self._signals = SignalCast(town.signals, plan.scenario)
        self._rules = LabelRules(settings.limit_distance, settings.area_threshold)

    def _grow(self, worker: TownWorker | None) -> Town:
        plan = self._plan
        order = order_town(plan.settings.seed, plan.town_cameras, plan.scenario, plan.surroundings)
        town = None
        if worker is not None and plan.scene_model is None:  # a worker knows of no model
            town = worker.town(plan.map_file, order)
        return town or grow_town(plan.road_map, order, plan.scene_model)

    def _renderer_of(self, growing: Future[Town]) -> Renderer:
        settings = self._plan.settings
        return Renderer(
            growing.result().world.mesh,
            threads=settings.threads or default_threads(),
            tracer=settings.tracer,
            seed=settings.seed,
            sky_semantic=SemanticClass.SKY,
            tracks=self._wheel_tracks(),
        )

    def _wheel_tracks(self) -> WheelTracks | None:
        """Where wheels roll: along every lane, and where the recording's vehicles do; None where nothing shows it."""
        plan = self._plan
        if plan.environment.snow <= 0.0 and plan.environment.sand <= 0.0:
            return None
        lanes = [strip.center for strip in plan.road_map.strips() if strip.type == "driving"]
        tracks = plan.scenario.tracks
        vehicles = plan.scenario.of_kind(ActorKind.VEHICLE)
        driven = [tracks[actor.key].positions for actor in vehicles if actor.key in tracks]
        pose = self._pose(plan.cameras[0], self._state(plan.first_time))
        return WheelTracks.along([*lanes, *driven], pose.translation + VIEW_AHEAD * pose.rotation[:, 2])

    def turn_sun(self, environment: Environment) -> None:
        """Take another environment, which differs from the plan's in where its sun stands."""
        self._environment = environment

    @property
    def renderer(self) -> Renderer:
        """The renderer with the town in it."""
        return self._renderer

    def tools(self) -> dict[str, str]:
        """What follows the rays."""
        return {"tracer": self._renderer.tracer_name}

    def notes(self) -> Sequence[str]:
        """Lights without a place on the map, what the town says, and why another tracer than Embree was taken."""
        unbound = self._signals.unbound
        lights = [f"{unbound} recorded traffic lights have no signal on the map and are not drawn"] if unbound else []
        return [*lights, *self._town_notes, *([self._renderer.tracer_note] if self._renderer.tracer_note else [])]

    def close(self) -> None:
        """Nothing is held that outlives the object."""

    def observe(self, time: float) -> Sequence[Observation]:
        """Observe the scene at a time of the recording, once per camera."""
        return [
            Observation(_images(seen.frame, self._plan.settings.aov), self._label(camera, seen), seen.pose)
            for camera, seen in zip(self._plan.cameras, self.look(time), strict=True)
        ]

    def look(self, time: float) -> Sequence[Look]:
        """See the scene at a time of the recording, once per camera, without labelling what is in it."""
        state = self._state(time)
        actors = self._cast.place(state)
        instances = [instance for actor in actors for instance in actor.instances]
        instances.extend([*self._signals.place(state), *self._still])
        return [self._look(camera, state, actors, instances) for camera in self._plan.cameras]

    def _look(
        self, camera: CameraSetup, state: SceneState, actors: list[PlacedActor], instances: list[Instance]
    ) -> Look:
        plan = self._plan
        pose = self._pose(camera, state)
        hidden = _ridden_from_inside(camera, pose, actors)
        dark = self._environment.night >= DARK
        street = self._street_lamps if dark else []
        lamps = [*street, *(lamp for actor in actors for lamp in actor.lamps)]
        frame = self._renderer.render(
            camera.camera,
            pose,
            instances,
            self._environment,
            self._quality,
            lights=lamps if dark else (),
            aov=plan.settings.aov,
            hidden_object_ids=hidden,
        )
        ridden = state.find(camera.follow) if isinstance(camera.follow, int) else None
        vx, vy, vz = (0.0, 0.0, 0.0) if ridden is None else ridden.velocity.tolist()
        rgb = draw_air(
            frame, camera.camera, pose, self._environment, state.time,
            lamps=lamps, plumes=[_plume(actor) for actor in actors if actor.blueprint.kind == "vehicle"],
            patterns=self._renderer.patterns, paved=_PAVED, seed=plan.settings.seed, velocity=(vx, vy, vz),
        )  # fmt: skip
        return Look(replace(frame, rgb=rgb), pose, actors, hidden)

    def _label(self, camera: CameraSetup, seen: Look) -> Sequence[ObjectLabel]:
        return label_frame(
            seen.frame,
            [actor for actor in seen.actors if actor.object_id and actor.object_id not in seen.hidden],
            camera=camera.camera,
            pose=seen.pose,
            renderer=self._renderer,
            road_map=self._plan.road_map,
            rules=self._rules,
        )

    def _state(self, time: float) -> SceneState:
        settings = self._plan.settings
        return self._plan.scenario.state_at(time, settings.replay, time_factor=settings.time_factor)

    def _pose(self, camera: CameraSetup, state: SceneState) -> Pose:
        if not isinstance(camera.follow, int):
            return camera.pose
        ridden = state.find(camera.follow) or self._nearest_appearance(camera.follow, state.time)
        return Pose(
            ridden.pose.rotation @ camera.pose.rotation, ridden.pose.apply(camera.pose.translation), "world", "camera"
        )

    def _nearest_appearance(self, actor_id: int, time: float) -> ActorState:
        """The followed actor when it was last there, or first will be."""
        scenario = self._plan.scenario
        tracks = [scenario.tracks[actor.key] for actor in scenario.named(actor_id) if actor.key in scenario.tracks]
        moments = [float(np.clip(time, track.times[0], track.times[-1])) for track in tracks]
        state = self._state(min(moments, key=lambda moment: abs(moment - time)))
        found = state.find(actor_id)
        if found is None:
            raise RenderError(f"actor {actor_id}, which a camera follows, is nowhere at {time:.3f} s")
        return found


def _ridden_from_inside(camera: CameraSetup, pose: Pose, actors: Sequence[PlacedActor]) -> frozenset[int]:
    """The followed actor's object id where the camera sits inside it: it must not see its own body."""
    return frozenset(
        actor.object_id
        for actor in actors
        if actor.object_id  # 0 is the still world
        and actor.actor_id == camera.follow
        and actor.box.contains(pose.translation, tolerance=0.1)
    )


def _plume(actor: PlacedActor) -> Plume:
    """Where a vehicle throws spray on a wet road."""
    box = actor.box
    length, width, height = box.size.tolist()
    place = box.center + box.rotation @ np.array([-0.42 * length, 0.0, -0.5 * height])
    return Plume(place, box.rotation[:, 0].copy(), 0.8 * width, actor.speed, actor.object_id)


def _images(frame: Frame, aov: bool) -> FrameImages:
    return FrameImages(
        rgb=frame.rgb,
        depth=frame.depth,
        semantic=frame.semantic,
        instance=frame.instance,
        normal=frame.normal,
        sun_visibility=frame.sun_visibility if aov else None,
        albedo=frame.albedo if aov else None,
    )
