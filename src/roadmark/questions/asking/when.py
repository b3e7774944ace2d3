"""Questions for the time of something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Unpack

import numpy as np

from roadmark.questions.asking.forms import About, Asker
from roadmark.questions.facts.moments import TOLERANCE
from roadmark.questions.question import Question
from roadmark.questions.shown.shown_scene import ShownScene

_MOST_PARTS: Final = 4
"""Parts of the video to choose from."""


def ask_when(
    scene: ShownScene,
    asker: Asker,
    template: str,
    clauses: Sequence[str],
    names: Mapping[str, object],
    moment: float,
    **about: Unpack[About],
) -> Iterator[Question]:
    """Questions for the time of something: its second, and the part of the video; none where times are not known.

    Args:
        scene: What the video shows.
        asker: Puts it into words.
        template: Of the question for the second; `<template>_part` gives stretches of the video to choose from.
        clauses: Such as `does the collision happen`, with `{names}`.
        names: What stands for each.
        moment: Seconds of the video.
        about: What it is about; to its facts `value` and, where it has none, `tolerance` are added.
    """
    if not scene.times_known:
        return
    about["facts"] = {"value": round(moment, 3), "tolerance": TOLERANCE, **about.get("facts", {})}
    wordings = (
        *(f"At what time of the video {clause}?" for clause in clauses),
        *(f"How many seconds into the video {clause}?" for clause in clauses),
    )
    yield asker.number(template, wordings, names, moment, "s", 1, **about)
    parts = _parts(asker.rng, moment, scene.duration, float(about["facts"]["tolerance"]))
    if parts:
        wordings = (
            *(f"In which of these stretches of the video {clause}?" for clause in clauses),
            *(f"When {clause}?" for clause in clauses),
        )
        yield from asker.choice(f"{template}_part", wordings, names, parts[0], parts[1:], **about)


def _parts(rng: np.random.Generator, moment: float, duration: float, tolerance: float) -> list[str]:
    """Stretches of the video that adjoin, the one with the moment first, wherever it is among them; empty if none fit.

    The moment is as far from the ends of its own as an answer may be off.
    """
    length = 3.0 * tolerance
    before = moment - float(rng.uniform(tolerance, 2.0 * tolerance))  # where its own begins
    earlier, later = int(before // length), int((duration - before) // length) - 1
    if before < 0.0 or later < 0 or earlier + later < 1:
        return []
    count = min(_MOST_PARTS, max(2, min(earlier, later) + 1))  # so few that its own may be any of them
    least, most = max(0, count - 1 - later), min(earlier, count - 1)
    place = int(rng.integers(least, most + 1))
    starts = [before + (index - place) * length for index in range(count)]
    named = [f"from {start:.1f} s to {start + length:.1f} s" for start in starts]
    return [named.pop(place), *named]
