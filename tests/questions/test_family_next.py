"""Questions about what happens next."""

import pytest
from happening_samples import CAR, OTHER, THIRD, crash
from scene_samples import asked, course, event, scene

from roadmark.questions.facts.incident_words import COLLISIONS, INCIDENTS, NOTHING
from roadmark.questions.families.next import NextFamily

FAMILY = NextFamily()
DRIVES = course(CAR, way=((0.0, 0.0, 0.0), (10.0, 80.0, 0.0)))


def test_the_next_incident():
    (choice,) = asked(FAMILY, crash(), "incident")
    assert choice.truth == INCIDENTS["rear_end"]
    cut = choice.facts["cut"]
    assert 3.0 <= cut <= 4.5  # 0.8 s before 5.0 s or more, on a half second
    assert f"second {cut:.1f}" in choice.text
    assert {one.answer for one in asked(FAMILY, crash(), "is")} == {"Yes", "No"}
    (who,) = asked(FAMILY, crash(), "who")
    assert (who.truth, who.during) == ("7 and 9", (cut - 0.5, cut))


def test_what_may_be_true_as_well_is_no_option():
    wrong_way = event("wrong_way", CAR, at=5.0, kind="wrong_way")
    every = {
        option
        for seed in range(20)
        for option in asked(FAMILY, scene(DRIVES, events=(wrong_way,)), "incident", seed)[0].options
    }
    assert INCIDENTS["head_on"] not in every  # who drives against the traffic may seem about to meet someone
    assert {INCIDENTS["wrong_way"], INCIDENTS["jaywalk"], NOTHING} <= every


def test_a_collision_of_unknown_kind_rules_all_kinds_out():
    events = (event("wrong_way", CAR, at=5.0, kind="wrong_way"), event("collision", CAR, OTHER, number=2, at=9.0))
    every = {
        option
        for seed in range(20)
        for option in asked(FAMILY, scene(DRIVES, course(OTHER), events=events), "incident", seed)[0].options
    }
    assert every.isdisjoint(INCIDENTS[kind] for kind in COLLISIONS)


def test_in_a_quiet_video_nothing_comes():
    (choice,) = asked(FAMILY, scene(DRIVES), "incident")
    assert choice.truth == NOTHING
    assert asked(FAMILY, scene(DRIVES), "who") == []


def test_where_someone_brakes_hard_nobody_says_that_none_does():
    brakes = course(THIRD, way=((0.0, 0.0, 0.0), (9.0, 90.0, 0.0)))
    every = {o for seed in range(20) for o in asked(FAMILY, scene(brakes), "incident", seed)[0].options}
    assert INCIDENTS["sudden_stop"] not in every


@pytest.mark.parametrize(
    "shown",
    [
        scene(DRIVES, known=False),
        scene(DRIVES, events=(event("wrong_way", CAR, at=5.0, kind="wrong_way", seen=False),)),
        scene(DRIVES, events=(event("wrong_way", CAR, at=2.0, kind="wrong_way"),)),  # too early
        scene(DRIVES, events=(event("speeding", CAR, at=5.0, kind="speeding"),)),  # nobody sees that
        scene(
            DRIVES, course(OTHER),
            events=(
                event("wrong_way", CAR, at=5.0, kind="wrong_way"),
                event("wrong_way", OTHER, number=2, at=4.9, kind="wrong_way"),
            ),
        ),
    ],
    ids=["nobody looked", "unseen", "too early", "invisible", "two at once"],
)  # fmt: skip
def test_not_asked(shown):
    assert asked(FAMILY, shown) == []


def test_where_times_may_be_wrong_nobody_asks_what_comes_next():
    assert asked(FAMILY, crash(times_known=False)) == []
