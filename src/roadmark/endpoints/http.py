"""`HttpService`: requests to one service, with time limits, retries, bounded answers and errors that say what to do."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from roadmark.endpoints.address import checked_url, is_loopback, read_key, same_origin
from roadmark.endpoints.bodies import Arguments, error_text, event_values, finishes, form_body, json_body
from roadmark.endpoints.errors import AnswerError, EndpointError, KeyRefusedError, StatusError, UnreachableError
from roadmark.endpoints.policy import HttpPolicy
from roadmark.files import atomic_file

_SHOWN = 500
"""Characters of an answer that an error repeats."""

Answer = TypeVar("Answer")


class HttpService:
    """One service at one address; a context manager. Safe to share between threads.

    Requests that fail in a way that may pass (408, 409, 429, 5xx, no connection, a connection that breaks) are repeated
    as the policy says; all others are errors at once. So is a POST that is not answered in time: the service may still
    be at work on it. This machine is asked directly, whatever proxy the environment names.

    Args:
        url: Address that the paths of requests are appended to.
        key_env: Environment variable that holds the key; its value is sent as a bearer token to this service only, and
            never printed. None, or a variable that is not set: no key.
        fallback_key: Sent where there is no key, for services that want to see one.
        policy: Time limits, retries, bounds.
        check_path: Absolute path that the command in errors asks for; empty for the address itself.
        sleep: Waits between attempts.

    Raises:
        ConfigError: The address is none, or holds a password; the key has characters that no header can carry.

    Examples:
        >>> with HttpService("http://localhost:8000", key_env="NVIDIA_API_KEY") as nim:  # doctest: +SKIP
        ...     nim.post_json("/v1/infer", {"prompt": "rain"}, repeatable=False)
    """

    def __init__(
        self,
        url: str,
        *,
        key_env: str | None = None,
        fallback_key: str = "",
        policy: HttpPolicy | None = None,
        check_path: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = checked_url(url)
        self.key_env = key_env
        self.policy = policy or HttpPolicy()
        self._check_path = check_path
        self._key = read_key(key_env) or fallback_key
        self._sleep = sleep

    def get_json(self, path: str) -> Any:
        """What a GET answers.

        Raises:
            EndpointError: It failed.
        """
        return self._asked("GET", path, self._json)

    def post_json(self, path: str, body: Mapping[str, Any], *, repeatable: bool = True) -> Any:
        """What a POST of a JSON body answers.

        Args:
            path: Below the service's address.
            body: JSON values.
            repeatable: False where doing it twice costs twice; then only what the service cannot have begun with is
                asked again.

        Raises:
            EndpointError: It failed.
        """
        return self._asked("POST", path, self._json, repeatable=repeatable, arguments=json_body(body))

    def post_form(
        self, path: str, fields: Mapping[str, str], files: Mapping[str, Path], *, repeatable: bool = False
    ) -> Any:
        """What a POST of a form with files (multipart/form-data) answers.

        Args:
            path: Below the service's address.
            fields: The form's texts.
            files: The form's files; their own names are sent with them.
            repeatable: As of `post_json`.

        Raises:
            InputError: A file cannot be read.
            EndpointError: It failed.
        """
        return self._asked("POST", path, self._json, repeatable=repeatable, arguments=partial(form_body, fields, files))

    def post_events(self, path: str, body: Mapping[str, Any]) -> list[Any]:
        """The events of the stream that a POST of a chat request answers (server-sent events of JSON), when it ended.

        A stream that breaks off before `[DONE]` or a `finish_reason` is asked for again, from its beginning.

        Raises:
            EndpointError: It failed.
        """
        return self._asked("POST", path, self._events, arguments=json_body(body))

    def delete(self, path: str) -> None:
        """Have the service drop something; what is not there any more counts as dropped.

        Raises:
            EndpointError: It failed.
        """
        try:
            self._asked("DELETE", path, lambda response: None)
        except StatusError as error:
            if error.status not in (404, 410):
                raise

    def download(self, path: str, output: Path, limit: int) -> int:
        """Save what a GET answers, whole or not at all.

        Args:
            path: Below the service's address, or a whole http(s) address; the key goes to this service only.
            output: The file to write.
            limit: Most bytes.

        Returns:
            Number of bytes.

        Raises:
            EndpointError: It failed, or is larger.
            OutputError: The file cannot be written.
        """

        def saved(response: httpx.Response) -> int:
            with atomic_file(output) as unfinished, unfinished.open("wb") as stream:
                return sum(stream.write(piece) for piece in self._pieces(response, limit))

        return self._asked("GET", path, saved)

    def first_answering(self, paths: Sequence[str]) -> str:
        """The first of these absolute paths on the service's machine that a GET of succeeds, each asked once.

        Raises:
            EndpointError: None does; the error is that of the last path.
        """
        quick = HttpPolicy(self.policy.connect_timeout, read_timeout=self.policy.connect_timeout, retries=0)
        for path in paths:
            try:
                self._asked("GET", self._absolute(path), lambda response: None, policy=quick)
                return path
            except EndpointError as error:
                if isinstance(error, UnreachableError) or path == paths[-1]:
                    raise
        raise ValueError("no paths to ask for")

    def close(self) -> None:
        """Give back the connections."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    def __enter__(self) -> HttpService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def check_command(self) -> str:
        """A command that shows whether the service answers; of the key it shows the variable's name."""
        key = f'-H "Authorization: Bearer ${self.key_env}" ' if self.key_env and os.environ.get(self.key_env) else ""
        return f"curl -i {key}{self._absolute(self._check_path) if self._check_path else self.url}"

    def _absolute(self, path: str) -> str:
        return str(httpx.URL(self.url).join(path))

    @cached_property
    def _client(self) -> httpx.Client:
        timeout = httpx.Timeout(self.policy.read_timeout, connect=self.policy.connect_timeout)
        headers = {"accept-encoding": "identity", "user-agent": "roadmark"}  # what is sent is as large as it claims
        return httpx.Client(timeout=timeout, headers=headers, trust_env=not is_loopback(httpx.URL(self.url).host))

    def _asked(
        self,
        method: str,
        path: str,
        read: Callable[[httpx.Response], Answer],
        *,
        repeatable: bool = True,
        policy: HttpPolicy | None = None,
        arguments: Arguments = lambda: nullcontext({}),
    ) -> Answer:
        """Ask, and ask again where that may help; `read` takes what is wanted from a successful answer."""
        policy = policy or self.policy
        url = path if path.startswith(("http://", "https://")) else f"{self.url}/{path.lstrip('/')}"
        attempt = 0
        while True:
            try:
                with arguments() as given:
                    return self._once(method, url, read, policy, given, attempt)
            except EndpointError as error:
                if attempt >= policy.retries or not error.may_pass or not (repeatable or error.untouched):
                    raise
                self._sleep(policy.wait(attempt, error.retry_after))
                attempt += 1

    def _once(
        self,
        method: str,
        url: str,
        read: Callable[[httpx.Response], Answer],
        policy: HttpPolicy,
        given: dict[str, Any],
        attempt: int,
    ) -> Answer:
        tried = f" after {attempt + 1} attempts" if attempt else ""
        headers = dict(given.pop("headers", {}))
        if self._key and same_origin(url, self.url):
            headers["authorization"] = f"Bearer {self._key}"
        timeout = httpx.Timeout(policy.read_timeout, connect=policy.connect_timeout)
        redirected = method == "GET"  # httpx leaves the key behind where another machine is pointed to
        try:
            with self._client.stream(
                method, url, headers=headers, timeout=timeout, follow_redirects=redirected, **given
            ) as response:
                if not response.is_success:
                    raise self._refused(response, tried)
                return read(response)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            reason = f"no connection{tried} ({error or type(error).__name__})"
            raise self._unreachable(url, reason, may_pass=True, untouched=True) from error
        except httpx.TimeoutException as error:
            reason = f"no answer within {policy.read_timeout:g} s{tried}; allow more time if it is at work"
            raise self._unreachable(url, reason, may_pass=method != "POST") from error
        except (httpx.UnsupportedProtocol, httpx.TooManyRedirects, httpx.InvalidURL) as error:
            raise AnswerError(f"{url}: leads to no address that can be asked: {error}", url=url) from error
        except httpx.DecodingError as error:
            raise AnswerError(
                f"{url}: the answer is compressed in a way that nobody can read: {error}", url=url
            ) from error
        except httpx.TransportError as error:
            raise self._unreachable(url, f"the connection broke{tried} ({error})", may_pass=True) from error

    def _unreachable(self, url: str, reason: str, *, may_pass: bool, untouched: bool = False) -> UnreachableError:
        message = f"{url}: {reason}; check it with: {self.check_command}"
        return UnreachableError(message, url=url, may_pass=may_pass, untouched=untouched)

    def _refused(self, response: httpx.Response, tried: str) -> EndpointError:
        """The error of a status that is no success."""
        url, status = str(response.url), response.status_code
        body = self._beginning(response)
        said = f"{url}: status {status} {response.reason_phrase}".rstrip() + f"{tried}{': ' if body else ''}{body}"
        if status in (401, 403):
            return KeyRefusedError(f"{said}; {self._key_advice(status)}", url=url, status=status, body=body)
        return StatusError(
            f"{said}; check it with: {self.check_command}",
            url=url,
            status=status,
            body=body,
            may_pass=status in (408, 409, 429) or status >= 500,
            untouched=status in (429, 503),
            retry_after=response.headers.get("retry-after", ""),
        )

    def _key_advice(self, status: int) -> str:
        if self.key_env is None:
            return "name the environment variable that holds its key"
        if not os.environ.get(self.key_env):
            return f"put its key into the environment variable {self.key_env}, which is not set"
        fault = "is not the right one" if status == 401 else "has no permission for this"
        return f"the key in the environment variable {self.key_env} {fault}; check it with: {self.check_command}"

    def _beginning(self, response: httpx.Response) -> str:
        """What the first bytes of an error's answer say."""
        data = b""
        try:
            for piece in response.iter_bytes(4 * _SHOWN):
                data += piece
                if len(data) >= 4 * _SHOWN:
                    break
        except (httpx.TransportError, httpx.DecodingError):
            pass  # what came before says enough
        return self._shown(error_text(data))

    def _shown(self, text: str) -> str:
        """The first characters of a service's words, on one line that a terminal bears, without the key."""
        line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
        line = line.replace(self._key, "***") if self._key else line
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]} ..."

    def _pieces(self, response: httpx.Response, limit: int) -> Iterator[bytes]:
        """The answer's bytes, as long as they stay within the limits of size and time."""
        url, size, begun = str(response.url), 0, time.monotonic()
        for piece in response.iter_bytes():
            size += len(piece)
            if size > limit:
                raise AnswerError(f"{url}: the answer is larger than {limit} bytes", url=url)
            if time.monotonic() - begun > self.policy.answer_timeout:
                raise AnswerError(f"{url}: the answer was not whole within {self.policy.answer_timeout:g} s", url=url)
            yield piece

    def _json(self, response: httpx.Response) -> Any:
        return self._parsed(b"".join(self._pieces(response, self.policy.answer_limit)), str(response.url))

    def _events(self, response: httpx.Response) -> list[Any]:
        url, kind = str(response.url), response.headers.get("content-type", "")
        data = b"".join(self._pieces(response, self.policy.answer_limit))
        if not kind.startswith("text/event-stream"):
            return [self._parsed(data, url)]  # a service that cannot stream answers at once
        values, ended = event_values(data)
        events = [self._parsed(value, url) for value in values]
        if not ended and not any(finishes(event) for event in events):  # some services leave [DONE] out
            raise self._unreachable(url, "the stream broke off before its end", may_pass=True)
        return events

    def _parsed(self, data: bytes, url: str) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            shown = self._shown(data[: 4 * _SHOWN].decode("utf-8", "replace")) or "empty"
            hint = f"check it with: {self.check_command}"
            raise AnswerError(
                f"{url}: the answer is not JSON ({error}): {shown}; {hint}", url=url, body=shown
            ) from None
