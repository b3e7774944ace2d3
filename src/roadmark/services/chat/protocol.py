"""Requests, answers and errors of OpenAI's chat API, as strict as OpenAI's own service.

Of the keys that vLLM and NIM add, those that the published recipe sends are known: how a video is sampled.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

MAX_MESSAGES = 256
Text = Annotated[str, Field(max_length=1_000_000)]


class ApiError(Exception):
    """An error as the API reports it.

    Attributes:
        status: HTTP status.
        kind: OpenAI's `type`.
        param: Field that is wrong, where it is one.
        code: OpenAI's `code`, where it has one.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code

    def body(self) -> dict[str, Any]:
        """The answer's body."""
        return {"error": {"message": str(self), "type": self.kind, "param": self.param, "code": self.code}}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class TextPart(_Part):
    """A text among the parts of a message."""

    type: Literal["text"]
    text: Text


class Address(_Part):
    """Where a medium is: data: or file://."""

    url: str


class VideoPart(_Part):
    """A video among the parts of a message."""

    type: Literal["video_url"]
    video_url: Address


Part = Annotated[TextPart | VideoPart, Field(discriminator="type")]


class ChatMessage(_Part):
    """A message."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[Part]
    name: str | None = None

    @property
    def text(self) -> str:
        """All its text."""
        if isinstance(self.content, str):
            return self.content
        return "\n".join(part.text for part in self.content if isinstance(part, TextPart))

    @property
    def videos(self) -> list[str]:
        """Addresses of its videos."""
        parts = [] if isinstance(self.content, str) else self.content
        return [part.video_url.url for part in parts if isinstance(part, VideoPart)]


class StreamOptions(_Part):
    """What a stream also tells."""

    include_usage: bool = False


class ChatRequest(_Part):
    """The body of `POST /v1/chat/completions`."""

    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_MESSAGES)]
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    top_p: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    frequency_penalty: Annotated[float, Field(ge=-2.0, le=2.0)] | None = None
    presence_penalty: Annotated[float, Field(ge=-2.0, le=2.0)] | None = None
    n: Literal[1] | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = None
    response_format: dict[str, Any] | None = None
    media_io_kwargs: dict[str, Any] | None = None
    mm_processor_kwargs: dict[str, Any] | None = None
    chat_template_kwargs: dict[str, Any] | None = None

    @property
    def most_tokens(self) -> int | None:
        """Where the answer is cut."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def system(self) -> str:
        """All instructions."""
        return "\n".join(message.text for message in self.messages if message.role in ("system", "developer"))

    @property
    def question(self) -> str:
        """The text of the last message of the user."""
        return next((message.text for message in reversed(self.messages) if message.role == "user"), "")

    @property
    def videos(self) -> list[str]:
        """Addresses of all videos."""
        return [url for message in self.messages for url in message.videos]


def parse_request(body: bytes) -> ChatRequest:
    """The request that a body holds.

    Raises:
        ApiError: It is not JSON, or a key is unknown, missing or wrong.
    """
    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"We could not parse the JSON body of your request ({error})."
        raise ApiError(400, message) from None
    try:
        return ChatRequest.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        param = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            raise ApiError(400, f"Unrecognized request argument supplied: {param}") from None
        code = "missing_required_parameter" if fault["type"] == "missing" else "invalid_value"
        raise ApiError(400, f"Invalid value for '{param}': {fault['msg']}.", param=param, code=code) from None
