"""What only Ray can meet: workers and nodes that are lost, clusters that are not there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sample_stages import DiesOnce, Shout, square

from roadmark.errors import ConfigError, InputError, MissingExtraError
from roadmark.pipeline import (
    Failure,
    Item,
    ItemStatus,
    ProcessExecutor,
    RayExecutor,
    RunManifest,
    item_generator,
    run_stage,
)

HERE = Path(__file__).parent


def test_a_lost_worker_is_tried_again(ray_executor, tmp_path):
    (tmp_path / "marks").mkdir()
    items = [Item(f"clip_{i}", tmp_path / "out" / f"clip_{i}") for i in range(3)]
    summary = run_stage(DiesOnce(tmp_path / "marks"), items, RunManifest(tmp_path / "run.json"), executor=ray_executor)
    assert [result.status for result in summary.results] == [ItemStatus.DONE] * 3
    assert [path.read_text() for path in sorted((tmp_path / "out").glob("*/*"))] == ["whole"] * 3
    assert len(list((tmp_path / "out").iterdir())) == 3  # nothing of the first attempts


def test_what_kills_every_worker_is_a_failure_with_its_attempts(ray_executor):
    ((_, outcome),) = RayExecutor(workers=1, retries=1).run(square, [99])
    assert outcome == Failure("WorkerDied", "its Ray worker died in each of 2 attempts (WorkerCrashedError)")
    ((_, outcome),) = RayExecutor(workers=1, retries=0).run(square, [99])
    assert outcome == Failure("WorkerDied", "its Ray worker died (WorkerCrashedError)")


def test_a_run_that_lost_a_worker_is_resumed_elsewhere(ray_executor, tmp_path):
    (tmp_path / "in").mkdir()
    items = []
    for name, word in (("a", "hello"), ("b", "crash"), ("c", "cross")):
        (tmp_path / "in" / name).write_text(word)
        items.append(Item(name, tmp_path / "out" / name, {"text": tmp_path / "in" / name}))
    manifest = tmp_path / "out" / "run.json"
    summary = run_stage(Shout(), items, RunManifest(manifest), executor=ray_executor, keep_going=True)
    assert [result.status for result in summary.results] == [ItemStatus.DONE, ItemStatus.FAILED, ItemStatus.DONE]
    assert RunManifest(manifest).get("shout", "b").error.type == "WorkerDied"
    (tmp_path / "in" / "b").write_text("calm")
    summary = run_stage(Shout(), items, RunManifest(manifest), executor=ProcessExecutor(1))
    assert [result.status for result in summary.results] == [ItemStatus.SKIPPED, ItemStatus.DONE, ItemStatus.SKIPPED]


def test_closing_ends_only_what_was_begun(ray_executor):
    import ray

    list(ray_executor.run(square, [1]))
    guest = RayExecutor()
    list(guest.run(square, [1]))
    guest.close()
    assert ray.is_initialized()


def test_a_lost_node_costs_nothing_and_no_node_is_named(tmp_path):
    """Two nodes, one killed at work: its item is made by the other. Then none is left."""
    pytest.importorskip("ray", reason="Ray is not installed")
    environment = {**os.environ, "PYTHONPATH": str(HERE), "RAY_DEDUP_LOGS_SKIP_REGEX": ".*"}
    command = [sys.executable, str(HERE / "two_nodes.py"), str(tmp_path)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen == {
        "statuses": ["done"] * 4,
        "nodes": 2,
        "left": False,
        "alone": "no Ray node to run it on for 0 s; start one, and run again",
    }
    expected = {f"item_{i}": f"item_{i} {item_generator(0, f'item_{i}', 'held').integers(1_000_000)}" for i in range(4)}
    assert {path.parent.name: path.read_text() for path in (tmp_path / "out").glob("*/value.txt")} == expected


def test_a_cluster_that_is_not_there_is_an_error_at_once(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(InputError, match=r"no Ray runtime at 127.0.0.1:1: .*start one with: ray start --head"):
        next(RayExecutor("127.0.0.1:1").run(square, [1]))


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'roadmark\[ray\]'"):
        next(RayExecutor().run(square, [1]))


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"retries": -1}, {"patience": -1.0}])
def test_numbers_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ConfigError):
        RayExecutor(**wrong)
