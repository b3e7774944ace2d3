"""Runs resume, skip, record and report alike with every executor."""

import json
from pathlib import Path

import pytest
from sample_stages import Counting, Forgetful, NotJson, Shout

from roadmark.errors import ConfigError
from roadmark.pipeline import (
    Item,
    ItemStatus,
    ProcessExecutor,
    RecordStatus,
    RunManifest,
    SequentialExecutor,
    content_hash,
    run_stage,
)

DONE, SKIPPED, FAILED, NOT_RUN = ItemStatus.DONE, ItemStatus.SKIPPED, ItemStatus.FAILED, ItemStatus.NOT_RUN


def make_items(root, **words):
    items = []
    for name, word in words.items():
        source = root / "in" / f"{name}.txt"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(word)
        items.append(Item(name, root / "out" / name, {"text": source}))
    return items


def run(root, items, stage=None, **options):
    return run_stage(stage or Shout(), items, RunManifest(root / "out" / "run.json"), **options)


def statuses(summary):
    return [result.status for result in summary.results]


def test_all_executors_give_the_same_bytes(tmp_path, ray_executor):
    for name, executor in (("one", SequentialExecutor()), ("two", ProcessExecutor(3)), ("three", ray_executor)):
        items = make_items(tmp_path / name, a="hello", b="bad", c="cross", d="roads")
        summary = run(tmp_path / name, items, executor=executor, keep_going=True, seed=7)
        assert statuses(summary) == [DONE, FAILED, DONE, DONE]
        assert [result.item_id for result in summary.results] == ["a", "b", "c", "d"]
    assert len({content_hash(tmp_path / name / "out") for name in ("one", "two", "three")}) == 1
    assert (tmp_path / "one" / "out" / "a" / "shout.txt").read_text().startswith("HELLO! ")


def test_a_second_run_does_nothing(tmp_path, executor):
    items = make_items(tmp_path, a="hello", b="world")
    first = run(tmp_path, items, executor=executor)
    assert first.succeeded
    before = content_hash(tmp_path / "out")
    again = run(tmp_path, items, executor=executor)
    assert statuses(again) == [SKIPPED, SKIPPED]
    assert again.succeeded
    assert [result.result for result in again.results] == [{"letters": 5}, {"letters": 5}]
    assert content_hash(tmp_path / "out") == before


def test_resume_after_a_failure(tmp_path, executor):
    items = make_items(tmp_path, a="hello", b="bad", c="cross")
    summary = run(tmp_path, items, executor=executor, keep_going=True)
    assert statuses(summary) == [DONE, FAILED, DONE]
    assert not summary.succeeded
    (failed,) = summary.with_status(FAILED)
    assert failed.error.type == "FormatError"
    assert str(tmp_path / "in" / "b.txt") in failed.error.message  # the user sees the whole path
    record = RunManifest(tmp_path / "out" / "run.json").get("shout", "b")
    assert record.status is RecordStatus.FAILED
    assert record.error.message == "../in/b.txt, text: not a word"  # the manifest only where it is from there
    assert str(tmp_path) not in (tmp_path / "out" / "run.json").read_text()
    assert not items[1].output.exists()

    items[1].inputs["text"].write_text("better")
    assert statuses(run(tmp_path, items, executor=executor)) == [SKIPPED, DONE, SKIPPED]


def test_without_keep_going_nothing_more_is_started(tmp_path):
    stage = Shout()
    items = make_items(tmp_path, a="hello", b="bad", c="cross", d="roads")
    assert statuses(run(tmp_path, items, stage)) == [DONE, FAILED, NOT_RUN, NOT_RUN]
    assert stage.log == ["a", "b"]
    assert RunManifest(tmp_path / "out" / "run.json").get("shout", "c") is None


def test_what_changed_is_redone_and_only_that(tmp_path):
    items = make_items(tmp_path, a="hello", b="world")
    run(tmp_path, items)
    items[0].inputs["text"].write_text("hullo")
    assert statuses(run(tmp_path, items)) == [DONE, SKIPPED]
    assert (items[0].output / "shout.txt").read_text().startswith("HULLO! ")
    assert statuses(run(tmp_path, items, Shout(mark="?"))) == [DONE, DONE]
    assert statuses(run(tmp_path, items, Shout(mark="?", version="2"))) == [DONE, DONE]
    assert statuses(run(tmp_path, items, Shout(mark="?", version="2"), seed=1)) == [DONE, DONE]
    assert statuses(run(tmp_path, items, Shout(mark="?", version="2"), seed=1, force=True)) == [DONE, DONE]


def test_a_lost_output_is_made_again(tmp_path):
    items = make_items(tmp_path, a="hello")
    run(tmp_path, items)
    before = content_hash(items[0].output)
    items[0].output.rename(tmp_path / "moved")
    assert statuses(run(tmp_path, items)) == [DONE]
    assert content_hash(items[0].output) == before


def test_a_failed_redo_keeps_the_earlier_output(tmp_path):
    items = make_items(tmp_path, a="hello")
    run(tmp_path, items)
    items[0].inputs["text"].write_text("bad")
    assert statuses(run(tmp_path, items)) == [FAILED]
    assert (items[0].output / "shout.txt").read_text().startswith("HELLO! ")
    items[0].inputs["text"].write_text("good")
    assert statuses(run(tmp_path, items)) == [DONE]


def test_a_foreign_output_is_never_replaced(tmp_path):
    items = make_items(tmp_path, a="hello")
    items[0].output.mkdir(parents=True)
    (items[0].output / "precious.txt").write_text("mine")
    for _ in range(2):  # the record of the first refusal must not make it ours
        summary = run(tmp_path, items)
        assert summary.results[0].error.type == "OutputError"
        assert (items[0].output / "precious.txt").read_text() == "mine"


def test_a_directory_put_where_a_run_failed_is_foreign(tmp_path):
    items = make_items(tmp_path, a="bad")
    run(tmp_path, items)
    items[0].output.mkdir()
    (items[0].output / "precious.txt").write_text("mine")
    items[0].inputs["text"].write_text("good")
    assert run(tmp_path, items).results[0].error.type == "OutputError"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, MemoryError])
def test_a_run_interrupted_after_writing_is_resumed(tmp_path, stop):
    items = make_items(tmp_path, a="hello", b="world")

    class Interrupted(Shout):
        def run(self, item, rng):
            super().run(item, rng)
            if item.id == "a":
                raise stop

    if stop is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, items, Interrupted())
        assert RunManifest(tmp_path / "out" / "run.json").get("shout", "a").status is RecordStatus.RUNNING
    else:
        assert statuses(run(tmp_path, items, Interrupted())) == [FAILED, NOT_RUN]
    assert statuses(run(tmp_path, items)) == [DONE, DONE]


def test_a_crashing_worker_is_an_item_error(tmp_path):
    items = make_items(tmp_path, a="hello", b="crash", c="cross")
    summary = run(tmp_path, items, executor=ProcessExecutor(2), keep_going=True)
    assert statuses(summary) == [DONE, FAILED, DONE]
    assert summary.results[1].error.type == "WorkerDied"
    assert not items[1].output.exists()
    items[1].inputs["text"].write_text("calm")
    assert statuses(run(tmp_path, items, executor=ProcessExecutor(2))) == [SKIPPED, DONE, SKIPPED]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b", "c", "run.json"]


def test_a_stage_that_exits_is_an_item_error(tmp_path, executor):
    summary = run(tmp_path, make_items(tmp_path, a="exit"), executor=executor)
    assert (summary.results[0].error.type, summary.results[0].error.message) == ("SystemExit", "3")


@pytest.mark.parametrize(
    ("stage", "message"),
    [(Forgetful(), "ended without writing"), (NotJson(), "plain JSON")],
    ids=["no output", "no json"],
)
def test_a_stage_that_breaks_its_contract_is_an_item_error(tmp_path, stage, message):
    summary = run(tmp_path, make_items(tmp_path, a="hello"), stage)
    assert message in summary.results[0].error.message


def test_a_missing_input_is_an_item_error(tmp_path):
    items = make_items(tmp_path, a="hello", b="world")
    items[0].inputs["text"].unlink()
    summary = run(tmp_path, items, keep_going=True)
    assert statuses(summary) == [FAILED, DONE]
    assert summary.results[0].error.type == "InputError"
    record = json.loads((tmp_path / "out" / "run.json").read_text())["stages"]["shout"]["a"]
    assert record["error"]["message"].startswith("../in/a.txt: no such file")
    assert "fingerprint" not in record
    assert RunManifest(tmp_path / "out" / "run.json").get("shout", "a").fingerprint is None


def test_results_are_reported_as_they_come(tmp_path):
    seen = []
    items = make_items(tmp_path, a="hello", b="bad", c="cross")
    run(tmp_path, items, on_result=lambda result: seen.append((result.item_id, result.status)))
    assert seen == [("a", DONE), ("b", FAILED), ("c", NOT_RUN)]


def test_stages_share_a_manifest(tmp_path):
    items = make_items(tmp_path, a="hello")
    run(tmp_path, items)
    second = [Item("a", tmp_path / "out" / "louder", {"text": items[0].output / "shout.txt"})]
    summary = run(tmp_path, second, Shout(name="louder", mark="!!"))
    assert summary.stage == "louder"
    manifest = RunManifest(tmp_path / "out" / "run.json")
    assert manifest.get("shout", "a").output == "a"
    assert manifest.get("louder", "a").output == "louder"


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([Item("a", Path("x")), Item("a", Path("y"))], "differ in their id: a"),
        ([Item("a", Path("x")), Item("b", Path("x"))], "differ in their output: x"),
    ],
)
def test_items_must_be_distinct(tmp_path, items, message):
    with pytest.raises(ConfigError, match=message):
        run(tmp_path, items)


def test_a_configuration_that_is_no_json_is_a_mistake_of_the_caller(tmp_path):
    with pytest.raises(ConfigError, match="plain JSON"):
        run(tmp_path, make_items(tmp_path, a="hello"), Shout(mark=Path("x")))


def test_a_stage_is_unpickled_once_per_worker(tmp_path):
    items = [Item(f"clip_{i}", tmp_path / f"clip_{i}") for i in range(4)]
    run(tmp_path, items, Counting(), executor=ProcessExecutor(1))
    assert [item.output.read_text() for item in items] == ["1", "2", "3", "4"]


def test_results_say_how_long_they_took(tmp_path, executor):
    items = make_items(tmp_path, a="hello", b="bad")
    first = run(tmp_path, items, executor=executor, keep_going=True)
    assert first.results[0].seconds >= 0
    assert first.results[1].seconds is None
    assert run(tmp_path, items, executor=executor, keep_going=True).results[0].seconds is None


def test_what_a_killed_run_left_half_written_is_cleared(tmp_path):
    items = make_items(tmp_path, a="hello", b="world")
    run(tmp_path, items[:1])
    manifest = RunManifest(tmp_path / "out" / "run.json")
    begun = manifest.get("shout", "a").model_copy(update={"status": RecordStatus.RUNNING})
    manifest.put("shout", "a", begun)
    for name in (".run.json.12.partial", ".a.12.partial"):
        (tmp_path / "out" / name).touch()
    assert statuses(run(tmp_path, items)) == [DONE, DONE]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "b", "run.json"]
