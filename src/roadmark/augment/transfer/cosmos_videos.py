"""`cosmos-videos`: the OpenAI-style `/v1/videos` that Cosmos 3 servers (vLLM-Omni) speak.

Requests are jobs: created by a form, asked for by their id, fetched when they are completed. The form is vLLM-Omni's
(`input_reference`, `control_reference` with `control_type`, hints in `extra_params`; its documentation: Videos API,
recipe Cosmos3-Nano). A job's id is kept as soon as it is known: a run that dies while the server works goes on with it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from roadmark.augment.transfer.checks import ServiceLimits, check_request
from roadmark.augment.transfer.cosmos_request import MAX_FRAMES
from roadmark.augment.transfer.protocol import (
    CONTROLS,
    Control,
    RefusedError,
    TransferError,
    TransferProgress,
    TransferRequest,
    TransferResult,
)
from roadmark.augment.transfer.receipts import Receipt, request_digest
from roadmark.augment.transfer.results import MAX_RESULT_BYTES, place_result
from roadmark.augment.transfer.service_errors import is_guardrail, transfer_errors
from roadmark.augment.transfer.uploads import RequestFiles, copy_inputs
from roadmark.endpoints import EndpointError, HttpPolicy, HttpService
from roadmark.errors import ConfigError
from roadmark.files import is_plain_name
from roadmark.media import VideoInfo
from roadmark.pipeline import JsonValue

DEFAULT_URL = "http://localhost:8000/v1"

HINTS: dict[Control, str] = {"edge": "edge", "vis": "blur", "depth": "depth", "seg": "seg"}
"""Cosmos 3's names of the controls."""
DERIVED: tuple[Control, ...] = ("edge", "vis")
"""Controls that the server can make of the source itself."""

BUCKETS: dict[str, tuple[tuple[int, int], ...]] = {
    "480": ((832, 480), (736, 544), (640, 640), (544, 736), (480, 832)),
    "720": ((1280, 720), (1104, 832), (960, 960), (832, 1104), (720, 1280)),
}
"""Sizes (width, height) that Cosmos 3 generates, by lines."""

_LIMITS = ServiceLimits("cosmos-videos", (2, MAX_FRAMES), masks=False, resolutions=tuple(BUCKETS))
_POLICY = HttpPolicy(read_timeout=300.0)


class CosmosVideosTransfer:
    """Transfers through a server of `/v1/videos`.

    Args:
        url: The API's address, `/v1` included.
        model: The model's name, empty for the server's own.
        key_env: Environment variable with a bearer token.
        policy: Time limits of single requests.
        generation: Seconds for one video, waiting included.
        poll: Seconds between looks at a job.
        sleep: Waits between looks and attempts.

    Raises:
        ConfigError: The address is none.
    """

    name = "cosmos-videos"

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        model: str = "",
        key_env: str | None = None,
        policy: HttpPolicy = _POLICY,
        generation: float = 4 * 3600.0,
        poll: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = HttpService(url, key_env=key_env, policy=policy, check_path="/v1/models", sleep=sleep)
        self._model = model
        self._generation, self._poll, self._sleep = generation, poll, sleep

    def config(self) -> Mapping[str, JsonValue]:
        """The model."""
        return {"model": self._model}

    def check(self, request: TransferRequest) -> None:
        """See `checks.check_request`; one control video at most can be uploaded.

        Raises:
            ConfigError: A number, name or control it does not take.
            InputError: A video is missing or does not fit the source.
        """
        check_request(request, _LIMITS)
        _uploaded_control(request)

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Create a job, or find the one of an earlier run, wait for it and fetch its video; see the protocol.

        Raises:
            TransferError: It failed.
            RefusedError: The guardrail refused it.
        """
        source = check_request(request, _LIMITS)
        receipt = Receipt(output, self._http.url, request_digest(request))
        with transfer_errors():
            job = self._running(receipt) or self._created(request, source, receipt, progress)
            self._wait(job, receipt, progress)
            progress(0.95, "downloading")
            with TemporaryDirectory(prefix="roadmark-videos-") as folder:
                received = Path(folder) / "result.mp4"
                self._http.download(f"videos/{job}/content", received, MAX_RESULT_BYTES)
                receipt.drop()
                placed = place_result(received, output, source, self._http.url)
        progress(1.0, "done")
        weights: JsonValue = {name: request.controls[name].weight for name in CONTROLS if name in request.controls}
        facts: dict[str, JsonValue] = {"backend": self.name, "model": self._model, "weights": weights}
        return TransferResult(facts={**facts, **placed.facts()})

    def close(self) -> None:
        """Give back the connection."""
        self._http.close()

    def _running(self, receipt: Receipt) -> str | None:
        """The job of an earlier run of the same request, where the server still knows it and it has not failed."""
        held = receipt.held()
        if not isinstance(held, str) or not is_plain_name(held):
            return None
        try:
            found = self._http.get_json(f"videos/{held}")
        except EndpointError as error:
            if error.status != 404:
                raise
            found = None
        if isinstance(found, dict) and found.get("status") in ("queued", "in_progress", "completed"):
            return held
        receipt.drop()
        return None

    def _created(
        self, request: TransferRequest, source: VideoInfo, receipt: Receipt, progress: TransferProgress
    ) -> str:
        with TemporaryDirectory(prefix="roadmark-upload-") as folder:
            local = copy_inputs(request, Path(folder))
            fields, files = form(request, source, local, self._model)
            progress(0.0, f"uploading {len(files)} files")
            answer = self._http.post_form("videos", fields, files)
        job = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(job, str) or not is_plain_name(job):
            raise TransferError(
                f"{self._http.url}: created no job (it answered {str(answer)[:200]}); is it /v1/videos?"
            )
        receipt.keep(job)
        return job

    def _wait(self, job: str, receipt: Receipt, progress: TransferProgress) -> None:
        """Look until the job is completed. Ctrl-C and too long a wait have the server drop it."""
        deadline = time.monotonic() + self._generation
        try:
            while not self._completed(job, receipt, progress):
                if time.monotonic() > deadline:
                    raise _TooLongError(
                        f"{self._http.url}: no video within {self._generation:g} s; job {job} was cancelled; "
                        "allow more time, or look at the server's log"
                    )
                self._sleep(self._poll)
        except (KeyboardInterrupt, _TooLongError):
            receipt.drop()
            self._http.delete(f"videos/{job}")
            raise

    def _completed(self, job: str, receipt: Receipt, progress: TransferProgress) -> bool:
        found = self._http.get_json(f"videos/{job}")
        status = found.get("status") if isinstance(found, dict) else None
        if status == "completed":
            return True
        if status in ("queued", "in_progress"):
            done = found.get("progress")
            share = min(max(float(done), 0.0), 100.0) / 100.0 if isinstance(done, (int, float)) else 0.0
            progress(
                0.1 + 0.8 * share, "waiting in the server's queue" if status == "queued" else "the server generates"
            )
            return False
        receipt.drop()
        reason = _reason(found)
        if is_guardrail(reason):
            raise RefusedError(f"{self._http.url}: job {job}: {reason}; change the prompt")
        raise TransferError(
            f"{self._http.url}: job {job} is {status or 'without a status'}: {reason}; see the server's log"
        )


class _TooLongError(TransferError):
    """The wait was given up."""


def form(
    request: TransferRequest, source: VideoInfo, files: RequestFiles, model: str = ""
) -> tuple[dict[str, str], dict[str, Path]]:
    """A request as texts and files of a form.

    Args:
        request: The request.
        source: What its video holds.
        files: Where its files are, under the names that are sent.
        model: The model's name, empty for the server's own.
    """
    given = request.parameters
    width, height = bucket(given.resolution, source.width, source.height)
    extra: dict[str, JsonValue] = {
        "resolution": given.resolution,
        "max_frames": source.frames,
        "num_video_frames_per_chunk": given.frames_per_chunk,
        "num_conditional_frames": given.num_conditional_frames,
    }
    for name in CONTROLS:
        if name in request.controls:
            extra[HINTS[name]] = {"control_weight": request.controls[name].weight}
    fields = {
        "prompt": request.prompt,
        "size": f"{width}x{height}",
        "num_frames": str(source.frames),
        "fps": f"{float(source.fps):.6g}",
        "num_inference_steps": str(given.num_steps),
        "guidance_scale": f"{given.guidance:g}",
        "seed": str(request.seed),
        "extra_params": json.dumps(extra, sort_keys=True),
    }
    if model:
        fields["model"] = model
    if request.negative_prompt:
        fields["negative_prompt"] = request.negative_prompt
    sent = {"input_reference": Path(files.video)}
    control = _uploaded_control(request)
    if control is not None:
        fields["control_type"] = HINTS[control]
        sent["control_reference"] = Path(files.controls[control])
    return fields, sent


def bucket(resolution: str, width: int, height: int) -> tuple[int, int]:
    """The size of `resolution` lines whose shape is nearest to a picture's.

    Examples:
        >>> bucket("720", 1920, 1080), bucket("720", 640, 480), bucket("480", 1080, 1920)
        ((1280, 720), (1104, 832), (480, 832))
    """
    shape = width / height
    return min(BUCKETS[resolution], key=lambda size: max(size[0] / size[1] / shape, shape * size[1] / size[0]))


def _uploaded_control(request: TransferRequest) -> Control | None:
    """The control whose video is sent; the server derives the others.

    Raises:
        ConfigError: More than one would have to be sent, or one without a video cannot be derived.
    """
    for name, control in request.controls.items():
        if control.video is None and name not in DERIVED:
            raise ConfigError(f"{request.name}: cosmos-videos needs a video of the {name} control")
    needed = [name for name in CONTROLS if name in request.controls and name not in DERIVED]
    if len(needed) > 1:
        raise ConfigError(
            f"{request.name}: cosmos-videos takes one uploaded control video, not {' and '.join(needed)}; "
            "leave one out (edge and vis are derived from the picture)"
        )
    given = [name for name in CONTROLS if name in request.controls and request.controls[name].video is not None]
    return needed[0] if needed else next(iter(given), None)


def _reason(found: Any) -> str:
    error = found.get("error") if isinstance(found, dict) else None
    message = error.get("message") if isinstance(error, dict) else error
    return " ".join(str(message or "no reason given").split())[:600]
