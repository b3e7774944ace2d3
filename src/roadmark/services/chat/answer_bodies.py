"""Answers in the shapes of OpenAI's chat API: whole, or as events of a stream."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from roadmark.services.chat.protocol import ChatRequest

_TOKEN = re.compile(r"\s*\S+")


@dataclass(frozen=True)
class Answer:
    """What is answered to one request; a token is a word.

    Attributes:
        model: The model that was asked.
        tokens: The answer's words, each with the space before it.
        finish_reason: `stop`, or `length` where it was cut.
        prompt_tokens: Words of the request.
    """

    model: str
    tokens: tuple[str, ...]
    finish_reason: str
    prompt_tokens: int
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    @classmethod
    def of(cls, request: ChatRequest, text: str) -> Answer:
        """A text as the answer to a request, cut where the request wants it."""
        tokens = tuple(_TOKEN.findall(text))
        most = request.most_tokens
        cut = most is not None and len(tokens) > most
        asked = sum(len(message.text.split()) for message in request.messages)
        return cls(request.model, tokens[:most] if cut else tokens, "length" if cut else "stop", asked)

    def whole(self) -> dict[str, Any]:
        """A `chat.completion`."""
        message = {"role": "assistant", "content": "".join(self.tokens)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.finish_reason}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage()}

    def events(self, include_usage: bool) -> Iterator[bytes]:
        """Server-sent `chat.completion.chunk`s, one per word."""
        yield self._event({"role": "assistant", "content": ""})
        for token in self.tokens:
            yield self._event({"content": token})
        yield self._event({}, self.finish_reason)
        if include_usage:
            yield _sent({**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage()})
        yield b"data: [DONE]\n\n"

    def _event(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return _sent({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _usage(self) -> dict[str, int]:
        made = len(self.tokens)
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": made,
            "total_tokens": self.prompt_tokens + made,
        }


def _sent(value: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"
