"""The class filter of the recipe: BGR colours of the palette."""

from pathlib import Path

import pytest

from roadmark.catalog import SemanticClass
from roadmark.errors import ConfigError
from roadmark.simulate.class_filter import find_class_filter, load_class_filter, packaged_filter


def test_the_packaged_filter_keeps_what_the_recipe_keeps() -> None:
    keep = load_class_filter(packaged_filter())
    dropped = {SemanticClass(i).name for i in range(len(keep)) if not keep[i]}
    assert {"BUILDING", "SKY"} <= dropped
    assert keep[SemanticClass.ROADS]
    assert keep[SemanticClass.CAR]
    assert keep[SemanticClass.RIDER]
    assert keep.sum() == 20


def test_the_recipes_relative_path_falls_back_with_a_note(tmp_path: Path) -> None:
    named = Path("config/filter_semantic_classes.yaml")
    path, note = find_class_filter(named, tmp_path / "global.json")
    assert path == packaged_filter()
    assert note is not None
    assert "ships with Roadmark" in note
    (tmp_path / "config").mkdir()
    own = tmp_path / "config" / "filter_semantic_classes.yaml"
    own.write_text("canny_classes: [[128, 64, 128]]\n", encoding="utf-8")
    assert find_class_filter(named, tmp_path / "global.json") == (own, None)
    assert find_class_filter(None, None) == (packaged_filter(), None)


def test_another_missing_path_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"mine\.yaml: no such file"):
        find_class_filter(Path("mine.yaml"), None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("canny_classes: []", "lists no colour"),
        ("canny_classes: [[1, 2, 3]]", "no palette colour"),
        ("canny_classes: [[1, 2]]", "canny_classes"),
        ("canny_classes: [[300, 2, 1]]", "canny_classes"),
        ("classes: [[0, 0, 142]]", "unknown key"),
    ],
)
def test_bad_filters_name_the_field(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "filter.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_class_filter(path)
