"""Questions about near misses."""

import pytest
from happening_samples import BYSTANDERS, CAR, FOURTH, OTHER, THIRD, WALKER, crash
from scene_samples import asked, course, event, scene

from roadmark.clip import ClipEvent
from roadmark.dataset import HardNegative
from roadmark.questions.families.near_miss import NearMissFamily

FAMILY = NearMissFamily()
BRAKES = {"way": ((0.0, -50.0, 0.0), (4.0, -10.0, 0.0), (5.0, -6.0, 0.0))}
"""10 m/s until 4 s, then 4 m/s, then it stands: it loses 10 m/s."""
CROSSES = {"way": ((0.0, 0.0, -20.0), (10.0, 0.0, 20.0))}
APART = tuple(
    HardNegative("closest", ClipEvent("normal", 0.0, 10.0, 0, 100, pair, "closest"), gap)
    for pair, gap in (((CAR, THIRD), 10.0), ((THIRD, FOURTH), 2.5))
)


def missed(**attributes):
    return event(
        "near_miss", CAR, OTHER, at=4.0, lasts=2.0, kind="near_miss",
        roles={str(CAR): "evading", str(OTHER): "intruding"}, **attributes,
    )  # fmt: skip


def near_miss(**fields):
    return scene(
        course(CAR, **BRAKES), course(OTHER, **CROSSES), *BYSTANDERS,
        **{"events": (missed(),), "negatives": APART, **fields},
    )  # fmt: skip


def test_pairs_that_stay_well_apart_have_none():
    found = {(frozenset(one.actors), one.answer) for one in asked(FAMILY, near_miss(), "pair")}
    # THIRD and FOURTH come within 2.5 m: somebody may call that a near miss
    assert found == {(frozenset({CAR, OTHER}), "Yes"), (frozenset({CAR, THIRD}), "No")}


def test_who_collides_does_not_only_just_avoid_it():
    found = {(frozenset(one.actors), one.answer) for one in asked(FAMILY, crash(), "pair")}
    assert (frozenset({CAR, OTHER}), "No") in found


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        (near_miss(), ["Yes"]),
        (near_miss(events=()), ["No"]),
        (near_miss(events=(event("near_miss", CAR, OTHER, seen=False),)), []),
        (near_miss(events=(), known=False), []),
    ],
)
def test_whether_there_is_any(shown, answer):
    assert [one.answer for one in asked(FAMILY, shown, "any")] == answer


def test_who_and_when():
    shown = near_miss()
    assert [one.answer for one in asked(FAMILY, shown, "which_short")] == ["7 and 9"]
    (when,) = asked(FAMILY, shown, "when")
    assert (when.answer, when.facts["tolerance"]) == ("5.0 s", 1.0)  # it lasts from 4 s to 6 s
    assert asked(FAMILY, near_miss(events=(missed(), event("near_miss", THIRD, FOURTH, number=2))), "when") == []


def test_who_brakes():
    assert [one.truth for one in asked(FAMILY, near_miss(), "avoids")] == ["vehicle 7"]
    both = scene(course(CAR, **BRAKES), course(OTHER, **BRAKES), events=(missed(),))
    assert asked(FAMILY, both, "avoids") == []
    neither = scene(course(CAR, **CROSSES), course(OTHER, **CROSSES), events=(missed(),))
    assert asked(FAMILY, neither, "avoids") == []


def test_of_one_on_foot_nobody_asks_who_brakes():
    walker = course(WALKER, "pedestrian", **CROSSES)
    it = event("near_miss", CAR, WALKER, at=4.0, lasts=2.0, roles={str(CAR): "approaching", str(WALKER): "pedestrian"})
    shown = scene(course(CAR, **BRAKES), walker, events=(it,))
    assert asked(FAMILY, shown, "avoids") == []
    assert [one.asked for one in asked(FAMILY, shown, "pair")] == ["pedestrian and vehicle"]
