"""The work behind every API: a relight of the source's frames with what its control videos tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from roadmark.augment import Sidecar
from roadmark.catalog import CONDITION_KEYS, Conditions, SemanticClass
from roadmark.errors import InputError
from roadmark.geometry import Camera, PinholeCamera, Pose
from roadmark.media import VideoInfo, read_video, video_info
from roadmark.relight import Relighter, ViewBuffers, assumed_camera, find_street_lamps
from roadmark.services.transfer.buffers import classes_from_colors, depth_from_gray
from roadmark.services.transfer.conditions import conditions_in_words

Picture = NDArray[np.uint8]

ASSUMED_NEAR = 5.0
"""Metres that white means in a depth video without a sidecar: what clips have where nothing is nearer."""


@dataclass(frozen=True)
class TransferJob:
    """One request, whatever API it came through.

    Attributes:
        video: The source.
        prompt: What the result shows.
        seed: Of the relight's patterns.
        controls: Control videos by "depth" and "seg"; others tell nothing that the picture does not.
        sidecar: The camera and the depth's scale, where our own client sent them.
        max_frames: Frames to make of the source's; None makes all.
    """

    video: Path
    prompt: str
    seed: int
    controls: Mapping[str, Path] = field(default_factory=dict)
    sidecar: Sidecar | None = None
    max_frames: int | None = None


class Painter(Protocol):
    """Makes the frames of a job; the servers need no more of it."""

    def __call__(self, job: TransferJob) -> Iterator[Picture]:
        """Frames (H, W, 3) uint8 of the source's size, one for each of its frames.

        Raises:
            RoadmarkError: A video is unreadable or does not fit the others.
        """


def relit(job: TransferJob) -> Iterator[Picture]:
    """The job's frames under the conditions its prompt names; what it does not name stays as the source is.

    With depth and classes everything is drawn; with a picture alone colours, haze and what falls, and the road stays
    dry. The camera is the sidecar's, or an assumed one.

    Raises:
        RoadmarkError: A video is unreadable or does not fit the others.
    """
    info = video_info(job.video)
    known = frozenset({"rgb", *(_BUFFER_OF[name] for name in job.controls if name in _BUFFER_OF)})
    source, target = wanted_conditions(job, known)
    camera, poses = _views(info, job.sidecar)
    measure = job.sidecar.depth_measure if job.sidecar is not None else "z"
    is_range = measure == "range"
    relighter = Relighter(
        camera,
        target,
        source,
        available=known,
        street_lamps=_street_lamps(job, camera, poses[0], is_range),
        depth_is_range=is_range,
        seed=job.seed,
    )
    with closing(relighter):
        for index, (rgb, depth, semantic) in enumerate(_frames(job, camera)):
            buffers = ViewBuffers(rgb=rgb, pose=poses[index], depth=depth, semantic=semantic)
            yield relighter.frame(buffers, _time(job.sidecar, index, info))


def _street_lamps(job: TransferJob, camera: Camera, pose: Pose, is_range: bool) -> NDArray[np.float64]:
    """World positions of the lamps in the first frame; none where the camera is assumed or nothing tells poles."""
    none = np.empty((0, 3))
    if job.sidecar is None:
        return none
    rgb, depth, semantic = next(_frames(job, camera))
    if depth is None or semantic is None:
        return none
    first = ViewBuffers(rgb=rgb, pose=pose, depth=depth, semantic=semantic)
    ground = ground_height(camera, first, is_range)
    return none if ground is None else find_street_lamps(camera, [first], ground, depth_is_range=is_range)


def ground_height(camera: Camera, frame: ViewBuffers, is_range: bool) -> float | None:
    """World height of the middle of the road that a frame shows; None where it shows none."""
    if frame.depth is None or frame.semantic is None:
        return None
    rows, columns = np.nonzero(np.isin(frame.semantic, _ROAD) & np.isfinite(frame.depth))
    if not rows.size:
        return None
    rays = camera.rays(np.stack([columns, rows], axis=-1) + 0.5)
    along = frame.depth[rows, columns] / (1.0 if is_range else rays[:, 2])
    return float(np.median((rays * along[:, None]) @ frame.pose.rotation[2] + frame.pose.translation[2]))


def wanted_conditions(job: TransferJob, known: frozenset[str]) -> tuple[Conditions | None, Conditions]:
    """The source's conditions, where they are known, and those to draw.

    Args:
        job: The job.
        known: Buffers there are; without depth and classes the road stays dry.
    """
    told = job.sidecar.conditions if job.sidecar is not None else {}
    source = Conditions.from_selections(told) if set(told) >= set(CONDITION_KEYS) else None
    asked = {**told, **conditions_in_words(job.prompt)}
    if not known >= {"depth", "semantic"}:
        asked["road_condition"] = "dry"
    return source, Conditions.from_selections(asked)


_ROAD = np.array([SemanticClass.ROADS, SemanticClass.ROAD_LINES], np.uint8)
_BUFFER_OF = {"depth": "depth", "seg": "semantic"}


def _frames(
    job: TransferJob, camera: Camera
) -> Iterator[tuple[Picture, NDArray[np.float32] | None, NDArray[np.uint8] | None]]:
    near = (job.sidecar.depth_near if job.sidecar is not None else None) or ASSUMED_NEAR
    size = (camera.width, camera.height)
    depths, classes = _ControlFrames(job, "depth", size), _ControlFrames(job, "seg", size)
    for rgb in islice(read_video(job.video), job.max_frames):
        colors, gray = classes.next(), depths.next()
        semantic = classes_from_colors(colors) if colors is not None else None
        yield rgb, depth_from_gray(gray, near, semantic) if gray is not None else None, semantic


class _ControlFrames:
    """A control video's frames in the picture's size; None each where there is no such video."""

    def __init__(self, job: TransferJob, control: str, size: tuple[int, int]) -> None:
        path = job.controls.get(control)
        self._control, self._size, self._read = control, size, 0
        self._frames = read_video(path) if path is not None else None

    def next(self) -> Picture | None:
        if self._frames is None:
            return None
        picture = next(self._frames, None)
        if picture is None:
            raise InputError(
                f"the {self._control} control video ends after {self._read} frames, before the source does"
            )
        self._read += 1
        return _fitted(picture, self._size)


def _fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)  # type: ignore[return-value]


def _views(info: VideoInfo, sidecar: Sidecar | None) -> tuple[Camera, list[Pose]]:
    """The camera, and world_from_camera of every frame."""
    if sidecar is None:
        camera, pose = assumed_camera(info.width, info.height)
        return camera, [pose] * info.frames
    given = [Pose.from_matrix(np.array(rows), parent="world", child="camera") for rows in sidecar.poses]
    poses = given + [given[-1]] * (info.frames - len(given))
    return PinholeCamera(info.width, info.height, sidecar.fx, sidecar.fy, sidecar.cx, sidecar.cy), poses


def _time(sidecar: Sidecar | None, index: int, info: VideoInfo) -> float:
    if sidecar is not None and index < len(sidecar.times):
        return sidecar.times[index]
    return float(index / info.fps)
