"""Everything is checked before anything is rendered, and what was decided is said."""

import json
from pathlib import Path

import pytest
from simulate_samples import Mover, at, make_plan, sensor, write_cameras, write_log, write_map

from roadmark.errors import ConfigError, InputError, OutputError, RenderError
from roadmark.scenario import ActorKind
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from roadmark.simulate.run import stored_ids
from sample_crossing import write_crossing
from sample_crossing.script import parts

pytestmark = pytest.mark.usefixtures("bare_town")


def inputs(tmp_path, **more):
    return {
        "recorder_filename": write_log(tmp_path / "a.log", [Mover(5, at(30.0, -1.75))], [0.0, 0.1, 0.2]),
        "xodr_path": write_map(tmp_path),
        "camera_config": write_cameras(tmp_path / "c.yaml", sensor((20.0, 0.0, 5.0), pitch=20, size=(96, 64))),
        **more,
    }


def test_a_plan_says_what_it_will_do(tmp_path):
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path), target_fps=10)
    lines = plan.describe().splitlines()
    assert [line.split()[0] for line in lines] == ["recording", "map", "frames", "looks", "camera"]
    assert "RoadmarkCrossing, 0.20 s, 3 frames, 1 vehicles, 0 walkers, 0 recorded contacts" in lines[0]
    assert "16 roads" in lines[1]
    assert "2 at 10 per second, recording seconds 0.000 to 0.100, replay exact" in lines[2]
    assert f"96x64, fixed, at (20.00, 0.00, 5.00) m -> {tmp_path / 'clip'}" in lines[4]
    riding = make_plan(tmp_path / "clip", **inputs(tmp_path), camera_follow_actor=5)
    assert "on actor 5" in riding.describe()
    assert not (tmp_path / "clip").exists()


def test_missing_inputs_are_all_named():
    resolved, _ = resolve_settings(wf_config=None, config=None, command_line={})
    with pytest.raises(ConfigError) as caught:
        plan_simulation(resolved, {})
    for option in ("--recorder-filename", "--camera-config", "--output-dir"):
        assert option in str(caught.value)


def test_options_of_a_live_server_are_accepted_and_said_to_do_nothing(tmp_path):
    workflow = tmp_path / "g.json"
    workflow.write_text(json.dumps({"host": "localhost", "port": 2000, "timeout": 99.0, "move_spectator": True}))
    resolved, _ = resolve_settings(
        wf_config=workflow, config=None, command_line={**inputs(tmp_path), "output_dir": tmp_path / "clip"}
    )
    plan = plan_simulation(resolved, {})
    assert plan.notes == (
        "timeout, move_spectator mean something only to a live CARLA server; the embedded simulator needs none",
    )
    workflow.write_text(json.dumps({"host": "localhost", "port": 2000, "timeout": 360.0, "move_spectator": False}))
    resolved, _ = resolve_settings(
        wf_config=workflow, config=None, command_line={**inputs(tmp_path), "output_dir": tmp_path / "clip"}
    )
    assert plan_simulation(resolved, {}).notes == ()


def test_maps_are_found_beside_the_recording_or_by_name_in_a_folder(tmp_path):
    options = inputs(tmp_path)
    xodr = options.pop("xodr_path")
    assert make_plan(tmp_path / "clip", **options).map_file == xodr
    folder = tmp_path / "maps"
    folder.mkdir()
    xodr.rename(folder / xodr.name)
    assert make_plan(tmp_path / "clip", **options, xodr_path=folder).map_file == folder / xodr.name
    with pytest.raises(ConfigError, match=r"recorded on the map 'RoadmarkCrossing'.*--xodr-path"):
        make_plan(tmp_path / "clip", **options)
    with pytest.raises(InputError, match="RoadmarkCrossing"):
        make_plan(tmp_path / "clip", **options, xodr_path=tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="RoadmarkCrossing"):
        make_plan(tmp_path / "clip", **options, xodr_path=tmp_path / "empty")


def test_a_map_of_another_name_is_taken_with_a_note(tmp_path):
    options = inputs(tmp_path)
    other = options["xodr_path"].rename(tmp_path / "Elsewhere.xodr")
    plan = make_plan(tmp_path / "clip", **options | {"xodr_path": other})
    assert plan.notes == (
        "the recording was made on RoadmarkCrossing, the map given is Elsewhere.xodr: they may not fit",
    )


def test_the_packaged_class_filter_stands_in_with_a_note(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = Path("config/filter_semantic_classes.yaml")
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path), class_filter_config=wanted)
    assert plan.notes == (f"class filter {wanted} is not here; using the one that ships with Roadmark",)
    assert plan.class_filter[1]  # roads
    assert not plan.class_filter[11]  # the sky
    with pytest.raises(ConfigError, match=r"class_filter_config = .*mine\.yaml: no such file"):
        make_plan(tmp_path / "clip", **inputs(tmp_path), class_filter_config=Path("mine.yaml"))


@pytest.mark.parametrize(
    ("option", "value"),
    [("weather", "hail"), ("lighting", "noon"), ("road", "icy"), ("target_fps", 5000.0)],
)
def test_values_that_make_no_sense_are_named(tmp_path, option, value):
    with pytest.raises(Exception, match=str(value)) as caught:
        make_plan(tmp_path / "clip", **inputs(tmp_path), **{option: value})
    assert isinstance(caught.value, ConfigError | RenderError)


def test_a_truncated_recording_is_refused_or_used_up_to_its_last_frame(tmp_path):
    options = inputs(tmp_path)
    whole = options["recorder_filename"].read_bytes()
    options["recorder_filename"].write_bytes(whole[:-20])
    with pytest.raises(InputError, match=r"a\.log, byte \d+.*--allow-truncated"):
        make_plan(tmp_path / "clip", **options)
    plan = make_plan(tmp_path / "clip", **options, allow_truncated=True)
    assert len(plan.scenario.times) == 2
    assert any("a.log" in note for note in plan.notes)


def test_something_in_the_way_stays(tmp_path):
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path), generate_videos=False)
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip/precious.txt").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        run_simulation(plan)
    with pytest.raises(OutputError, match="precious"):
        run_simulation(plan, overwrite=True)
    assert (tmp_path / "clip/precious.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_stopped_simulation_leaves_no_clip(tmp_path):
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path), target_fps=20)

    def stop(count=1):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_simulation(plan, progress=stop)
    assert not (tmp_path / "clip").exists()
    assert [path.name for path in tmp_path.iterdir() if "clip" in path.name] == []


def test_a_full_disk_leaves_no_clip(tmp_path, monkeypatch):
    from roadmark.clip import ledger

    plan = make_plan(tmp_path / "clip", **inputs(tmp_path), target_fps=20, generate_videos=False)
    written = ledger.Ledger.write

    def full(self, name, data):
        if name.startswith("normals/"):
            raise OutputError(f"{self.root / name}: No space left on device")
        return written(self, name, data)

    monkeypatch.setattr(ledger.Ledger, "write", full)
    with pytest.raises(OutputError, match="No space left"):
        run_simulation(plan)
    assert [path.name for path in tmp_path.iterdir() if "clip" in path.name] == []


def test_tracers_that_are_not_there_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("roadmark.render.renderer.load_embree", lambda: "no wheel for this machine")
    plan = make_plan(tmp_path / "clip", **inputs(tmp_path), tracer="embree")
    with pytest.raises(RenderError, match="no wheel for this machine"):
        run_simulation(plan)


def test_the_built_in_scenario_is_the_same_everywhere_and_reads_back(tmp_path):
    one, two = write_crossing(tmp_path / "one"), write_crossing(tmp_path / "two")
    for name in ("recording", "xodr", "cameras", "log_config"):
        assert getattr(one, name).read_bytes() == getattr(two, name).read_bytes()
    assert write_crossing(tmp_path / "one") == one  # again over the old files
    resolved, metadata = resolve_settings(
        wf_config=None,
        config=one.log_config,
        command_line={
            "recorder_filename": one.recording, "camera_config": one.cameras, "output_dir": tmp_path / "clip"
        },
    )  # fmt: skip
    plan = plan_simulation(resolved, metadata)
    assert plan.metadata == {"source_scenario": "red-light runner"}
    assert plan.notes == ()
    assert plan.cameras[0].sensors == ("rgb", "depth", "semantic_segmentation", "instance_segmentation", "normals")
    scenario = plan.scenario
    assert {actor.id for actor in scenario.of_kind(ActorKind.VEHICLE, ActorKind.WALKER)} == {
        part.actor_id for part in parts()
    }
    for part in parts():
        track = scenario.tracks[scenario.named(part.actor_id)[0].key]
        expected = [(*part.course(t)[:2], part.origin_height) for t in track.times.tolist()]
        assert abs(track.positions - expected).max() < 1e-4
    ids, mapped = stored_ids(scenario)
    assert mapped.changed == {}
    assert all(ids[key] == scenario.actors[key].id for key in ids)
