"""`roadmark map town` writes a town that other commands take."""

import pytest
from typer.testing import CliRunner

from roadmark.cli import app
from roadmark.errors import ConfigError, InputError
from roadmark.maps import load_opendrive

runner = CliRunner()


def run(*words: object):
    return runner.invoke(app, ["map", "town", *map(str, words)], catch_exceptions=False)


def test_a_town_is_written(tmp_path):
    path = tmp_path / "town.xodr"
    result = run("grid", "--seed", 4, "--blocks", "2x2", "--relief", 0, "-o", path)
    assert result.exit_code == 0
    assert str(path) in result.output
    town = load_opendrive(path)
    assert len(town.junctions) == 5  # 3 x 3 nodes, of which 4 are bends


@pytest.mark.parametrize(
    ("words", "error", "named"),
    [
        (("gird",), InputError, "gird"),
        (("grid", "--blocks", "3by2"), ConfigError, "3by2"),
        (("grid", "--blocks", "99x2"), InputError, "99"),
        (("grid", "--relief", "7"), InputError, "7"),
    ],
)
def test_what_cannot_be_built_is_named_and_nothing_is_written(words, error, named, tmp_path):
    path = tmp_path / "town.xodr"
    with pytest.raises(error, match=named):
        run(*words, "-o", path)
    assert not path.exists()
