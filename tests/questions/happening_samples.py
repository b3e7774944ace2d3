"""Incidents for tests of questions about events: who drives how, and what happens of it."""

from __future__ import annotations

from scene_samples import course, event, scene

from roadmark.clip import ClipEvent
from roadmark.dataset import HardNegative

CAR, OTHER, THIRD, FOURTH, WALKER = 7, 9, 12, 15, 20

BEHIND = {"way": ((0.0, -40.0, 0.0), (5.0, -4.5, 0.0))}
"""7.1 m/s until it touches, at 5 s, who stands 4.5 m before it: two half lengths of 2.25 m."""
AHEAD = {"way": ((0.0, -24.0, 0.0), (3.0, 0.0, 0.0))}
"""8 m/s, and stands from 3 s on."""
BYSTANDERS = (course(THIRD, way=((0.0, 0.0, 30.0),)), course(FOURTH, way=((0.0, 20.0, 30.0),)))


def rear_end(**attributes):
    return event(
        "collision", CAR, OTHER, at=5.0, lasts=0.3,
        **{
            "kind": "rear_end", "roles": {str(CAR): "striking", str(OTHER): "struck"},
            "cause": "distracted, braked 2.0 s late", **attributes,
        },
    )  # fmt: skip


def crash(*more, events=(), **fields):
    """One car runs into the back of another at 5 s; two stand far away, and these two pairs of four never meet."""
    pairs = ((CAR, THIRD, "involved", 4.0), (THIRD, FOURTH, "closest", 15.5))
    negatives = tuple(
        HardNegative(kind, ClipEvent("normal", 0.0, 10.0, 0, 100, (one, other), kind), gap)
        for one, other, kind, gap in pairs
    )
    return scene(
        course(CAR, **BEHIND), course(OTHER, **AHEAD), *BYSTANDERS, *more,
        events=(rear_end(), *events), **{"negatives": negatives, **fields},
    )  # fmt: skip


def answers(questions):
    return {(question.template, question.answer) for question in questions}
