"""Contact sheets."""

import numpy as np
import pytest

from roadmark.augment.sheet import (
    CAPTION_LINES,
    COLUMNS,
    Tile,
    clip_sheet,
    condition_name,
    lay_out,
    sheet_conditions,
    sheet_moment,
)
from roadmark.augment.single_frames import preview
from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES, Conditions
from roadmark.clip import Clip
from roadmark.errors import ConfigError
from roadmark.media import decode_image


def test_a_sheet_shows_every_condition_once_by_a_name_of_its_own():
    conditions = sheet_conditions()
    assert {each.lighting for each in conditions} == set(LIGHTING_NAMES)
    assert {each.weather for each in conditions} == set(WEATHER_NAMES)
    assert {each.road for each in conditions} == set(ROAD_NAMES)
    names = [condition_name(each) for each in conditions]
    assert len(set(names)) == len(names)


def test_tiles_lie_in_rows_above_their_names():
    colors = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0), (0, 200, 200), (200, 0, 200)]
    tiles = [Tile(np.full((30, 40, 3), color, np.uint8), "x") for color in colors]
    sheet = lay_out(tiles)
    assert COLUMNS == 5
    assert sheet.shape == (2 * (30 + CAPTION_LINES + 4) + 4, 5 * 44 + 4, 3)
    assert tuple(sheet[4 + 15, 4 + 20]) == colors[0]
    assert tuple(sheet[4 + 15, 4 + 4 * 44 + 20]) == colors[4]
    assert tuple(sheet[4 + 30 + CAPTION_LINES + 4 + 15, 4 + 20]) == colors[5]


def test_the_moment_is_that_of_the_first_contact(crossing_run):
    clip = Clip.open(crossing_run / "a")
    events = clip.events()
    assert sheet_moment(clip) == (events[0].first_frame if events else len(clip) // 2)


@pytest.mark.parametrize("backend", ["rerender", "relight"])
def test_a_moment_at_night_is_darker(crossing_run, backend):
    clip = Clip.open(crossing_run / "a")
    day, night = (preview(backend, clip, Conditions("clear_sky", light), 2) for light in ("afternoon", "night"))
    assert day.shape == night.shape == (112, 192, 3)
    assert night.mean() < 0.6 * day.mean()


def test_a_sheet_is_a_png(crossing_run):
    clip = Clip.open(crossing_run / "a")
    drawn = []
    data = clip_sheet(
        "relight", clip, [Conditions("fog"), Conditions("raining", "night", "puddles")], drawn=drawn.append
    )
    assert decode_image(data, "sheet").shape == (270 + 10 + CAPTION_LINES + 8, 2 * 484 + 4, 3)
    assert len(drawn) == 2


def test_services_draw_no_single_frames(crossing_run):
    with pytest.raises(ConfigError, match="whole videos only"):
        preview("cosmos-nim", Clip.open(crossing_run / "a"), Conditions(), 0)
