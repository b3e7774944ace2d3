"""What recipes say in another way than expected, or that cannot be had."""

import os

import pytest
from generate_samples import crossing, recipe

from roadmark.errors import ConfigError, InputError
from roadmark.generate import resolve_recipe, scenario_names, search_scenario
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
    with pytest.raises(ConfigError, match=r"uids: .*: is not a regular file"):
        resolved(tmp_path, "uids: .")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ConfigError, match=r"pipe: is not a regular file"):
            resolved(tmp_path, "uids: pipe")
    with pytest.raises(ConfigError, match=r"uids: .*File name too long"):
        resolved(tmp_path, f"uids: {'a' * 300}")


def test_a_calibration_file_is_read_with_the_recipe(tmp_path):
    (tmp_path / "uids.json").write_text('{"format": "roadmark-uids", "version": 1, "uids": {"vehicle.audi.tt": 0}}')
    with pytest.raises(ConfigError, match=r"uids\.json: uids\.vehicle\.audi\.tt"):
        resolved(tmp_path, "uids: uids.json")


def test_names_of_incidents_are_numbered_in_one_go(tmp_path):
    names = scenario_names(resolved(tmp_path, f"incidents: [{'none, jaywalk, ' * 20_000}none]"))
    assert names[:3] == [("none_0000", "none"), ("jaywalk_0000", "jaywalk"), ("none_0001", "none")]
    assert names[-1] == ("none_20000", "none")
    with pytest.raises(ConfigError, match="100001 names; at most 100000 scenarios"):
        resolved(tmp_path, f"incidents: [{'none, ' * 100_000}none]")


def test_a_fault_of_several_fields_is_told_without_all_of_them(tmp_path):
    with pytest.raises(ConfigError) as said:
        resolved(tmp_path, "time: 30")
    assert str(said.value) == "settings: time 30.0 is not within the 20.0 seconds"


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
