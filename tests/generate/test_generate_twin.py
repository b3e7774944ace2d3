"""Scenarios on a map with given surroundings: they go with the map, and cameras know them."""

import json

import pytest

from roadmark.errors import OutputError
from roadmark.generate import load_place, write_map
from roadmark.generate.recipe import Recipe
from roadmark.towns import build_town

AROUND = {"format": "roadmark-surroundings", "version": 1, "trees": [{"at": [40, 40]}]}


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "Here.xodr").write_bytes(build_town("crossing", 0))
    (tmp_path / "Here.surroundings.json").write_text(json.dumps(AROUND))
    return Recipe(map=tmp_path / "Here.xodr")


def test_surroundings_go_with_the_map(tmp_path, recipe):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    path = write_map(recipe, folder)
    assert path == folder / "Here.xodr"
    assert sorted(found.name for found in folder.iterdir()) == ["Here.surroundings.json", "Here.xodr"]
    place = load_place(path)
    assert place.surroundings is not None
    assert len(place.surroundings.trees) == 1
    assert write_map(recipe, folder) == path


def test_others_are_not_replaced(tmp_path, recipe):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "Here.surroundings.json").write_text("{}")
    with pytest.raises(OutputError, match="other surroundings of this name"):
        write_map(recipe, folder)
