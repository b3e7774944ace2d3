"""What Cosmos-Transfer2.5's Gradio server says of a finished request, in the words of its old and new versions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from roadmark.augment.transfer.protocol import RefusedError, TransferError

_SHOWN = 600
_RESULT = re.compile(r"Result json:\s*(?=\{)")
_SUCCESS = "success"


@dataclass(frozen=True)
class FinishedVideo:
    """Where a finished video lies.

    Attributes:
        paths: Paths on the server, best first.
    """

    paths: tuple[str, ...]


def finished_video(video: Any, status: Any, server: str) -> FinishedVideo:
    """Read the pair that `/generate_video` returns.

    Args:
        video: `{"video": FileData, ...}` (Gradio 5), FileData or a path (Gradio 6), or None.
        status: Version 1.3's text ("Found output: ...", "Result json: {...}") or, from 1.4.2 on, StatusData as JSON.
        server: Its address, for messages.

    Raises:
        RefusedError: It succeeded with no video: the guardrail blocked it.
        TransferError: It failed; the message repeats the server's.
    """
    text = status if isinstance(status, str) else json.dumps(status, default=str)
    data = _status_data(text)
    first = _path(video)
    if data is None and first is None:
        raise TransferError(f"{server}: the answer says nothing of a result: {_shown(text)}; see the server's log")
    state = str((data or {}).get("status", _SUCCESS))
    if state != _SUCCESS:
        raise TransferError(f"{server}: the request failed: {_shown(state)}")
    result = (data or {}).get("result")
    listed = result.get("videos") if isinstance(result, dict) else None
    if listed == [] and first is None:
        raise RefusedError(
            f"{server}: finished without a video: its guardrail refused the prompt or the result; "
            "change the prompt, or start the server with DISABLE_GUARDRAILS where you may"
        )
    named = [path for path in listed if isinstance(path, str) and path] if isinstance(listed, list) else []
    paths = tuple(dict.fromkeys([*([first] if first else []), *(p for name in named for p in _places(name))]))
    if not paths:
        raise TransferError(f"{server}: finished but names no video: {_shown(text)}; see the server's log")
    return FinishedVideo(paths)


def _status_data(text: str) -> dict[str, Any] | None:
    """StatusData of either version; None where the text holds none.

    An error of version 1.3 ("Error: ...") is a status of its own.
    """
    data = _object(text)
    if data is not None and ("status" in data or "result" in data):
        return data
    found = _RESULT.search(text)
    if found is not None:
        result = _object(text[found.end() :])
        if result is not None:
            return {"status": _SUCCESS, "result": result}
    if text.startswith("Error"):
        return {"status": text, "result": {}}
    return None


def _object(text: str) -> dict[str, Any] | None:
    try:
        value, _ = json.JSONDecoder().raw_decode(text.strip())
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _path(video: Any) -> str | None:
    """The path in what a Gradio Video component returns, whatever its version."""
    for _ in range(2):
        if isinstance(video, dict):
            video = video.get("video") if "video" in video else video.get("path")
    return video if isinstance(video, str) and video else None


def _places(path: str) -> tuple[str, ...]:
    """Where a path of the server's may be: relative ones are below its working folder, in its image /workspace."""
    return (path,) if path.startswith("/") else (path, f"/workspace/{path}")


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]} ..."
