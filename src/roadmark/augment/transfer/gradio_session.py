"""A connection to a Cosmos-Transfer2.5 Gradio server, through Gradio's own client."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from roadmark.augment.transfer.cosmos_request import LISTS_FILES, OLDEST, STATUS_AS_JSON, CosmosVersion
from roadmark.augment.transfer.protocol import TransferError, TransferProgress
from roadmark.augment.transfer.service_errors import transfer_errors
from roadmark.augment.transfer.sidecar import SERVER_TITLE
from roadmark.endpoints import HttpPolicy, HttpService
from roadmark.errors import MissingExtraError


@dataclass(frozen=True)
class GradioPolicy:
    """How long a Gradio server is waited for.

    Attributes:
        connect_timeout: Seconds until a connection must stand.
        silence: Seconds without a sign of life; the server sends one every 15 s while it works.
        generation: Seconds for one video, waiting in the server's queue included.
        poll: Seconds between looks at the job.
        busy_retries: How often a server whose queue is full is asked again.
        backoff: Seconds before the first such repetition; every further one waits twice as long.
    """

    connect_timeout: float = 10.0
    silence: float = 120.0
    generation: float = 4 * 3600.0
    poll: float = 1.0
    busy_retries: int = 3
    backoff: float = 5.0


class GradioSession:
    """One connected server.

    Args:
        url: The server's address.
        key_env: Environment variable with a bearer token; None for none.
        policy: Time limits.
        sleep: Waits before a busy server is asked again.

    Raises:
        TransferError: Nobody answers there, or something else does.
        MissingExtraError: gradio_client is not installed.
        ConfigError: The address is none.
    """

    def __init__(
        self,
        url: str,
        *,
        key_env: str | None = None,
        policy: GradioPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._policy = policy or GradioPolicy()
        self._sleep = sleep
        http = HttpPolicy(connect_timeout=self._policy.connect_timeout, read_timeout=self._policy.silence)
        self._http = HttpService(url, key_env=key_env, policy=http, check_path="/config", sleep=sleep)
        self.url = self._http.url
        self._client = self._connect(key_env)
        self._endpoints = self._probe()

    @property
    def version(self) -> CosmosVersion:
        """The oldest version that has the endpoints this server has."""
        if "/generate" in self._endpoints:
            return STATUS_AS_JSON
        return LISTS_FILES if "/upload_file_list" in self._endpoints else OLDEST

    @property
    def is_ours(self) -> bool:
        """Whether it is `roadmark serve transfer`, which can use what a clip knows of its videos."""
        return bool(self._client.config.get("title") == SERVER_TITLE)

    def upload(self, files: Sequence[Path]) -> list[str]:
        """Upload files; returns their paths on the server, in the same order.

        Raises:
            TransferError: It failed.
        """
        from gradio_client import handle_file  # noqa: PLC0415 - an extra

        handles = [handle_file(str(path)) for path in files]
        if "/upload_file_list" in self._endpoints:
            answer = self._predicted(handles, "/upload_file_list")
            entries = self._uploaded(answer).get("files")
            entries = entries if isinstance(entries, list) else []
        else:
            entries = [self._uploaded_one(handle) for handle in handles]
        paths = [entry.get("path") for entry in entries if isinstance(entry, dict)]
        if len(paths) != len(files) or not all(isinstance(path, str) and path for path in paths):
            raise TransferError(f"{self.url}: took {len(files)} files and named {len(paths)} of them; see its log")
        return [str(path) for path in paths]

    def generate(self, request: dict[str, Any], progress: TransferProgress) -> tuple[Any, Any]:
        """Have a video generated; returns what `/generate_video` does.

        Ctrl-C, and any other end of waiting, takes the request out of the server's queue.

        Raises:
            TransferError: It failed or took too long.
        """
        text = json.dumps(request, ensure_ascii=False)
        answer = self._patiently(lambda: self._waited(text, progress))
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise TransferError(
                f"{self.url}: /generate_video returned {type(answer).__name__}, not a pair; is it Cosmos?"
            )
        return answer[0], answer[1]

    def download(self, path: str, output: Path, limit: int) -> None:
        """Fetch a file of the server, whole or not at all.

        Raises:
            EndpointError: It failed.
            OutputError: It cannot be written.
        """
        address = f"{self._client.src_prefixed}file={quote(path, safe='/')}"
        self._http.download(address, output, limit)

    def close(self) -> None:
        """Give back the connection."""
        self._client.close()
        self._http.close()

    def _connect(self, key_env: str | None) -> Any:
        # Gradio's client otherwise reports its use to Gradio's makers, whatever its own argument says.
        os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
        try:
            from gradio_client import Client  # noqa: PLC0415 - an extra
        except ImportError:
            raise MissingExtraError("gradio_client", "services") from None
        with transfer_errors():
            self._http.get_json("config")  # says what is wrong in words; Gradio's client does not
        timeout = httpx.Timeout(self._policy.silence, connect=self._policy.connect_timeout)
        key = os.environ.get(key_env, "").strip() if key_env else ""
        try:
            return Client(
                f"{self.url}/",
                verbose=False,
                headers={"authorization": f"Bearer {key}"} if key else None,
                download_files=False,
                analytics_enabled=False,
                httpx_kwargs={"timeout": timeout},
            )
        except Exception as error:
            raise TransferError(
                f"{self.url}: no Gradio server answers ({_said(error)}); check it with: {self._http.check_command}"
            ) from error

    def _probe(self) -> frozenset[str]:
        described = self._answered(
            lambda: self._client.view_api(print_info=False, return_format="dict"), "the description of its API"
        )
        endpoints = frozenset((described or {}).get("named_endpoints", {}))
        missing = {"/upload_file", "/generate_video"} - endpoints
        if missing:
            self.close()
            raise TransferError(
                f"{self.url}: is a Gradio server without {' and '.join(sorted(missing))}, "
                "not Cosmos-Transfer2.5's; check the address"
            )
        return endpoints

    def _predicted(self, argument: Any, endpoint: str) -> Any:
        """The answer of an endpoint that needs no time."""
        return self._patiently(
            lambda: self._answered(lambda: self._client.predict(argument, api_name=endpoint), "the upload")
        )

    def _patiently(self, ask: Callable[[], Any]) -> Any:
        """Ask again where the queue is full."""
        for attempt in range(self._policy.busy_retries):
            try:
                return ask()
            except _BusyError:
                self._sleep(self._policy.backoff * 2.0**attempt)
        return ask()

    def _waited(self, text: str, progress: TransferProgress) -> Any:
        """Submit, and look every so often until there is an answer."""
        deadline = time.monotonic() + self._policy.generation
        job = self._client.submit(request_text=text, api_name="/generate_video")
        try:
            while True:
                try:
                    return self._answered(lambda: job.result(timeout=self._policy.poll), "the request", ours=(NotYet,))
                except NotYet:
                    progress(*_state(job.status()))
                if time.monotonic() > deadline:
                    raise TransferError(
                        f"{self.url}: no video within {self._policy.generation:g} s; the request was cancelled; "
                        "allow more time, or look at the server's log"
                    )
        except BaseException:
            if not job.done():
                job.cancel()
            raise

    def _answered(self, ask: Callable[[], Any], what: str, ours: tuple[type[BaseException], ...] = ()) -> Any:
        """Ask Gradio's client, which raises whatever its libraries do, as errors of ours."""
        try:
            return ask()
        except ours:
            raise
        except (Exception, CancelledError) as error:
            said = _said(error)
            if "queue is full" in said.lower() or "503" in said:
                raise _BusyError(f"{self.url}: is busy ({said}); run again when it has less to do") from error
            raise TransferError(
                f"{self.url}: {what} failed ({said}); check it with: {self._http.check_command}"
            ) from error

    def _uploaded_one(self, handle: Any) -> dict[str, Any]:
        return self._uploaded(self._predicted(handle, "/upload_file"))

    def _uploaded(self, answer: Any) -> dict[str, Any]:
        try:
            found = json.loads(answer)
        except (TypeError, ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise TransferError(f"{self.url}: answered an upload with {str(answer)[:200]!r}, not with JSON")
        if "error" in found:
            raise TransferError(f"{self.url}: refused an upload: {str(found['error'])[:300]}")
        return found


class _BusyError(TransferError):
    """The server's queue is full; nothing was begun."""


def _said(error: BaseException) -> str:
    line = " ".join(str(error).split()) or type(error).__name__
    return line if len(line) <= 300 else f"{line[:300]} ..."


def _state(status: Any) -> tuple[float, str]:
    """Share done and words for a job's state; Gradio tells no more than the place in the queue."""
    if status.rank is not None:
        return 0.1, f"waiting in the server's queue, {status.rank} ahead"
    return 0.3, "the server generates"
