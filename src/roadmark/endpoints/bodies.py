"""Bodies of requests and answers: JSON, forms with files, server-sent events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from roadmark.errors import ConfigError
from roadmark.files import open_input

Arguments = Callable[[], AbstractContextManager[dict[str, Any]]]
"""Makes what httpx is given for one attempt, and takes it back afterwards."""


def json_body(body: Mapping[str, Any]) -> Arguments:
    """A JSON body.

    Raises:
        ConfigError: The values are no JSON.
    """
    try:
        content = json.dumps(body, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise ConfigError(f"a request's body is no JSON: {error}") from None
    return lambda: nullcontext({"content": content, "headers": {"content-type": "application/json"}})


@contextmanager
def form_body(fields: Mapping[str, str], files: Mapping[str, Path]) -> Iterator[dict[str, Any]]:
    """A form with files, each open from its beginning.

    Raises:
        InputError: A file cannot be read.
    """
    with ExitStack() as opened:
        parts = {name: (path.name, opened.enter_context(open_input(path))) for name, path in files.items()}
        yield {"data": dict(fields), "files": parts}


def error_text(data: bytes) -> str:
    """What an error's body says: the message that OpenAI's, NIM's and FastAPI's services put there, else all of it.

    Examples:
        >>> error_text(b'{"error": {"message": "no such model", "code": 404}}')
        'no such model'
    """
    text = data.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    found = value.get("error") or value.get("detail") or value.get("message") if isinstance(value, dict) else None
    message = found.get("message") if isinstance(found, dict) else found
    return message if isinstance(message, str) and message else text


def event_values(data: bytes) -> tuple[list[bytes], bool]:
    r"""The `data:` of server-sent events (HTML standard, section 9.2), and whether `[DONE]` ends them.

    Examples:
        >>> event_values(b'data: {"a": 1}\n\n: still here\n\ndata: [DONE]\n\n')
        ([b'{"a": 1}'], True)
    """
    values: list[bytes] = []
    for line in data.splitlines():
        if line.startswith(b"data:"):
            value = line.removeprefix(b"data:").strip()
            if value == b"[DONE]":
                return values, True
            values.append(value)
    return values, False


def finishes(event: Any) -> bool:
    """Whether an event of a chat service says why the answer ends."""
    choices = event.get("choices") if isinstance(event, dict) else None
    return isinstance(choices, list) and any(isinstance(it, dict) and it.get("finish_reason") for it in choices)
