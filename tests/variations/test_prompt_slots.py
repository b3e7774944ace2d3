"""Prompts by slots say what was chosen and keep what happens; captions lose their old conditions."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.variations import (
    PromptError,
    SlotWriter,
    check_prompt,
    condition_sentences,
    contradictions,
    fit_caption,
    said_values,
)

COMBINATIONS = [
    chosen
    for weather, lighting, road in product(WEATHER_NAMES, LIGHTING_NAMES, ROAD_NAMES)
    if not any(
        contradictions(chosen := {"weather_condition": weather, "lighting_condition": lighting, "road_condition": road})
    )
]
CORE = "At a four-way junction, a red van turns left. A white sedan collides with it and both come to rest."
TERMS = ("red van", "white sedan", "collides")
NOON = {"weather_condition": "clear_sky", "lighting_condition": "zenith", "road_condition": "dry"}
WET_NIGHT = {"weather_condition": "raining", "lighting_condition": "night", "road_condition": "puddles"}
SNOW = {"weather_condition": "snow_falling", "lighting_condition": "golden_hour", "road_condition": "snow"}


@dataclass(frozen=True)
class Words:
    core: str
    terms: tuple[str, ...] = ()
    conditions: str = ""

    @property
    def text(self):
        return f"{self.core} {self.conditions}".strip()


def draw(seed=0):
    return np.random.default_rng(seed)


def test_a_prompt_is_the_core_and_a_sentence_for_each_condition():
    prompt = SlotWriter().write(Words(CORE, TERMS, "It is a clear day."), WET_NIGHT, draw(2))
    assert prompt.text == (
        f"{CORE} At night, the scene is lit by street lamps and by the glowing headlights and tail lights of the "
        "vehicles. It is raining: streaks of rain shine in the beams of headlights, and wet surfaces mirror every "
        "lamp. Puddles stand on the wet asphalt and mirror lamps, headlights and tail lights."
    )
    assert (prompt.method, prompt.fallback_reason, prompt.problems) == ("slots", "", ())


@pytest.mark.parametrize("chosen", COMBINATIONS, ids=lambda chosen: "-".join(chosen.values()))
def test_every_combination_is_said_in_every_wording_and_contradicts_nothing(chosen):
    wordings = set()
    for seed in range(12):
        prompt = SlotWriter().write(Words(CORE, TERMS), chosen, draw(seed))
        assert check_prompt(prompt.text, chosen, TERMS) == prompt.problems == ()
        assert len(prompt.text.split()) <= 150
        assert [said_values(prompt.text, field) for field in ("weather", "lighting", "road")] == [
            (value,) for value in chosen.values()
        ]
        wordings.add(prompt.text)
    assert len(wordings) > 3


@pytest.mark.parametrize("chosen", COMBINATIONS[::7], ids=lambda chosen: "-".join(chosen.values()))
def test_a_prompt_for_one_combination_is_no_prompt_for_another(chosen):
    text = " ".join(condition_sentences(chosen, draw()))
    for other in COMBINATIONS:
        wrong = {name for name in chosen if chosen[name] != other[name]}
        found = " ".join(check_prompt(text, other))
        assert all(f"does not say {name}" in found or f"not {name}" in found for name in wrong)


def test_the_sources_conditions_are_kept_where_nothing_else_is_chosen():
    source = {"weather_condition": "fog", "lighting_condition": "night", "road_condition": "dry"}
    prompt = SlotWriter().write(Words(CORE), {"weather": "clear sky"}, draw(), source)
    assert check_prompt(prompt.text, {**source, "weather_condition": "clear_sky"}) == ()
    assert "shadow" not in prompt.text  # the sky is clear, but it is night


def test_lists_of_ones_own_get_a_plain_sentence():
    prompt = SlotWriter().write(Words("A van waits."), {"season": "late_autumn", "weather_condition": "hail"}, draw())
    assert prompt.text == "A van waits. The season is late autumn. The weather condition is hail."


def test_another_value_of_a_list_of_ones_own_is_a_contradiction():
    lists = {"season": ["winter", "late winter", "summer"]}
    prompt = SlotWriter(lists).write(Words("It is summer, and a van waits."), {"season": "late winter"}, draw())
    assert prompt.problems == ("says 'summer', not season late winter",)


def test_long_captions_lose_sentences_without_terms_first():
    filler = [f"Sentence number {index} tells of nothing in particular at all." for index in range(30)]
    core = " ".join(["A street leads north.", *filler[:20], "A red van hits a bus.", *filler[20:]])
    prompt = SlotWriter().write(Words(core, ("red van", "bus")), NOON, draw())
    assert len(prompt.text.split()) <= 150
    assert prompt.text.startswith("A street leads north. Sentence number 0")
    assert "A red van hits a bus." in prompt.text


def test_of_long_sentences_the_last_clauses_go_first():
    clauses = [f"vehicle number {index} drives along the road behind all of the others" for index in range(12)]
    core = f"A street leads north. A red van hits a bus; {'; '.join(clauses)}. Someone waits."
    text = SlotWriter().write(Words(core, ("red van", "bus")), NOON, draw()).text
    start = f"A street leads north. A red van hits a bus; {clauses[0]}; "
    assert text.startswith(start)
    assert "number 11" not in text
    assert "Someone waits" not in text
    assert 138 < len(text.split()) <= 150


def test_what_cannot_be_shortened_is_refused():
    actors = tuple(f"{letter}bus" for letter in "abcdefghijklmnopqrstuvwxyzäöüéèêñåø")
    core = " ".join(f"{actor} passes by the place where everyone waits." for actor in actors).title()
    with pytest.raises(PromptError, match=r"has 3\d\d words, 250 are the most.*by hand"):
        SlotWriter().write(Words(core, actors), NOON, draw())


def test_contradictory_conditions_that_were_allowed_are_written_and_told():
    prompt = SlotWriter().write(Words(CORE), {"weather_condition": "raining", "road_condition": "dry"}, draw(3))
    assert prompt.text.startswith(CORE)
    assert any("not road_condition dry" in problem for problem in prompt.problems)


def test_braces_are_text():
    prompt = SlotWriter().write(Words("A {car} with {0} and } waits {", ("car",)), NOON, draw())
    assert prompt.text.startswith("A {car} with {0} and } waits {")
    assert prompt.problems == ()


@pytest.mark.parametrize(
    ("text", "chosen", "fitted"),
    [
        ("The sky is overcast. At night, a red van skids on the wet road.", NOON, "A red van skids on the road."),
        (
            "A busy junction on a rainy evening. The road is wet, with puddles near the kerb. A sedan hits a truck in "
            "heavy rain. Street lamps glow.",
            NOON,
            "A sedan hits a truck.",
        ),
        (
            "On a sunny afternoon under a clear sky, a taxi turns left. The dry asphalt shows arrows.",
            WET_NIGHT,
            "A taxi turns left.",
        ),
        (
            "Fog drifts over the scene as a bus brakes. Two cars collide on an icy road as snow is falling.",
            NOON,
            "A bus brakes. Two cars collide on a road.",
        ),
        (
            "The video shows a junction during the daytime under clear, sunny weather conditions. The sky is bright "
            "blue, casting sharp shadows of vehicles onto the dry asphalt. Parked cars line the street.",
            WET_NIGHT,
            "The video shows a junction. Parked cars line the street.",
        ),
        (
            "It's a snowy winter morning. Snow covers rooftops, sidewalks and parked vehicles. A taxi slides on the "
            "icy surface, while snowflakes fall. Tracks are visible in the snow on the road.",
            NOON,
            "A taxi slides on the surface.",
        ),
        (
            "During a heavy downpour in the early evening, a bus splashes through puddles as people cross the flooded "
            "street. Long shadows stretch from the cars.",
            NOON,
            "A bus splashes as people cross the street. Long shadows stretch from the cars.",
        ),
        (
            "The scene is dimly lit, and a truck passes. A car hits a bus, and its windows mirror the city lights.",
            NOON,
            "A car hits a bus, and its windows mirror the midday.",
        ),
        ("A van brakes because the road is wet.", NOON, "A van brakes because the road is dry."),
        ("An SUV drives along the flooded street; the weather is foggy, and a truck follows.", SNOW,
         "An SUV drives along the street; the weather is snowy, and a truck follows."),
        ("It is night and a bus waits in the rain. No snow is falling on the cars.", WET_NIGHT,
         "It is night and a bus waits in the rain. No snow is falling on the cars."),
        ("A red car stops at a red traffic light after the rain.", NOON,
         "A red car stops at a red traffic light after the rain."),
    ],
)  # fmt: skip
def test_old_conditions_are_taken_out_of_captions(text, chosen, fitted):
    assert fit_caption(text, chosen) == fitted


def test_conditions_that_do_not_vary_stay_in_the_caption():
    text = "A van skids on the wet road at night."
    assert fit_caption(text, {"lighting_condition": "zenith"}) == "A van skids on the wet road."


def test_a_sentence_with_the_only_mention_of_a_term_stays():
    text = "Fog surrounds the tram. A van waits."
    assert "tram" in fit_caption(text, NOON, terms=("tram",))
    assert "tram" not in fit_caption(text, NOON)


PIECES = (
    "a the red van car crosses hits in at under with rain fog night dry wet snowy snow covers is as while and road sky "
    "clear overcast , . ! {0} { } icy dawn early morning falling the flooded puddles sunny"
)


@settings(max_examples=150, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES.split()), max_size=25), chosen=st.sampled_from(COMBINATIONS))
def test_whatever_a_caption_says_nothing_contradictory_is_left(text, chosen):
    fitted = fit_caption(" ".join(text), chosen)
    assert [problem for problem in check_prompt(fitted, chosen) if problem.startswith("says")] == []
    assert fit_caption(fitted, chosen) == fitted


@given(st.text(max_size=300))
def test_text_without_conditions_comes_through(text):
    words = " ".join(text.split())
    if not [problem for problem in check_prompt(words, NOON) if problem.startswith("says")]:
        assert fit_caption(text, NOON) == words


@pytest.mark.parametrize(
    ("prompt", "problems"),
    [
        ("", ("is empty",)),
        (" \n ", ("is empty",)),
        ("A bus. " * 130, ("has 260 words; 250 are the most",)),
        ("A bus \ud800.", ("has '\\ud800', which is no text",)),
        ("A bus waits.", ()),
        ("Buses wait.", ()),
        ("A busy street.", ("lost 'bus'",)),
    ],
)
def test_what_a_check_finds(prompt, problems):
    assert check_prompt(prompt, {}, ("bus",) if prompt.strip() else ()) == problems


@pytest.mark.parametrize(
    ("text", "term", "is_kept"),
    [
        ("Two red delivery vans collided.", "red van", True),
        ("A van, red and old, waits.", "red van", False),
        ("The collision blocks the road.", "collides", True),
        ("It hit the wall.", "hits", True),
        ("A carriage rolls.", "car", False),
        ("A man on a motorbike.", "motorcyclist", False),
    ],
)
def test_terms_are_kept_in_any_inflection(text, term, is_kept):
    assert (check_prompt(text, {}, (term,)) == ()) is is_kept


def test_negated_and_past_conditions_do_not_count():
    assert check_prompt("The sky is clear after the rain, and there is no fog.", {"weather": "clear_sky"}) == ()
    assert check_prompt("There is no rain.", {"weather": "raining"}) == ("does not say weather raining",)
