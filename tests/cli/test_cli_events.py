"""`roadmark scenario events`: a table, JSON, the file; errors that say what is wrong."""

import json

import pytest

from roadmark.events import read_events
from sample_crossing import write_crossing


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_crossing(tmp_path_factory.mktemp("demo"))


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """A terminal in which no cell of the table breaks."""
    monkeypatch.setenv("COLUMNS", "300")


def test_the_table_names_what_happens(roadmark, demo):
    done = roadmark("scenario", "events", demo.recording)
    assert done.code == 0
    assert "red_light" in done.out
    assert "Vehicle 20 hits the right side of vehicle 21." in done.out


def test_json_and_the_file_are_the_same(roadmark, demo, tmp_path):
    path = tmp_path / "a.events.json"
    done = roadmark("scenario", "events", demo.recording, "--json", "-o", path, "--xodr-path", demo.xodr)
    assert done.code == 0
    assert done.out == path.read_text(encoding="utf-8")
    assert json.loads(done.out)["map"] == "RoadmarkCrossing"
    assert [event.kind for event in read_events(path).events][:2] == ["red_light", "side_collision"]


def test_without_a_map_it_says_what_is_left_out(roadmark, demo, tmp_path):
    alone = tmp_path / "crossing.log"
    alone.write_bytes(demo.recording.read_bytes())
    done = roadmark("scenario", "events", alone)
    assert done.code == 0
    assert "give it with --xodr-path" in done.err
    assert "red_light" not in done.out
    assert "side_collision" in done.out


def test_what_is_wrong_is_said_and_nothing_is_written(roadmark, demo, tmp_path):
    path = tmp_path / "a.events.json"
    for arguments in (
        [tmp_path / "none.log"],
        [demo.xodr],
        [demo.recording, "--xodr-path", tmp_path / "nowhere"],
        [demo.recording, "--xodr-path", demo.recording],
    ):
        done = roadmark("scenario", "events", *arguments, "-o", path)
        assert done.code != 0
        assert "error:" in done.err
        assert str(arguments[-1]) in done.err
        assert not path.exists()


@pytest.mark.parametrize(
    ("command", "option", "ending"), [("events", "--output", ".json"), ("inspect", "--to-parquet", ".parquet")]
)
def test_a_recording_is_not_replaced_by_what_is_found_in_it(roadmark, demo, command, option, ending):
    before = demo.recording.read_bytes()
    done = roadmark("scenario", command, demo.recording, option, demo.recording)
    assert done.code == 1
    assert f"{option} {demo.recording}: the name must end in {ending}" in " ".join(done.err.split())
    assert demo.recording.read_bytes() == before
