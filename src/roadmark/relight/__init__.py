"""The same view under other light and weather, from a picture and its ground-truth buffers."""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked
from roadmark.relight.buffers import MissingBufferError, Vehicle, ViewBuffers, check_available

if TYPE_CHECKING:
    from roadmark.relight.plan import check_possible
    from roadmark.relight.prepare import assumed_camera
    from roadmark.relight.relighter import Relighter
    from roadmark.relight.street_lamps import find_street_lamps
    from roadmark.relight.tracks import WheelPath
    from roadmark.relight.unwrap import unwrapped_depth
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "plan": ("check_possible",),
            "prepare": ("assumed_camera",),
            "relighter": ("Relighter",),
            "street_lamps": ("find_street_lamps",),
            "tracks": ("WheelPath",),
            "unwrap": ("unwrapped_depth",),
        },
    )

__all__ = [
    "MissingBufferError",
    "Relighter",
    "Vehicle",
    "ViewBuffers",
    "WheelPath",
    "assumed_camera",
    "check_available",
    "check_possible",
    "find_street_lamps",
    "unwrapped_depth",
]
