"""A scenario's files: whole, readable by everything that reads recordings, never half there."""

import json

import pytest
from generate_samples import crossing, found_for, recipe

from roadmark import __version__
from roadmark.errors import OutputError
from roadmark.events import Tolerance, agreement, detect_events, read_events
from roadmark.files import hash_file
from roadmark.generate import ScenarioPaths, files, write_scenario
from roadmark.scenario import ActorKind, read_log, write_log
from roadmark.scenario.carla_log import blocked_text, collisions_text, file_info_text, write_uids

INCIDENTS = ("rear_end", "side_collision", "pedestrian_collision", "cyclist_collision", "red_light", "jaywalk", "none")


def write(folder, incident="red_light", *, replace=False, **changes):
    paths = ScenarioPaths(folder / f"{incident}.log")
    write_scenario(found_for(incident), recipe(**changes), crossing()[0], paths, replace=replace)
    return paths


@pytest.mark.parametrize("incident", INCIDENTS)
def test_recordings_read_again_have_the_same_bytes(tmp_path, incident):
    paths = write(tmp_path, incident)
    scenario = read_log(paths.recording)
    assert not scenario.warnings
    write_log(scenario, tmp_path / "again.log")
    assert (tmp_path / "again.log").read_bytes() == paths.recording.read_bytes()


def test_the_queries_of_recordings_open_them(tmp_path):
    paths = write(tmp_path, "side_collision")
    info = "".join(file_info_text(paths.recording, True))
    assert "Map: RoadmarkCrossing_0" in info
    assert "Frames: 301" in info
    striking, struck = read_events(paths.events).events[-1].actor_ids
    rows = [line.split() for line in "".join(collisions_text(paths.recording, "v", "v")).splitlines()]
    assert {(int(row[3]), int(row[5])) for row in rows if row[1:3] == ["v", "v"]} == {
        (striking, struck),
        (struck, striking),
    }
    blocked = "".join(blocked_text(paths.recording, 2.0, 100.0))
    assert "Frames: 301" in blocked


@pytest.mark.parametrize("incident", INCIDENTS)
def test_events_in_the_file_are_what_the_detector_finds_in_the_recording(tmp_path, incident):
    paths = write(tmp_path, incident)
    described = read_events(paths.events)
    found = detect_events(read_log(paths.recording), crossing()[1].road_map)
    compared = agreement(described.events, found, Tolerance(1 / 30))
    assert compared.exact, compared.describe()
    assert described.map_name == "RoadmarkCrossing_0"


def test_the_log_config_says_how_the_scenario_came_about(tmp_path):
    paths = write(tmp_path, "side_collision", lighting="night")
    config = json.loads(paths.config.read_text())
    found = found_for("side_collision")
    made = config.pop("generated")
    assert config == {
        "source_scenario": "side_collision",
        "start_time": 0.0,
        "duration": 10.0,
        "lighting": "night",
        "seed": files.TOWN_SEED,
        "collision_actor_ids": sorted(found.events[-1].actor_ids),
    }
    assert made["roadmark"] == __version__
    assert made["tries"] == found.tries
    assert made["map"] == "RoadmarkCrossing_0.xodr"
    assert made["map_sha256"] == hash_file(crossing()[0])[1].hex()
    assert made["measures"]["relative_speed"] == found.draw.plan.measures["relative_speed"]
    assert sum(made["rejected"].values()) == found.tries - 1


def test_a_calibration_gives_the_numbers_that_a_server_knows(tmp_path):
    bodies = {
        actor.blueprint_id
        for actor in found_for("red_light").draw.scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)
    }
    uids = tmp_path / "uids.json"
    write_uids(uids, {name: 7000 + row for row, name in enumerate(sorted(bodies))}, "0.9.16")
    paths = write(tmp_path, uids=uids)
    assert json.loads(paths.config.read_text())["generated"]["uncalibrated_blueprints"] == []
    plain = write(tmp_path / "plain")
    assert plain.recording.read_bytes() != paths.recording.read_bytes()


def test_files_that_are_there_are_kept_unless_told_otherwise(tmp_path):
    paths = write(tmp_path)
    paths.config.write_text("mine")
    with pytest.raises(OutputError, match=r"exists; choose another folder, or replace it with --overwrite"):
        write(tmp_path)
    assert paths.config.read_text() == "mine"
    write(tmp_path, replace=True)
    assert json.loads(paths.config.read_text())["source_scenario"] == "red_light"


@pytest.mark.parametrize("step", ["write_log", "write_events", "_log_config"])
def test_a_fault_while_writing_leaves_nothing(tmp_path, monkeypatch, step):
    def fails(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, step, fails)
    with pytest.raises(OutputError, match="No space left"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["write_log", "write_events", "_log_config"])
def test_a_fault_while_replacing_keeps_what_was_there(tmp_path, monkeypatch, step):
    write(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def fails(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, step, fails)
    with pytest.raises(OutputError):
        write(tmp_path, replace=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("survives", [0, 1, 2])
@pytest.mark.parametrize("replace", [False, True])
def test_where_the_recording_is_the_others_are(tmp_path, monkeypatch, survives, replace):
    """Moving files into place is cut off after each of them."""
    if replace:
        write(tmp_path)
    original, moved = files.Path.replace, []

    def move(self, target):
        if target.parent == tmp_path:
            if len(moved) == survives:
                raise OSError(5, "Input/output error")
            moved.append(target)
        return original(self, target)

    monkeypatch.setattr(files.Path, "replace", move)
    with pytest.raises(OutputError, match="Input/output error"):
        write(tmp_path, replace=replace)
    assert not (tmp_path / "red_light.log").exists()
    assert not any(path.name.startswith(".") for path in tmp_path.iterdir())


def test_the_incident_lies_anywhere_in_the_clip(tmp_path):
    """Between 30 and 70 % of it, another place under another name; without a clip's duration everything is shown."""
    whole = json.loads(write(tmp_path, "side_collision").config.read_text())
    focus = found_for("side_collision").draw.plan.focus_time
    assert (whole["start_time"], whole["duration"]) == (0.0, recipe().duration)
    places = set()
    for number in range(6):
        paths = ScenarioPaths(tmp_path / f"clip_{number}.log")
        write_scenario(found_for("side_collision"), recipe(clip_duration=4.0), crossing()[0], paths, replace=False)
        shown = json.loads(paths.config.read_text())
        assert shown["duration"] == 4.0
        place = (focus - shown["start_time"]) / 4.0
        assert 0.3 - 0.01 <= place <= 0.7 + 0.01 or shown["start_time"] in (0.0, recipe().duration - 4.0)
        places.add(place)
    assert len(places) > 3
