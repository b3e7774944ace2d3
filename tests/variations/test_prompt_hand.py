"""Prompts by hand: taken as they are, from text and files; what is no text is refused with its place."""

import json

import numpy as np
import pytest

from roadmark.errors import ConfigError
from roadmark.variations import HandWriter, read_prompt

LADEN = "A {car} at {0} {{night}} }{ — Schneeglätte, 雪"


def test_a_prompt_by_hand_is_taken_as_it_is_whatever_was_chosen():
    prompt = HandWriter(f"  {LADEN}\n").write(None, {"weather_condition": "fog"}, np.random.default_rng(0))
    assert (prompt.text, prompt.method, prompt.problems) == (LADEN, "hand", ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("prompt.txt", f"{LADEN}\n"),
        ("prompt.TXT", f"\ufeff{LADEN}"),
        ("prompt.yaml", f"prompt: '{LADEN}'\n"),
        ("prompt.yml", f"'{LADEN}'"),
        ("prompt.json", json.dumps({"prompt": LADEN})),
        ("prompt", LADEN),
    ],
)
def test_prompts_from_files(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_prompt(tmp_path / name) == LADEN


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"A red c\xe4r.", r"a\.txt: not UTF-8 text \(byte 7\)"),
        ("a.yaml", b"prompt: A red c\xe4r.", r"a\.yaml: not UTF-8 text \(byte 15\)"),
        ("a.txt", b" \n\t", r"a\.txt: the prompt is empty"),
        ("a.txt", b"A bus\x00.", r"a\.txt: character 5 of the prompt, '\\x00', is no text"),
        ("a.txt", b"bus " * 6000, r"a\.txt: the prompt has 23999 characters; 20000 are the most"),
        ("a.yaml", b"prompt: [a, b]", r"a\.yaml: holds no prompt"),
        ("a.yaml", b"{prompt: a, seed: 3}", r"a\.yaml: unknown key 'seed'"),
        ("a.yaml", b"prompt: {bus}: {van}", r"a\.yaml, line 1, column \d+: not valid YAML"),
        ("a.yaml", b"", r"a\.yaml: holds no prompt"),
        ("missing.txt", None, r"missing\.txt"),
    ],
)
def test_what_is_no_prompt_is_refused_with_its_file_and_place(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_prompt(tmp_path / name)


def test_surrogates_are_no_text():
    with pytest.raises(ConfigError, match="character 2"):
        HandWriter("A \udc80")
