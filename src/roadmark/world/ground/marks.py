"""Lane marks as thin painted quads: solid, broken and double lines with their colours."""

from __future__ import annotations

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.maps import LaneMark, RoadMap
from roadmark.render import Material
from roadmark.world.ground.crossings import crossed_by_lanes
from roadmark.world.ground.mark_lines import Line, line_quads
from roadmark.world.ground.zebras import marks_beside
from roadmark.world.shape import Shape, merge, quads

PAINT_COLORS = {
    "white": (226, 225, 218),
    "standard": (226, 225, 218),
    "yellow": (206, 164, 52),
    "orange": (206, 120, 44),
    "red": (176, 52, 44),
    "blue": (50, 84, 150),
    "green": (52, 120, 72),
    "violet": (110, 66, 130),
    "black": (40, 40, 40),
}

# Each mark kind as lines: offset to the left in widths, and whether the line is broken.
_LINES: dict[str, tuple[tuple[float, bool], ...]] = {
    "solid": ((0.0, False),),
    "broken": ((0.0, True),),
    "solid_solid": ((1.0, False), (-1.0, False)),
    "broken_broken": ((1.0, True), (-1.0, True)),
    "solid_broken": ((1.0, False), (-1.0, True)),
    "broken_solid": ((1.0, True), (-1.0, False)),
    "botts_dots": ((0.0, True),),
    "edge": ((0.0, False),),
    "custom": ((0.0, False),),
}
#: Visible and invisible length of a broken line where the file gives no pattern, metres.
_DASH = (3.0, 4.5)
_DOT = (0.12, 1.2)
_LEAST_WIDTH = 0.10
_PIECE = 1.0  # longest piece of a solid line in a junction, so that it can end where another lane crosses


def marks_shape(road_map: RoadMap) -> Shape:
    """The paint of all lane marks; not in crosswalks, and in junctions not where another road's lanes cross."""
    marks = marks_beside(road_map)
    per_mark = [_lines(mark) for mark in marks]
    lines = [line for lines in per_mark for line in lines]
    if not lines:
        return merge([])
    owner_of_line = np.repeat(np.arange(len(marks)), [len(lines) for lines in per_mark])
    which, corners = line_quads([marks[k] for k in owner_of_line.tolist()], lines, _PIECE)
    owner = owner_of_line[which]
    keep = ~crossed_by_lanes(road_map, marks, owner, corners.mean(axis=1))
    colors = np.array([PAINT_COLORS.get(mark.color, PAINT_COLORS["white"]) for mark in marks], dtype=np.uint8)
    return quads(corners[keep], material=Material.MARKING, semantic=SemanticClass.ROAD_LINES, color=colors[owner[keep]])


def _lines(mark: LaneMark) -> list[Line]:
    """The lines of a mark."""
    width = max(mark.width, _LEAST_WIDTH)
    if mark.lines:
        return [
            Line(line.t_offset, max(line.width or width, _LEAST_WIDTH / 2), line.length, line.space, line.s_offset)
            for line in mark.lines
        ]
    dash, gap = _DOT if mark.kind == "botts_dots" else _DASH
    kinds = _LINES.get(mark.kind, ())
    return [Line(offset * width, width, dash, gap if broken else 0.0, 0.0) for offset, broken in kinds]
