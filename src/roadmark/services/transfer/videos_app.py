"""The OpenAI-style `/v1/videos` of vLLM-Omni's Cosmos 3 servers: jobs that are created, asked for, fetched."""

import json
import re
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from roadmark.augment import SERVER_TITLE
from roadmark.errors import MissingExtraError
from roadmark.media import video_info
from roadmark.services.transfer.encode import without_last, write_h264
from roadmark.services.transfer.faults import Faults, FaultyHttp
from roadmark.services.transfer.stores import ServerFolder
from roadmark.services.transfer.worker import Painter, TransferJob

MODEL = "roadmark/relight"
HINTS = ("edge", "blur", "depth", "seg", "wsm")
FIELDS = frozenset(
    {"prompt", "negative_prompt", "model", "size", "num_frames", "fps", "num_inference_steps", "guidance_scale", "seed"}
    | {"flow_shift", "max_sequence_length", "extra_params", "control_type", "input_reference", "control_reference"}
)
"""The form's fields that are known; others are refused."""

_MAX_UPLOAD = 512 * 1024 * 1024


class VideoRequestError(Exception):
    """A request that is refused, with status 400."""


@dataclass
class VideoJob:
    """One job.

    Attributes:
        id: Its name.
        request: The form's texts.
        status: queued, in_progress, completed or failed.
        progress: 0 to 100.
        error: Why it failed.
        output: The video.
        cancelled: Whether it was deleted; then it stops at the next frame.
    """

    id: str
    request: dict[str, str]
    output: Path
    status: str = "queued"
    progress: int = 0
    error: dict[str, Any] | None = None
    cancelled: bool = False

    def record(self) -> dict[str, Any]:
        """The job as the API shows it."""
        return {
            "id": self.id,
            "object": "video",
            "model": self.request.get("model") or MODEL,
            "prompt": self.request["prompt"],
            "status": self.status,
            "progress": self.progress,
            "size": self.request.get("size"),
            "error": self.error,
            "media_type": "video/mp4",
        }


class VideosServer:
    """The jobs; one is worked on at a time.

    Args:
        folder: Where videos are.
        painter: Makes the frames.
        faults: Faults on purpose.
    """

    def __init__(self, folder: ServerFolder, painter: Painter, faults: Faults | None = None) -> None:
        self._folder = folder
        self._painter = painter
        self._faults = faults or Faults()
        self._jobs: dict[str, VideoJob] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="videos")

    def create(self, form: dict[str, str], files: dict[str, Callable[[Path], None]]) -> VideoJob:
        """Take a request.

        Args:
            form: The form's texts.
            files: The form's files, each as what writes it to a path.

        Raises:
            VideoRequestError: It is refused.
        """
        extra = _checked(form, set(files))
        place = self._folder.new_output()
        for name, save in files.items():
            save(place / f"{name}.mp4")
        controls = {}
        if "control_reference" in files:
            controls[form["control_type"]] = place / "control_reference.mp4"
        work = TransferJob(
            place / "input_reference.mp4",
            form["prompt"],
            int(form.get("seed") or 0),
            controls,
            max_frames=extra.get("max_frames"),
        )
        job = VideoJob(f"video_gen_{uuid.uuid4().hex}", form, place / "result.mp4")
        with self._lock:
            self._jobs[job.id] = job
        self._pool.submit(self._run, job, work)
        return job

    def find(self, job_id: str) -> VideoJob | None:
        """The job of an id."""
        with self._lock:
            return self._jobs.get(job_id)

    def drop(self, job_id: str) -> bool:
        """Forget a job and end its work; whether there was one."""
        with self._lock:
            job = self._jobs.pop(job_id, None)
        if job is not None:
            job.cancelled = True
            job.output.unlink(missing_ok=True)
        return job is not None

    def close(self) -> None:
        """End all work."""
        self._faults.release()
        with self._lock:
            for job in self._jobs.values():
                job.cancelled = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, job: VideoJob, work: TransferJob) -> None:
        job.status = "in_progress"
        try:
            if self._faults.strikes("timeout"):
                self._faults.hang()
            if self._faults.strikes("guardrail"):
                raise VideoRequestError("Guardrail blocked the request: the prompt or video is not allowed")
            self._make(job, work)
            job.status, job.progress = "completed", 100
        except Exception as error:  # whatever goes wrong ends the job, or its client would wait for ever
            job.error = {"code": 400 if isinstance(error, VideoRequestError) else 500, "message": str(error)}
            job.status = "failed"

    def _make(self, job: VideoJob, work: TransferJob) -> None:
        info = video_info(work.video)
        size = _size(job.request.get("size")) or (info.width, info.height)
        rate = Fraction(job.request.get("fps") or info.fps).limit_denominator(1001)
        frames = self._counted(job, work, info.frames)
        if self._faults.strikes("wrong-frames"):
            frames = without_last(frames)
        write_h264(job.output, frames, size, rate)

    def _counted(self, job: VideoJob, work: TransferJob, total: int) -> Any:
        for done, frame in enumerate(self._painter(work)):
            if job.cancelled:
                raise VideoRequestError("deleted")
            job.progress = 100 * done // total
            yield frame


def videos_app(server: VideosServer, faults: Faults) -> Any:
    """The ASGI application.

    Raises:
        MissingExtraError: FastAPI is not installed.
    """
    try:
        from fastapi import FastAPI, Request  # noqa: PLC0415 - an extra
        from fastapi.responses import FileResponse, JSONResponse, Response  # noqa: PLC0415
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("fastapi", "services") from None

    app = FastAPI(title=SERVER_TITLE, docs_url=None, redoc_url=None)

    @app.exception_handler(VideoRequestError)
    def refused(_: Request, error: VideoRequestError) -> JSONResponse:
        return JSONResponse({"detail": str(error)}, status_code=400)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {}

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "roadmark"}]}

    @app.post("/v1/videos")
    async def create(request: Request) -> Response:
        async with request.form(max_files=4, max_fields=64) as parts:
            texts = {key: value for key, value in parts.items() if isinstance(value, str)}
            uploads = {key: value for key, value in parts.items() if not isinstance(value, str)}
            files = {key: _saver(upload.file) for key, upload in uploads.items()}
            job = await run_in_threadpool(server.create, texts, files)
        if faults.strikes("malformed"):
            return Response('{"id": "video', media_type="application/json")
        return JSONResponse(job.record())

    @app.get("/v1/videos/{job_id}")
    def retrieve(job_id: str) -> JSONResponse:
        job = server.find(job_id)
        if job is None:
            return JSONResponse({"detail": f"Video {job_id} not found"}, status_code=404)
        return JSONResponse(job.record())

    @app.get("/v1/videos/{job_id}/content")
    def content(job_id: str) -> Response:
        job = server.find(job_id)
        if job is None or job.status != "completed":
            return JSONResponse({"detail": f"Video {job_id} has no content"}, status_code=404)
        return FileResponse(job.output, media_type="video/mp4")

    @app.delete("/v1/videos/{job_id}")
    def delete(job_id: str) -> JSONResponse:
        if not server.drop(job_id):
            return JSONResponse({"detail": f"Video {job_id} not found"}, status_code=404)
        return JSONResponse({"id": job_id, "object": "video.deleted", "deleted": True})

    return FaultyHttp(app, faults, work=r"^/v1/videos$", download=r"^/v1/videos/[^/]+/content$")


def _checked(form: dict[str, str], files: set[str]) -> dict[str, Any]:
    """Check a form; returns its extra parameters.

    Raises:
        VideoRequestError: It is refused.
    """
    unknown = sorted((set(form) | files) - FIELDS)
    if unknown:
        raise VideoRequestError(f"{unknown[0]}: Extra inputs are not permitted")
    if not form.get("prompt"):
        raise VideoRequestError("prompt: Field required")
    if "input_reference" not in files:
        raise VideoRequestError("this server augments videos: input_reference is required")
    try:
        extra = json.loads(form.get("extra_params") or "{}")
        numbers = {key: float(form[key]) for key in ("fps", "seed", "num_frames") if form.get(key)}
    except (ValueError, RecursionError):
        raise VideoRequestError("Invalid JSON or number in form field.") from None
    if not isinstance(extra, dict) or not any(hint in extra for hint in HINTS):
        raise VideoRequestError("extra_params: give at least one of " + ", ".join(HINTS))
    if any(not 0 <= value < 2**31 for value in numbers.values()):
        raise VideoRequestError("fps, seed and num_frames lie within 0 and 2147483647")
    kind = form.get("control_type")
    if ("control_reference" in files) != (kind is not None) or (kind is not None and kind not in HINTS):
        raise VideoRequestError("control_reference requires a control_type of " + ", ".join(HINTS))
    frames = extra.get("max_frames")
    if frames is not None and not (isinstance(frames, int) and frames > 0):
        raise VideoRequestError("max_frames must be positive.")
    if form.get("size") and _size(form["size"]) is None:
        raise VideoRequestError("size: write it like 1280x720")
    return extra


def _size(text: str | None) -> tuple[int, int] | None:
    found = re.fullmatch(r"([1-9]\d{1,3})x([1-9]\d{1,3})", text or "")
    return (int(found[1]), int(found[2])) if found else None


def _saver(stream: Any) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        size = 0
        with path.open("wb") as target:
            while piece := stream.read(1 << 20):
                size += target.write(piece)
                if size > _MAX_UPLOAD:
                    raise VideoRequestError(f"an upload exceeds {_MAX_UPLOAD} bytes")

    return save
