"""`roadmark scenario import` and `export` as a user runs them."""

import sys

import pytest
import xosc_samples as x

from roadmark.cli import main
from roadmark.scenario import read_log
from sample_crossing import write_crossing


@pytest.fixture
def run(capsys, monkeypatch):
    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["roadmark", "scenario", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return end.value.code or 0, " ".join(said.out.split()), " ".join(said.err.split())

    return command


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_crossing(tmp_path_factory.mktemp("demo"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_out_and_in_again(run, demo, tmp_path, suffix):
    poses, log = tmp_path / f"poses{suffix}", tmp_path / "again.log"
    assert run("export", demo.recording, "-o", poses) == (0, f"wrote {poses}", "")
    code, out, err = run("import", poses, "--xodr-path", demo.xodr, "--fps", 20, "-o", log)
    assert (code, err) == (0, "")
    assert f"5.00 s, 101 frames on RoadmarkCrossing: {log}" in out
    assert "vehicle.tesla.model3" in out
    assert len(read_log(log).actors) == len(read_log(demo.recording).actors)
    code, _, err = run("import", poses, "--xodr-path", demo.xodr, "-o", log)
    assert code == 1
    assert "exists; choose another name, or replace it with --overwrite" in err
    assert run("import", poses, "--xodr-path", demo.xodr, "-o", log, "--overwrite")[0] == 0


def test_what_cannot_be_read_or_written(run, demo, tmp_path):
    code, _, err = run("import", demo.xodr, "-o", tmp_path / "a.log")
    assert code == 1
    assert ".csv and .parquet are tables of poses" in err
    (tmp_path / "poses.csv").write_text("time\n")
    code, _, err = run("import", tmp_path / "poses.csv", "-o", tmp_path / "a.log")
    assert code == 1
    assert "give it with --xodr-path FILE.xodr" in err
    code, _, err = run("import", tmp_path / "poses.csv", "-o", tmp_path / "a.log", "--xodr-path", demo.xodr.parent)
    assert (code, err.split(": ")[-1]) == (1, "a table of poses does not name its map; give the .xodr file")
    code, _, err = run("import", tmp_path / "poses.csv", "-o", tmp_path / "a.log", "--xodr-path", demo.xodr)
    assert code == 1
    assert "poses.csv, actor_id: the column is missing; add it" in err
    assert not (tmp_path / "a.log").exists()
    code, _, err = run("import", demo.xodr, "-o", demo.xodr, "--overwrite")
    assert (code, err) == (1, f"error: --output {demo.xodr}: the name must end in .log")
    code, _, err = run("import", tmp_path / "poses.csv", "-o", f"{'a' * 300}.log", "--xodr-path", demo.xodr)
    assert code == 1
    assert "cannot be written: File name too long" in err
    code, _, err = run("export", demo.recording, "-o", tmp_path / "a.txt")
    assert code == 1
    assert "must end in .csv or .parquet" in err


def test_openscenario(run, tmp_path):
    (tmp_path / "straight.xodr").write_text(x.ROAD)
    event = x.event("brake", x.time(1), x.to_speed(0, "linear", "rate", 4))
    path, log = tmp_path / "brake.xosc", tmp_path / "brake.log"
    path.write_text(x.document(x.car(), x.at("ego", x.lane(20), 10), x.story(event)))
    code, out, err = run("import", path, "-o", log)
    assert (code, err) == (0, "")
    assert f"5.00 s, 151 frames on straight: {log}" in out
    assert read_log(log).hero.blueprint_id in out
    assert run("import", path, "-o", log, "--overwrite", "--duration", 2)[1].count("2.00 s, 61 frames") == 1
    path.write_text(x.document(x.car(), ""))
    code, _, err = run("import", path, "-o", log, "--overwrite")
    assert code == 1
    assert "<ScenarioObject>: ego has no place at the start; add a TeleportAction to Init" in err
