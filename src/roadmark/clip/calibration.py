"""A camera in `clip.json`: its model, its numbers and where it was in every frame."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from roadmark.config import Settings
from roadmark.errors import FormatError, GeometryError
from roadmark.files import NAME_RULE
from roadmark.geometry import Camera, FThetaCamera, PinholeCamera, Pose
from roadmark.media import MAX_IMAGE_SIDE

Side = Annotated[int, Field(ge=1, le=MAX_IMAGE_SIDE)]
Matrix = tuple[
    tuple[float, float, float, float],
    tuple[float, float, float, float],
    tuple[float, float, float, float],
    tuple[float, float, float, float],
]


class PinholeRecord(Settings):
    """A pinhole camera; continuous pixels, the centre of pixel (i, j) at (i + 0.5, j + 0.5)."""

    model: Literal["pinhole"] = "pinhole"
    width: Side
    height: Side
    fx: Annotated[float, Field(gt=0)]
    fy: Annotated[float, Field(gt=0)]
    cx: float
    cy: float


class FThetaRecord(Settings):
    """An f-theta camera as the 14 numbers of its calibration vector (pixel centres at whole numbers there)."""

    model: Literal["ftheta"] = "ftheta"
    vector: Annotated[tuple[float, ...], Field(min_length=14, max_length=14)]
    max_angle: Annotated[float, Field(gt=0)]
    """Largest angle off the axis, radians."""


class CameraRecord(Settings):
    """A camera and where it was in every frame."""

    name: Annotated[str, Field(pattern=f"^{NAME_RULE}$", max_length=128)] = "camera"
    intrinsics: Annotated[PinholeRecord | FThetaRecord, Field(discriminator="model")]
    poses: tuple[Matrix, ...]
    """world_from_camera of every frame: world FLU, camera RDF (right, down, forward), metres."""


def camera_record(camera: Camera) -> PinholeRecord | FThetaRecord:
    """The record of a camera."""
    if isinstance(camera, FThetaCamera):
        vector = tuple(float(value) for value in camera.to_vector())
        return FThetaRecord(vector=vector, max_angle=float(camera.max_angle))
    return PinholeRecord(
        width=camera.width, height=camera.height, fx=camera.fx, fy=camera.fy, cx=camera.cx, cy=camera.cy
    )


def camera_from_record(record: PinholeRecord | FThetaRecord) -> Camera:
    """The camera of a record.

    Raises:
        FormatError: Its numbers describe none.
    """
    try:
        if isinstance(record, FThetaRecord):
            return replace(FThetaCamera.from_vector(record.vector), max_angle=record.max_angle)
        return PinholeCamera(record.width, record.height, record.fx, record.fy, record.cx, record.cy)
    except GeometryError as error:
        raise FormatError(str(error), field="cameras.0.intrinsics") from None


def pose_matrix(pose: Pose) -> Matrix:
    """The (4, 4) matrix of a pose as plain numbers."""
    rows = [tuple(float(value) for value in row) for row in pose.matrix]
    return tuple(rows)  # type: ignore[return-value]  # mypy cannot count the rows and columns
