"""Configuration files are read strictly, and every message names file, field and value."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from roadmark.config import MAX_DOCUMENT_BYTES, Layer, Settings, load_document, load_mapping, resolve, validate
from roadmark.errors import ConfigError, FormatError, MissingExtraError


class Lamp(Settings):
    height: float = 6.0
    kind: str = "street"


# each level holds the one before eight times: eight levels are 16 million values
BOMB = "a: &a [1]\n" + "".join(
    f"{child}: &{child} [{', '.join([f'*{parent}'] * 8)}]\n" for parent, child in pairwise("abcdefghi")
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_later_layers_win_and_every_value_knows_its_origin() -> None:
    resolved = resolve(
        Lamp, [Layer("global.json", {"height": 5.0, "kind": "park"}), Layer("command line", {"height": 7})]
    )
    assert resolved.settings == Lamp(height=7.0, kind="park")
    assert resolved.rows() == [("height", 7.0, "command line"), ("kind", "park", "global.json")]
    assert resolve(Lamp, []).origin("height") == "default"


def test_a_wrong_value_is_blamed_on_the_layer_it_came_from() -> None:
    with pytest.raises(ConfigError, match=r"global\.json: height = 'tall': Input should be a valid number"):
        resolve(Lamp, [Layer("global.json", {"height": "tall"}), Layer("command line", {"kind": "park"})])


def test_unknown_and_missing_keys_are_named() -> None:
    with pytest.raises(ConfigError, match="lamp.yaml: unknown key 'hieght'"):
        validate(Lamp, {"hieght": 3}, "lamp.yaml")

    class Sign(Settings):
        text: str

    with pytest.raises(ConfigError, match="sign.yaml: text is missing"):
        validate(Sign, {}, "sign.yaml")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_must_be_finite(value: float) -> None:
    with pytest.raises(ConfigError, match="height"):
        validate(Lamp, {"height": value}, "lamp.yaml")


def test_yaml_and_json_give_the_same_values(tmp_path: Path) -> None:
    yaml_file = write(tmp_path / "a.yaml", "a: 1\nb: [x, 2.5]\n")
    json_file = write(tmp_path / "a.json", json.dumps({"a": 1, "b": ["x", 2.5]}))
    assert load_document(yaml_file) == load_document(json_file) == {"a": 1, "b": ["x", 2.5]}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.yaml", "a: [1, 2", "line 1, column 9: not valid YAML"),
        ("a.yaml", "a: 1\na: 2\n", "given twice"),
        ("a.yaml", "a: &a [*a]\n", "contains itself"),
        ("a.yaml", BOMB, "expand to more than"),
        ("a.yaml", "a: !!python/object/apply:os.system [ls]\n", "not valid YAML"),
        ("a.yaml", "a: \x07\n", "not valid YAML"),
        ("a.json", '{"a": 1,}', "line 1, column"),
        ("a.json", '{"a": 1, "a": 2}', "given twice"),
        ("a.json", '{"a": NaN}', "not a finite number"),
        ("a.json", "[" * 100_000, "not valid"),
    ],
)
def test_malformed_documents_say_where(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = write(tmp_path / name, text)
    with pytest.raises(ConfigError, match=message) as caught:
        load_document(path)
    assert str(path) in str(caught.value)


def test_aliases_within_reason_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "size: &size {x: 1}\nother: *size\n")
    assert load_document(path) == {"size": {"x": 1}, "other": {"x": 1}}


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_document(tmp_path / "none.json")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_document(tmp_path)
    (tmp_path / "latin.json").write_bytes(b'{"a": "\xe9"}')
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load_document(tmp_path / "latin.json")
    (tmp_path / "large.json").write_bytes(b" " * (MAX_DOCUMENT_BYTES + 1))
    with pytest.raises(ConfigError, match="larger than"):
        load_document(tmp_path / "large.json")
    with pytest.raises(ConfigError, match="expected a mapping"):
        load_mapping(write(tmp_path / "list.json", "[1]"))


def test_errors_carry_where_the_fault_is() -> None:
    error = FormatError("id is reserved", path="a.log", offset=12, field="actor")
    assert str(error) == "a.log, byte 12, actor: id is reserved"
    assert str(FormatError("bad")) == "bad"
    assert str(MissingExtraError("SUMO", "sumo")) == (
        "SUMO is not installed; install it with: pip install 'roadmark[sumo]' (in a checkout: pip install '.[sumo]')"
    )


def test_merge_keys_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", "base: &base {x: 1, y: 2}\nother: {<<: *base, y: 3}\n")
    assert load_document(path) == {"base": {"x": 1, "y": 2}, "other": {"x": 1, "y": 3}}


@pytest.mark.parametrize("text", ["a: !!bool x\n", "a: !!timestamp x\n", "a: " + "[" * 5000])
def test_scalars_that_do_not_fit_their_tags(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="a.yaml"):
        load_document(write(tmp_path / "a.yaml", text))
