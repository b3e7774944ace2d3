"""Names of cameras in all their forms: `camera:front:wide:120fov`, `camera_front_wide_120fov`, `front_wide`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from roadmark.errors import ConfigError, FormatError
from roadmark.files import is_plain_name

Lens = Literal["ftheta", "pinhole"]
LENSES: tuple[Lens, ...] = ("ftheta", "pinhole")

_SPAN = re.compile(r"(.+)_(\d{1,19})_(\d{1,19})")
_FOV = re.compile(r"_\d+fov$")


def recording_of(drive: str) -> tuple[str, int]:
    """The session a drive was cut from and its start in microseconds, from an id `<session>_<start>_<end>`.

    Any other id is a recording of its own, that starts at 0.

    Examples:
        >>> recording_of("2d23a1f4_2445376400000_2445396400000"), recording_of("clip-7")
        (('2d23a1f4', 2445376400000), ('clip-7', 0))
    """
    span = _SPAN.fullmatch(drive)
    return (span[1], int(span[2])) if span and int(span[2]) < int(span[3]) else (drive, 0)


def canonical_camera_name(text: str) -> str:
    """The one form of a camera's name that Roadmark uses: lower case, words with `_`, without the lens.

    Raises:
        FormatError: It cannot become part of a file's name.

    Examples:
        >>> canonical_camera_name("camera:front:wide:120fov"), canonical_camera_name("pinhole_front_left")
        ('camera_front_wide_120fov', 'front_left')
    """
    name = text.strip().lower().replace(":", "_")
    for lens in LENSES:
        name = name.removeprefix(f"{lens}_")
    if not is_plain_name(name) or len(name) > 100:
        raise FormatError(f"{text[:80]!r} is no name of a camera; use letters, digits, '_', ':'")
    return name


def choose_cameras(asked: Iterable[str], there: Iterable[str]) -> list[str]:
    """Cameras asked for in any form, by their canonical names, in the order asked.

    `front_wide` stands for `camera_front_wide_120fov`.

    Raises:
        ConfigError: There is none, or more than one.

    Examples:
        >>> choose_cameras(["front_wide"], ["camera_front_wide_120fov", "camera_cross_left_120fov"])
        ['camera_front_wide_120fov']
    """
    names = list(there)
    chosen: list[str] = []
    for text in asked:
        name = canonical_camera_name(text)
        short = name.removeprefix("camera_")
        found = [one for one in names if one == name] or [one for one in names if short == _short(one)]
        if len(found) != 1:
            raise ConfigError(
                f"camera {text!r}: {'more than one' if found else 'not there'}; there are {', '.join(names)}"
            )
        if found[0] not in chosen:
            chosen.append(found[0])
    return chosen


def _short(name: str) -> str:
    return _FOV.sub("", name.removeprefix("camera_"))
