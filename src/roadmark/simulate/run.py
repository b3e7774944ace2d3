"""Running a plan: observe every frame with every camera and write the clips."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from roadmark.catalog import CLASS_NAMES
from roadmark.clip import (
    DEFAULT_MODALITIES,
    OVERLAYS,
    ActorRecord,
    ClipOptions,
    ClipWriter,
    FrameLabels,
    IdMap,
    Modality,
    Overlay,
    Provenance,
    SourceFile,
    map_ids,
)
from roadmark.errors import RenderError
from roadmark.render import depth_is_range
from roadmark.scenario import Actor, ActorKind, Scenario
from roadmark.simulate.backend import Simulator
from roadmark.simulate.cameras import CameraSetup
from roadmark.simulate.embedded import EmbeddedSimulator
from roadmark.simulate.events import collision_events, other_events
from roadmark.simulate.plan import SimulationPlan
from roadmark.simulate.render_record import write_render_record
from roadmark.simulate.town_worker import TownWorker
from roadmark.world import actor_blueprint

STORED_SOURCE_BYTES = 256 * 1024 * 1024
"""Recordings up to this size are copied into the clip; larger ones are referred to by their hash."""


class Progress(Protocol):
    """Told of every finished frame."""

    def __call__(self, count: int = 1) -> None:
        """Count frames as done."""


@dataclass(frozen=True)
class ClipResult:
    """A finished clip.

    Attributes:
        path: Its folder.
        frames: Number of frames.
        objects: Labelled objects over all frames.
        events: Collision events; None where they were not looked for.
    """

    path: Path
    frames: int
    objects: int
    events: int | None


def stored_ids(scenario: Scenario) -> tuple[dict[int, int], IdMap]:
    """Values that vehicles and walkers have in instance images.

    Returns:
        By actor key; and the map from actor ids, for those that do not fit 16 bits.

    Raises:
        InputError: An actor has an id no instance image can show.
    """
    labelled = scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)
    mapped = map_ids({actor.id for actor in labelled})
    return {actor.key: mapped.stored(actor.id) for actor in labelled}, mapped


def _actor_record(actor: Actor) -> ActorRecord:
    look = actor_blueprint(actor)
    color = None if actor.color is None else (int(actor.color[0]), int(actor.color[1]), int(actor.color[2]))
    return ActorRecord(
        blueprint_id=actor.blueprint_id, category="" if look is None else CLASS_NAMES[look.semantic], color=color
    )


def _options(plan: SimulationPlan, camera: CameraSetup, overwrite: bool) -> ClipOptions:
    settings = plan.settings
    extra: frozenset[Modality] = frozenset({"sun_visibility", "albedo"} if settings.aov else ())
    return ClipOptions(
        modalities=DEFAULT_MODALITIES | extra,
        depth_unit=settings.depth_unit,
        depth_is_range=depth_is_range(camera.camera),
        videos=settings.videos if settings.generate_videos else "none",
        label_codec=settings.label_codec,
        class_filter=plan.class_filter,
        masked_edges=settings.edges == "masked",
        masks=settings.masks,
        overlays=_overlays(settings.overlays, settings.detect_collisions),
        overwrite=overwrite,
    )


def _overlays(wanted: bool, collisions: bool) -> tuple[Overlay, ...]:
    if not wanted:
        return ()
    return tuple(name for name in OVERLAYS if collisions or name != "rgb_with_collisions")


def _surroundings_source(plan: SimulationPlan) -> list[SourceFile]:
    """What stands around the roads; a model's own files are known by their hashes."""
    found = [] if plan.surroundings_file is None else [SourceFile("map.surroundings.json", plan.surroundings_file)]
    if plan.scene_model is not None:
        for number, file in enumerate(plan.scene_model.files):
            name = f"scene_model{f'_{number}' if number else ''}{file.suffix.lower()}"
            found.append(SourceFile(name, file, stored=False))
    if plan.scene_classes_file is not None:
        found.append(SourceFile("scene_classes.yaml", plan.scene_classes_file))
    return found


def _provenance(plan: SimulationPlan, camera: CameraSetup, tools: dict[str, str]) -> Provenance:
    settings = plan.settings
    labelled = plan.scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)
    small = plan.recording.stat().st_size <= STORED_SOURCE_BYTES
    return Provenance(
        camera_name=camera.name,
        map_name=plan.scenario.map_name,
        scenario=plan.recording.stem,
        conditions={
            "weather": settings.weather,
            "lighting": settings.lighting,
            "road": settings.road,
            **({} if settings.sun_time is None else {"sun_time": settings.sun_time.isoformat()}),
            "seed": settings.seed,
            "quality": settings.quality,
        },
        metadata=dict(plan.metadata),
        actors={actor.id: _actor_record(actor) for actor in labelled},
        sources=(
            SourceFile("recording.log", plan.recording, stored=small),
            SourceFile("map.xodr", plan.map_file),
            *_surroundings_source(plan),
            *(() if plan.events_file is None else (SourceFile("recording.events.json", plan.events_file),)),
            SourceFile("render.json", write_render_record(plan, camera)),
        ),
        tools=tools,
        notes=plan.notes,
    )


def run_simulation(
    plan: SimulationPlan,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
    simulator: Callable[[SimulationPlan, dict[int, int]], Simulator] | None = None,
    town_worker: TownWorker | None = None,
) -> list[ClipResult]:
    """Simulate a plan into clips, one per camera.

    Args:
        plan: From `plan_simulation`.
        overwrite: Replace clips that are there.
        progress: Told of every frame of every camera.
        simulator: Backend: makes the pictures and labels; the embedded one by default.
        town_worker: Who may be growing the embedded simulator's town meanwhile.

    Returns:
        The clips, in the order of the plan's cameras.

    Raises:
        OutputError: A clip cannot be written or something is in its way.
        RenderError: The scene cannot be rendered.
    """
    simulator = simulator or partial(EmbeddedSimulator, town_worker=town_worker)
    plan.check_outputs(overwrite)
    settings = plan.settings
    ids, mapped = stored_ids(plan.scenario)
    collisions = None
    if settings.detect_collisions:
        collisions = collision_events(
            plan.scenario,
            plan.sample,
            time_factor=settings.time_factor,
            actor_ids=settings.collision_actor_ids,
            known=plan.events,
        )
    events = other_events(plan.sample, settings.time_factor, plan.events)
    objects = [0] * len(plan.cameras)
    with ExitStack() as stack:
        backend = stack.enter_context(closing(simulator(plan, ids)))
        writers: list[ClipWriter] = []
        for camera, output in zip(plan.cameras, plan.output_dirs, strict=True):
            provenance = _provenance(plan, camera, backend.tools())
            writer = ClipWriter(
                output,
                camera.camera,
                plan.fps,
                _options(plan, camera, overwrite),
                provenance=provenance,
                collisions=collisions,
                events=events,
                id_map=mapped,
            )
            writers.append(stack.enter_context(writer))
        for time, source_frame in zip(plan.sample.times.tolist(), plan.sample.source_frames.tolist(), strict=True):
            observations = backend.observe(time)
            if len(observations) != len(writers):
                raise RenderError(
                    f"the simulator saw {len(observations)} pictures at {time:.3f} s for {len(writers)} cameras"
                )
            for index, (writer, seen) in enumerate(zip(writers, observations, strict=True)):
                writer.write_frame(seen.images, FrameLabels(time, source_frame, seen.pose, seen.objects))
                objects[index] += len(seen.objects)
                if progress is not None:
                    progress()
        paths = [writer.finish(notes=backend.notes()) for writer in writers]
    count = None if collisions is None else len(collisions)
    return [ClipResult(path, len(plan.sample), found, count) for path, found in zip(paths, objects, strict=True)]
