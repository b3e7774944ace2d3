"""What a clip's own record of its making says: who carries the camera, and who was labelled at all."""

from __future__ import annotations

from typing import Any

from roadmark.clip import Clip
from roadmark.errors import FormatError, InputError
from roadmark.files import read_json

_MAX_RENDER_BYTES = 1 << 20
_SPECK = 1 / 4000
"""Share of the picture up to which a box is not noticed: 23 by 23 pixels of 1920 by 1080."""


def camera_carrier(clip: Clip) -> int | None:
    """Id of the actor that carries the camera, where the clip's own record of its making says so.

    Raises:
        FormatError: That record is malformed.
    """
    camera = _record(clip).get("camera")
    follow = camera.get("follow") if isinstance(camera, dict) else None
    return follow if isinstance(follow, int) else None


def labelled_within(clip: Clip) -> float | None:
    """Metres from the camera within which every vehicle and pedestrian is labelled that is seen as more than a speck.

    None where the clip's own record of its making does not say so.

    Raises:
        FormatError: That record is malformed.
    """
    record = _record(clip)
    distance, area = record.get("limit_distance"), record.get("area_threshold")
    if not isinstance(distance, (int, float)) or not isinstance(area, (int, float)) or record.get("ignore_hero"):
        return None
    width, height = clip.size
    return float(distance) if area <= _SPECK * width * height else None


def _record(clip: Clip) -> dict[str, Any]:
    try:
        record = read_json(clip.source("render.json"), _MAX_RENDER_BYTES)
    except FormatError:
        raise
    except InputError:
        return {}
    return record if isinstance(record, dict) else {}
