"""Every kind of event as a sentence."""

import math

import pytest
from course_samples import FIXED, course

from roadmark.captions.incidents import tell_incidents
from roadmark.captions.story import Cast
from roadmark.clip import ClipEvent
from roadmark.scene import Names

RED, BLUE, WALKER, CYCLIST = 1, 2, 3, 4
CAST = Cast(
    {
        RED: course(RED, "car", "vehicle.tesla.model3", "red", stops=5.0, places=((-20.0, 0.0), (20.0, 0.0))),
        BLUE: course(BLUE, "car", "vehicle.audi.a2", "blue", places=((2.0, -3.0), (2.0, 40.0)), heading=math.pi / 2),
        WALKER: course(WALKER, "pedestrian", "walker.pedestrian.0001", tilt_from=5.2, stops=5.2),
        CYCLIST: course(CYCLIST, "bicycle", "vehicle.bh.crossbike", tilt_from=5.2, stops=5.2),
    }
)


def event(kind, *actors, category="collision", at=5.0, sub_category="", caption="", **attributes):
    return ClipEvent(
        category, at, at + 1.0, 50, 60, actors, sub_category, caption, {"kind": kind, "contact_time": at, **attributes}
    )


def violation(category, *actors, **keywords):
    return event(category, *actors, category=category, **keywords)


def told(*events, cast=CAST, picture=FIXED):
    return tell_incidents(events, cast, Names(), picture)


def roles(first, second):
    return {"roles": {str(RED): first, str(BLUE): second}}


BEFORE = "About five seconds in, "
AFTER = ", in the middle of the picture."
REST = "The red sedan comes to rest and the blue hatchback moves on."


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (
            event("rear_end", RED, BLUE, **roles("striking", "struck")),
            "a red sedan runs into the back of a blue hatchback in a rear-end collision",
        ),
        (
            event("rear_end", RED, BLUE, **roles("struck", "striking")),
            "a blue hatchback runs into the back of a red sedan in a rear-end collision",
        ),
        # The blue one heads north from (2, -3), 4.3 m/s, and is at (2, 18.5) after 5 s; the red one at (0, 0) is behind
        (
            event("side_collision", RED, BLUE, cause="ran a red light", **roles("striking", "struck")),
            "a red sedan runs a red light and hits the side of a blue hatchback in a side collision",
        ),
        # after 0.7 s the blue one is at (2, 0.01), heading north: the red one at x = -17.2 is on its left
        (
            event("side_collision", RED, BLUE, at=0.7, cause="did not give way", **roles("striking", "struck")),
            "a red sedan fails to give way and hits the left side of a blue hatchback in a side collision",
        ),
        (
            event(
                "side_collision", RED, BLUE, at=0.7, cause="ran a red light", **roles("striking", "struck"),
                caption="A blue Audi A2 runs a red light and is hit in its left side by a red Tesla Model 3.",
            ),
            "a blue hatchback runs a red light and is hit on its left side by a red sedan in a side collision",
        ),
        (
            event("head_on", RED, BLUE, cause="lost control and left its lane", **roles("striking", "struck")),
            "a red sedan swerves out of its lane and meets a blue hatchback in a head-on collision",
        ),
        (event("head_on", RED, BLUE), "a red sedan and a blue hatchback meet in a head-on collision"),
        (event("collision", RED, BLUE), "a red sedan and a blue hatchback collide"),
        (event("", RED, sub_category="traffic_light_vehicle"), "a red sedan collides with a traffic light"),
        (event("", RED, sub_category="non_actor_vehicle"), "a red sedan collides with something at the road"),
    ],
)  # fmt: skip
def test_collisions(happened, sentence):
    when = "About one second in, " if happened.start_time == 0.7 else BEFORE
    assert told(happened).sentences[0] == when + sentence + AFTER


def test_what_becomes_of_them_is_told_as_far_as_it_is_seen():
    assert told(event("rear_end", RED, BLUE)).sentences[1:] == (REST,)
    both = Cast({RED: CAST.courses[RED], BLUE: course(BLUE, "car", "vehicle.audi.a2", "blue", stops=6.0)})
    assert told(event("rear_end", RED, BLUE), cast=both).sentences[1:] == ("Both come to rest.",)
    gone = Cast({number: course(number, "car", paint="red", seen=(0.0, 5.2)) for number in (RED, BLUE)})
    assert told(event("rear_end", RED, BLUE), cast=gone).sentences[1:] == ()


@pytest.mark.parametrize(
    ("happened", "sentences"),
    [
        (
            event("pedestrian_collision", RED, WALKER, cause="stepped onto the road away from a crosswalk"),
            "a pedestrian steps onto the road away from a crosswalk and is hit by a red sedan",
        ),
        (
            event("pedestrian_collision", RED, WALKER, cause="ignored a pedestrian on a crosswalk"),
            "a red sedan fails to stop at a crosswalk and hits a pedestrian on it",
        ),
        (event("pedestrian_collision", RED, WALKER, cause="was tired"), "a red sedan hits a pedestrian"),
    ],
)
def test_people_on_foot_are_hit(happened, sentences):
    found = told(happened)
    assert found.sentences == (
        BEFORE + sentences + AFTER,
        "The red sedan comes to rest and the pedestrian falls and stays lying on the road.",
    )
    assert set(found.terms) == {"hit", "red sedan", "pedestrian"}


def test_cyclists_are_hit_by_those_who_turn():
    turning = course(RED, "car", "vehicle.tesla.model3", "red", turn=math.pi / 2)
    cast = Cast({RED: turning, CYCLIST: CAST.courses[CYCLIST]})
    happened = event("cyclist_collision", RED, CYCLIST, cause="turned across oncoming traffic")
    assert told(happened, cast=cast).sentences[0] == (
        BEFORE + "a red sedan turns across oncoming traffic and hits a cyclist" + AFTER
    )
    happened = event("cyclist_collision", RED, CYCLIST, place={"junction": "7"})
    assert told(happened, cast=cast).sentences[0] == BEFORE + "a red sedan turning left hits a cyclist" + AFTER
    happened = event("cyclist_collision", RED, CYCLIST, place={"junction": None})  # a bend of the road
    assert told(happened, cast=cast).sentences[0] == BEFORE + "a red sedan hits a cyclist" + AFTER


@pytest.mark.parametrize(
    ("happened", "sentence"),
    [
        (violation("wrong_way", RED), "a red sedan drives against the direction of traffic in the oncoming lane"),
        (violation("red_light", RED), "a red sedan runs a red light"),
        (violation("sudden_stop", RED), "a red sedan brakes hard and comes to a sudden stop"),
        (violation("stalled_vehicle", RED), "a red sedan comes to a halt in its lane and stays there, stalled"),
        (
            violation("blocked_junction", RED),
            "a red sedan comes to a halt in the middle of the junction and blocks it",
        ),
        (violation("illegal_turn", RED, sub_category="u_turn"), "a red sedan makes an illegal U-turn"),
        (violation("illegal_turn", RED, sub_category="left"), "a red sedan makes an illegal left turn"),
        (
            violation("illegal_turn", RED, sub_category="straight"),
            "a red sedan makes an illegal move straight on from a turning lane",
        ),
        (violation("illegal_turn", RED), "a red sedan makes an illegal turn"),
        # 13.2125 m/s are 47.6 km/h, 8.33 m/s are 30
        (
            violation("speeding", RED, measures={"speed": 13.2125, "limit": 8.33}),
            "a red sedan is speeding at about 48 km/h where 30 km/h are allowed",
        ),
        (violation("speeding", RED, measures={"speed": math.inf, "limit": "30"}), "a red sedan is speeding"),
        (violation("jaywalk", WALKER), "a pedestrian crosses the road away from a crosswalk"),
        (violation("oil_spill", RED, BLUE), "there is an oil spill of a red sedan and a blue hatchback"),
    ],
)
def test_violations(happened, sentence):
    assert told(happened).sentences == (BEFORE + sentence + AFTER,)


def test_who_stands_from_the_first_frame_does_not_come_to_a_halt():
    standing = Cast({RED: course(RED, "car", paint="red", places=((0.0, 0.0), (0.0, 0.0)))})
    found = told(violation("stalled_vehicle", RED), cast=standing)
    assert found.sentences == (BEFORE + "a red car stands in its lane and stays there, stalled" + AFTER,)


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        (
            {"roles": {"3": "pedestrian", "1": "approaching"}, "cause": "ignored a pedestrian on a crosswalk"},
            "a red sedan brakes hard and just avoids a pedestrian on a crosswalk, a near miss",
        ),
        (
            {"roles": {"1": "approaching", "3": "pedestrian"}, "cause": "stepped onto the road away from a crosswalk"},
            "a pedestrian steps onto the road away from a crosswalk and a red sedan brakes hard and just avoids a "
            "collision, a near miss",
        ),
        (
            {"roles": {"1": "approaching", "3": "leading"}},
            "a red sedan brakes hard and just avoids running into a pedestrian, a near miss",
        ),
        (
            {"roles": {"3": "violator", "1": "evading"}, "cause": "ran a red light"},
            "a pedestrian runs a red light and a red sedan brakes hard and just avoids a collision, a near miss",
        ),
        ({}, "a red sedan and a pedestrian just avoid a collision, a near miss"),
    ],
)  # fmt: skip
def test_near_misses(attributes, sentence):
    found = told(violation("near_miss", RED, WALKER, **attributes))
    assert found.sentences == (BEFORE + sentence + AFTER,)
    assert "near miss" in found.terms


def test_a_violation_that_leads_to_a_collision_is_told_once():
    crash = event("side_collision", RED, BLUE, cause="ran a red light", **roles("striking", "struck"))
    found = told(violation("red_light", RED, at=3.0), crash)
    assert len(found.sentences) == 2  # the collision and what comes of it
    assert "runs a red light and hits" in found.sentences[0]


def test_events_come_in_order_of_time_and_names_are_used_again():
    found = told(violation("sudden_stop", RED, at=8.0), violation("speeding", RED, at=2.0))
    assert found.sentences == (
        "About two seconds in, a red sedan is speeding, in the middle of the picture.",
        "About eight seconds in, the red sedan brakes hard and comes to a sudden stop, in the middle of the picture.",
    )
    assert found.terms == ("speeding", "red sedan", "sudden stop")
    assert found.actors == {RED}


def test_two_that_look_alike_are_told_apart():
    alike = Cast({number: course(number, "car", "vehicle.audi.a2", "blue", stops=6.0) for number in (RED, BLUE)})
    assert (
        told(event("rear_end", RED, BLUE), cast=alike)
        .sentences[0]
        .startswith("About five seconds in, a blue hatchback runs into the back of a second blue hatchback")
    )


def test_nobody_tells_what_is_out_of_view():
    elsewhere = Cast({BLUE: course(BLUE, seen=(0.0, 1.0))})
    assert told(violation("red_light", RED), violation("speeding", BLUE), cast=elsewhere).sentences == ()
    seen = Cast({BLUE: CAST.courses[BLUE]}, {RED: "truck"})
    assert told(event("rear_end", RED, BLUE), cast=seen).sentences[0] == (
        BEFORE + "a truck out of view runs into the back of a blue hatchback in a rear-end collision" + AFTER
    )


def test_who_carries_the_camera_is_the_vehicle_with_the_camera():
    carried = Cast({BLUE: CAST.courses[BLUE]}, {RED: "car"}, carrier=RED)
    found = told(violation("red_light", RED), cast=carried)
    assert found.sentences == ("About five seconds in, the vehicle with the camera runs a red light.",)
    assert found.terms == ("red light",)


def test_an_event_begins_for_the_viewer_when_its_actor_comes_into_view():
    late = Cast({RED: course(RED, "car", paint="red", seen=(4.0, 10.0), across=(900.0, 900.0))})
    found = told(violation("speeding", RED, at=0.0), violation("wrong_way", RED, at=3.4), cast=late)
    assert found.sentences[-1].startswith("About four seconds in, ")
    assert found.sentences[-1].endswith(", on the right of the picture.")


def test_the_graver_of_many_events_are_told():
    many = [violation("speeding", BLUE, at=float(number)) for number in range(6)]
    found = told(*many, event("rear_end", RED, BLUE, at=9.0))
    assert len(found.sentences) == 5  # four events, and what comes of the collision
    assert "rear-end collision" in found.sentences[3]


@pytest.mark.parametrize(
    "attributes",
    [
        {"roles": ["striking"], "measures": 3, "cause": None, "contact_time": "soon"},
        {"roles": {"x": "striking", "99": "struck"}, "contact_time": math.nan, "kind": None},
    ],
)
def test_attributes_of_other_makers_do_no_harm(attributes):
    happened = ClipEvent("collision", 5.0, 6.0, 50, 60, (RED, BLUE), attributes=attributes)
    assert told(happened).sentences[0] == BEFORE + "a red sedan and a blue hatchback collide" + AFTER
