"""`roadmark scenario inspect`."""

import json
import re

import log_samples as samples
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from roadmark.cli.scenario import app
from roadmark.errors import ConfigError, FormatError, InputError


@pytest.fixture
def full_log(tmp_path):
    path = tmp_path / "full.log"
    path.write_bytes(samples.every_packet(samples.CARLA_0916))
    return path


def run(*arguments):
    result = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_inspect(full_log):
    output = run(full_log)
    for expected in (
        "Town01",
        "0.750 s",
        "1 other, 1 traffic_light, 2 vehicle, 1 walker",
        "10,20,30",
    ):
        assert expected in output
    assert re.search(r"21\s+vehicle_wheels", output)
    assert re.search(r"10 .*vehicle\.tesla\.model3.*hero.*0\.00.*0\.75.*3\.0", output)
    assert "1 × traffic.traffic_light" in output
    assert "something fixed" in output


def test_inspect_without_events(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(samples.header(date=-1) + samples.frame(1, -1.0, 0.0))
    output = run(path)
    assert "no collisions" in output
    assert "unknown" in output
    assert "is no date" in output


def test_inspect_as_json(full_log):
    summary = json.loads(run(full_log, "--json"))
    assert summary["map_name"] == "Town01"
    assert summary["actor_counts"]["vehicle"] == 2
    assert summary["packets"]["6"] == {"name": "POSITION", "packets": 3, "records": 8}
    assert summary["collisions"][0]["actor_ids"] == [10, 12]


def test_inspect_frames(full_log):
    lines = run(full_log, "--frames").splitlines()
    assert lines[2].split(None, 3) == [
        "2",
        "0.250000",
        "3",
        "attach 12 to 10; collision 10 with 12; collision 12 with 10; collision 10 with 4294967295",
    ]
    assert lines[3].endswith("destroy 12; destroy 11")
    frame = json.loads(run(full_log, "--frames", "--json").splitlines()[0])
    assert frame["events"][0] == "create 1 spectator"


def test_inspect_in_the_servers_words(full_log):
    assert run(full_log, "--text", "info").endswith("\nFrames: 3\nDuration: 0.75 seconds\n")
    assert " Positions: 4" in run(full_log, "--text", "info", "--show-all")
    assert "w v" in run(full_log, "--text", "collisions", "--categories", "wv")
    assert "v w" not in run(full_log, "--text", "collisions", "--categories", "wv")
    assert "vehicle.bh.crossbike" in run(full_log, "--text", "blocked", "--min-time", "0.1")


def test_inspect_to_parquet(tmp_path, full_log):
    run(full_log, "--to-parquet", tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 10


def test_inspect_of_broken_recordings(tmp_path, full_log):
    cut = tmp_path / "cut.log"
    cut.write_bytes(full_log.read_bytes()[:-60])
    with pytest.raises(FormatError):
        run(cut)
    output = run(cut, "--allow-truncated")
    assert "warning:" in output
    assert "ends after frame 2" in output
    assert "ends after frame 2" in run(cut, "--frames", "--allow-truncated")
    with pytest.raises(InputError):
        run(tmp_path / "no.log")


def test_inspect_without_actors(tmp_path):
    """What the recorder writes while nobody is there: position packets without records."""
    path = tmp_path / "a.log"
    path.write_bytes(samples.header() + samples.frame(1, 0.5, 0.0, samples.positions()) + samples.frame(2, -1.0, 0.5))
    assert "0.500 s" in run(path)
    assert json.loads(run(path, "--json"))["packets"]["6"] == {"name": "POSITION", "packets": 1, "records": 0}


@pytest.mark.parametrize("option", ["--json", "--frames"])
def test_the_servers_words_are_neither_json_nor_frames(full_log, option):
    with pytest.raises(ConfigError, match=f"takes no {option}"):
        run(full_log, "--text", "info", option)
