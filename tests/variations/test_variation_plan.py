"""Plans: nothing repeats while something is unused, values come up evenly, clips keep what they have."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES
from roadmark.errors import ConfigError
from roadmark.variations import ContradictionError, check_selections, contradictions, plan_variations

RECIPE = {
    "weather_condition": WEATHER_NAMES,
    "lighting_condition": LIGHTING_NAMES,
    "road_condition": ROAD_NAMES,
}
COMPATIBLE = 9 * (5 + 5 + 5 + 2 + 2)
"""Lights times: five roads under a clear sky, clouds and fog, two in rain, two in falling snow."""
CLIPS = [f"clip_{index:02d}" for index in range(12)]


def dealt(plan):
    return [tuple(sorted(chosen.items())) for selections in plan.selections.values() for chosen in selections]


def spread(plan, lists, name):
    counts = Counter(chosen[name] for selections in plan.selections.values() for chosen in selections)
    return max(counts.values()) - min(counts[value] for value in lists[name])


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_twelve_clips_times_three_never_repeat_and_use_every_value_evenly(seed):
    plan = plan_variations(CLIPS, RECIPE, 3, seed=seed)
    assert [len(selections) for selections in plan.selections.values()] == [3] * 12
    assert len(set(dealt(plan))) == 36
    assert all(spread(plan, RECIPE, name) <= 2 for name in RECIPE)
    assert plan.warnings == ()


def test_evenly_means_seven_or_eight_of_five_and_four_of_nine():
    plan = plan_variations(CLIPS, RECIPE, 3, seed=1)
    lights = Counter(chosen["lighting_condition"] for selections in plan.selections.values() for chosen in selections)
    assert lights == dict.fromkeys(LIGHTING_NAMES, 4)
    weathers = Counter(chosen["weather_condition"] for selections in plan.selections.values() for chosen in selections)
    assert sorted(weathers.values()) == [7, 7, 7, 7, 8]


def test_every_compatible_combination_comes_before_any_comes_twice():
    plan = plan_variations([f"clip{index}" for index in range(COMPATIBLE // 9)], RECIPE, 9, seed=3)
    assert len(set(dealt(plan))) == COMPATIBLE
    one_more = plan_variations([f"clip{index}" for index in range(COMPATIBLE // 9 + 1)], RECIPE, 9, seed=3)
    assert Counter(Counter(dealt(one_more)).values()) == {1: COMPATIBLE - 9, 2: 9}


names = st.lists(st.text("abcdef", min_size=1, max_size=4), min_size=1, max_size=4, unique=True)


@settings(max_examples=60, deadline=None)
@given(
    lists=st.dictionaries(st.sampled_from(["season", "traffic", "style"]), names, min_size=1),
    clips=st.integers(1, 6),
    count=st.integers(1, 5),
    seed=st.integers(0, 2**31),
    mode=st.sampled_from(["random", "grid"]),
)
def test_any_lists_are_dealt_evenly(lists, clips, count, seed, mode):
    plan = plan_variations([f"c{index}" for index in range(clips)], lists, count, seed=seed, mode=mode)
    all_of_them = 1
    for values in lists.values():
        all_of_them *= len(values)
    counts = Counter(dealt(plan))
    assert max(counts.values()) == -(-clips * count // all_of_them)
    for selections in plan.selections.values():
        distinct = {tuple(chosen.items()) for chosen in selections}
        assert len(distinct) == min(count, all_of_them)
    if mode == "random":
        assert all(spread(plan, lists, name) <= 1 for name in lists)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), first=st.integers(1, 11))
def test_clips_added_at_the_end_change_nothing(seed, first):
    whole = plan_variations(CLIPS, RECIPE, 3, seed=seed).selections
    assert plan_variations(CLIPS[:first], RECIPE, 3, seed=seed).selections == {
        clip: whole[clip] for clip in CLIPS[:first]
    }


def test_an_earlier_plan_is_kept_when_clips_come_in_between_and_variations_are_added():
    earlier = plan_variations(CLIPS[1:], RECIPE, 2, seed=5).selections
    plan = plan_variations(CLIPS, RECIPE, 3, seed=5, kept=earlier)
    assert {clip: plan.selections[clip][:2] for clip in CLIPS[1:]} == earlier
    assert len(set(dealt(plan))) == 36


def test_the_same_seed_gives_the_same_plan_and_another_gives_another():
    assert plan_variations(CLIPS, RECIPE, 3, seed=7) == plan_variations(CLIPS, RECIPE, 3, seed=7)
    assert plan_variations(CLIPS, RECIPE, 3, seed=7) != plan_variations(CLIPS, RECIPE, 3, seed=8)
    firsts = {dealt(plan_variations(["clip"], RECIPE, 1, seed=seed))[0] for seed in range(20)}
    assert len(firsts) > 15


def test_the_first_draw_favours_no_weather():
    first = Counter(
        plan_variations(["clip"], RECIPE, 1, seed=seed).selections["clip"][0]["weather_condition"]
        for seed in range(400)
    )
    # binomial: 400 draws at 1/5 have a standard deviation of 8; without even shares rain and snow would get 42 each
    assert all(80 - 32 <= first[weather] <= 80 + 32 for weather in WEATHER_NAMES)


def test_a_variation_is_never_the_source():
    source = {"weather": "clear_sky", "lighting": "mid_morning", "road": "dry"}
    lists = {"weather_condition": ["Clear Sky", "fog"], "road_condition": ["dry", "sand"]}
    plan = plan_variations(CLIPS, lists, 3, sources=dict.fromkeys(CLIPS, source))
    assert {"weather_condition": "Clear Sky", "road_condition": "dry"} not in [
        chosen for selections in plan.selections.values() for chosen in selections
    ]
    assert len(set(dealt(plan))) == 3
    with pytest.raises(ConfigError, match="clip_00: its own conditions are the only ones"):
        plan_variations(CLIPS, {"weather": ["clear sky"]}, 1, sources={"clip_00": source})


def test_a_list_beyond_the_sources_conditions_excludes_nothing():
    lists = {"weather": ["fog"], "season": ["autumn"]}
    plan = plan_variations(["clip"], lists, 1, sources={"clip": {"weather": "fog"}})
    assert plan.selections["clip"] == ({"weather": "fog", "season": "autumn"},)


def test_grid_goes_through_the_combinations_in_order():
    lists = {"weather_condition": ["raining", "fog"], "road_condition": ["dry", "puddles"]}
    plan = plan_variations(["a", "b"], lists, 2, mode="grid")
    assert [tuple(chosen.values()) for selections in plan.selections.values() for chosen in selections] == [
        ("raining", "puddles"),
        ("fog", "dry"),
        ("fog", "puddles"),
        ("raining", "puddles"),
    ]


def test_explicit_selections_are_taken_in_turn():
    night, fog = {"lighting_condition": "night"}, {"weather_condition": "fog", "season": "autumn"}
    plan = plan_variations(["a", "b", "c"], {}, 1, mode="list", explicit=[night, fog])
    assert plan.selections == {"a": (night,), "b": (fog,), "c": (night,)}
    assert plan_variations(["a", "b"], {}, 2, mode="list", explicit=[night, fog]).selections == {
        "a": (night, fog),
        "b": (night, fog),
    }


def test_contradictory_explicit_selections_name_the_pair_and_the_rule():
    wrong = {"weather_condition": "Raining", "road_condition": "dry"}
    with pytest.raises(ContradictionError, match="selections 1: weather raining with road dry: rain wets"):
        plan_variations(["a"], {}, 1, mode="list", explicit=[{"road_condition": "snow"}, wrong])
    plan = plan_variations(["a", "b"], {}, 1, mode="list", explicit=[wrong], strict=False)
    assert plan.selections["a"] == (wrong,)
    assert plan.warnings == ("weather raining with road dry: rain wets a dry road, melts snow and washes sand away",)


def test_not_strict_deals_contradictions_and_says_so():
    lists = {"weather_condition": ["snow_falling"], "road_condition": ["flooding"]}
    with pytest.raises(ContradictionError, match="snow_falling with road flooding"):
        plan_variations(["a"], lists, 1)
    plan = plan_variations(["a"], lists, 1, strict=False)
    assert plan.warnings == (
        "weather snow_falling with road flooding: falling snow covers sand and does not lie on water",
    )


def test_rules_hold_for_known_values_of_known_names_only():
    assert not list(contradictions({"weather_condition": "raining", "road_condition": "cobblestones"}))
    assert not list(contradictions({"forecast": "raining", "road_condition": "dry"}))
    assert list(contradictions({"weather": "snow falling", "road": "puddles"}))
    assert check_selections({"weather_condition": "raining", "road_condition": "puddles"}) == ()


def test_an_explicit_variation_like_its_source_is_warned_of():
    plan = plan_variations(
        ["a"], {}, 1, mode="list", explicit=[{"weather_condition": "fog"}], sources={"a": {"weather": "fog"}}
    )
    assert plan.warnings == ("a: a variation has the conditions that the clip has",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "0 variations"),
        ({"clip_ids": ["a", "b", "a"]}, "clip 'a' is listed twice"),
        ({"lists": {}}, "nothing varies"),
        ({"lists": {"weather": ["fog"], "weather_condition": ["fog"]}}, "weather has two lists"),
        ({"lists": {"weather": []}}, "weather: .* no list"),
        ({"lists": {"weather": "fog"}}, "weather: 'fog' is no list"),
        ({"lists": {"weather": ["fog", " "]}}, "none of them empty"),
        ({"lists": {"weather": ["clear_sky", "Clear Sky"]}}, "a value is listed twice"),
        ({"lists": {name: [str(number) for number in range(60)] for name in "abc"}}, "216000 combinations"),
        ({"mode": "list"}, "without selections"),
    ],
)
def test_what_is_refused(arguments, message):
    values = {"clip_ids": ["a"], "lists": RECIPE, "count": 1, **arguments}
    with pytest.raises(ConfigError, match=message):
        plan_variations(values.pop("clip_ids"), values.pop("lists"), values.pop("count"), **values)
