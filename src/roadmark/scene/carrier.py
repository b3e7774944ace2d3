"""Who carries the camera."""

from __future__ import annotations

from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError
from roadmark.files import read_json

_MAX_RENDER_BYTES = 1 << 20


def camera_carrier(clip: Clip) -> int | None:
    """Id of the actor that carries the camera, where the clip's own record of its making says so.

    Raises:
        FormatError: That record is malformed.
    """
    try:
        record = read_json(clip.source("render.json"), _MAX_RENDER_BYTES)
    except FormatError:
        raise
    except InputError:
        return None
    camera = record.get("camera") if isinstance(record, dict) else None
    follow = camera.get("follow") if isinstance(camera, dict) else None
    return follow if isinstance(follow, int) else None
