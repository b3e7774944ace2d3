"""A small clip with masks that have a hole, for the tests of detection formats."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.clip import ClipWriter, FrameImages, FrameLabels, ObjectLabel
from roadmark.geometry import Box3D, PinholeCamera, Pose, camera_pose_from_body, rotation_from_rpy
from roadmark.media import encode_rle, mask_polygons, object_mask

WIDTH, HEIGHT = 64, 48
CAMERA = PinholeCamera.from_fov(WIDTH, HEIGHT, np.pi / 2)  # f = 32, cx = 32, cy = 24
CAR, WALKER = 968, 970


def car_mask(number: int) -> np.ndarray:
    """20 x 12 pixels from (10 + number, 20), with a hole of 5 x 3."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[20:32, 10 + number : 30 + number] = True
    mask[23:26, 15 + number : 20 + number] = False
    return mask


def walker_mask(number: int) -> np.ndarray:
    """3 x 12 pixels from (45, 18 + number)."""
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[18 + number : 30 + number, 45:48] = True
    return mask


CAR_BOX = Box3D(np.array([10.0, 2.0, -0.5]), np.array([4.0, 1.8, 1.5]), rotation_from_rpy((0.0, 0.0, 0.5)))
WALKER_BOX = Box3D(np.array([7.0, -3.0, 0.0]), np.array([0.5, 0.6, 1.8]), np.eye(3))
"""In the world (FLU); the camera stands in its origin and looks along x."""


def write_clip(path, frames=3, camera=CAMERA, category="car", run_lengths=True, walker_in=range(100), **options):
    """A car with a window and a walker, each moving a pixel a frame; `options` are the writer's."""
    pose = camera_pose_from_body(Pose(np.eye(3), np.zeros(3), "world", "body"))
    with ClipWriter(path, camera, Fraction(10), **{"collisions": []} | options) as writer:
        for number in range(frames):
            masks = {CAR: car_mask(number), WALKER: walker_mask(number)}
            instance = np.zeros((HEIGHT, WIDTH), np.uint16)
            for actor, mask in masks.items():
                instance[mask] = actor
            boxes = {CAR: (10 + number, 20, 29 + number, 31), WALKER: (45, 18 + number, 47, 29 + number)}
            rgb = np.full((HEIGHT, WIDTH, 3), 40 * number, np.uint8)
            rgb[instance == CAR] = 200
            images = FrameImages(
                rgb, np.full((HEIGHT, WIDTH), 9, np.float32), np.full((HEIGHT, WIDTH), SemanticClass.ROADS, np.uint8),
                instance, np.full((HEIGHT, WIDTH, 3), 128, np.uint8),
            )  # fmt: skip

            def label(actor, kind, box, images=images, boxes=boxes, **fields):
                bounds = boxes[actor]
                mask = object_mask(images.instance, actor, bounds)
                rle = encode_rle(mask, bounds[:2], (WIDTH, HEIGHT)) if run_lengths else None
                pixels = int(mask.sum()) if run_lengths else None
                polygons = mask_polygons(mask, bounds[:2])
                return ObjectLabel(actor, kind, "blueprint", bounds, polygons, rle, pixels, box, **fields)

            objects = [
                label(CAR, category, CAR_BOX, visible_fraction=0.6, truncation=0.25, speed=8.0),
                label(WALKER, "pedestrian", WALKER_BOX),
            ]
            seen = objects if number in walker_in else objects[:1]
            writer.write_frame(images, FrameLabels(5.0 + number / 10, number, pose, seen))
        writer.finish()
    return path
