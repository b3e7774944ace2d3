"""Cosmos-Transfer2.5's Gradio API, in the words of its old (1.3) and new (1.4) servers.

Endpoints and their arguments: cosmos-transfer2.5, `packages/cosmos-gradio`. Errors are values there, not exceptions: a
request that fails has a status that says why.
"""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from roadmark.augment import CONTROLS, OLDEST, SERVER_TITLE, STATUS_AS_JSON, InferenceArguments
from roadmark.errors import ConfigError, MissingExtraError
from roadmark.files import is_plain_name
from roadmark.media import video_info
from roadmark.services.transfer.encode import without_last, write_h264
from roadmark.services.transfer.faults import Faults, FaultyHttp
from roadmark.services.transfer.stores import ServerFolder
from roadmark.services.transfer.worker import Painter, TransferJob

StatusFormat = Literal["v1.3", "v1.4"]
Status = dict[str, Any]

MAX_UPLOAD = "500MB"
DEFAULT_PROMPT = "A rainy evening at a junction, wet asphalt reflects the light of the street lamps."


class CosmosGradioServer:
    """The functions behind the endpoints.

    Args:
        folder: Where uploads and results are.
        painter: Makes the frames.
        status_format: Version 1.3 answers in prose and has no `/generate`; 1.4 answers in JSON.
        model: MODEL_NAME: "multicontrol", or the one control that is served.
        faults: Faults on purpose.

    Raises:
        ConfigError: No such model.
    """

    def __init__(
        self,
        folder: ServerFolder,
        painter: Painter,
        *,
        status_format: StatusFormat = "v1.4",
        model: str = "multicontrol",
        faults: Faults | None = None,
    ) -> None:
        self._folder = folder
        self._painter = painter
        self.status_format = status_format
        self._version = OLDEST if status_format == "v1.3" else STATUS_AS_JSON
        if model != "multicontrol" and model not in CONTROLS:
            raise ConfigError(f"no model {model!r} is served here; known: multicontrol, {', '.join(CONTROLS)}")
        self._served = CONTROLS if model == "multicontrol" else (model,)
        self._model = model
        self._faults = faults or Faults()
        self._numbers = itertools.count()

    def upload_file(self, file: str) -> str:
        """`/upload_file`: JSON of the file's path on the server."""
        return json.dumps({"path": str(self._folder.keep([Path(file)])[0])})

    def upload_file_list(self, files: list[str]) -> str:
        """`/upload_file_list`: JSON of the files' paths on the server."""
        kept = self._folder.keep([Path(file) for file in files or []])
        return json.dumps({"files": [{"path": str(path)} for path in kept]})

    def generate_video(self, request_text: str) -> tuple[str | None, str]:
        """`/generate_video`: the video and the status of a request given as JSON text."""
        try:
            request = json.loads(request_text)
        except (ValueError, RecursionError) as error:
            return None, f"Error parsing request JSON: {error}\nPlease ensure your request is valid JSON."
        status = self.generate(request)
        videos = status["result"].get("videos") or [None]
        if self._faults.strikes("malformed"):
            return None, '{"rank": 0, "status": "succ'
        return videos[0], self._said(status)

    def generate(self, request_dict: dict) -> dict:  # type: ignore[type-arg]  # Gradio reads the annotation
        """`/generate`: the status of a request."""
        number = next(self._numbers)
        try:
            if not isinstance(request_dict, dict):
                raise TypeError(f"argument after ** must be a mapping, not {type(request_dict).__name__}")
            videos = self._made(request_dict)
        except Exception as error:  # as the real server: whatever goes wrong is a status
            return {"rank": 0, "status": str(error), "request_id": number, "result": {}}
        return {"rank": 0, "status": "success", "request_id": number, "result": {"videos": videos}}

    def generate_default_request(self) -> dict:  # type: ignore[type-arg]  # Gradio reads the annotation
        """`/generate_default_request`: a request on a small video of our own, to see that the server works."""
        folder = self._folder.uploads / "default"
        video = folder / "default.mp4"
        if not video.exists():
            folder.mkdir(exist_ok=True)
            write_h264(video, _default_frames(), (320, 176), Fraction(10))
        return self.generate(
            {"name": "default", "prompt": DEFAULT_PROMPT, "video_path": str(video), "edge": {"control_weight": 1.0}}
        )

    def _made(self, request: dict[str, Any]) -> list[str]:
        """Validate and generate; an empty list where the guardrail refuses."""
        arguments = InferenceArguments.model_validate(request, context={"version": self._version})
        if not is_plain_name(arguments.name):
            raise ValueError(f"name {arguments.name[:80]!r} is no name of a file")
        lacking = sorted(set(arguments.controls()) - set(self._served))
        if lacking:
            raise ValueError(f"model {self._model} does not serve {', '.join(lacking)}")
        job = self._job(arguments)
        if self._faults.strikes("timeout"):
            self._faults.hang()
            raise ValueError("Worker not repsonsive. Restarted all workers.")  # spelled so by the real server
        if self._faults.strikes("guardrail"):
            return []
        output = self._folder.new_output() / f"{arguments.name}.mp4"
        info = video_info(job.video)
        frames = self._painter(job)
        if self._faults.strikes("wrong-frames"):
            frames = without_last(frames)
        rate = max(1, int(info.fps))  # the real server cuts rates to whole numbers
        write_h264(output, frames, (info.width, info.height), Fraction(rate))
        return [str(output)]

    def _job(self, arguments: InferenceArguments) -> TransferJob:
        prompt = arguments.prompt
        if prompt is None:
            prompt = self._folder.uploaded(arguments.prompt_path or "").read_text(encoding="utf-8").strip()
        video = self._folder.uploaded(arguments.video_path)
        controls: dict[str, Path] = {}
        for name, control in arguments.controls().items():
            if control.control_path is not None:
                controls[name] = self._folder.uploaded(control.control_path)
            if control.mask_path is not None:
                self._folder.uploaded(control.mask_path)
        return TransferJob(video, prompt, arguments.seed, controls, self._folder.sidecar(video), arguments.max_frames)

    def _said(self, status: Status) -> str:
        """A status in the words of the version."""
        if self.status_format == "v1.4":
            return json.dumps(status, indent=4)
        if status["status"] != "success":
            return f"Error: {status['status']}"
        result = f"Result json: {json.dumps(status['result'])}"
        videos = status["result"]["videos"]
        return f"Found output: {videos[0]}\n{result}" if videos else f"Generation failed - no output found\n{result}"


def gradio_app(server: CosmosGradioServer, folder: ServerFolder, faults: Faults) -> Any:
    """The ASGI application.

    Raises:
        MissingExtraError: gradio is not installed.
    """
    try:
        import gradio as gr  # noqa: PLC0415 - an extra, and slow to load
        from fastapi import FastAPI  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("gradio", "services") from None

    with gr.Blocks(title=SERVER_TITLE, analytics_enabled=False) as blocks:
        gr.Markdown(f"# {SERVER_TITLE}\nCosmos-Transfer2.5's API, answered by Roadmark's own relight.")
        with gr.Row(visible=False):
            file, file_answer = gr.File(), gr.Textbox()
        file.upload(server.upload_file, [file], [file_answer], api_name="upload_file")
        request = gr.Code(language="json", label="Request")
        button = gr.Button("Generate Video")
        video, status = gr.Video(label="Video"), gr.Textbox(label="Status", lines=6)
        button.click(server.generate_video, [request], [video, status], api_name="generate_video")
        if server.status_format == "v1.4":
            with gr.Row(visible=False):
                files, files_answer = gr.File(file_count="multiple"), gr.Textbox()
            files.upload(server.upload_file_list, [files], [files_answer], api_name="upload_file_list")
            gr.api(server.generate, api_name="generate")  # type: ignore[attr-defined]
            gr.api(server.generate_default_request, api_name="generate_default_request")  # type: ignore[attr-defined]
    blocks.queue(default_concurrency_limit=1)  # one request at a time, as the real one
    app = gr.mount_gradio_app(
        FastAPI(openapi_url=None), blocks, path="", allowed_paths=[str(folder.outputs)], max_file_size=MAX_UPLOAD
    )
    return FaultyHttp(app, faults, work=r"/queue/join$", download=r"/file=")


def _default_frames() -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Two seconds of a light square on a grey ground."""
    frames = []
    for index in range(20):
        frame = np.full((176, 320, 3), 90, np.uint8)
        frame[:60] = (150, 180, 210)
        frame[90:120, 20 + 10 * index : 60 + 10 * index] = (200, 40, 30)
        frames.append(frame)
    return frames
