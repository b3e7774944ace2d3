"""Videos that requests bring along, as files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from roadmark.services.chat.protocol import ApiError

_DATA = "data:"


@contextmanager
def video_file(url: str, allowed: Path | None) -> Iterator[Path]:
    """A video as a file, for as long as the block lasts.

    Args:
        url: `data:video/mp4;base64,...`, or a `file://` address below `allowed`.
        allowed: Folder whose files may be named; None allows none.

    Raises:
        ApiError: It is neither, or lies elsewhere.
    """
    if url.startswith(_DATA):
        with TemporaryDirectory(prefix="roadmark-chat-") as folder:
            path = Path(folder) / "video.mp4"
            path.write_bytes(_decoded(url))
            yield path
    elif url.startswith("file:"):
        yield _allowed_file(url, allowed)
    else:
        raise ApiError(400, "A video is a data: or file:// URL; this server fetches nothing.", param="messages")


def _decoded(url: str) -> bytes:
    head, comma, data = url.partition(",")
    if not comma or not head.removeprefix(_DATA).lower().startswith("video/") or not head.endswith(";base64"):
        raise ApiError(400, "A video's data URL begins with data:video/mp4;base64, .", param="messages")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ApiError(400, "A video's data URL holds no base64.", param="messages") from None


def _allowed_file(url: str, allowed: Path | None) -> Path:
    parts = urlsplit(url)
    try:
        if allowed is None or parts.netloc not in ("", "localhost"):
            raise ValueError
        path = Path(unquote(parts.path)).resolve()
        if not path.is_relative_to(allowed.resolve()) or not path.is_file():
            raise ValueError
    except (ValueError, OSError):  # one answer, whether it is missing or forbidden
        message = "Cannot load local files without --allowed-local-media-path, or this one is not below it."
        raise ApiError(400, message, param="messages") from None
    return path
