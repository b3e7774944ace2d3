"""A folder of scenarios, as the recipe's batch script takes it."""

import json
from fractions import Fraction

import pytest
from simulate_samples import Mover, at, contents, going, sensor, write_cameras, write_log, write_map

from roadmark.clip import Clip
from roadmark.errors import ConfigError, InputError
from roadmark.pipeline import ItemStatus, ProcessExecutor, RunManifest, SequentialExecutor, run_stage
from roadmark.simulate.batch import SimulateStage, check_run_id, find_scenarios, scenario_items


@pytest.fixture
def folder(tmp_path):
    """Two scenarios on one map that lies in a folder of maps."""
    root = tmp_path / "scenarios"
    root.mkdir()
    (tmp_path / "maps").mkdir()
    write_map(tmp_path / "maps")
    for name, speed in (("2", 5.0), ("10", 8.0)):
        write_log(root / f"{name}.log", [Mover(5, going(30.0, -1.75, 0.0, speed))], [0.0, 0.1, 0.2])
        write_cameras(root / f"{name}.yaml", sensor((20.0, 0.0, 5.0), pitch=20, size=(96, 64)))
        (root / f"{name}.json").write_text(json.dumps({"source_scenario": name, "start_time": 0, "duration": 0.1}))
    return root


def stage(tmp_path, **options):
    shared = {"xodr_path": tmp_path / "maps", "quality": "draft", "threads": 1, "generate_videos": False, **options}
    return SimulateStage(None, {"target_fps": 20.0, "area_threshold": 1.0, **shared})


def run(tmp_path, folder, made, name="run1", executor=None, **options):
    run_dir = tmp_path / name
    run_dir.mkdir(exist_ok=True)
    items = scenario_items(find_scenarios(folder), run_dir, made)
    return run_stage(made, items, RunManifest(run_dir / "run.json"), executor=executor, **options)


def test_scenarios_come_in_the_order_of_their_numbers(folder):
    assert [scenario.name for scenario in find_scenarios(folder)] == ["2", "10"]


@pytest.mark.usefixtures("bare_town")
def test_a_batch_makes_every_clip_once(tmp_path, folder):
    made = stage(tmp_path)
    summary = run(tmp_path, folder, made)
    assert summary.succeeded
    assert [dict(result.result)["clips"] for result in summary.results] == [["scenario_2"], ["scenario_10"]]
    assert dict(summary.results[0].result) == {
        "clips": ["scenario_2"], "frames": 2, "labels": 2, "collisions": 0, "notes": [],
    }  # fmt: skip
    for number in ("2", "10"):
        clip = Clip.open(tmp_path / f"run1/scenario_{number}")
        assert (len(clip), clip.fps, clip.manifest.metadata) == (2, Fraction(20), {"source_scenario": number})
    before = contents(tmp_path / "run1")
    again = run(tmp_path, folder, made)
    assert [result.status for result in again.results] == [ItemStatus.SKIPPED, ItemStatus.SKIPPED]
    assert contents(tmp_path / "run1") == before
    # another setting makes new clips; another number of threads does not
    assert run(tmp_path, folder, stage(tmp_path, threads=2)).results[0].status is ItemStatus.SKIPPED
    changed = run(tmp_path, folder, stage(tmp_path, seed=1))
    assert [result.status for result in changed.results] == [ItemStatus.DONE, ItemStatus.DONE]


def test_two_workers_write_the_same_bytes_as_one(tmp_path, folder):
    assert run(tmp_path, folder, stage(tmp_path), "one", SequentialExecutor()).succeeded
    assert run(tmp_path, folder, stage(tmp_path), "two", ProcessExecutor(2)).succeeded
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


@pytest.mark.usefixtures("bare_town")
def test_a_failing_scenario_is_recorded_and_the_others_go_on_if_asked(tmp_path, folder):
    (folder / "2.log").write_bytes((folder / "2.log").read_bytes()[:-7])
    stopped = run(tmp_path, folder, stage(tmp_path))
    assert [result.status for result in stopped.results] == [ItemStatus.FAILED, ItemStatus.NOT_RUN]
    summary = run(tmp_path, folder, stage(tmp_path), keep_going=True)
    assert [result.status for result in summary.results] == [ItemStatus.FAILED, ItemStatus.DONE]
    assert "2.log" in summary.results[0].error.message
    record = (tmp_path / "run1/run.json").read_text()
    assert "give --allow-truncated" in record
    assert str(tmp_path) not in record
    assert not (tmp_path / "run1/scenario_2").exists()
    assert (tmp_path / "run1/scenario_10/clip.json").exists()
    # mended, only what failed is done
    write_log(folder / "2.log", [Mover(5, at(30.0, -1.75))], [0.0, 0.1, 0.2])
    mended = run(tmp_path, folder, stage(tmp_path))
    assert [result.status for result in mended.results] == [ItemStatus.DONE, ItemStatus.SKIPPED]


@pytest.mark.usefixtures("bare_town")
def test_several_cameras_make_several_clips_per_scenario(tmp_path, folder):
    cameras = [sensor((20.0, y, 5.0), pitch=20, size=(96, 64), name=f"view{y:.0f}") for y in (0.0, 3.0)]
    for number in ("2", "10"):
        write_cameras(folder / f"{number}.yaml", *cameras)
    summary = run(tmp_path, folder, stage(tmp_path))
    assert [dict(result.result)["clips"] for result in summary.results] == [
        ["scenario_2_view0", "scenario_2_view3"],
        ["scenario_10_view0", "scenario_10_view3"],
    ]
    nested = SimulateStage(None, stage(tmp_path).options, nest=True)
    assert run(tmp_path, folder, nested, "nested").succeeded
    assert (tmp_path / "nested/scenario_10/view3/clip.json").is_file()
    assert [result.status for result in run(tmp_path, folder, nested, "nested").results] == [ItemStatus.SKIPPED] * 2


def test_folders_that_are_no_batches_say_what_is_missing(tmp_path, folder):
    with pytest.raises(InputError, match="no such folder"):
        find_scenarios(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"has no N\.json"):
        find_scenarios(tmp_path / "empty")
    (folder / "2.yaml").unlink()
    (folder / "10.log").unlink()
    with pytest.raises(InputError, match=r"missing: .*2\.yaml, .*10\.log"):
        find_scenarios(folder)


def test_names_must_be_file_names(tmp_path, folder):
    for part in ("json", "log", "yaml"):
        (folder / f"2.{part}").rename(folder / f"a b.{part}")
    with pytest.raises(InputError, match="'a b': names use letters"):
        find_scenarios(folder)
    for bad in ("", "a/b", "..", "a b"):
        with pytest.raises(ConfigError, match="--run-id"):
            check_run_id(bad)
    check_run_id("2024-01.a_b")


@pytest.mark.usefixtures("bare_town")
def test_a_broken_camera_file_fails_its_own_scenario(tmp_path, folder):
    (folder / "2.yaml").write_text("- sensor: lidar\n")
    summary = run(tmp_path, folder, stage(tmp_path), keep_going=True)
    assert [result.status for result in summary.results] == [ItemStatus.FAILED, ItemStatus.DONE]
    assert "lidar" in summary.results[0].error.message


def test_inputs_count_by_their_contents(tmp_path, folder):
    xodr = tmp_path / "maps" / "RoadmarkCrossing.xodr"
    made = stage(tmp_path, xodr_path=xodr)
    items = scenario_items(find_scenarios(folder), tmp_path / "run1", made)
    assert items[0].inputs["map"] == xodr
    workflow = tmp_path / "g.json"
    workflow.write_text('{"seed": 4}')
    configured = SimulateStage(workflow, made.options)
    assert configured.config()["workflow"] == {"seed": 4}
    assert "threads" not in configured.config()["options"]
    assert configured.version
