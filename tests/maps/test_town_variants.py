"""A real town rewritten with other geometry kinds describes the same roads."""

import re

import numpy as np
import pytest

from roadmark.maps import parse_opendrive

PARAMETRIC = (
    '<paramPoly3 pRange="{range}" aU="0" bU="{end}" cU="0" dU="0" aV="0" bV="0" cV="0" dV="0"/>'  # codespell:ignore bu
)


@pytest.fixture(scope="module")
def text(data_dir) -> str:
    return (data_dir / "carla" / "xodr" / "Town01.xodr").read_text()


def normalised(length: str) -> str:
    return PARAMETRIC.format(range="normalized", end=length)


def by_length(length: str) -> str:
    return PARAMETRIC.format(range="arcLength", end=1)


def poly3(length: str) -> str:
    return '<poly3 a="0" b="0" c="0" d="0"/>'


def same_roads(one: str, other: str) -> None:
    first, second = parse_opendrive(one.encode(), "one"), parse_opendrive(other.encode(), "other")
    assert len(first.strips()) == len(second.strips())
    for a, b in zip(first.strips(), second.strips(), strict=True):
        assert a.key == b.key
        assert np.allclose(a.s, b.s, atol=1e-9)
        assert np.allclose(a.left, b.left, atol=1e-5)
        assert np.allclose(a.right, b.right, atol=1e-5)


@pytest.mark.parametrize("shape", [normalised, by_length, poly3])
def test_lines_written_as_cubics(text, shape):
    def rewrite(match: re.Match[str]) -> str:
        return f"{match.group(1)}{shape(match.group(2))}"

    changed = re.sub(r'(<geometry [^>]*length="([^"]+)">\s*)<line/>', rewrite, text)
    assert "<line/>" not in changed
    same_roads(text, changed)


def test_arcs_written_as_spirals_of_constant_curvature(text):
    changed = re.sub(r'<arc curvature="([^"]+)"/>', r'<spiral curvStart="\1" curvEnd="\1"/>', text)
    assert "<arc" not in changed
    same_roads(text, changed)


def test_a_reversed_order_of_elements_changes_nothing(text):
    # OpenDRIVE lists geometries and profiles in ascending s; readers of other tools' files cannot rely on it.
    def reverse(match: re.Match[str]) -> str:
        pieces = re.findall(r"<geometry .*?</geometry>", match.group(0), flags=re.DOTALL)
        return f"<planView>{''.join(reversed(pieces))}</planView>"

    same_roads(text, re.sub(r"<planView>.*?</planView>", reverse, text, flags=re.DOTALL))
