"""Questions about what earlier braking would have changed."""

import pytest
from happening_samples import AHEAD, CAR, OTHER, crash, rear_end
from scene_samples import asked, course, event, scene

from roadmark.questions.families.counterfactual import CounterfactualFamily

FAMILY = CounterfactualFamily()
FAST = {"way": ((0.0, -79.5, 0.0), (5.0, -4.5, 0.0))}
"""15 m/s until it touches, at 5 s, who stands 4.5 m ahead."""


def run_into():
    return scene(course(CAR, **FAST), course(OTHER, **AHEAD), events=(rear_end(),))


def outcomes(questions):
    """Whether they collide, by m/s2 and seconds before the contact."""
    return {(one.facts["braking"], one.facts["earlier"]): one.answer for one in questions}


def test_who_stops_on_seven_tenths_of_the_way_collides_no_more():
    found = outcomes(asked(FAMILY, run_into(), "still"))
    # 15 m/s: 16.1 m at 7 m/s2, 28.1 m at 4, 56.3 m at 2; in t seconds it drives 15 t: 70 % of 22.5, 30, 37.5, 45 m
    assert found[7.0, 2.0] == found[7.0, 3.0] == found[4.0, 3.0] == "No"  # 16.1 < 21; 28.1 < 31.5
    assert (7.0, 1.5) not in found  # 16.1 of 22.5 m: 71 %, too near to call
    assert (4.0, 2.5) not in found
    assert outcomes(asked(FAMILY, run_into(), "avoided"))[7.0, 2.0] == "Yes"


def test_who_is_hardly_slower_collides_all_the_same():
    found = outcomes(asked(FAMILY, run_into(), "still"))
    # at 7 m/s2 in 0.5 s: 0.9 m behind, still 11.5 m/s faster, which closes 9.4 m: more than twice 0.9
    assert found[7.0, 0.5] == found[2.0, 0.5] == "Yes"
    # at 2 m/s2 in 3.0 s: 9 m behind, 9 m/s faster, which closes 20.3 m: more than twice 9; 15^2 > 2 * 2 * 45
    assert found[2.0, 3.0] == "Yes"
    # at 7 m/s2 in 1.0 s: 3.5 m behind, 8 m/s faster, which closes 4.6 m: less than twice 3.5
    assert (7.0, 1.0) not in found


def test_the_physics_are_told():
    stops = next(one for one in asked(FAMILY, run_into(), "still") if one.facts["earlier"] == 2.0)
    assert stops.facts == {
        "speed": pytest.approx(15.0), "distance": pytest.approx(30.0), "braking": 7.0, "earlier": 2.0,
        "stopping_distance": pytest.approx(16.07),
    }  # fmt: skip
    assert stops.reasons[1] == "At 7 m/s² it needs 15.0² / (2 × 7) = 16.1 m to stop."
    assert stops.reasons[2] == "So it stops 13.9 m before the place of the contact."
    assert "with 7 m/s²" in stops.text
    assert "2.0 s before" in stops.text


@pytest.mark.parametrize(
    "shown",
    [
        crash(events=(), marked=(CAR,)),
        scene(course(CAR, **FAST), course(OTHER, **AHEAD), events=(event("collision", CAR, OTHER),)),
        scene(course(CAR, **FAST), course(OTHER, **AHEAD), events=(rear_end(kind="head_on"),)),
        scene(course(CAR, **FAST, seen=(4.9, 10.0)), course(OTHER, **AHEAD), events=(rear_end(),)),
        scene(course(CAR, way=((0.0, -14.5, 0.0), (5.0, -4.5, 0.0))), course(OTHER, **AHEAD), events=(rear_end(),)),
    ],
    ids=["no mark", "roles unknown", "head-on", "not seen before", "slow"],
)
def test_not_asked(shown):
    assert asked(FAMILY, shown) == []


def test_who_brakes_already_is_not_asked_to_brake():
    # 15 m/s until 4 s, then 4.5 m/s on the last 4.5 m: it has braked by the time
    late = {"way": ((0.0, -69.0, 0.0), (4.0, -9.0, 0.0), (5.0, -4.5, 0.0))}
    shown = scene(course(CAR, **late), course(OTHER, **AHEAD), events=(rear_end(),))
    assert {earlier for _, earlier in outcomes(asked(FAMILY, shown, "still"))}.isdisjoint({0.8, 1.0})


def test_who_crosses_must_still_be_there():
    # CAR comes from the west at 15 m/s, OTHER, 5 m/s, from the south; the nose is `ahead` of OTHER's middle
    def hit(ahead):
        crossing = {"way": ((0.0, 2.0, -25.0 - ahead), (10.0, 2.0, 25.0 - ahead))}
        it = rear_end(kind="side_collision")
        return scene(course(CAR, **FAST), course(OTHER, **crossing), events=(it,))

    assert outcomes(asked(FAMILY, hit(0.0), "still"))[2.0, 0.5] == "Yes"
    # 2 m behind its middle, 0.25 m from its rear: a moment later it is gone
    assert "Yes" not in outcomes(asked(FAMILY, hit(-2.0), "still")).values()
