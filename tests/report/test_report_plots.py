"""Plots: lengths are in proportion, texts are escaped, hostile labels harm nothing."""

from xml.etree import ElementTree

import pytest

from roadmark.report.svg import LABEL, VALUE, WIDTH, Bar, Dots, bars, dots

ROOM = WIDTH - LABEL - VALUE


def parts(svg: str, name: str) -> list[dict]:
    return [element.attrib for element in ElementTree.fromstring(svg).iter(name)]


def test_bars_are_in_proportion():
    """The longest bar fills the room; one of a third is a third as long."""
    found = parts(bars("Counts", [Bar("a", [(30, "")]), Bar("b", [(10, "")])]), "rect")
    assert [float(one["width"]) for one in found] == pytest.approx([ROOM, ROOM / 3], abs=0.01)
    assert [float(one["x"]) for one in found] == [LABEL, LABEL]


def test_parts_lie_end_to_end_and_keep_their_colours():
    rows = [Bar("a", [(1, "yes"), (3, "no")]), Bar("b", [(0, "yes"), (5, "no")])]
    found = parts(bars("Answers", rows, shares=True), "rect")
    assert [one["class"] for one in found] == ["series-0", "series-1", "series-1"]
    assert [float(one["x"]) for one in found] == pytest.approx([LABEL, LABEL + ROOM / 4, LABEL], abs=0.01)
    assert [float(one["width"]) for one in found] == pytest.approx([ROOM / 4, 3 * ROOM / 4, ROOM], abs=0.01)


def test_dots_lie_at_their_share_and_chance_beside_them():
    svg = dots("Bias", [Dots("all", [(0.5, "answer"), (1.5, "words")], 0.25, "ok")])
    assert [float(one["cx"]) for one in parts(svg, "circle")] == [
        LABEL + ROOM / 2,
        WIDTH - VALUE,
    ]  # no further than all
    (chance,) = [one for one in parts(svg, "line") if one["class"] == "mark"]
    assert float(chance["x1"]) == LABEL + ROOM / 4


def test_labels_are_escaped_and_cut():
    label = "</svg><script>alert(1)</script>\x00 and very much more of it"
    tree = ElementTree.fromstring(bars(label, [Bar(label, [(1, label)])]))
    texts = [element.text for element in tree.iter("text")]
    assert len(texts[0]) == 26
    assert texts[0].startswith("</svg><script>")
    assert {element.tag for element in tree.iter()} == {"svg", "text", "title", "rect"}


def test_nothing_to_count_is_an_empty_plot():
    assert parts(bars("Counts", []), "rect") == []
    assert parts(bars("Counts", [Bar("a", [(0, "")])]), "rect") == []
