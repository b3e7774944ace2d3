"""What recipes say in another way than expected, or that cannot be had."""

import os

import pytest
from generate_samples import crossing, recipe

from roadmark.errors import ConfigError, InputError
from roadmark.generate import resolve_recipe, search_scenario
from roadmark.pipeline import item_generator


def resolved(tmp_path, text):
    path = tmp_path / "recipe.yaml"
    path.write_text(f"town: crossing\n{text}")
    return resolve_recipe(path, {}).settings


def test_ids_of_roads_and_junctions_may_be_numbers(tmp_path):
    found = resolved(tmp_path, "road: 3\njunction: 12\n")
    assert (found.road, found.junction) == ("3", "12")


@pytest.mark.parametrize("text", ["road: true", "road: 1.5", "junction: [1]"])
def test_other_ids_are_refused(tmp_path, text):
    with pytest.raises(ConfigError, match=text.split(":")[0]):
        resolved(tmp_path, text)


def test_what_is_no_file_is_told_from_what_is_missing(tmp_path):
    with pytest.raises(ConfigError, match=r"uids .*nowhere: no such file; check the path"):
        resolved(tmp_path, "uids: nowhere")
    with pytest.raises(ConfigError, match=r"uids .*: is no regular file"):
        resolved(tmp_path, "uids: .")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ConfigError, match=r"pipe: is no regular file"):
            resolved(tmp_path, "uids: pipe")


@pytest.mark.parametrize(
    ("incident", "blueprints", "left"),
    [
        ("red_light", ("vehicle.audi.tt", "vehicle.audi.tt"), "1 actors, and none for vehicle.audi.tt"),
        ("rear_end", ("vehicle.audi.tt",) * 3, "2 actors, and none for vehicle.audi.tt"),
    ],
)
def test_blueprints_without_a_role_are_named(incident, blueprints, left):
    made = recipe(incidents=(incident,), blueprints=blueprints)
    with pytest.raises(InputError, match=left):
        search_scenario(crossing()[1], made, incident, item_generator(0, incident, "test"))
