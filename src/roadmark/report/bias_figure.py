"""The bias report as a plot: how often guessers are right who never look at the video, beside chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from roadmark.errors import FormatError
from roadmark.files import read_json
from roadmark.report.figures import Figure
from roadmark.report.svg import Dots, dots

MAX_BYTES = 16 * 1024 * 1024
MAX_FAMILIES = 100
TITLE = "Right without looking"


def bias_figure(path: Path) -> Figure | None:
    """The plot of a `bias.json`; None where it measures nothing.

    Raises:
        InputError: The file is missing or unreadable.
        FormatError: It is no bias report.
    """
    record = read_json(path, MAX_BYTES)
    try:
        rows = [_row(name, family) for name, family in list(record["families"].items())[:MAX_FAMILIES]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"no bias report: {type(error).__name__} {error}", path=path) from None
    if not rows:
        return None
    legend = list(dict.fromkeys(name for row in rows for _, name in row.values))
    note = (
        "Share of closed questions that guessers answer rightly who know other clips' answers and never look: by the "
        "form of the answer, by what is asked, by the very words, by the longest option. The dashed stroke is chance."
    )
    return Figure(TITLE, dots(TITLE, rows), legend, note)


def _row(name: str, family: dict[str, Any]) -> Dots:
    values = [(float(share), str(guesser)) for guesser, share in family["guessers"].items()]
    return Dots(name.replace("_", " "), values, float(family["chance"]), str(family["verdict"]))
