"""`cosmos-nim`: NVIDIA's Cosmos-Transfer2.5 NIM, `POST /v1/infer`, adapted to what the server itself describes."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from roadmark.augment.transfer.checks import ServiceLimits, check_request
from roadmark.augment.transfer.protocol import (
    CONTROLS,
    TransferError,
    TransferProgress,
    TransferRequest,
    TransferResult,
)
from roadmark.augment.transfer.results import MAX_RESULT_BYTES, place_result
from roadmark.augment.transfer.service_errors import transfer_errors
from roadmark.endpoints import EndpointError, HttpPolicy, HttpService
from roadmark.files import read_bounded, write_file
from roadmark.pipeline import JsonValue

DEFAULT_URL = "http://localhost:8000"
FRAMES = (93, 480)
"""Fewest and most frames that it takes; others are a server error (500) after the upload."""
MAX_VIDEO_BYTES = 256 * 1024 * 1024
"""Largest video sent; in base64 it is a third larger."""

POLICY = HttpPolicy(read_timeout=3600.0, answer_timeout=7200.0, answer_limit=MAX_RESULT_BYTES // 4)
"""A video takes minutes and the answer comes at its end."""

_LIMITS = ServiceLimits("cosmos-nim", FRAMES, masks=False)
_CONTROL_KEYS = ("control", "control_path", "video")
"""Names of a control's video, the first that the server describes is used."""


@dataclass(frozen=True)
class InferSchema:
    """Keys that a server's `/v1/infer` describes; None where it describes none.

    Attributes:
        keys: Of the request.
        control_keys: Of each control.
    """

    keys: frozenset[str] | None = None
    control_keys: Mapping[str, frozenset[str]] | None = None


class CosmosNimTransfer:
    """Transfers through a Cosmos-Transfer2.5 NIM. One request, one answer: what is cut off is paid for again.

    Args:
        url: The server's address.
        key_env: Environment variable with a bearer token, for hosted endpoints.
        policy: Time limits.
        sleep: Waits between attempts.

    Raises:
        ConfigError: The address is none.
    """

    name = "cosmos-nim"

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        key_env: str | None = None,
        policy: HttpPolicy = POLICY,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = HttpService(url, key_env=key_env, policy=policy, check_path="/v1/health/ready", sleep=sleep)
        self._schema: InferSchema | None = None

    def config(self) -> Mapping[str, JsonValue]:
        """Nothing of it changes results."""
        return {}

    def check(self, request: TransferRequest) -> None:
        """See `checks.check_request`: 93 to 480 frames, no masks.

        Raises:
            ConfigError: A number, name or control it does not take.
            InputError: A video is missing or does not fit the source.
        """
        check_request(request, _LIMITS)

    def transfer(self, request: TransferRequest, output: Path, progress: TransferProgress) -> TransferResult:
        """Send, wait, decode; see the protocol.

        Raises:
            TransferError: It failed.
            RefusedError: The guardrail refused it.
        """
        source = check_request(request, _LIMITS)
        with transfer_errors():
            schema = self._described()
            body, dropped = _adapted(_body(request, schema), schema, self._http.url)
            progress(0.1, "the server generates")
            answer = self._http.post_json("/v1/infer", body, repeatable=False)
        progress(0.95, "received")
        with TemporaryDirectory(prefix="roadmark-nim-") as folder:
            received = Path(folder) / "result.mp4"
            write_file(received, _decoded(answer, self._http.url))
            placed = place_result(received, output, source, self._http.url)
        progress(1.0, "done")
        weights: JsonValue = {name: request.controls[name].weight for name in CONTROLS if name in request.controls}
        facts: dict[str, JsonValue] = {"backend": self.name, "weights": weights, "dropped_keys": list(dropped)}
        return TransferResult(facts={**facts, **placed.facts()})

    def close(self) -> None:
        """Give back the connection."""
        self._http.close()

    def _described(self) -> InferSchema:
        """The server's own description, read once it is ready.

        Raises:
            EndpointError: It is down or still loads its model.
        """
        self._http.first_answering(["/v1/health/ready"])
        if self._schema is None:
            try:
                self._schema = infer_schema(self._http.get_json("/openapi.json"))
            except EndpointError as error:
                if error.status != 404:
                    raise
                self._schema = InferSchema()
        return self._schema


def infer_schema(openapi: Any) -> InferSchema:
    """Keys of `/v1/infer` in an OpenAPI description; of anything else, none."""
    try:
        content = openapi["paths"]["/v1/infer"]["post"]["requestBody"]["content"]["application/json"]
        body = _resolved(openapi, content["schema"])
        properties = body["properties"]
        if not isinstance(properties, dict):
            return InferSchema()
        controls: dict[str, frozenset[str]] = {
            name: _keys(_resolved(openapi, properties[name])) for name in CONTROLS if name in properties
        }
        return InferSchema(frozenset(properties), controls)
    except (KeyError, TypeError, AttributeError):
        return InferSchema()


def _resolved(openapi: Any, schema: Any) -> Any:
    """A schema behind references and optional values; bounded, since references may go round."""
    for _ in range(8):
        if "$ref" in schema:
            node = openapi
            for part in str(schema["$ref"]).removeprefix("#/").split("/"):
                node = node[part]
            schema = node
        elif "anyOf" in schema or "allOf" in schema:
            choices = schema.get("anyOf") or schema["allOf"]
            schema = next((choice for choice in choices if choice.get("type") != "null"), {})
        else:
            break
    return schema


def _keys(schema: Any) -> frozenset[str]:
    return frozenset(schema.get("properties") or {})


def _body(request: TransferRequest, schema: InferSchema) -> dict[str, Any]:
    given = request.parameters
    body: dict[str, Any] = {
        "prompt": request.prompt,
        "video": _encoded(request.video),
        "seed": request.seed,
        "guidance": given.guidance,
        "num_steps": given.num_steps,
        "resolution": given.resolution,  # the server's default is 480
        "num_conditional_frames": given.num_conditional_frames,
        "num_video_frames_per_chunk": given.frames_per_chunk,
    }
    if request.negative_prompt:
        body["negative_prompt"] = request.negative_prompt
    if given.sigma_max is not None:
        body["sigma_max"] = given.sigma_max
    for name in CONTROLS:
        if name in request.controls:
            control = request.controls[name]
            body[name] = {"control_weight": control.weight}
            if control.video is not None:
                body[name][_control_key(name, schema)] = _encoded(control.video)
    return body


def _control_key(name: str, schema: InferSchema) -> str:
    known = (schema.control_keys or {}).get(name, frozenset())
    return next((key for key in _CONTROL_KEYS if key in known), _CONTROL_KEYS[0])


def _adapted(body: dict[str, Any], schema: InferSchema, server: str) -> tuple[dict[str, Any], list[str]]:
    """The body without keys the server does not describe, and their names.

    Raises:
        TransferError: One of them is the source, the prompt, or a control or its video: without it, it would be another
            request.
    """
    if schema.keys is None:
        return body, []
    kept: dict[str, Any] = {key: value for key, value in body.items() if key in schema.keys}
    dropped = [key for key in body if key not in schema.keys]
    for name, known in (schema.control_keys or {}).items():
        if name in kept and known:
            dropped += [f"{name}.{key}" for key in kept[name] if key not in known]
            kept[name] = {key: value for key, value in kept[name].items() if key in known}
    needed = {"prompt", "video", *CONTROLS, *(f"{name}.{key}" for name in CONTROLS for key in _CONTROL_KEYS)}
    lost = [key for key in dropped if key in needed]
    if lost:
        raise TransferError(
            f"{server}: its /openapi.json knows no {', '.join(lost)}; "
            "is it a Cosmos-Transfer2.5 NIM with these controls?"
        )
    return kept, dropped


def _encoded(path: Path) -> str:
    return base64.b64encode(read_bounded(path, MAX_VIDEO_BYTES)).decode("ascii")


def _decoded(answer: Any, server: str) -> bytes:
    """The video in an answer.

    Raises:
        TransferError: There is none.
    """
    text = answer.get("b64_video") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not text:
        shown = sorted(answer)[:8] if isinstance(answer, dict) else type(answer).__name__
        raise TransferError(f"{server}: the answer holds no b64_video (it holds {shown}); see the server's log")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise TransferError(f"{server}: b64_video is not base64 ({error}); run again") from None
