"""The same view under other light and weather, from a picture and its ground-truth buffers."""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked
from roadmark.relight.buffers import MissingBufferError, Vehicle, ViewBuffers, check_available

if TYPE_CHECKING:
    from roadmark.relight.prepare import assumed_camera
    from roadmark.relight.relighter import Relighter
    from roadmark.relight.tracks import WheelPath
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "prepare": ("assumed_camera",),
            "relighter": ("Relighter",),
            "tracks": ("WheelPath",),
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
]
