"""Running a transfer server of any API."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, assert_never

from roadmark.errors import MissingExtraError, OutputError
from roadmark.services.transfer.faults import Faults
from roadmark.services.transfer.gradio_app import CosmosGradioServer, StatusFormat, gradio_app
from roadmark.services.transfer.nim_app import NimServer, nim_app
from roadmark.services.transfer.stores import ServerFolder
from roadmark.services.transfer.videos_app import VideosServer, videos_app
from roadmark.services.transfer.worker import Painter, relit

TransferApi = Literal["gradio", "nim", "videos"]


@dataclass(frozen=True)
class TransferServing:
    """What is served.

    Attributes:
        api: Whose API.
        folder: Where uploads and results are kept.
        status_format: Version of the Gradio API.
        model: The Gradio server's MODEL_NAME.
        faults: Faults on purpose.
        painter: Makes the frames.
    """

    api: TransferApi
    folder: Path
    status_format: StatusFormat = "v1.4"
    model: str = "multicontrol"
    faults: Faults = field(default_factory=Faults)
    painter: Painter = relit


def transfer_app(serving: TransferServing) -> tuple[Any, Callable[[], None]]:
    """The ASGI application of a server, and what ends its work.

    Raises:
        MissingExtraError: The services extra is not installed.
    """
    faults = serving.faults
    folder = ServerFolder(serving.folder)
    match serving.api:
        case "gradio":
            os.environ["GRADIO_TEMP_DIR"] = str(folder.root / "cache")
            os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
            server = CosmosGradioServer(
                folder,
                serving.painter,
                status_format=serving.status_format,
                model=serving.model,
                faults=faults,
            )
            return gradio_app(server, folder, faults), faults.release
        case "nim":
            return nim_app(NimServer(folder, serving.painter, faults), faults), faults.release
        case "videos":
            videos = VideosServer(folder, serving.painter, faults)
            return videos_app(videos, faults), videos.close
        case _:
            assert_never(serving.api)


def serve_transfer(
    serving: TransferServing, host: str, port: int, announce: Callable[[str], None] = lambda url: None
) -> None:
    """Serve until interrupted.

    Args:
        serving: What is served.
        host: Address to listen at.
        port: Port; 0 takes a free one.
        announce: Told the server's address when it answers.

    Raises:
        MissingExtraError: The services extra is not installed.
        OutputError: The port cannot be listened at.
    """
    app, end = transfer_app(serving)
    try:
        serve_app(app, host, port, announce)
    finally:
        end()


def serve_app(app: Any, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve an ASGI application until interrupted.

    Raises:
        MissingExtraError: uvicorn is not installed.
        OutputError: The port cannot be listened at.
    """
    try:
        import uvicorn  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtraError("uvicorn", "services") from None
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=1)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        hint = "another program may be there; give another --port"
        raise OutputError(f"cannot listen at {host}:{port}: {reason}; {hint}") from None
    with listener:
        announce(f"http://{host}:{listener.getsockname()[1]}")
        with _leaving_on_terminate():
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _leaving_on_terminate() -> Iterator[None]:
    """Let SIGTERM end the program as an exception does, so that temporary folders are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, _: object) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
