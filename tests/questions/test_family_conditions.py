"""Questions about weather, light and the state of the road."""

import pytest
from scene_samples import asked, scene

from roadmark.questions.families.conditions import ConditionsFamily

FAMILY = ConditionsFamily()


def answers(*conditions):
    """By template; of yes or no, what is named."""
    found = asked(FAMILY, scene(conditions=conditions))
    return {(one.template, one.truth): one.asked or one.answer for one in found if one.form != "choice"}


def test_each_is_asked_in_words_and_by_yes_and_no():
    found = answers("fog", "night", "dry")
    named = {"weather": "fog", "light": "night", "road": "free of water, snow and sand"}
    for what, words in named.items():
        assert found[f"conditions.{what}_words", words] == words
        assert found[f"conditions.{what}_is", "yes"] == words
        assert found[f"conditions.{what}_is", "no"] != words


def test_options_are_other_conditions():
    (choice,) = asked(FAMILY, scene(conditions=("raining", "afternoon", "puddles")), "weather")
    assert choice.truth == "it is raining"
    assert set(choice.options) <= {"clear sky", "overcast", "snow is falling", "it is raining", "fog"}
    assert len(choice.options) == 4


@pytest.mark.parametrize(
    ("lighting", "words"),
    [("sunrise", "low sun"), ("sunset", "low sun"), ("golden_hour", "low sun"), ("zenith", "full daylight")],
)
def test_times_of_day_that_look_alike_have_one_name(lighting, words):
    assert answers("clear_sky", lighting, "dry")["conditions.light_words", words] == words


@pytest.mark.parametrize("weather", ["raining", "snow_falling"])
def test_a_dry_road_in_the_wet_is_not_asked_about(weather):
    assert not [one for one in answers(weather, "afternoon", "dry") if "road" in one[0]]
    assert [one for one in answers(weather, "afternoon", "snow") if "road" in one[0]]


def test_nothing_is_asked_where_conditions_are_not_known():
    assert asked(FAMILY, scene()) == []
