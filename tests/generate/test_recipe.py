"""Recipes: from files, from options, from both; and what is refused with which words."""

import pytest

from roadmark.errors import ConfigError
from roadmark.generate import Recipe, resolve_recipe, scenario_names


def test_options_win_over_the_file_and_paths_are_relative_to_it(tmp_path):
    (tmp_path / "grid.xodr").write_text("")
    (tmp_path / "recipe.yaml").write_text("map: grid.xodr\nincidents: [red_light, jaywalk]\ncount: 3\nseed: 5\n")
    resolved = resolve_recipe(tmp_path / "recipe.yaml", {"seed": 7})
    assert resolved.settings.map == tmp_path / "grid.xodr"
    assert resolved.settings.seed == 7
    assert resolved.origin("count") == str(tmp_path / "recipe.yaml")


def test_a_town_on_the_command_line_replaces_the_files_map(tmp_path):
    (tmp_path / "recipe.yaml").write_text("map: nowhere.xodr\n")
    recipe = resolve_recipe(tmp_path / "recipe.yaml", {"town": "grid"}).settings
    assert (recipe.map, recipe.town) == (None, "grid")


def test_incidents_are_taken_in_turn_and_numbered_each():
    recipe = Recipe(town="grid", incidents="red_light, none", count=5)
    assert scenario_names(recipe) == [
        ("red_light_0000", "red_light"),
        ("none_0000", "none"),
        ("red_light_0001", "red_light"),
        ("none_0001", "none"),
        ("red_light_0002", "red_light"),
    ]
    twice = Recipe(town="grid", incidents=("none", "none"), count=3)
    assert [name for name, _ in scenario_names(twice)] == ["none_0000", "none_0001", "none_0002"]


def test_one_scenario_per_name_unless_told_otherwise():
    assert Recipe(town="grid", incidents="red_light,none").total == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give either a map"),
        ({"town": "grid", "map": "x.xodr"}, "give either a map"),
        ({"town": "atlantis"}, "use one of .*grid"),
        ({"town": "grid", "incidents": "red_ligth"}, "did you mean red_light"),
        ({"town": "grid", "incidents": "earthquake"}, "known: .*rear_end"),
        ({"town": "grid", "incidents": ""}, "unknown incident ''"),
        ({"town": "grid", "count": 0}, "count = 0"),
        ({"town": "grid", "duration": 1e9}, "duration"),
        ({"town": "grid", "time": 30.0}, "not within the 20.0 seconds"),
        ({"town": "grid", "duration": 600.0, "fps": 120, "vehicles": 1000}, "too many for one scenario"),
        ({"town": "grid", "severity": "deadly"}, "severity"),
        ({"town": "grid", "blueprints": ("vehicle.audi.t",)}, "unknown blueprint 'vehicle.audi.t'; did you mean"),
        ({"town": "grid", "blueprints": ("static.prop.barrel",)}, "barrel is neither a vehicle nor a walker"),
        ({"town": "grid", "colour": 1}, "unknown key 'colour'"),
        ({"map": "nowhere.xodr"}, "no such file"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        resolve_recipe(None, options)
