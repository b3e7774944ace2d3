"""Small labelled clips without a renderer: boxes that move over the sample crossing's ground, seen from a mast."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from roadmark.catalog import SemanticClass, blueprint
from roadmark.clip import (
    ActorRecord,
    ClipOptions,
    ClipWriter,
    FrameImages,
    FrameLabels,
    ObjectLabel,
    Provenance,
    SourceFile,
)
from roadmark.geometry import Box3D, PinholeCamera, Pose, camera_pose_from_body, project_box, rotation_from_rpy
from sample_crossing.town import crossing_xodr

WIDTH, HEIGHT, FPS = 320, 180, 5
CAMERA = PinholeCamera.from_fov(WIDTH, HEIGHT, math.radians(80.0))
MAST = Pose(rotation_from_rpy((0.0, 0.38, 0.66)), np.array([-18.0, -14.0, 9.0]), "world", "body")
"""Nine metres over the south-west corner, looking down at the middle of the crossing."""
CLEAR_MORNING = {"weather": "clear_sky", "lighting": "mid_morning", "road": "dry"}
ORANGE, BLUE, WHITE = (230, 110, 20), (30, 80, 175), (240, 240, 238)

Course = Callable[[float], tuple[float, float, float]]


@dataclass(frozen=True)
class Part:
    """One actor.

    Attributes:
        actor_id: Its id.
        blueprint_id: What it is.
        path: Seconds to x, y in metres and heading in radians.
        color: Paint.
        lies_from: Seconds from which it lies on its side.
    """

    actor_id: int
    blueprint_id: str
    path: Course
    color: tuple[int, int, int] | None = None
    lies_from: float = math.inf

    @property
    def category(self) -> str:
        return blueprint(self.blueprint_id).semantic.name.lower()

    def box(self, time: float) -> Box3D:
        x, y, yaw = self.path(time)
        size = np.array(blueprint(self.blueprint_id).size)
        rotation = rotation_from_rpy((math.pi / 2 if time >= self.lies_from else 0.0, 0.0, yaw))
        return Box3D(np.array([x, y, 0.5 * size[2]]), size, rotation)

    def speed(self, time: float) -> float:
        before, after = (np.array(self.path(time + step)[:2]) for step in (-0.05, 0.05))
        return float(np.linalg.norm(after - before) / 0.1)


def straight(start, heading: float, speed: float, stops: float = math.inf) -> Course:
    """Along a line, until it stops at once."""

    def path(time: float) -> tuple[float, float, float]:
        way = speed * min(time, stops)
        return start[0] + way * math.cos(heading), start[1] + way * math.sin(heading), heading

    return path


def standing(x: float, y: float, heading: float = 0.0) -> Course:
    """Where it is."""
    return lambda time: (x, y, heading)


def write_world(
    path,
    parts,
    *,
    seconds: float = 8.0,
    events=(),
    collisions=(),
    conditions=CLEAR_MORNING,
    with_map: bool = True,
    body: Callable[[float], Pose] = lambda time: MAST,
    carrier: int | None = None,
    videos: str = "none",
):
    """Write a clip of the parts; what is in the picture is labelled."""
    options = ClipOptions(frozenset({"rgb", "semantic_segmentation"}), videos=videos)
    render = b'{"camera": {}}' if carrier is None else b'{"camera": {"follow": %d}}' % carrier
    sources = [SourceFile("render.json", render)]
    if with_map:
        sources.append(SourceFile("map.xodr", crossing_xodr()))
    provenance = Provenance(
        conditions=conditions,
        actors={part.actor_id: ActorRecord(blueprint_id=part.blueprint_id, category=part.category) for part in parts},
        sources=tuple(sources),
    )
    semantic = np.full((HEIGHT, WIDTH), SemanticClass.ROADS, np.uint8)
    semantic[: HEIGHT // 4] = SemanticClass.BUILDING
    with ClipWriter(
        path, CAMERA, Fraction(FPS), options, provenance=provenance, collisions=collisions, events=events
    ) as writer:
        for number in range(round(seconds * FPS)):
            time = number / FPS
            pose = camera_pose_from_body(body(time))
            picture = FrameImages(np.full((HEIGHT, WIDTH, 3), number % 250, np.uint8), semantic=semantic)
            labels = [label for part in parts if (label := _label(part, time, pose)) and part.actor_id != carrier]
            writer.write_frame(picture, FrameLabels(100.0 + time, number, pose, labels))
        writer.finish()
    return path


def _label(part: Part, time: float, pose: Pose) -> ObjectLabel | None:
    box = part.box(time)
    bounds = project_box(CAMERA, box.transformed(pose.inverse()))
    if bounds is None or (bounds[2:] - bounds[:2]).min() < 3.0:
        return None
    xmin, ymin = (int(value) for value in bounds[:2])
    xmax, ymax = min(int(bounds[2]), WIDTH - 1), min(int(bounds[3]), HEIGHT - 1)
    return ObjectLabel(
        actor_id=part.actor_id,
        category=part.category,
        blueprint_id=part.blueprint_id,
        bbox_2d=(xmin, ymin, xmax, ymax),
        polygons=[],
        mask_rle=None,
        pixels=(xmax - xmin + 1) * (ymax - ymin + 1),
        box=box,
        visible_fraction=1.0,
        truncation=0.0,
        speed=part.speed(time),
        color=part.color,
    )
