"""A plan says what a run would do, and does nothing."""

from pathlib import Path

from sample_stages import Caller, Shout

from roadmark.pipeline import Item, ItemState, RunManifest, Timings, content_hash, is_whole, plan_stage, run_stage


def make_items(root, **words):
    (root / "in").mkdir(exist_ok=True)
    for name, word in words.items():
        (root / "in" / name).write_text(word)
    return [Item(name, root / "out" / name, {"text": root / "in" / name}) for name in words]


def test_every_state_of_an_item(tmp_path):
    items = make_items(tmp_path, same="hello", other="hello", lost="hello", wrong="bad")
    manifest = RunManifest(tmp_path / "out" / "run.json")
    run_stage(Shout(), items, manifest, keep_going=True)
    (tmp_path / "in" / "other").write_text("hullo")
    (tmp_path / "out" / "lost").rename(tmp_path / "elsewhere")
    items += [*make_items(tmp_path, new="hello"), Item("later", tmp_path / "out" / "later", {"text": Path("not yet")})]
    before = content_hash(tmp_path)
    plan = plan_stage(Shout(), items, manifest)
    assert plan.states == {
        "same": ItemState.DONE,
        "other": ItemState.CHANGED,
        "lost": ItemState.CHANGED,
        "wrong": ItemState.FAILED,
        "new": ItemState.NEW,
        "later": ItemState.NEW,
    }
    assert (plan.to_do, plan.count(ItemState.NEW), plan.count(ItemState.DONE)) == (5, 2, 1)
    assert plan_stage(Shout(), items, manifest, force=True).count(ItemState.DONE) == 0
    assert plan_stage(Shout(), items, manifest, seed=1).count(ItemState.DONE) == 0
    assert content_hash(tmp_path) == before


def test_an_item_made_from_something_else_is_whole_all_the_same(tmp_path):
    items = make_items(tmp_path, a="hello", b="bad")
    manifest = RunManifest(tmp_path / "out" / "run.json")
    run_stage(Shout(), items, manifest, keep_going=True)
    (tmp_path / "in" / "a").write_text("hullo")
    assert [is_whole(manifest.get("shout", item.id), manifest, item) for item in items] == [True, False]


def test_requests_are_counted_for_what_is_to_do(tmp_path):
    items = [Item(name, tmp_path / name) for name in "abc"]
    manifest = RunManifest(tmp_path / "run.json")
    (tmp_path / "room").mkdir()
    run_stage(Caller(tmp_path / "room"), items[:1], manifest)
    assert plan_stage(Caller(tmp_path / "room"), items, manifest).requests == {"vlm": 2}
    assert plan_stage(Shout(), items, manifest).requests == {}


def test_seconds_are_kept_apart_and_averaged(tmp_path):
    path = tmp_path / "timings.jsonl"
    timings = Timings(path)
    assert timings.mean("shout") is None
    timings.add("shout", "a", 1.0)
    timings.add("shout", "b", 2.0)
    timings.add("other", "a", 7.0)
    with path.open("a") as stream:
        stream.write('{"stage": "shout", "seconds": "x"}\n{"stage": "shout", "seconds": -1}\n[]\n{"stage": "sho')
    assert Timings(path).mean("shout") == 1.5
    assert Timings(path).mean("other") == 7.0


def test_seconds_that_cannot_be_kept_stop_nothing(tmp_path):
    timings = Timings(tmp_path / "missing" / "timings.jsonl")
    timings.add("shout", "a", 1.0)
    assert timings.mean("shout") == 1.0
