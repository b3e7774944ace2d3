"""`roadmark run`: plans, progress with the time left, what went wrong, and what it does not take."""

import shutil
from pathlib import Path

import pytest
import yaml

from roadmark.cli.stage_progress import StageProgress
from roadmark.pipeline import Failure, ItemResult, ItemStatus, Timings

TINY = Path(__file__).parents[1] / "recipe" / "tiny.yaml"
SIMULATE = yaml.safe_load(TINY.read_text())["simulate"]


def test_a_dry_run_says_what_there_is_to_do_and_writes_nothing(roadmark, tmp_path):
    done = roadmark("run", TINY, "-o", tmp_path / "out", "--dry-run")
    assert done.code == 0, done.err
    rows = {row[1]: row[2:] for row in (line.split("│") for line in done.out.splitlines()) if len(row) > 9}
    assert {name.strip(): (cells[0].strip(), cells[5].strip()) for name, cells in rows.items()} == {
        "generate": ("2", "2"), "simulate": ("2", "2"), "caption": ("2", "2"), "augment": ("2", "2"),
        "marks": ("4", "4"), "questions": ("2", "2"), "dataset": ("1", "1"), "export": ("1", "1"), "report": ("1", "1"),
    }  # fmt: skip
    assert "1 at a time" in done.out
    assert "~ is a rough guess" in done.err
    assert not (tmp_path / "out").exists()


def test_a_failure_is_named_and_ends_with_code_1(roadmark, tmp_path):
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    (scenarios / "1.json").write_text("{}")
    (scenarios / "1.yaml").write_text("[]")
    (scenarios / "1.log").write_bytes(b"no recording")
    path = tmp_path / "pipeline.yaml"
    path.write_text(yaml.safe_dump({"scenarios": "scenarios", "simulate": SIMULATE, "output": "out"}))
    done = roadmark("run", path)
    assert done.code == 1
    assert "error: simulate scenario_1: " in done.err
    assert "1.yaml" in done.err
    (row,) = (line.split("│")[1:-1] for line in done.out.splitlines() if "│ simulate" in line)
    assert [cell.strip() for cell in row] == ["simulate", "0", "0", "1", "0"]
    shutil.rmtree(scenarios)
    assert "no such folder; check the path" in roadmark("run", path).err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--executor", "sequential", "--workers", "2"], "the sequential executor works on one item"),
        (["--ray-address", "auto"], "--ray-address auto: goes with --executor ray"),
        (["--only", "label"], "the run has no step 'label'; its steps are generate, simulate, augment"),
        (["--force", "label", "--dry-run"], "the run has no step 'label'"),
        (["--profile", "small"], "there is no profile 'small'; use one of demo"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_made(roadmark, tmp_path, arguments, message):
    done = roadmark("run", TINY, "-o", tmp_path / "out", *arguments)
    assert done.code == 1
    assert message in " ".join(done.err.split())
    assert not (tmp_path / "out").exists()


def test_a_cluster_that_is_not_there_is_named(shell, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    done = shell("run", TINY, "-o", tmp_path / "out", "--executor", "ray", "--ray-address", "127.0.0.1:1")
    assert done.code == 1
    assert "error: no Ray runtime at 127.0.0.1:1" in done.err


def told(capsys, monkeypatch, results, totals, seconds):
    """What is told of results that come every few seconds."""
    clock = iter([0.0, 0.0, *(seconds * (i + 1) for i in range(len(results)))])
    progress = StageProgress(clock=lambda: next(clock))
    progress.begin(totals)
    lines = []
    monkeypatch.setattr("roadmark.cli.console.tell", lines.append)
    with progress:
        for stage, result in results:
            progress.result(stage, result)
    return lines


def made(name, **facts):
    return ItemResult(name, ItemStatus.DONE, facts, seconds=1.0)


def test_the_time_left_counts_only_what_this_run_makes(capsys, monkeypatch):
    skipped = [("simulate", ItemResult(f"old_{i}", ItemStatus.SKIPPED)) for i in range(2)]
    results = [*skipped, ("simulate", made("a")), ("simulate", made("b"))]
    lines = told(capsys, monkeypatch, results, {"simulate": 6}, 20.0)
    # a: three results in 60 s of which one was made, three are left; b: two made in 80 s, two are left
    assert lines == ["simulate a: done (3/6, about 3 min left)", "simulate b: done (4/6, about 1 min 20 s left)"]


def test_each_stage_has_its_own_pace_and_says_what_is_to_know(capsys, monkeypatch):
    failed = ItemResult("b", ItemStatus.FAILED, error=Failure("InputError", "b.log: broken"))
    results = [
        ("caption", made("a")),
        ("augment", made("a", verdict="reject", reasons=["it is too dark"])),
        ("augment", failed),
    ]
    lines = told(capsys, monkeypatch, results, {"caption": 1, "augment": 3}, 5.0)
    assert lines == [
        "caption a: done (1/1)",
        "augment a: done, rejected (1/3, about 10 s left)",
        "note: a: it is too dark",
        "error: augment b: b.log: broken",
    ]


def test_seconds_are_kept(tmp_path):
    timings = Timings(tmp_path / "timings.jsonl")
    progress = StageProgress(timings)
    progress.begin({"simulate": 1})
    progress.result("simulate", made("a"))
    assert Timings(tmp_path / "timings.jsonl").mean("simulate") == 1.0
