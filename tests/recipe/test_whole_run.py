"""A whole run makes what the commands make by hand, and each step takes the whole parts of the one before."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml
from killed_runs import KEPT_APART, PIPELINE, begin, finish, kill, tree
from typer.testing import CliRunner

from roadmark.cli.app import app
from roadmark.errors import ConfigError, RoadmarkError
from roadmark.pipeline import ItemState, ItemStatus, RayExecutor, SequentialExecutor, Timings
from roadmark.recipe import How, WholeRun, estimate, load_pipeline

DONE, SKIPPED, FAILED, NOT_RUN = ItemStatus.DONE, ItemStatus.SKIPPED, ItemStatus.FAILED, ItemStatus.NOT_RUN


class Listener:
    def __init__(self):
        self.totals, self.results, self.refusals = {}, [], []

    def begin(self, totals):
        self.totals |= totals

    def result(self, stage, result):
        self.results.append((stage, result.item_id, result.status))

    def refused(self, name, error):
        self.refusals.append(name)


def how(executor=None, *, keep_going=False, forced=(), parallel=False, listener=None):
    return How(executor or SequentialExecutor(), parallel, keep_going, frozenset(forced), listener or Listener())


def run_of(folder, **changes):
    """The tiny run with changes of its sections, in a folder."""
    values = yaml.safe_load(PIPELINE.read_text())
    for section, change in changes.items():
        values[section] = {**values[section], **change}
    path = folder / "pipeline.yaml"
    path.write_text(yaml.safe_dump(values))
    return WholeRun(load_pipeline(path)[0])


def counts(summaries):
    """Number of items by stage and status."""
    return {
        it.stage: {status.value: n for status, n in Counter(r.status for r in it.results).items()} for it in summaries
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The tiny run, done once; its folder, what was told, and what came of it."""
    folder = tmp_path_factory.mktemp("whole")
    listener = Listener()
    summaries = run_of(folder).run(how(listener=listener))
    assert all(summary.succeeded for summary in summaries)
    return folder, listener, summaries


@pytest.fixture
def copied(whole, tmp_path):
    shutil.copytree(whole[0] / "out", tmp_path / "out")
    return tmp_path


def test_every_step_is_told_and_leaves_its_part(whole):
    folder, listener, summaries = whole
    stages = {"generate": 2, "simulate": 2, "caption": 2, "augment": 2, "marks": 4, "questions": 2, "dataset": 1}
    stages |= {"export": 1, "report": 1}
    assert listener.totals == stages
    assert Counter(stage for stage, _, _ in listener.results) == stages
    assert list(counts(summaries)) == list(stages)
    made = {path.relative_to(folder / "out").as_posix() for path in (folder / "out").rglob("*")}
    assert made >= {
        "scenarios/run.json",
        "scenarios/side_collision_0000.log",
        "simulated/run1/run.json",
        "simulated/run1/scenario_near_miss_0000/clip.json",
        "augmented/run1/run.json",
        "augmented/run1/scenario_near_miss_0000/Augmentation_0/output.json",
        "dataset/run.json",
        "dataset/samples.jsonl",
        "dataset/exports/llava",
        "report.html",
    }


def test_a_second_run_does_nothing(copied):
    before = tree(copied / "out")
    summaries = run_of(copied).run(how())
    assert {status for stage in counts(summaries).items() if stage[0] != "report" for status in stage[1]} == {"skipped"}
    assert tree(copied / "out") == before


def test_commands_by_hand_give_the_same_bytes(whole, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = yaml.safe_load(PIPELINE.read_text())
    Path("recipe.yaml").write_text(yaml.safe_dump({"seed": values["seed"], **values["generate"]}))
    settings = [text for name, value in values["simulate"].items() for text in (f"--{name.replace('_', '-')}", value)]
    for arguments in (
        ["scenario", "generate", "--from", "recipe.yaml", "-o", "out/scenarios"],
        ["simulate", "--batch", "out/scenarios", "--run-id", "run1", "--output-dir", "out/simulated", *settings],
        ["augment", "out/simulated/run1", "--seed", values["seed"], "-o", "out/augmented/run1"],
        ["vqa", "--carla_folder", "out/simulated", "--cosmos_folder", "out/augmented", "--run_id", "run1", "-o",
         "out/dataset", "--seed", values["seed"], "--marks", "numbers", "--families", "collision"],
        ["export", "out/dataset", "--to", "llava", "--seed", values["seed"]],
        ["report", "out/dataset", "-o", "out/report.html"],
    ):  # fmt: skip
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
        assert result.exit_code == 0, result.output
    expected = tree(whole[0] / "out")
    del expected["dataset/exports/run.json"]  # by hand, an export leaves no manifest
    assert tree(tmp_path / "out") == expected


def test_a_run_killed_three_times_ends_the_same(whole, tmp_path):
    output = tmp_path / "out"
    for seen in (
        "generate side_collision_0000: done",
        "simulate scenario_side_collision_0000: done",
        "augment scenario",
    ):
        process = begin(output)
        assert any(line.startswith(seen) for line in process.stdout)  # and then at work on what comes next
        kill(process)
    finish(output)
    assert tree(output) == tree(whole[0] / "out")


def test_ray_gives_the_same_bytes(whole, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    with RayExecutor(workers=2) as executor:
        summaries = run_of(tmp_path).run(how(executor, parallel=True))
    assert [it.error for summary in summaries for it in summary.results if it.error is not None] == []
    assert tree(tmp_path / "out") == tree(whole[0] / "out")


def test_a_failed_clip_fails_only_its_successors(copied):
    for part in ("simulated", "augmented", "dataset"):
        shutil.rmtree(copied / "out" / part)
    recording = copied / "out" / "scenarios" / "side_collision_0000.log"
    recording.write_bytes(recording.read_bytes()[:1000])
    stopped = run_of(copied).run(how())
    assert counts(stopped)["simulate"] == {"failed": 1, "not run": 1}
    assert list(counts(stopped)) == ["generate", "simulate"]
    went_on = run_of(copied).run(how(keep_going=True))
    assert counts(went_on) == {
        "generate": {"skipped": 2},
        "simulate": {"failed": 1, "done": 1},
        "caption": {"done": 1},
        "augment": {"done": 1},
        "marks": {"done": 2},
        "questions": {"done": 1},
        "dataset": {"done": 1},
        "export": {"done": 1},
        "report": {"done": 1},
    }
    assert {path.name for path in (copied / "out" / "dataset" / "videos").iterdir()} == {"scenario_near_miss_0000"}
    (failed,) = went_on[1].with_status(FAILED)
    assert "side_collision_0000.log" in failed.error.message


def test_what_an_earlier_run_left_and_this_one_does_not_name_stays_out(copied):
    summaries = run_of(copied, generate={"incidents": ["near_miss"]}).run(how())
    assert counts(summaries)["simulate"] == {"skipped": 1}
    assert counts(summaries)["questions"] == {"skipped": 1}
    assert counts(summaries)["dataset"] == {"done": 1}
    samples = (copied / "out" / "dataset" / "samples.jsonl").read_text()
    assert "near_miss" in samples
    assert "side_collision" not in samples


def test_steps_can_be_run_alone_and_again(copied):
    work = run_of(copied)
    assert counts(work.run(how(), only=("simulate",))) == {"simulate": {"skipped": 2}}
    before = tree(copied / "out")
    forced = counts(work.run(how(forced=("augment", "export")), only=("augment", "export")))
    assert forced == {"caption": {"skipped": 2}, "augment": {"done": 2}, "export": {"done": 1}}
    assert tree(copied / "out") == before
    for only, forced in ((("label",), ()), ((), ("label",))):
        with pytest.raises(ConfigError, match="the run has no step 'label'; its steps are generate, simulate"):
            work.run(how(forced=forced), only=only)


def test_a_step_without_anything_to_work_on_says_so(tmp_path):
    for only, missing in (
        ("simulate", "no whole scenario of this run"),
        ("augment", "run the step simulate first"),
        ("dataset", "run the step simulate first"),
    ):
        with pytest.raises(RoadmarkError, match=missing):
            run_of(tmp_path).run(how(), only=(only,))


def test_given_scenarios_and_given_clips(whole, tmp_path):
    path = tmp_path / "pipeline.yaml"
    simulate = yaml.safe_load(PIPELINE.read_text())["simulate"]
    path.write_text(yaml.safe_dump({"scenarios": str(whole[0] / "out" / "scenarios"), "simulate": simulate}))
    simulated = WholeRun(load_pipeline(path)[0])
    assert [(row.stage, row.to_do) for row in simulated.plan()] == [("simulate", 2)]
    clips = whole[0] / "out" / "simulated" / "run1"
    path.write_text(yaml.safe_dump({"clips": str(clips), "dataset": {"families": ["collision"]}, "report": {}}))
    summaries = WholeRun(load_pipeline(path)[0]).run(how())
    assert counts(summaries)["marks"] == {"done": 2}
    assert (tmp_path / "out" / "run" / "report.html").is_file()


def test_a_plan_of_nothing_yet(tmp_path):
    work = run_of(tmp_path, augment={"variations": 3})
    rows = {row.stage: row.counts for row in work.plan()}
    new = {"generate": 2, "simulate": 2, "caption": 2, "augment": 6, "marks": 8, "questions": 2, "dataset": 1}
    assert {stage: counted[ItemState.NEW] for stage, counted in rows.items()} == {**new, "export": 1, "report": 1}
    assert not (tmp_path / "out").exists()


def test_a_plan_of_a_run_that_is_done(copied):
    before = tree(copied / "out")
    rows = run_of(copied).plan()
    assert [(row.stage, row.to_do) for row in rows if row.to_do] == [("report", 1)]
    rows = run_of(copied).plan(forced=("simulate",))
    assert {row.stage: row.to_do for row in rows} == {
        "generate": 0, "simulate": 2, "caption": 2, "augment": 2, "marks": 4, "questions": 2, "dataset": 1, "export": 1,
        "report": 1,
    }  # fmt: skip
    assert [row.stage for row in run_of(copied).plan(only=("augment",))] == ["caption", "augment"]
    assert tree(copied / "out") == before


def test_a_plan_follows_a_change_downstream_and_adds_what_is_missing(copied):
    (copied / "out" / "simulated" / "run1" / "scenario_near_miss_0000").rename(copied / "elsewhere")
    rows = {row.stage: row.counts for row in run_of(copied, augment={"variations": 2}).plan()}
    done, new, changed = ItemState.DONE, ItemState.NEW, ItemState.CHANGED
    assert {state: n for state, n in rows["simulate"].items() if n} == {done: 1, changed: 1}
    assert {state: n for state, n in rows["augment"].items() if n} == {done: 1, new: 3}
    assert rows["dataset"] == {changed: 1, new: 0}


def test_requests_are_counted_before_they_are_made(tmp_path):
    services = {
        "vlm": {"url": "http://localhost:1/v1", "model": "m", "at_once": 2},
        "llm": {"url": "http://localhost:2/v1", "model": "m", "per_minute": 30},
        "cosmos": {"url": "http://localhost:3"},
    }
    work = run_of(tmp_path, augment={"variations": 3, "endpoints": services})
    rows = {row.stage: row.requests for row in work.plan() if row.requests}
    assert rows == {"caption": {"vlm": 2}, "augment": {"llm": 12, "cosmos": 6}}  # 2 clips, 3 variations, 2 requests
    times = estimate(work.plan(), Timings(work.layout.timings))
    assert [time.basis for time in times][:4] == ["rough", "rough", "unknown", "unknown"]


def test_an_estimate_takes_what_was_measured(tmp_path):
    work = run_of(tmp_path)
    timings = Timings(tmp_path / KEPT_APART)
    timings.add("simulate", "a", 4.0)
    timings.add("simulate", "b", 6.0)
    stages = [row for row in work.plan() if row.stage == "simulate"]
    (alone,) = estimate(stages, timings)
    (together,) = estimate(stages, timings, workers=2)
    assert (alone.seconds, alone.basis) == (10.0, "measured")
    assert together.seconds == 5.0
