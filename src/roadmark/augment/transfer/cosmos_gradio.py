"""`cosmos-gradio`: Cosmos-Transfer2.5's own Gradio server, version 1.3.0 and later."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from roadmark.augment.transfer.checks import ServiceLimits, check_request
from roadmark.augment.transfer.cosmos_request import (
    CHUNK_FRAMES,
    MAX_FRAMES,
    chunk_count,
    inference_arguments,
)
from roadmark.augment.transfer.cosmos_status import finished_video
from roadmark.augment.transfer.gradio_session import GradioPolicy, GradioSession
from roadmark.augment.transfer.protocol import (
    CONTROLS,
    Control,
    TransferError,
    TransferProgress,
    TransferRequest,
    TransferResult,
)
from roadmark.augment.transfer.receipts import Receipt, request_digest
from roadmark.augment.transfer.results import MAX_RESULT_BYTES, Placed, place_result
from roadmark.augment.transfer.uploads import SERVER_LIMIT, copy_inputs
from roadmark.endpoints import EndpointError
from roadmark.errors import ConfigError, InputError
from roadmark.media import VideoInfo
from roadmark.pipeline import JsonValue

DEFAULT_URL = "http://localhost:8080"


class CosmosGradioTransfer:
    """Transfers through a Cosmos-Transfer2.5 Gradio server.

    Args:
        url: The server's address.
        model: What the server was started with (MODEL_NAME): a control's name, "edge/distilled" or "multicontrol".
            Given, requests it cannot serve are refused before anything is sent; else the server refuses them itself.
        key_env: Environment variable with a bearer token, for servers behind a gateway.
        policy: Time limits.
        sleep: Waits before a busy server is asked again.

    Raises:
        ConfigError: No such model.
    """

    name = "cosmos-gradio"

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        model: str = "",
        key_env: str | None = None,
        policy: GradioPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url
        self._model = model
        self._limits = _limits(model)
        self._distilled = model.endswith("/distilled")
        self._key_env, self._policy, self._sleep = key_env, policy, sleep
        self._session: GradioSession | None = None

    def config(self) -> Mapping[str, JsonValue]:
        """The model; where it runs changes nothing."""
        return {"model": self._model}

    def check(self, request: TransferRequest) -> None:
        """See `checks.check_request`; also files larger than the server takes.

        Raises:
            ConfigError: A number, name or control it does not take.
            InputError: A video is missing, does not fit the source, or is too large.
        """
        self._checked(request)

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Upload, generate, download, check; see the protocol.

        Raises:
            TransferError: It failed.
            RefusedError: The guardrail refused it.
            MissingExtraError: gradio_client is not installed.
        """
        source = self._checked(request)
        try:
            return self._transferred(request, source, output, progress)
        except BaseException:
            self.close()  # the next request connects anew: this server may be another one by then
            raise

    def close(self) -> None:
        """Give back the connection."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _transferred(
        self, request: TransferRequest, source: VideoInfo, output: Path, progress: TransferProgress
    ) -> TransferResult:
        session = self._connected()
        receipt = Receipt(output, session.url, request_digest(request))
        placed = self._collected(session, receipt, output, source, progress)
        if placed is None:
            arguments = self._uploaded(session, request, progress)
            progress(0.1, "handed over")
            answer = session.generate(arguments, progress)
            receipt.keep(list(finished_video(*answer, session.url).paths))
            placed = self._collected(session, receipt, output, source, progress)
        if placed is None:
            raise TransferError(f"{session.url}: does not hand out the video it made; see its allowed paths and log")
        progress(1.0, "done")
        return TransferResult(facts=self._facts(request, session, source, placed))

    def _connected(self) -> GradioSession:
        if self._session is None:
            self._session = GradioSession(self._url, key_env=self._key_env, policy=self._policy, sleep=self._sleep)
        return self._session

    def _checked(self, request: TransferRequest) -> VideoInfo:
        source = check_request(request, self._limits)
        given = [request.video]
        for control in request.controls.values():
            given += [path for path in (control.video, control.mask) if path is not None]
        for path in given:
            size = path.stat().st_size
            if size > SERVER_LIMIT:
                raise InputError(f"{path}: has {size} bytes; the server takes {SERVER_LIMIT}; encode it smaller")
        return source

    def _uploaded(self, session: GradioSession, request: TransferRequest, progress: TransferProgress) -> dict[str, Any]:
        """Upload a request's files; returns the request in the server's words."""
        with TemporaryDirectory(prefix="roadmark-upload-") as folder:
            local = copy_inputs(request, Path(folder), sidecar=session.is_ours)
            beside = Path(local.video).with_suffix(".json")
            names = [*local.distinct(), *([str(beside)] if beside.exists() else [])]
            progress(0.0, f"uploading {len(names)} files")
            stored = session.upload([Path(name) for name in names])
            remote = local.renamed(dict(zip(names, stored, strict=True)))
        return inference_arguments(
            request,
            request.name,
            remote.video,
            remote.controls,
            remote.masks,
            version=session.version,
            distilled=self._distilled,
        )

    def _collected(
        self, session: GradioSession, receipt: Receipt, output: Path, source: VideoInfo, progress: TransferProgress
    ) -> Placed | None:
        """Fetch the result that a receipt names; None where there is none or the server has it no more."""
        held = receipt.held()
        paths = [path for path in held if isinstance(path, str)] if isinstance(held, list) else []
        for path in paths:
            progress(0.95, "downloading")
            with TemporaryDirectory(prefix="roadmark-download-") as folder:
                received = Path(folder) / "result.mp4"
                try:
                    session.download(path, received, MAX_RESULT_BYTES)
                except EndpointError as error:
                    if error.status in (403, 404):
                        continue  # not under this path
                    message = f"the video is finished but its download failed: {error}; run again to fetch it"
                    raise TransferError(message) from error
                receipt.drop()
                return place_result(received, output, source, session.url)
        receipt.drop()
        return None

    def _facts(
        self, request: TransferRequest, session: GradioSession, source: VideoInfo, placed: Placed
    ) -> dict[str, JsonValue]:
        given = request.parameters
        conditional, per_chunk = given.num_conditional_frames, given.frames_per_chunk
        facts: dict[str, JsonValue] = {
            "backend": self.name,
            "server_version": "at least " + ".".join(map(str, session.version)),
            "weights": {name: request.controls[name].weight for name in CONTROLS if name in request.controls},
            "masked": [name for name in CONTROLS if name in request.controls and request.controls[name].mask],
            "chunks": chunk_count(source.frames, per_chunk, conditional),
        }
        return {**facts, **placed.facts()}


def _limits(model: str) -> ServiceLimits:
    """What a server takes, by the model it was started with."""
    backend = CosmosGradioTransfer.name
    single, _, variant = model.partition("/")
    most = MAX_FRAMES if variant != "distilled" else CHUNK_FRAMES
    # One frame would come back as a JPEG.
    if model in ("", "multicontrol"):
        return ServiceLimits(backend, (2, MAX_FRAMES))
    if single not in CONTROLS or variant not in ("", "distilled"):
        known = ", ".join([*CONTROLS, "edge/distilled", "multicontrol"])
        raise ConfigError(f"no single-camera model {model!r} of Cosmos-Transfer2.5; known: {known}")
    controls: tuple[Control, ...] = tuple(name for name in CONTROLS if name == single)
    return ServiceLimits(f"{backend} with {model}", (2, most), controls=controls, most_controls=1)
