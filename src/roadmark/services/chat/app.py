"""The server's routes."""

# Annotations are evaluated here: FastAPI reads those of routes, which name classes of an optional dependency.
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from roadmark.errors import MissingExtraError
from roadmark.services.chat.answer_bodies import Answer
from roadmark.services.chat.protocol import ApiError, parse_request
from roadmark.services.chat.replies import Replier
from roadmark.services.transfer.faults import Faults, FaultyHttp

MODEL: Final = "local/rules"
"""The server's own model: labels, pixels and rules, no weights."""

CHAT_FAULTS: Final[dict[str, str]] = {
    "busy": "the server has no room for the request (503)",
    "rate-limit": "too many requests (429)",
    "http500": "the server fails at the request (500)",
    "timeout": "the request is taken and never answered",
    "cut-download": "the connection breaks in the middle of the answer",
    "malformed": "the answer is no JSON",
    "empty-choices": "the answer has no choices",
}
"""Every fault on purpose, and what it does."""

_COMPLETIONS: Final = r"/chat/completions$"


@dataclass(frozen=True)
class ChatServing:
    """What is served.

    Attributes:
        clips: Folder of clips whose videos are known by their content.
        allowed: Folder below which file:// addresses may name videos; None allows none.
        models: Further ids under which the server answers, such as a configuration names them.
        key: Bearer token that requests must bring; empty asks for none.
        fault: A fault on purpose, see `CHAT_FAULTS`; with `:N` for the first N requests.
        body_limit: Most bytes of a request.
    """

    clips: Path | None = None
    allowed: Path | None = None
    models: tuple[str, ...] = ()
    key: str = ""
    fault: str = ""
    body_limit: int = 256 * 1024 * 1024


def chat_app(serving: ChatServing, faults: Faults) -> Any:
    """The ASGI application of a server.

    Args:
        serving: What is served.
        faults: Which fault there is.

    Raises:
        MissingExtraError: fastapi is not installed.
    """
    try:
        from fastapi import FastAPI, Request  # noqa: PLC0415 - an extra
        from fastapi.concurrency import run_in_threadpool  # noqa: PLC0415
        from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse  # noqa: PLC0415
        from starlette.exceptions import HTTPException  # noqa: PLC0415 - also what routing itself raises
    except ImportError:
        raise MissingExtraError("fastapi", "services") from None
    models = tuple(dict.fromkeys((MODEL, *serving.models)))
    replier = Replier(serving.clips, serving.allowed)
    app = FastAPI(title="Roadmark chat", docs_url=None, redoc_url=None)

    @app.exception_handler(ApiError)
    async def refused(request: Request, error: ApiError) -> JSONResponse:
        return JSONResponse(error.body(), error.status)

    @app.exception_handler(HTTPException)
    async def unknown_path(request: Request, error: HTTPException) -> JSONResponse:
        told = ApiError(error.status_code, f"Invalid URL ({request.method} {request.url.path})")
        return JSONResponse(told.body(), told.status)

    @app.get("/health")
    async def health() -> Response:
        return Response()

    @app.get("/v1/health/ready")
    async def ready() -> PlainTextResponse:
        return PlainTextResponse("Service is ready.")

    @app.get("/v1/models")
    async def list_models(request: Request) -> dict[str, Any]:
        _check_key(serving.key, request.headers.get("authorization", ""))
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "roadmark"} for name in models]
        return {"object": "list", "data": data}

    @app.post("/v1/chat/completions")
    async def complete(request: Request) -> Response:
        _check_key(serving.key, request.headers.get("authorization", ""))
        asked = parse_request(await _body(request, serving.body_limit))
        if asked.model not in models:
            message = f"The model `{asked.model[:100]}` does not exist or you do not have access to it."
            raise ApiError(404, message, code="model_not_found")
        if faults.strikes("rate-limit"):
            raise ApiError(429, "Rate limit reached.", kind="rate_limit_error", code="rate_limit_exceeded")
        if faults.strikes("timeout"):
            await run_in_threadpool(faults.hang)
        if faults.strikes("malformed"):
            return PlainTextResponse('{"id": "chatcmpl-1", "choices": [{"ind', media_type="application/json")
        answer = Answer.of(asked, await run_in_threadpool(replier.reply, asked))
        if faults.strikes("empty-choices"):
            return JSONResponse({**answer.whole(), "choices": []})
        if asked.stream:
            usage = asked.stream_options is not None and asked.stream_options.include_usage
            return StreamingResponse(answer.events(usage), media_type="text/event-stream")
        return Response(json.dumps(answer.whole(), ensure_ascii=False).encode(), media_type="application/json")

    return FaultyHttp(app, faults, work=_COMPLETIONS, download=_COMPLETIONS)


def _check_key(key: str, authorization: str) -> None:
    given = authorization.removeprefix("Bearer ").encode()
    if key and not hmac.compare_digest(given, key.encode()):
        raise ApiError(401, "Incorrect API key provided.", param=None, code="invalid_api_key")


async def _body(request: Any, limit: int) -> bytes:
    """The request's body.

    Raises:
        ApiError: It is larger than the limit, whatever its header says.
    """
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise ApiError(413, f"The request is larger than {limit} bytes.", code="request_too_large")
        pieces.append(piece)
    return b"".join(pieces)
