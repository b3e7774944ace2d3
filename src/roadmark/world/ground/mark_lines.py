"""Painted lines as quads, all lines of a map at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from roadmark.maps import LaneMark
from roadmark.world.arrays import repeat_index
from roadmark.world.shape import Doubles

#: Paint lies this far above the surface: rays meet it first, and it throws no shadow that could be seen.
PAINT_HEIGHT = 0.003

Ints = npt.NDArray[np.int64]


class Line(NamedTuple):
    """One painted line of a mark, metres.

    Attributes:
        offset: To the left of the mark's middle.
        width: Of the paint.
        dash: Length of the visible pieces.
        gap: Between visible pieces; 0 for a solid line.
        start: Distance along the road at which the pattern starts.
    """

    offset: float
    width: float
    dash: float
    gap: float
    start: float


def line_quads(marks: Sequence[LaneMark], lines: Sequence[Line], piece: float) -> tuple[Ints, Doubles]:
    """Lines along marks as quads facing up.

    Args:
        marks: Mark of each line (L).
        lines: L lines.
        piece: Longest piece of a solid line in a junction, metres, so that it can end where another lane crosses.

    Returns:
        Index of the line (Q,), ascending, and the corners (Q, 4, 3): right start, right end, left end, left start.
    """
    knots = np.array([len(mark.s) for mark in marks])
    knot_line = np.repeat(np.arange(len(marks)), knots)
    knot_s = np.concatenate([mark.s for mark in marks])
    table = np.array(lines, dtype=np.float64)
    low, high = (np.array([mark.s[end] for mark in marks]) for end in (0, -1))
    broken = (table[:, 3] > 0.0) & (table[:, 2] > 0.0)
    dash_line, dashes = _dashes(table, low, high, broken)
    cut_line, cut_s = _cuts(low, high, ~broken & np.array([mark.junction is not None for mark in marks]), piece)

    # Every event along every line, in order: how many knots and open dashes lie before the place behind it?
    line = np.concatenate([knot_line, dash_line, dash_line, cut_line])
    s = np.concatenate([knot_s, dashes[:, 0], dashes[:, 1], cut_s])
    kinds = (len(knot_line), len(dash_line), len(dash_line), len(cut_line))
    is_knot, opens = np.repeat([1, 0, 0, 0], kinds), np.repeat([0, 1, -1, 0], kinds)
    order = np.lexsort((s, line))
    line, s = line[order], s[order]
    last = np.append((line[1:] != line[:-1]) | (s[1:] != s[:-1]), True)  # of the events at one place
    knot, depth = np.cumsum(is_knot[order])[last] - 1, np.cumsum(opens[order])[last]
    line, s = line[last], s[last]

    last_of_line = np.cumsum(knots)[line] - 1
    before = np.minimum(knot, np.maximum(last_of_line - 1, 0))
    ahead = np.minimum(before + 1, last_of_line)
    share = ((s - knot_s[before]) / np.maximum(knot_s[ahead] - knot_s[before], 1e-12))[:, None]
    points, across = (
        values[before] + share * (values[ahead] - values[before])
        for values in (
            np.concatenate([mark.points for mark in marks]),
            np.concatenate([mark.across for mark in marks]),
        )
    )
    points[:, 2] += PAINT_HEIGHT
    left = points + across * (table[line, 0] + table[line, 1] / 2.0)[:, None]
    right = points + across * (table[line, 0] - table[line, 1] / 2.0)[:, None]
    quad = np.flatnonzero((line[:-1] == line[1:]) & (~broken[line[:-1]] | (depth[:-1] > 0)))
    corners = np.stack([right[quad], right[quad + 1], left[quad + 1], left[quad]], axis=1)
    return line[quad], corners


def _dashes(table: Doubles, low: Doubles, high: Doubles, broken: npt.NDArray[np.bool_]) -> tuple[Ints, Doubles]:
    """Visible pieces of the broken lines: index of the line (D,) and where they begin and end (D, 2)."""
    index = np.flatnonzero(broken)
    dash, period, start = table[index, 2], table[index, 2] + table[index, 3], table[index, 4]
    # The pattern runs with the road's own s, so that it continues from section to section.
    first = np.floor((low[index] - start) / period) * period + start
    which, position = repeat_index(np.maximum(np.ceil((high[index] - first) / period), 0).astype(np.int64))
    begin = first[which] + position * period[which]
    ends = np.stack([begin, begin + dash[which]], axis=1)
    ends = np.clip(ends, low[index][which, None], high[index][which, None])
    least = np.minimum(0.6 * dash, 0.9 * (high - low)[index])  # no stumps where two roads meet
    keep = ends[:, 1] - ends[:, 0] >= least[which]
    return index[which[keep]], ends[keep]


def _cuts(low: Doubles, high: Doubles, cut: npt.NDArray[np.bool_], piece: float) -> tuple[Ints, Doubles]:
    """Where to cut solid lines into pieces: index of the line (C,) and place (C,), ends included."""
    index = np.flatnonzero(cut)
    pieces = ((high - low)[index] / piece).astype(np.int64) + 1
    which, position = repeat_index(pieces + 1)
    share = position / pieces[which]
    place = low[index][which] + share * (high - low)[index][which]
    return index[which], np.where(position == pieces[which], high[index][which], place)
