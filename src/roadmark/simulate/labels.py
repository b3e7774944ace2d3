"""What is in a picture: labels of every object, from the renderer's own buffers and the scenario's exact poses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from roadmark.catalog import CLASS_NAMES, color_name
from roadmark.clip import ObjectLabel
from roadmark.geometry import Camera, Pose
from roadmark.maps import RoadMap
from roadmark.media import encode_rle, instance_regions, mask_polygons, object_mask
from roadmark.render import Frame, Renderer, Silhouette
from roadmark.world import PlacedActor


@dataclass(frozen=True)
class LabelRules:
    """Which objects are labelled.

    Attributes:
        limit_distance: Largest distance from the camera to the box's centre, metres.
        area_threshold: Smallest area of the visible 2D box, square pixels.
    """

    limit_distance: float
    area_threshold: float


def _box_area(box: tuple[int, int, int, int]) -> int:
    xmin, ymin, xmax, ymax = box
    return (xmax - xmin + 1) * (ymax - ymin + 1)


def _lanes(actors: Sequence[PlacedActor], road_map: RoadMap) -> list[tuple[str | None, float | None]]:
    """Lane and place in it of every actor; a walker is where its capsule is, however its arms swing."""
    if not actors:
        return []
    boxes = [actor.carla_box or actor.box for actor in actors]
    located = road_map.locate(np.array([box.center - [0.0, 0.0, 0.5 * box.size[2]] for box in boxes]))
    strips = road_map.strips()
    return [
        (str(strips[index].key), float(offset)) if index >= 0 else (None, None)
        for index, offset in zip(located.strip_index.tolist(), located.offset.tolist(), strict=True)
    ]


def _label(
    actor: PlacedActor,
    frame: Frame,
    box: tuple[int, int, int, int],
    pixels: int,
    silhouette: Silhouette,
    lane: tuple[str | None, float | None],
) -> ObjectLabel:
    height, width = frame.instance.shape
    mask = object_mask(frame.instance, actor.object_id, box)
    category = CLASS_NAMES[actor.blueprint.semantic]
    words = category if actor.color is None else f"{color_name(actor.color)} {category}"
    return ObjectLabel(
        actor_id=actor.actor_id,
        category=category,
        blueprint_id=actor.blueprint.id,
        bbox_2d=box,
        polygons=mask_polygons(mask, box[:2]),
        mask_rle=encode_rle(mask, box[:2], (width, height)),
        pixels=pixels,
        box=actor.box,
        visible_fraction=pixels / max(silhouette.pixels, pixels),
        truncation=1.0 - silhouette.pixels / silhouette.total if silhouette.total else 0.0,
        speed=actor.speed,
        road_lane_id=lane[0],
        lane_position=lane[1],
        color=actor.color,
        carla_box=actor.carla_box,
        caption=words,
    )


def label_frame(
    frame: Frame,
    actors: Sequence[PlacedActor],
    *,
    camera: Camera,
    pose: Pose,
    renderer: Renderer,
    road_map: RoadMap,
    rules: LabelRules,
) -> list[ObjectLabel]:
    """Label every object that is visible, near and large enough.

    Args:
        frame: The rendered images; instance values are the actors' object ids.
        actors: Who stands in the scene.
        camera: Intrinsics.
        pose: world_from_camera.
        renderer: Renders each object alone, for its visible fraction and truncation.
        road_map: Lanes.
        rules: Distance and size limits.

    Returns:
        Labels in the order of `actors`.
    """
    regions = instance_regions(frame.instance)
    pixels: Mapping[int, int] = dict(zip(regions.ids.tolist(), regions.pixels.tolist(), strict=True))
    seen: list[tuple[PlacedActor, tuple[int, int, int, int]]] = []
    for actor in actors:
        box = regions.box(actor.object_id)
        if box is None or _box_area(box) < rules.area_threshold:
            continue
        if np.linalg.norm(actor.box.center - pose.translation) > rules.limit_distance:
            continue
        seen.append((actor, box))
    silhouettes = renderer.silhouettes(camera, pose, [actor.instances for actor, _ in seen])
    lanes = _lanes([actor for actor, _ in seen], road_map)
    return [
        _label(actor, frame, box, pixels[actor.object_id], silhouette, lane)
        for (actor, box), silhouette, lane in zip(seen, silhouettes, lanes, strict=True)
    ]
