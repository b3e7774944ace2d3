"""A server reads from a prompt what the prompt was written to say."""

import itertools

import numpy as np
import pytest

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.services.transfer.conditions import conditions_in_words
from roadmark.variations import ContradictionError, check_selections, condition_sentences


def test_every_prompt_of_ours_is_read_as_it_was_meant():
    read = 0
    for weather, lighting, road in itertools.product(WEATHER_NAMES, LIGHTING_NAMES, ROAD_NAMES):
        asked = {"weather_condition": weather, "lighting_condition": lighting, "road_condition": road}
        try:
            check_selections(asked)
        except ContradictionError:
            continue
        for seed in range(3):
            prompt = " ".join(condition_sentences(asked, np.random.default_rng(seed)))
            assert conditions_in_words(prompt) == asked, prompt
            read += 1
    assert read > 300


@pytest.mark.parametrize(
    ("prompt", "weather", "lighting", "road"),
    [
        ("It pours: a downpour at midnight floods the street, the road is flooded.", "raining", "night", "flooding"),
        ("Snowflakes drift from an overcast sky over a snow-covered road at dusk.", "snow_falling", "twilight", "snow"),
        ("Clear skies in the late morning after the rain; puddles remain.", "clear_sky", "mid_morning", "puddles"),
        ("RAIN. Golden hour, sandy road.", "raining", "golden_hour", "sand"),
        ("A train passes the brainy passenger; the knight nods.", None, None, None),
        ("There is no snow and no fog.", None, None, None),
        ("", None, None, None),
    ],
)
def test_prompts_of_others(prompt, weather, lighting, road):
    asked = {"weather_condition": weather, "lighting_condition": lighting, "road_condition": road}
    assert conditions_in_words(prompt) == {key: value for key, value in asked.items() if value}
