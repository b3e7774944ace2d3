"""`roadmark map from-osm` on the command line."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from roadmark.cli import app
from roadmark.maps import load_opendrive
from roadmark.twins import CONVERTERS, read_surroundings

sys.path.append(str(Path(__file__).parents[1] / "twins"))
from osm_extract import crossing_extract

pytestmark = pytest.mark.skipif(
    not any(converter.available() for converter in CONVERTERS.values()), reason="no OpenStreetMap converter"
)


def test_a_map_and_its_surroundings_are_written(tmp_path):
    (tmp_path / "place.osm").write_bytes(crossing_extract().document())
    said = CliRunner().invoke(app, ["map", "from-osm", str(tmp_path / "place.osm"), "-o", str(tmp_path / "Here.xodr")])
    assert said.exit_code == 0, said.output
    assert "4 traffic lights, 3 crosswalks" in said.output
    assert "4 buildings, 10 trees, 3 areas" in said.output
    assert "OpenStreetMap contributors" in said.output
    assert load_opendrive(tmp_path / "Here.xodr").name == "Here"
    assert len(read_surroundings(tmp_path / "Here.surroundings.json").buildings) == 4


def test_nothing_is_written_of_a_place_without_streets(tmp_path):
    (tmp_path / "place.osm").write_text('<osm><node id="1" lat="48" lon="8"/></osm>')
    said = CliRunner().invoke(app, ["map", "from-osm", str(tmp_path / "place.osm"), "-o", str(tmp_path / "Here.xodr")])
    assert said.exit_code != 0
    assert "no street" in str(said.exception or said.output)
    assert [path.name for path in tmp_path.iterdir()] == ["place.osm"]


def test_a_map_is_named_xodr(tmp_path):
    said = CliRunner().invoke(app, ["map", "from-osm", "place.osm", "-o", str(tmp_path / "Here.json")])
    assert said.exit_code != 0
    assert "must end in .xodr" in str(said.exception or said.output)


def test_no_map_is_written_whose_surroundings_cannot_be(tmp_path):
    osm = tmp_path / "place.osm"
    osm.write_bytes(crossing_extract().document())
    (tmp_path / "Here.surroundings.json").mkdir()
    said = CliRunner().invoke(app, ["map", "from-osm", str(osm), "-o", str(tmp_path / "Here.xodr")])
    assert "Here.surroundings.json: is a folder" in str(said.exception)
    assert not (tmp_path / "Here.xodr").exists()
