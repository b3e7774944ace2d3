"""The HTTP API of NVIDIA's Cosmos-Transfer2.5 NIM: `/v1/infer`, its health and its own description."""

import base64
import binascii
import itertools
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from roadmark.augment import SERVER_TITLE
from roadmark.errors import MissingExtraError, RoadmarkError
from roadmark.media import video_info
from roadmark.services.transfer.encode import without_last, write_vp9
from roadmark.services.transfer.faults import Faults, FaultyHttp
from roadmark.services.transfer.stores import ServerFolder
from roadmark.services.transfer.worker import Painter, TransferJob

FRAMES = range(93, 481)
"""Lengths that the service takes; others are its error 500."""


class NimControl(BaseModel):
    """One control: base64 of its video, or None to have it derived."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    control: str | None = None
    control_weight: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0


class Transfer2Request(BaseModel):
    """The body of `/v1/infer`."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    prompt: str
    video: str
    negative_prompt: str | None = None
    image_context: str | None = None
    seed: int = 2025
    guidance: Annotated[int, Field(ge=0, le=7)] = 3
    num_steps: Annotated[int, Field(gt=0)] = 35
    resolution: Literal["256", "480", "512", "720"] = "480"
    num_conditional_frames: Literal[0, 1, 2] = 1
    sigma_max: Annotated[float, Field(ge=0.0, le=200.0)] | None = None
    edge: NimControl | None = None
    depth: NimControl | None = None
    vis: NimControl | None = None
    seg: NimControl | None = None

    def controls(self) -> dict[str, NimControl]:
        """The controls that are given."""
        given = {name: getattr(self, name) for name in ("edge", "vis", "depth", "seg")}
        return {name: control for name, control in given.items() if control is not None}


class NimError(Exception):
    """An answer that is no success.

    Attributes:
        status: Its HTTP status.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class NimServer:
    """What `/v1/infer` does.

    Args:
        folder: Where videos lie meanwhile.
        painter: Makes the frames.
        faults: Faults on purpose.
    """

    def __init__(self, folder: ServerFolder, painter: Painter, faults: Faults | None = None) -> None:
        self._folder = folder
        self._painter = painter
        self._faults = faults or Faults()

    def infer(self, request: Transfer2Request) -> dict[str, Any]:
        """One request's answer.

        Raises:
            NimError: It is refused or fails.
        """
        if not request.controls():
            raise NimError(400, "at least one control is required")
        if self._faults.strikes("guardrail"):
            raise NimError(422, "Guardrail blocked the request: the prompt or video is not allowed")
        if self._faults.strikes("timeout"):
            self._faults.hang()
            raise NimError(504, "timed out")
        place = self._folder.new_output()
        job = TransferJob(
            _stored(request.video, place / "video.mp4"),
            request.prompt,
            request.seed,
            {
                name: _stored(control.control, place / f"{name}.mp4")
                for name, control in request.controls().items()
                if control.control is not None
            },
        )
        try:
            return {"b64_video": self._encoded(job, place / "result.mp4"), "seed": request.seed}
        except RoadmarkError as error:
            raise NimError(500, f"Internal error: {error}") from None

    def _encoded(self, job: TransferJob, output: Path) -> str:
        info = video_info(job.video)
        if info.frames not in FRAMES:
            raise NimError(500, f"video has {info.frames} frames, not {FRAMES.start} to {FRAMES.stop - 1}")
        frames = self._painter(job)
        if self._faults.strikes("wrong-frames"):
            frames = without_last(frames)
        size = (info.width - info.width % 2, info.height - info.height % 2)
        write_vp9(output, (frame[: size[1], : size[0]] for frame in frames), size, info.fps)
        return base64.b64encode(output.read_bytes()).decode("ascii")


def nim_app(server: NimServer, faults: Faults) -> Any:
    """The ASGI application.

    Raises:
        MissingExtraError: FastAPI is not installed.
    """
    try:
        from fastapi import FastAPI, Request  # noqa: PLC0415 - an extra
        from fastapi.exceptions import RequestValidationError  # noqa: PLC0415
        from fastapi.responses import JSONResponse, Response  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("fastapi", "services") from None

    app = FastAPI(title=SERVER_TITLE, docs_url=None, redoc_url=None)
    numbers = itertools.count()

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        faults_found = [{"loc": list(fault["loc"]), "msg": fault["msg"]} for fault in error.errors()]
        return JSONResponse({"detail": faults_found}, status_code=400)

    @app.exception_handler(NimError)
    def failed(_: Request, error: NimError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=error.status)

    @app.get("/v1/health/live")
    def live() -> dict[str, str]:
        return {"description": "liveness check", "status": "live"}

    @app.get("/v1/health/ready")
    def ready() -> dict[str, str]:
        return {"description": "readiness check", "status": "ready"}

    @app.get("/v1/metadata")
    def metadata() -> dict[str, Any]:
        return {"modelInfo": [{"shortName": "roadmark/relight"}], "requests": next(numbers)}

    @app.post("/v1/infer")
    def infer(body: Transfer2Request) -> Response:
        answer = server.infer(body)
        if faults.strikes("malformed"):
            return Response('{"b64_video": "AAAA', media_type="application/json")
        return JSONResponse(answer)

    return FaultyHttp(app, faults, work=r"^/v1/infer$", download=r"^/v1/infer$")


def _stored(text: str, path: Path) -> Path:
    try:
        path.write_bytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise NimError(400, f"{path.stem}: not base64") from None
    return path
