"""Fingerprints change with everything an output depends on, and with nothing else."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sample_stages import Shout

from roadmark.errors import ConfigError, InputError
from roadmark.pipeline import Item, content_hash, fingerprint, item_generator, json_hash


@pytest.fixture
def item(tmp_path):
    (tmp_path / "in.txt").write_text("hello")
    return Item("clip_1", tmp_path / "out", {"text": tmp_path / "in.txt", "camera": "abc"})


def test_file_hash_is_plain_sha256(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    assert content_hash(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_directory_hash_counts_names_and_contents_only(tmp_path):
    for name, order in (("a", ("1.txt", "sub/2.txt")), ("b", ("sub/2.txt", "1.txt"))):
        for file in order:
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text(file)
    assert content_hash(tmp_path / "a") == content_hash(tmp_path / "b")
    (tmp_path / "b" / "1.txt").rename(tmp_path / "b" / "3.txt")
    assert content_hash(tmp_path / "a") != content_hash(tmp_path / "b")


def test_missing_input_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere: no such file"):
        content_hash(tmp_path / "nowhere")


def test_json_hash_ignores_key_order_and_refuses_other_things():
    assert json_hash({"a": 1, "b": [2.5, None]}) == json_hash({"b": [2.5, None], "a": 1})
    for value in ({"a": Path("x")}, {"a": math.nan}, [object()]):
        with pytest.raises(ConfigError, match="plain JSON"):
            json_hash(value)


def test_fingerprint_follows_what_the_output_depends_on(item, tmp_path):
    stage = Shout()
    base = fingerprint(stage, item, 0)
    assert fingerprint(Shout(), replace(item, output=tmp_path / "elsewhere", replace=True), 0) == base
    (tmp_path / "copy.txt").write_text("hello")
    moved = replace(item, inputs={"camera": "abc", "text": tmp_path / "copy.txt"})
    assert fingerprint(stage, moved, 0) == base
    changed = [
        fingerprint(stage, item, 1),
        fingerprint(Shout(mark="?"), item, 0),
        fingerprint(Shout(version="2"), item, 0),
        fingerprint(Shout(name="other"), item, 0),
        fingerprint(stage, replace(item, id="clip_2"), 0),
        fingerprint(stage, replace(item, inputs={**item.inputs, "camera": "abd"}), 0),
    ]
    (tmp_path / "in.txt").write_text("hullo")
    changed.append(fingerprint(stage, item, 0))
    assert len({base, *changed}) == len(changed) + 1


def test_known_hashes_are_not_read_again(item):
    known = {}
    first = fingerprint(Shout(), item, 0, known)
    item.inputs["text"].unlink()
    assert fingerprint(Shout(), item, 0, known) == first


def test_generators_differ_by_seed_item_and_stage_and_repeat():
    draws = {
        tuple(item_generator(*key).integers(1 << 30, size=3))
        for key in [(0, "a", "s"), (1, "a", "s"), (0, "b", "s"), (0, "a", "t")]
    }
    assert len(draws) == 4
    np.testing.assert_array_equal(item_generator(0, "a", "s").random(4), item_generator(0, "a", "s").random(4))


@pytest.mark.parametrize("bad", ["", "a/b", "..", "a b", "ä"])
def test_ids_that_are_no_file_names_are_refused(bad):
    with pytest.raises(ConfigError, match="must consist of"):
        Item(bad, Path("out"))
