"""What a clip knows of its videos and a control video cannot say: sent to our own server beside them.

A depth control video is gray; the sidecar says how many metres white is, where the camera was and how it sees. Other
servers are not sent any.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from roadmark.augment.transfer.controls import depth_near
from roadmark.clip import Clip
from roadmark.config import Settings, validation_message
from roadmark.errors import FormatError
from roadmark.geometry import PinholeCamera

SERVER_TITLE = "Roadmark transfer"
"""Title of our own server's application, by which our client knows it."""
MAX_SIDECAR_BYTES = 32 * 1024 * 1024

Row = tuple[float, float, float, float]


class Sidecar(Settings):
    """One clip's camera and scales."""

    format: Literal["roadmark-sidecar-1"] = "roadmark-sidecar-1"
    fx: Annotated[float, Field(gt=0)]
    """Pixels; so are fy, cx, cy (continuous, the centre of pixel (i, j) at (i + 0.5, j + 0.5))."""
    fy: Annotated[float, Field(gt=0)]
    cx: float
    cy: float
    poses: Annotated[tuple[tuple[Row, Row, Row, Row], ...], Field(min_length=1, max_length=5000)]
    """world_from_camera of every frame: world FLU, camera RDF, metres."""
    times: tuple[float, ...]
    """Seconds of every frame."""
    depth_near: Annotated[float, Field(gt=0)] | None = None
    """Metres shown white in the depth video, whose gray is linear in inverse depth; black is infinity."""
    depth_measure: Literal["z", "range"] = "z"
    conditions: dict[str, str] = Field(default_factory=dict)
    """The source's weather, lighting and road, by the recipe's names, where they are known."""


def clip_sidecar(clip: Clip) -> Sidecar | None:
    """The sidecar of a clip; None where its camera is no pinhole camera."""
    camera = clip.camera
    if not isinstance(camera, PinholeCamera):
        return None
    known = clip.manifest.conditions
    names = {"weather": "weather_condition", "lighting": "lighting_condition", "road": "road_condition"}
    return Sidecar(
        fx=camera.fx,
        fy=camera.fy,
        cx=camera.cx,
        cy=camera.cy,
        poses=tuple(clip.manifest.cameras[0].poses),
        times=tuple(frame.time for frame in clip.manifest.frames),
        depth_near=depth_near(clip) if "depth" in clip.manifest.folders else clip.manifest.depth.video_near,
        depth_measure=clip.manifest.depth.measure,
        conditions={full: str(known[short]) for short, full in names.items() if known.get(short)},
    )


def read_sidecar(data: bytes) -> Sidecar:
    """Read a sidecar.

    Raises:
        FormatError: It is none.
    """
    if len(data) > MAX_SIDECAR_BYTES:
        raise FormatError(f"a sidecar larger than {MAX_SIDECAR_BYTES} bytes")
    try:
        return Sidecar.model_validate_json(data)
    except ValidationError as error:
        raise FormatError(f"no sidecar: {validation_message(error)}") from None
