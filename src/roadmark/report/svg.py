"""Small plots as inline SVG; colours and type come from the page's style sheet, so they fit light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as Tree

WIDTH, ROW, LABEL, VALUE = 560, 22, 160, 130
"""Pixels: of a plot, of a row's height, of the room for labels at the left and for values at the right."""
COLORS = 8
"""Number of `series-N` classes in the style sheet."""
LONGEST_LABEL = 26


@dataclass(frozen=True)
class Bar:
    """One row of a bar plot.

    Attributes:
        label: At the left.
        parts: Length and what it stands for, drawn end to end.
        note: At the right; the sum where it is empty.
    """

    label: str
    parts: Sequence[tuple[float, str]]
    note: str = ""

    @property
    def total(self) -> float:
        """Length of all parts together."""
        return sum(length for length, _ in self.parts)


def bars(title: str, rows: Sequence[Bar], *, shares: bool = False, mark: float | None = None) -> str:
    """Horizontal bars.

    Args:
        title: What a reader of the picture's text hears.
        rows: From top to bottom; parts of the same name have the same colour.
        shares: Every row is as long as any other.
        mark: A line at this share of the rows' length.

    Returns:
        An `svg` element.
    """
    names = list(dict.fromkeys(name for row in rows for _, name in row.parts))
    longest = max((row.total for row in rows), default=0.0) or 1.0
    room = WIDTH - LABEL - VALUE
    svg = _svg(title, len(rows) * ROW + 4)
    for place, row in enumerate(rows):
        top = place * ROW + 3
        _text(svg, LABEL - 8, top + 13, _short(row.label), "end", full=row.label)
        scale = room / ((row.total or 1.0) if shares else longest)
        left = float(LABEL)
        for length, name in row.parts:
            width = length * scale
            if width > 0:
                part = _box(svg, left, top, width, ROW - 6, f"series-{names.index(name) % COLORS}")
                Tree.SubElement(part, "title").text = _plain(
                    f"{row.label}: {name} {_number(length)}" if name else row.label
                )
                left += width
        _text(svg, (LABEL + room if shares else left) + 6, top + 13, row.note or _number(row.total), "start", "note")
    if mark is not None:
        x = LABEL + room * mark
        Tree.SubElement(svg, "line", {"class": "mark", **_numbers(x1=x, x2=x, y1=0, y2=len(rows) * ROW + 4)})
    return Tree.tostring(svg, encoding="unicode")


@dataclass(frozen=True)
class Dots:
    """One row of a dot plot: `values` are shares from 0 to 1 with what they stand for, `chance` a share."""

    label: str
    values: Sequence[tuple[float, str]]
    chance: float | None = None
    note: str = ""


def dots(title: str, rows: Sequence[Dots]) -> str:
    """Shares as dots on lines from 0 to 1, with chance as a stroke.

    Returns:
        An `svg` element.
    """
    names = list(dict.fromkeys(name for row in rows for _, name in row.values))
    room = WIDTH - LABEL - VALUE
    svg = _svg(title, len(rows) * ROW + 22)
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = LABEL + room * tick
        Tree.SubElement(svg, "line", {"class": "grid", **_numbers(x1=x, x2=x, y1=0, y2=len(rows) * ROW + 4)})
        _text(svg, x, len(rows) * ROW + 17, f"{100 * tick:.0f} %", "middle", "note")
    for place, row in enumerate(rows):
        middle = place * ROW + 11
        _text(svg, LABEL - 8, middle + 4, _short(row.label), "end", full=row.label)
        if row.chance is not None:
            x = LABEL + room * row.chance
            line = Tree.SubElement(svg, "line", {"class": "mark", **_numbers(x1=x, x2=x, y1=middle - 8, y2=middle + 8)})
            Tree.SubElement(line, "title").text = f"chance {100 * row.chance:.0f} %"
        for value, name in row.values:
            color = f"series-{names.index(name) % COLORS}"
            x = LABEL + room * min(max(value, 0.0), 1.0)
            dot = Tree.SubElement(svg, "circle", {"class": color, **_numbers(cx=x, cy=middle, r=4.5)})
            Tree.SubElement(dot, "title").text = _plain(f"{row.label}: {name} {100 * value:.0f} %")
        _text(svg, WIDTH - VALUE + 10, middle + 4, row.note, "start", "note")
    return Tree.tostring(svg, encoding="unicode")


def _svg(title: str, height: int) -> Tree.Element:
    attributes = {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "aria-label": _plain(title), "class": "plot"}
    return Tree.Element("svg", attributes)


def _text(svg: Tree.Element, x: float, y: float, text: str, anchor: str, kind: str = "label", full: str = "") -> None:
    element = Tree.SubElement(svg, "text", {"class": kind, "text-anchor": anchor, **_numbers(x=x, y=y)})
    element.text = _plain(text)
    if full and full != text:
        Tree.SubElement(element, "title").text = _plain(full)


def _box(svg: Tree.Element, x: float, y: float, width: float, height: float, kind: str) -> Tree.Element:
    return Tree.SubElement(svg, "rect", {"class": kind, **_numbers(x=x, y=y, width=width, height=height)})


def _numbers(**values: float) -> dict[str, str]:
    return {name: f"{value:.2f}".rstrip("0").rstrip(".") for name, value in values.items()}


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _plain(text: str) -> str:
    """Without the control characters that no SVG may hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
