"""A contact sheet: one moment of a clip under every condition, each tile with its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from roadmark.augment.single_frames import preview
from roadmark.catalog import ROAD_NAMES, WEATHER_NAMES, Conditions
from roadmark.clip import Clip
from roadmark.media import encode_png

COLUMNS = 5
CAPTION_LINES = 22
"""Pixels under a tile for its name."""
_GAP = 4
_INK, _PAPER = (235, 235, 235), (24, 26, 28)
_DAY, _DARK = "mid_morning", "night"
_BY_TIME_OF_DAY = (
    "sunrise",
    "mid_morning",
    "zenith",
    "afternoon",
    "golden_hour",
    "sunset",
    "twilight",
    "blue_hour",
    "night",
)


@dataclass(frozen=True, eq=False)
class Tile:
    """One picture of the sheet.

    Attributes:
        picture: (H, W, 3) uint8 sRGB.
        name: What is written under it.
    """

    picture: NDArray[np.uint8]
    name: str


def sheet_conditions() -> tuple[Conditions, ...]:
    """Every light under a clear sky, then every other weather and every other state of the road by day and by night.

    Examples:
        >>> len(sheet_conditions())
        25
    """
    lights = [Conditions("clear_sky", light, "dry") for light in _BY_TIME_OF_DAY]
    weathers = [Conditions(weather, light, "dry") for light in (_DAY, _DARK) for weather in WEATHER_NAMES[1:]]
    roads = [Conditions("clear_sky", light, road) for light in (_DAY, _DARK) for road in ROAD_NAMES[1:]]
    return (*lights, *weathers, *roads)


def condition_name(conditions: Conditions) -> str:
    """Conditions in words, without those that are nothing special.

    Examples:
        >>> condition_name(Conditions("raining", "night"))
        'raining, night'
        >>> condition_name(Conditions())
        'clear sky, mid morning, dry'
    """
    usual = Conditions()
    names = [
        value
        for value, default in ((conditions.weather, usual.weather), (conditions.road, usual.road))
        if value != default
    ]
    if conditions.lighting != usual.lighting or (names and len(names) < 2):
        names.append(conditions.lighting)
    return ", ".join(names or [usual.weather, usual.lighting, usual.road]).replace("_", " ")


def sheet_moment(clip: Clip) -> int:
    """Frame that a sheet shows: just before the first contact of the first event, else the middle of the clip."""
    events = clip.events()
    if not events:
        return len(clip) // 2
    return max(0, min(events[0].first_frame, len(clip) - 1))


def make_sheet(
    draw: Callable[[Conditions], NDArray[np.uint8]],
    conditions: Sequence[Conditions],
    tile_width: int = 480,
    drawn: Callable[[Conditions], None] | None = None,
) -> NDArray[np.uint8]:
    """Draw a moment under every condition.

    Args:
        draw: Gives the (H, W, 3) uint8 picture under conditions.
        conditions: In the order of the sheet.
        tile_width: Pixels.
        drawn: Told of every finished tile.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    tiles = []
    for each in conditions:
        tiles.append(Tile(_fitted(draw(each), tile_width), condition_name(each)))
        if drawn is not None:
            drawn(each)
    return lay_out(tiles)


def lay_out(tiles: Sequence[Tile], columns: int = COLUMNS) -> NDArray[np.uint8]:
    """Tiles of one size in rows, each above its name.

    Returns:
        (H, W, 3) uint8 sRGB.
    """
    height, width = tiles[0].picture.shape[:2]
    columns = min(columns, len(tiles))
    rows = -(-len(tiles) // columns)
    pitch_x, pitch_y = width + _GAP, height + CAPTION_LINES + _GAP
    sheet = Image.new("RGB", (columns * pitch_x + _GAP, rows * pitch_y + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=15)
    for index, tile in enumerate(tiles):
        x, y = _GAP + index % columns * pitch_x, _GAP + index // columns * pitch_y
        sheet.paste(Image.fromarray(tile.picture), (x, y))
        pen.text((x + 4, y + height + 1), tile.name, fill=_INK, font=font)
    return np.asarray(sheet)


def _fitted(picture: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    height = max(2, round(picture.shape[0] * width / picture.shape[1]))
    shrinking = width < picture.shape[1]
    return np.asarray(
        cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC), np.uint8
    )


def clip_sheet(
    backend: str,
    clip: Clip,
    conditions: Sequence[Conditions],
    *,
    seed: int = 0,
    drawn: Callable[[Conditions], None] | None = None,
) -> bytes:
    """The sheet of a clip as a PNG file.

    Args:
        backend: What draws it; one of `single_frames.PREVIEWED`.
        clip: The clip.
        conditions: In the order of the sheet.
        seed: Of the backend's randomness.
        drawn: Told of every finished tile.

    Raises:
        RoadmarkError: The backend cannot draw the clip.
    """
    moment = sheet_moment(clip)
    sheet = make_sheet(lambda each: preview(backend, clip, each, moment, seed), conditions, drawn=drawn)
    return encode_png(sheet)
