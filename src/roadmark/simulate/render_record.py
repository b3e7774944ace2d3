"""`source/render.json`: what drawing a clip's scenario again needs besides the recording and the map."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from roadmark.config import Settings, validate
from roadmark.errors import FormatError, GeometryError, RoadmarkError
from roadmark.files import read_json
from roadmark.geometry import Camera, FThetaCamera, PinholeCamera, Pose
from roadmark.media import MAX_IMAGE_SIDE
from roadmark.simulate.cameras import MAX_CAMERAS, CameraSetup
from roadmark.simulate.plan import SimulationPlan

MAX_BYTES = 1 << 22

Side = Annotated[int, Field(gt=0, le=MAX_IMAGE_SIDE)]
Row = tuple[float, float, float, float]


class CameraRecord(Settings):
    """One camera of the run."""

    name: str
    width: Side
    height: Side
    fx: float | None = None
    fy: float | None = None
    cx: float | None = None
    cy: float | None = None
    """Of a pinhole, pixels."""
    model: Literal["pinhole", "ftheta"] = "pinhole"
    vector: tuple[float, ...] | None = None
    max_angle: float | None = None
    """Of an f-theta lens: calibration vector, and the largest angle off the axis in radians."""
    pose: tuple[Row, Row, Row, Row]
    """world_from_camera, or actor_from_camera where it follows an actor; rows."""
    follow: int | None = None

    def setup(self) -> CameraSetup:
        """The camera as a simulation takes it.

        Raises:
            GeometryError: The numbers describe none.
        """
        parent = "world" if self.follow is None else "actor"
        pose = Pose.from_matrix(np.array(self.pose), parent=parent, child="camera")
        return CameraSetup(self.name, self._camera(), pose, ("rgb",), self.follow)

    def _camera(self) -> Camera:
        if self.model == "ftheta":
            if self.vector is None or self.max_angle is None:
                raise GeometryError("an f-theta camera needs vector and max_angle")
            lens = FThetaCamera.from_vector(self.vector)
            return FThetaCamera(
                self.width, self.height, lens.cx, lens.cy, lens.polynomial, lens.direction, lens.c, lens.d, lens.e,
                self.max_angle,
            )  # fmt: skip
        if self.fx is None or self.fy is None or self.cx is None or self.cy is None:
            raise GeometryError("a pinhole needs fx, fy, cx and cy")
        return PinholeCamera(self.width, self.height, self.fx, self.fy, self.cx, self.cy)


class RenderRecord(Settings):
    """The whole of `render.json`; fields are those of `SimulateSettings` where they have its names."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    quality: Literal["draft", "standard", "high"]
    weather: str
    lighting: str
    road: str
    sun_time: datetime | None = None
    latitude: float
    longitude: float
    replay: Literal["exact", "carla"]
    time_factor: Annotated[float, Field(gt=0)]
    fps: tuple[int, int]
    start_time: float
    """Seconds of the recording of the first frame."""
    frames: Annotated[int, Field(gt=0)]
    ignore_hero: bool
    camera_follow_actor: int | None = None
    limit_distance: float
    area_threshold: float
    camera: CameraRecord
    """The clip's own."""
    run_cameras: Annotated[tuple[CameraRecord, ...], Field(max_length=MAX_CAMERAS)] = ()
    """All of the run, for which the town keeps its views clear; empty where there was one."""
    allow_truncated: bool = False
    """Whether the recording may end in the middle of a frame."""

    def cameras(self) -> tuple[CameraSetup, ...]:
        """Every camera of the run.

        Raises:
            GeometryError: A camera's numbers describe none.
        """
        return tuple(camera.setup() for camera in self.run_cameras or (self.camera,))


def read_render_record(path: Path) -> RenderRecord:
    """Read and check a `render.json`.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is too large or malformed; the message names the field.
    """
    document = read_json(path, MAX_BYTES)
    try:
        record = validate(RenderRecord, document, "settings")
        record.cameras()
    except RoadmarkError as error:
        raise FormatError(str(error), path=path) from None
    return record


def write_render_record(plan: SimulationPlan, camera: CameraSetup) -> bytes:
    """The file's bytes for one camera of a plan."""
    settings = plan.settings
    document: dict[str, Any] = {
        "seed": settings.seed,
        "quality": settings.quality,
        "weather": settings.weather,
        "lighting": settings.lighting,
        "road": settings.road,
        "sun_time": None if settings.sun_time is None else settings.sun_time.isoformat(),
        "latitude": settings.latitude,
        "longitude": settings.longitude,
        "replay": settings.replay,
        "time_factor": settings.time_factor,
        "fps": [plan.fps.numerator, plan.fps.denominator],
        "start_time": float(plan.sample.times[0]),
        "frames": len(plan.sample),
        "ignore_hero": settings.ignore_hero,
        "camera_follow_actor": settings.camera_follow_actor,
        "limit_distance": settings.limit_distance,
        "area_threshold": settings.area_threshold,
        "camera": _camera_record(camera),
    }
    if len(plan.cameras) > 1:
        document["run_cameras"] = [_camera_record(other) for other in plan.cameras]
    if settings.allow_truncated:
        document["allow_truncated"] = True
    return (json.dumps(document, indent=1) + "\n").encode()


def _camera_record(camera: CameraSetup) -> dict[str, Any]:
    return {
        "name": camera.name,
        "width": camera.camera.width,
        "height": camera.camera.height,
        **_optics(camera.camera),
        "pose": camera.pose.matrix.tolist(),
        **({} if camera.follow is None else {"follow": camera.follow}),
    }


def _optics(camera: Camera) -> dict[str, Any]:
    if isinstance(camera, PinholeCamera):
        return {"fx": camera.fx, "fy": camera.fy, "cx": camera.cx, "cy": camera.cy}
    return {"model": "ftheta", "vector": camera.to_vector().tolist(), "max_angle": camera.max_angle}
