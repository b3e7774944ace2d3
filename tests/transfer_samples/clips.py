"""A small clip under a fixed traffic camera: road, sky, a car that drives and a walker."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from roadmark.augment.transfer.controls import clip_controls
from roadmark.augment.transfer.protocol import TransferParameters, TransferRequest
from roadmark.catalog import SemanticClass
from roadmark.clip import Clip, ClipOptions, ClipWriter, FrameImages, FrameLabels, Provenance
from roadmark.geometry import PinholeCamera, Pose, camera_pose_from_body, rotation_from_rpy

WIDTH, HEIGHT, FPS = 128, 72, Fraction(30)
CAR = 7
MODALITIES = frozenset({"rgb", "depth", "semantic_segmentation", "instance_segmentation"})
CAMERA = PinholeCamera.from_fov(WIDTH, HEIGHT, np.deg2rad(70.0))
POSE = camera_pose_from_body(Pose(rotation_from_rpy((0.0, 0.25, 0.0)), np.array([0.0, 0.0, 6.0]), "world", "body"))


def frame_images(number: int) -> FrameImages:
    """The exact ground plane under the camera, and a car 16 m away that moves by a pixel every frame."""
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64) + 0.5
    rays = np.stack([(u - CAMERA.cx) / CAMERA.fx, (v - CAMERA.cy) / CAMERA.fy, np.ones_like(u)], axis=-1)
    down = rays @ POSE.rotation[2]
    with np.errstate(divide="ignore"):
        depth = np.where(down < -0.01, -6.0 / np.minimum(down, -1e-9), np.inf)
    semantic = np.where(np.isinf(depth), SemanticClass.SKY, SemanticClass.ROADS).astype(np.uint8)
    car = (u >= 20 + number % 90) & (u < 40 + number % 90) & (v >= 34) & (v < 46)
    semantic[car], depth[car] = SemanticClass.CAR, 16.0
    instance = np.where(car, CAR, 0).astype(np.uint16)
    rgb = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    rgb[np.isinf(depth)] = (150, 180, 220)
    rgb[car] = (180, 30, 30)
    return FrameImages(rgb, depth.astype(np.float32), semantic, instance)


def make_clip(folder: Path, frames: int, *, videos: str = "default", modalities: frozenset[str] = MODALITIES) -> Clip:
    """Write the clip and open it."""
    options = ClipOptions(modalities=modalities, videos=videos)
    provenance = Provenance(conditions={"weather": "clear_sky", "lighting": "mid_morning", "road": "dry"})
    with ClipWriter(folder, CAMERA, FPS, options, provenance=provenance) as writer:
        for number in range(frames):
            writer.write_frame(frame_images(number), FrameLabels(number / 30.0, number, POSE, ()))
        writer.finish()
    return Clip.open(folder)


def make_request(clip: Clip, folder: Path, name: str = "crossing-1", **changes) -> TransferRequest:
    """A rainy night with edge, depth and segmentation."""
    fields = {
        "name": name,
        "video": clip.video("rgb"),
        "clip": clip,
        "controls": clip_controls(clip, {"edge": 1.0, "depth": 0.9}, folder),
        "prompt": "A rainy night at a junction; the road is covered with puddles. A red car drives by.",
        "selections": {"weather_condition": "raining", "lighting_condition": "night", "road_condition": "puddles"},
        "seed": 5,
        "parameters": TransferParameters(resolution="480"),
    }
    return TransferRequest(**{**fields, **changes})
