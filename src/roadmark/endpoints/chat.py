"""`ChatEndpoint`: any service that speaks OpenAI's chat API (NIM, vLLM, transformers serve, our own)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from roadmark.endpoints.answers import parse_answer
from roadmark.endpoints.errors import AnswerError, StatusError
from roadmark.endpoints.http import HttpService
from roadmark.endpoints.policy import HttpPolicy
from roadmark.errors import ConfigError

HEALTH_PATHS = ("/v1/health/ready", "/health", "/v1/models")
"""Where services say that they are ready: NIM; vLLM and transformers serve; everyone else."""

_NO_KEY = "not-used"
_OURS = frozenset({"model", "messages", "stream"})

Message = Mapping[str, Any]
"""A message of OpenAI's chat API: `role` and `content`."""


@dataclass(frozen=True)
class ChatAnswer:
    """What a model said.

    Attributes:
        text: Its answer, without reasoning and tags.
        reasoning: How it got there, where it says so.
        finish_reason: Why it ended: `stop`, or `length` where it was cut; empty where the service does not say.
        model: Which model the service says it was.
        usage: Tokens by kind, where the service counts them.
    """

    text: str
    reasoning: str = ""
    finish_reason: str = ""
    model: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)


class ChatEndpoint:
    """One model of one chat service; a context manager. Safe to share between threads.

    Args:
        url: The API's address, such as http://localhost:8001/v1; `/v1` is added to an address without any path.
        model: The model's id.
        key_env: Environment variable that holds the key.
        policy: Time limits, retries, bounds.
        sleep: Waits between attempts.

    Raises:
        ConfigError: The address is none; the key cannot be sent.

    Examples:
        >>> with ChatEndpoint("http://localhost:8002/v1", "local/rules") as chat:  # doctest: +SKIP
        ...     chat.complete([{"role": "user", "content": "Rain at night, please."}], {"temperature": 0.8}).text
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key_env: str | None = None,
        policy: HttpPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not model.strip():
            raise ConfigError(f"{url}: which model shall answer? Give its id (curl {url}/models lists them)")
        self.model = model.strip()
        bare = httpx.URL(url.strip()).path.strip("/") == "" if "://" in url else False
        address = f"{url.strip().rstrip('/')}/v1" if bare else url
        self.service = HttpService(
            address, key_env=key_env, fallback_key=_NO_KEY, policy=policy, check_path="/v1/models", sleep=sleep
        )

    @property
    def url(self) -> str:
        """The API's address."""
        return self.service.url

    def complete(
        self, messages: Sequence[Message], parameters: Mapping[str, Any] | None = None, *, stream: bool = False
    ) -> ChatAnswer:
        """Have the model answer.

        Args:
            messages: The conversation so far.
            parameters: Further keys of the request (`temperature`, `max_tokens`, ...); None is not sent.
            stream: Have the answer sent as it is made; proxies that cut quiet connections need it.

        Raises:
            EndpointError: It failed; `AnswerError` where it gave no answer.
        """
        given = {key: value for key, value in (parameters or {}).items() if value is not None}
        clash = sorted(_OURS & given.keys())
        if clash:
            raise ConfigError(f"{clash[0]!r} is no parameter of a chat request; it is set apart")
        body = {"model": self.model, "messages": list(messages), **given, "stream": stream}
        path = "/chat/completions"
        pieces = self.service.post_events(path, body) if stream else [self.service.post_json(path, body)]
        return self._answer(pieces)

    def models(self) -> list[str]:
        """Ids of the models that the service lists.

        Raises:
            EndpointError: It failed, or lists none in the way it should.
        """
        listed = self.service.get_json("/models")
        try:
            return [str(entry["id"]) for entry in listed["data"]]
        except (KeyError, TypeError):
            raise AnswerError(f"{self.url}/models: lists no models", url=self.url) from None

    def check(self) -> None:
        """Make sure that the service is there, ready and has the model, without asking it anything.

        Raises:
            EndpointError: It is not.
            ConfigError: It has other models; the message names them.
        """
        self.service.first_answering(HEALTH_PATHS)
        try:
            known = self.models()
        except (StatusError, AnswerError):
            return  # lists no models
        if known and self.model not in known:
            raise ConfigError(f"{self.url}: has no model {self.model!r}; it has {', '.join(known[:10])}")

    def close(self) -> None:
        """Give back the connections."""
        self.service.close()

    def __enter__(self) -> ChatEndpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, pieces: list[Any]) -> ChatAnswer:
        """Put a whole answer, or the pieces of a streamed one, together."""
        content, reasoning, finish, model = "", "", "", ""
        usage: Mapping[str, Any] = {}
        for piece in pieces:
            if not isinstance(piece, dict):
                raise self._wrong(f"an answer is an object, not {type(piece).__name__}")
            if piece.get("error"):
                raise self._wrong(f"the service reports {str(piece['error'])[:500]}")
            model = str(piece.get("model") or model)
            usage = piece["usage"] if isinstance(piece.get("usage"), dict) else usage
            choices = piece.get("choices")
            if not isinstance(choices, list) or not choices:
                continue  # a piece that only counts tokens
            choice = choices[0] if isinstance(choices[0], dict) else {}
            message = choice.get("delta") or choice.get("message") or {}
            if not isinstance(message, dict):
                raise self._wrong("its message is no object")
            content += _text(message.get("content"))
            reasoning += _text(message.get("reasoning_content") or message.get("reasoning"))
            finish = str(choice.get("finish_reason") or finish)
        text, thoughts = parse_answer(content, reasoning)
        if not text:
            raise self._wrong(_why_empty(finish, thoughts))
        return ChatAnswer(text, thoughts, finish, model, usage)

    def _wrong(self, what: str) -> AnswerError:
        return AnswerError(f"{self.url}: model {self.model}: {what}", url=self.url)


def _text(content: Any) -> str:
    """Text of a message's content: a string, or a list of parts."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _why_empty(finish: str, reasoning: str) -> str:
    if finish == "length":
        return "the answer was cut before it began; raise max_tokens"
    if finish == "content_filter":
        return "the service's content filter kept the answer back"
    return "reasoned but gave no answer" if reasoning else "gave no answer: the reply has no choices or no text"
