"""Folders that hold something else already, and what an earlier or killed run left there."""

import json
import os

import pytest
from generate_samples import crossing, found_for, recipe

from roadmark.errors import InputError, OutputError
from roadmark.generate import ScenarioPaths, scenario_facts, search_scenario, stats_picture, write_map, write_scenario
from roadmark.pipeline import item_generator


def write(folder, made, found, *, replace=True):
    paths = ScenarioPaths(folder / "one.log")
    write_scenario(found, made, crossing()[0], paths, replace=replace)
    return paths


def with_rig():
    """A scenario with a rig on a vehicle."""
    made = recipe(camera="ego")
    return made, search_scenario(crossing()[1], made, "red_light", item_generator(0, "red_light", "test"))


def test_cameras_of_a_replaced_scenario_do_not_stay_with_the_one_that_replaces_it(tmp_path):
    paths = write(tmp_path, *with_rig())
    assert paths.cameras.is_file()
    assert json.loads(paths.config.read_text())["generated"]["camera"] == "ego"
    write(tmp_path, recipe(), found_for("none"))
    assert not paths.cameras.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.events.json", "one.json", "one.log"]


def test_a_users_own_cameras_stay(tmp_path):
    paths = write(tmp_path, recipe(), found_for("none"))
    paths.cameras.write_text("mine")
    write(tmp_path, recipe(), found_for("none"))
    assert paths.cameras.read_text() == "mine"
    for broken in ("no JSON", "[]", '{"generated": 1}'):
        paths.config.write_text(broken)
        write(tmp_path, recipe(), found_for("none"))
        assert paths.cameras.read_text() == "mine"


@pytest.mark.parametrize("name", ["one.log", "one.json", "one.events.json", "one.yaml"])
def test_a_folder_of_a_files_name_is_named_and_nothing_is_lost(tmp_path, name):
    made, found = with_rig()
    paths = write(tmp_path, made, found)
    before = paths.recording.read_bytes()
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match=rf"{name}: is no regular file"):
        write(tmp_path, made, found)
    assert (tmp_path / name).is_dir()
    if name != "one.log":
        assert paths.recording.read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_a_killed_writer_left_is_cleared(tmp_path):
    left = tmp_path / ".one.scenario.partial"
    (left / "new").mkdir(parents=True)
    (left / "UNFINISHED").write_text("")
    (left / "new" / "one.log").write_text("half")
    write(tmp_path, recipe(), found_for("none"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.events.json", "one.json", "one.log"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_of_the_maps_name_is_refused_at_once(tmp_path):
    name = write_map(recipe(), tmp_path / "elsewhere").name
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="not a regular file"):
        write_map(recipe(), tmp_path)


def test_names_of_folders_are_no_formulas(tmp_path):
    write(tmp_path, recipe(), found_for("none"))
    assert stats_picture(scenario_facts(tmp_path), r"town $\frac{ and $x").startswith(b"\x89PNG")
