"""The street: ground, a wall 30 m away, sky above it, and a car 12 m away that drives one pixel per frame."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from roadmark.catalog import Conditions, SemanticClass
from roadmark.clip import (
    AugmentationRecord,
    Clip,
    ClipEvent,
    ClipOptions,
    ClipWriter,
    FrameImages,
    FrameLabels,
    ObjectLabel,
)
from roadmark.geometry import Box3D, PinholeCamera, Pose, camera_pose_from_body
from roadmark.media import VideoWriter, encode_rle, mask_polygons, object_mask, read_video, tight_box

SIZE = (320, 180)
FRAMES, FPS = 7, Fraction(10)
CAR = 21
CAMERA = PinholeCamera.from_fov(*SIZE, np.pi / 2)
HEIGHT_OVER_GROUND = 2.0
POSE = camera_pose_from_body(Pose(np.eye(3), np.array([0.0, 0.0, HEIGHT_OVER_GROUND]), "world", "body"))
CAR_DEPTH, WALL_DEPTH = 12.0, 30.0
CAR_LEFT, CAR_TOP, CAR_WIDTH, CAR_HEIGHT = 90, 78, 64, 32
WALL_TOP = 30


def street_clip(path: Path, *, frames: int = FRAMES, events: tuple[ClipEvent, ...] = ()) -> Clip:
    """Write the clip."""
    options = ClipOptions(videos="default")
    with ClipWriter(path, CAMERA, FPS, options, events=events) as writer:
        for number, picture in enumerate(street_pictures(frames)):
            writer.write_frame(_images(number, picture), FrameLabels(number / 10, number, POSE, (_label(number),)))
        writer.finish()
    return Clip.open(path)


def street_pictures(frames: int = FRAMES) -> list[np.ndarray]:
    """The pictures, (H, W, 3) uint8."""
    return [paint_over(number, with_car=True) for number in range(frames)]


def paint_over(number: int, *, with_car: bool = False, move: int = 0) -> np.ndarray:
    """One picture; without the car, or with the car `move` pixels to the right of its label."""
    width, height = SIZE
    texture = np.random.default_rng(5).integers(-12, 13, (height, width))
    picture = np.full((height, width), 110) + texture
    picture[WALL_TOP:90] = 150 + texture[WALL_TOP:90]
    picture[:WALL_TOP] = 205
    for column in range(8, width, 28):
        picture[42:70, column : column + 14] = 70
    picture = np.repeat(picture[..., None], 3, axis=2).astype(np.uint8)
    if with_car:
        left, top = CAR_LEFT + number + move, CAR_TOP
        cv2.rectangle(picture, (left, top), (left + CAR_WIDTH - 1, top + CAR_HEIGHT - 1), (190, 40, 40), -1)
        cv2.rectangle(picture, (left + 10, top + 4), (left + 28, top + 14), (25, 30, 40), -1)
        cv2.rectangle(picture, (left + 34, top + 4), (left + 54, top + 14), (25, 30, 40), -1)
        for wheel in (12, 50):
            cv2.circle(picture, (left + wheel, top + CAR_HEIGHT - 6), 5, (15, 15, 15), -1)
    return picture


def write_augmented(
    folder: Path, clip: Clip, pictures: list[np.ndarray] | None = None, conditions: Conditions | None = None
) -> Path:
    """Write an augmented clip of the street: its source's own video, or other pictures. Returns its video."""
    folder.mkdir(parents=True)
    video = folder / "output.mp4"
    with VideoWriter(video, *clip.size, clip.fps) as writer:
        for picture in pictures or read_video(clip.video("rgb")):
            writer.write(picture)
    (folder / "output.txt").write_text("a street")
    record = AugmentationRecord(
        prompt="a street",
        caption_path="output.txt",
        output_video_path="output.mp4",
        original_video_path=os.path.relpath(clip.video("rgb"), folder),
        source_clip=os.path.relpath(clip.path, folder),
        source_digest=clip.digest,
        selections=(conditions or Conditions()).selections(),
        backend="relight",
        seed=0,
    )
    (folder / "output.json").write_text(record.model_dump_json())
    return video


def _images(number: int, picture: np.ndarray) -> FrameImages:
    width, height = SIZE
    rows = np.arange(height)[:, None] + np.zeros((1, width))
    below = rows + 0.5 - CAMERA.cy
    ground = np.where(below > 0, CAMERA.fy * HEIGHT_OVER_GROUND / np.maximum(below, 0.1), np.inf)
    depth = np.where(rows < WALL_TOP, np.inf, np.minimum(ground, WALL_DEPTH)).astype(np.float32)
    wall = (rows >= WALL_TOP) & (depth >= WALL_DEPTH)
    semantic = np.where(rows < WALL_TOP, SemanticClass.SKY, SemanticClass.ROADS).astype(np.uint8)
    semantic[wall] = SemanticClass.BUILDING
    normal = np.full((height, width, 3), (128, 128, 255), np.uint8)
    normal[wall] = (0, 128, 128)
    normal[rows < WALL_TOP] = 0
    instance = np.zeros((height, width), np.uint16)
    car = np.s_[CAR_TOP : CAR_TOP + CAR_HEIGHT, CAR_LEFT + number : CAR_LEFT + number + CAR_WIDTH]
    instance[car], semantic[car], depth[car], normal[car] = CAR, SemanticClass.CAR, CAR_DEPTH, (0, 128, 128)
    return FrameImages(picture, depth, semantic, instance, normal)


def _label(number: int) -> ObjectLabel:
    instance = _images(number, paint_over(number)).instance
    box = tight_box(instance == CAR)
    mask = object_mask(instance, CAR, box)
    middle = (box[0] + box[2] + 1) / 2 - CAMERA.cx, (box[1] + box[3] + 1) / 2 - CAMERA.cy
    center = np.array(
        [CAR_DEPTH, -middle[0] * CAR_DEPTH / CAMERA.fx, HEIGHT_OVER_GROUND - middle[1] * CAR_DEPTH / CAMERA.fy]
    )
    return ObjectLabel(
        actor_id=CAR,
        category="car",
        blueprint_id="vehicle.audi.tt",
        bbox_2d=box,
        polygons=mask_polygons(mask, box[:2]),
        mask_rle=encode_rle(mask, box[:2], SIZE),
        pixels=int(mask.sum()),
        box=Box3D(center, np.array([4.0, 1.8, 1.5]), np.eye(3)),
        visible_fraction=1.0,
    )
