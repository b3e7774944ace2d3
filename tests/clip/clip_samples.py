"""A tiny recording: a car that drives away under a fixed camera, and a walker."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.clip import ClipOptions, ClipWriter, CollisionEvent, FrameImages, FrameLabels, ObjectLabel
from roadmark.geometry import Box3D, PinholeCamera, Pose, camera_pose_from_body, rotation_from_rpy
from roadmark.media import encode_rle, instance_regions, mask_polygons, object_mask

WIDTH, HEIGHT = 64, 48
CAR, WALKER = 968, 970
CAMERA = PinholeCamera.from_fov(WIDTH, HEIGHT, np.pi / 2)
BODY = Pose(rotation_from_rpy((0.0, 0.1, 0.3)), np.array([2.0, -1.0, 3.0]), "world", "body")
POSE = camera_pose_from_body(BODY)


KEEP_ROAD_AND_CAR = np.isin(np.arange(29), [SemanticClass.ROADS, SemanticClass.CAR])
EVERYTHING = ClipOptions(
    videos="all",
    class_filter=KEEP_ROAD_AND_CAR,
    masks=True,
    overlays=("rgb_with_bboxes", "rgb_with_masks", "rgb_with_3d_bboxes", "rgb_with_collisions"),
)
COLLISION = CollisionEvent(0.02, 0.07, 0, 1, (CAR, WALKER), "vehicle_walker", "a car hits a walker")


def images(number: int, *, size=(WIDTH, HEIGHT), ids=(CAR, WALKER)) -> FrameImages:
    """Sky above, road below, a car with a hole (its window) and a walker; all move with the frame number."""
    width, height = size
    v, u = np.mgrid[0:height, 0:width]
    semantic = np.where(v < height // 3, SemanticClass.SKY, SemanticClass.ROADS).astype(np.uint8)
    depth = np.where(v < height // 3, np.inf, 200.0 / (v + 1 - height // 3 + 0.5)).astype(np.float32)
    instance = np.zeros((height, width), np.uint16)
    car = (u >= 10 + number) & (u < 30 + number) & (v >= 20) & (v < 32)
    car &= ~((u >= 15 + number) & (u < 20 + number) & (v >= 23) & (v < 26))
    walker = (u >= 45) & (u < 48) & (v >= 18 + number) & (v < 30 + number)
    for mask, actor_id, kind, metres in (
        (car, ids[0], SemanticClass.CAR, 8.0),
        (walker, ids[1], SemanticClass.PEDESTRIAN, 6.5),
    ):
        instance[mask], semantic[mask], depth[mask] = actor_id, kind, metres
    rgb = np.stack([u * 255 // width, v * 255 // height, 60 + 10 * instance % 190], axis=-1).astype(np.uint8)
    normal = np.where((semantic == SemanticClass.SKY)[..., None], 0, [128, 128, 255]).astype(np.uint8)
    return FrameImages(rgb, depth, semantic, instance, normal)


def car_box(number: int) -> Box3D:
    """The car's box: 4 m long, turned by 0.4 rad, pitched and rolled a little."""
    rotation = rotation_from_rpy((0.02, -0.05, 0.4))
    return Box3D(np.array([10.0 + number, 2.0, 0.75]), np.array([4.0, 1.8, 1.5]), rotation)


def label(picture: FrameImages, actor_id: int, box: Box3D, *, stored: int | None = None, **fields) -> ObjectLabel:
    """The label of an object from its pixels."""
    stored = actor_id if stored is None else stored
    regions = instance_regions(picture.instance)
    bounds = regions.box(stored)
    mask = object_mask(picture.instance, stored, bounds)
    height, width = picture.instance.shape
    return ObjectLabel(
        actor_id=actor_id,
        bbox_2d=bounds,
        polygons=mask_polygons(mask, bounds[:2]),
        mask_rle=encode_rle(mask, bounds[:2], (width, height)),
        pixels=int(mask.sum()),
        box=box,
        **fields,
    )


def labels(number: int, picture: FrameImages, *, ids=(CAR, WALKER), stored=(CAR, WALKER)) -> FrameLabels:
    """Labels of `images(number)`."""
    car = label(
        picture,
        ids[0],
        car_box(number),
        stored=stored[0],
        category="car",
        blueprint_id="vehicle.audi.tt",
        visible_fraction=0.75,
        truncation=0.125,
        speed=8.25,
        road_lane_id="12_0_-1",
        lane_position=-0.5,
        color=(200, 10, 20),
    )
    body = Box3D(np.array([7.0, -2.0, 0.9]), np.array([0.5, 0.6, 1.8]), np.eye(3))
    capsule = Box3D(np.array([7.0, -2.0, 0.93]), np.array([0.375, 0.375, 1.86]), np.eye(3))
    walker = label(
        picture,
        ids[1],
        body,
        stored=stored[1],
        category="pedestrian",
        blueprint_id="walker.pedestrian.0001",
        speed=1.5,
        carla_box=capsule,
    )
    return FrameLabels(time=10.0 + number / 20, source_frame=300 + number, pose=POSE, objects=(car, walker))


def write_clip(path, frames: int = 3, options: ClipOptions | None = None, **keywords):
    """Write a clip of the recording."""
    with ClipWriter(path, CAMERA, Fraction(20), options, **keywords) as writer:
        for number in range(frames):
            picture = images(number)
            writer.write_frame(picture, labels(number, picture))
        writer.finish()
    return path


def contents(path) -> dict[str, bytes]:
    """Every file under a folder by its relative name."""
    return {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}


def load(path):
    """A JSON file's value."""
    return json.loads(path.read_text())
