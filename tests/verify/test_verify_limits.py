"""The table of limits: complete, and combined as it says."""

import math
from dataclasses import fields

import pytest

from roadmark.catalog import LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES, Conditions
from roadmark.verify import limits_for
from roadmark.verify.appearance import Appearance
from roadmark.verify.limits import limit_table, looks_for
from roadmark.verify.outcomes import Measured

DEFAULT = limits_for(None)


def test_of_several_conditions_the_loosest_limit_holds():
    table = limit_table().limits
    mixed = limits_for(Conditions("raining", "night", "snow"))
    assert mixed.flicker == max(table["raining"]["flicker"], table["night"]["flicker"], table["default"]["flicker"])
    recalls = [table[name]["boundary_recall"] for name in ("raining", "night", "snow")]
    assert mixed.boundary_recall == min(recalls)
    assert mixed.evidence == table["night"]["evidence"] < DEFAULT.evidence
    assert mixed.strength == table["night"]["strength"] > DEFAULT.strength


def test_a_clear_dry_morning_has_the_default_limits():
    assert limits_for(Conditions()) == DEFAULT


def test_only_conditions_are_named():
    assert set(limit_table().limits) - {"default"} <= {*WEATHER_NAMES, *LIGHTING_NAMES, *ROAD_NAMES}


def test_rules_name_conditions_and_numbers_that_there_are():
    known = {"weather": WEATHER_NAMES, "lighting": LIGHTING_NAMES, "road": ROAD_NAMES}
    numbers = {field.name for field in fields(Appearance)}
    for look in limit_table().looks:
        assert look.number.removesuffix("_gained") in numbers
        assert all(set(names) <= set(known[kind]) for kind, names in look.when.items())


@pytest.mark.parametrize("name", [*WEATHER_NAMES, *LIGHTING_NAMES])
def test_every_weather_and_light_has_to_show_in_something(name):
    conditions = Conditions(weather=name) if name in WEATHER_NAMES else Conditions(lighting=name)
    assert any(look.decides for look in looks_for(conditions))


def test_a_rule_without_a_bound_decides_nothing():
    (mirror,) = (look for look in looks_for(Conditions(road="flooding")) if look.number == "mirror")
    assert not mirror.decides
    assert mirror.fits(-1.0)


def test_a_number_that_is_none_is_not_measured():
    with pytest.raises(ValueError, match="finite"):
        Measured(math.nan)
