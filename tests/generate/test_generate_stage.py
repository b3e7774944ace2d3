"""Generation as a pipeline stage: the same bytes however it runs, resumed where it stopped."""

import json
from dataclasses import replace

import pytest
from generate_samples import contents, recipe

from roadmark.errors import OutputError
from roadmark.generate import GenerateStage, generate_items, write_map
from roadmark.pipeline import MANIFEST_NAME, ProcessExecutor, RunManifest, SequentialExecutor, run_stage

NAMES = ("red_light", "jaywalk", "none")


def generate(folder, *, executor=None, overwrite=False, **changes):
    folder.mkdir(exist_ok=True)
    wanted = recipe(**{"incidents": NAMES, **changes})
    stage = GenerateStage(wanted, write_map(wanted, folder), overwrite)
    return run_stage(
        stage,
        generate_items(stage, folder),
        RunManifest(folder / MANIFEST_NAME),
        seed=wanted.seed,
        executor=executor or SequentialExecutor(),
        force=overwrite,
        keep_going=True,
    )


def statuses(summary):
    return {result.item_id: result.status.value for result in summary.results}


def test_every_executor_writes_the_same_bytes(tmp_path):
    assert generate(tmp_path / "one", count=4).succeeded
    assert generate(tmp_path / "two", count=4, executor=ProcessExecutor(2)).succeeded
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert sorted(one) == sorted(
        ["RoadmarkCrossing_0.xodr"]
        + [
            f"{name}{ending}"
            for name in ("red_light_0000", "jaywalk_0000", "none_0000", "red_light_0001")
            for ending in (".log", ".json", ".events.json")
        ]
    )
    assert one == two
    assert one["red_light_0000.log"] != one["red_light_0001.log"]


def test_a_scenario_alone_is_the_same_as_among_others(tmp_path):
    generate(tmp_path / "all")
    generate(tmp_path / "alone", incidents=("jaywalk",))
    both = contents(tmp_path / "all"), contents(tmp_path / "alone")
    for ending in (".log", ".json", ".events.json"):
        assert both[0][f"jaywalk_0000{ending}"] == both[1][f"jaywalk_0000{ending}"]


def test_what_is_done_is_skipped_and_what_is_missing_or_changed_is_made(tmp_path):
    assert statuses(generate(tmp_path)) == dict.fromkeys([f"{name}_0000" for name in NAMES], "done")
    before = contents(tmp_path)
    assert set(statuses(generate(tmp_path)).values()) == {"skipped"}
    (tmp_path / "jaywalk_0000.events.json").unlink()
    assert statuses(generate(tmp_path)) == {
        "red_light_0000": "skipped",
        "jaywalk_0000": "done",
        "none_0000": "skipped",
    }
    assert contents(tmp_path) == before
    assert statuses(generate(tmp_path, count=4))["red_light_0001"] == "done"
    assert set(statuses(generate(tmp_path, vehicles=3)).values()) == {"done"}
    assert contents(tmp_path)["none_0000.log"] != before["none_0000.log"]


def test_cameras_are_part_of_a_scenario_that_asks_for_them(tmp_path):
    generate(tmp_path, incidents=("none",))
    assert not (tmp_path / "none_0000.yaml").exists()
    assert statuses(generate(tmp_path, incidents=("none",), camera="ego")) == {"none_0000": "done"}
    assert (tmp_path / "none_0000.yaml").exists()


def test_files_that_no_run_of_ours_made_are_left_alone(tmp_path):
    (tmp_path / "jaywalk_0000.log").write_bytes(b"mine")
    summary = generate(tmp_path)
    assert statuses(summary) == {"red_light_0000": "done", "jaywalk_0000": "failed", "none_0000": "done"}
    assert (tmp_path / "jaywalk_0000.log").read_bytes() == b"mine"
    assert generate(tmp_path, overwrite=True).succeeded
    assert (tmp_path / "jaywalk_0000.log").read_bytes() != b"mine"


def test_a_failure_leaves_no_file_of_its_scenario(tmp_path):
    summary = generate(tmp_path, incidents=("none", "stalled_vehicle"), duration=6.0, tries=2)
    assert statuses(summary) == {"none_0000": "done", "stalled_vehicle_0000": "failed"}
    assert not list(tmp_path.glob("*stalled*"))
    assert not list(tmp_path.glob(".*"))


def test_results_tell_what_was_made(tmp_path):
    (result,) = generate(tmp_path, incidents=("collision",), camera="ego").results
    config = json.loads((tmp_path / "collision_0000.json").read_text())
    assert result.result["incident"] == config["source_scenario"] != "collision"
    assert config["generated"]["requested"] == "collision"
    assert result.result["tries"] == config["generated"]["tries"]
    assert result.result["cameras"] == 1
    assert result.result["events"]


def test_another_map_of_the_same_name_is_not_replaced(tmp_path):
    (tmp_path / "RoadmarkCrossing_0.xodr").write_text("another")
    with pytest.raises(OutputError, match="another map of this name is there; choose another output folder"):
        write_map(recipe(), tmp_path)
    assert (tmp_path / "RoadmarkCrossing_0.xodr").read_text() == "another"


def test_the_stage_depends_on_everything_that_decides_a_scenario(tmp_path):
    stage = GenerateStage(recipe(), tmp_path / "map.xodr")
    apart = {"map", "town", "town_seed", "incidents", "count", "seed", "uids", "sumo_net", "sumo_routes"}
    assert set(stage.config()) == set(type(stage.recipe).model_fields) - apart
    assert replace(stage, recipe=recipe(walkers=4)).config() != stage.config()
