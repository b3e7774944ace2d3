"""Faults on purpose, so that clients can be tried against a server that misbehaves."""

from __future__ import annotations

import re
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from roadmark.errors import ConfigError

FAULTS: dict[str, str] = {
    "busy": "the server has no room for the request (503)",
    "http500": "the server fails at the request (500)",
    "timeout": "the request is taken and never finished",
    "cut-download": "the connection breaks in the middle of the result",
    "guardrail": "the guardrail refuses the content",
    "malformed": "the answer is no JSON",
    "wrong-frames": "the result lacks its last frame",
}
"""Every fault, and what it does."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Faults:
    """Which fault a server has, and how many requests it will still meet.

    Args:
        fault: A name of `known`, with ":N" for the first N requests only; empty for none.
        known: The faults there are, each with what it does.

    Raises:
        ConfigError: No such fault, or N is no count.

    Examples:
        >>> faults = Faults("busy:1")
        >>> faults.strikes("busy"), faults.strikes("busy")
        (True, False)
    """

    def __init__(self, fault: str = "", known: Mapping[str, str] = FAULTS) -> None:
        name, _, count = fault.partition(":")
        if name and name not in known:
            raise ConfigError(f"unknown fault {name!r}; known: {', '.join(known)}, each alone or with :N")
        if count and not (count.isascii() and count.isdigit() and len(count) < 7):
            raise ConfigError(f"--fault {fault!r}: {count!r} is no number of requests")
        self._name = name
        self._left = int(count) if count else None
        self._lock = threading.Lock()
        self._released = threading.Event()

    def strikes(self, name: str) -> bool:
        """Whether this request meets the fault `name`; counts it if so."""
        with self._lock:
            if name != self._name or self._left == 0:
                return False
            if self._left is not None:
                self._left -= 1
            return True

    def hang(self) -> None:
        """Never finish, until the server ends."""
        self._released.wait()

    def release(self) -> None:
        """Let everything that hangs go on."""
        self._released.set()


class FaultyHttp:
    """ASGI middleware of the faults that happen to whole requests.

    Args:
        app: What answers otherwise.
        faults: Which fault there is.
        work: Matches paths that POST work.
        download: Matches paths that results are fetched from.
    """

    def __init__(self, app: App, faults: Faults, work: str, download: str) -> None:
        self._app = app
        self._faults = faults
        self._work = re.compile(work)
        self._download = re.compile(download)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request."""
        path, method = str(scope.get("path", "")), scope.get("method")
        if scope["type"] == "http" and method == "POST" and self._work.search(path):
            if self._faults.strikes("busy"):
                await _answer(send, 503, b'{"detail":"Queue is full."}')
                return
            if self._faults.strikes("http500"):
                await _answer(send, 500, b'{"detail":"Internal Server Error"}')
                return
        fetched = scope["type"] == "http" and method in ("GET", "POST") and self._download.search(path)
        if fetched and self._faults.strikes("cut-download"):
            send = _cut(send)
        await self._app(scope, receive, send)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _cut(send: Send) -> Send:
    """Send half of the body that the header promises."""
    promised = 0
    sent = 0

    async def cut(message: Message) -> None:
        nonlocal promised, sent
        if message["type"] == "http.response.start":
            promised = int(dict(message.get("headers", ())).get(b"content-length", b"0"))
            await send(message)
        elif message["type"] == "http.response.body" and sent < promised // 2:
            body = message.get("body", b"")[: promised // 2 - sent]
            sent += len(body)
            await send({**message, "body": body, "more_body": sent < promised // 2})

    return cut
