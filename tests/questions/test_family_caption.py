"""Captions as questions."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
from happening_samples import AHEAD, BEHIND, CAR, OTHER, WALKER, rear_end
from scene_samples import asked, course, event, scene

from roadmark.questions import Timeline
from roadmark.questions.families.caption import CaptionFamily

FAMILY = CaptionFamily()
RED = course(CAR, "car", "vehicle.tesla.model3", "red", **BEHIND)
BLUE = course(OTHER, "car", "vehicle.audi.a2", "blue", **AHEAD)
HIT = "a red sedan runs into the back of a blue hatchback in a rear-end collision"


def shown(*courses, **fields):
    """A scene whose clip has what captions read of it: that collisions were looked for."""
    made = scene(*courses, **{"conditions": ("clear_sky", "afternoon", "dry"), **fields})
    manifest = SimpleNamespace(map_name="Town", files=("events_collision.json",))
    made.clip.manifest = manifest
    return made


def text(questions):
    (question,) = questions
    return question.answer


def test_the_whole_video_with_its_own_conditions():
    told = text(asked(FAMILY, shown(RED, BLUE, events=(rear_end(),)), "video"))
    assert told.startswith("A fixed camera about eight metres above the ground")
    assert f"About five seconds in, {HIT}" in told
    assert told.endswith("It is afternoon with a clear sky, and the road is dry.")
    foggy = text(asked(FAMILY, shown(RED, BLUE, events=(rear_end(),), conditions=("fog", "night", "dry")), "video"))
    assert foggy.endswith("It is night with fog over the scene, and the road is dry.")
    assert "a sedan runs into the back of a hatchback" in foggy  # by night nobody sees paint


def test_marks_are_given_once():
    (question,) = asked(FAMILY, shown(RED, BLUE, events=(rear_end(),)), "video_marked")
    assert "a red sedan (mark 7) runs into the back of a blue hatchback (mark 9)" in question.answer
    assert question.answer.count("mark 7") == 1
    assert question.actors == (CAR, OTHER)


def test_a_quiet_video_says_so():
    assert "No collision happens." in text(asked(FAMILY, shown(RED), "video"))


def test_who_cannot_be_told_is_not_told_of():
    tiny = course(WALKER, "pedestrian", side=(5.0, 10.0))
    assert "pedestrian" not in text(asked(FAMILY, shown(RED, tiny), "video")).lower()


def test_a_video_whose_collision_nobody_sees_has_no_caption():
    assert asked(FAMILY, shown(RED, BLUE, events=(event("collision", CAR, OTHER, seen=False),))) == []
    assert asked(FAMILY, shown(RED, BLUE, known=False)) == []


def test_speeding_is_not_told():
    fast = event("speeding", CAR, kind="speeding", measures={"speed": 20.0, "limit": 10.0})
    assert "km/h" not in text(asked(FAMILY, shown(RED, events=(fast,)), "video"))


def test_a_shorter_video_has_captions_of_stretches_only():
    seconds = np.where(np.arange(101) <= 80, np.arange(101) / 10.0, np.nan)
    made = shown(RED, BLUE, events=(rear_end(),))
    short = replace(made, timeline=Timeline(seconds, made.timeline.rate, 0.1))
    assert asked(FAMILY, short, "video") == asked(FAMILY, short, "video_marked") == []
    assert asked(FAMILY, short, "span")


def test_a_stretch_tells_what_happens_in_it():
    spans = {one.during: one.answer for one in asked(FAMILY, shown(RED, BLUE, events=(rear_end(),)), "span")}
    # the contact lasts from 5.0 s to 5.3 s: 1.5 s around it, on half seconds, from 3.5 s to 6.5 s
    marked = HIT.replace("sedan", "sedan (mark 7)").replace("hatchback", "hatchback (mark 9)")
    assert f"About five seconds in, {marked}" in spans[3.5, 6.5]
    assert "ground" not in spans[3.5, 6.5]  # no place


def test_no_stretch_cuts_through_what_happens():
    long = event("wrong_way", CAR, at=1.0, lasts=8.0, kind="wrong_way")
    spans = [one.during for seed in range(20) for one in asked(FAMILY, shown(RED, events=(long,)), "span", seed)]
    assert set(spans) == {(0.0, 10.0)}


def test_a_red_light_that_nobody_sees_is_no_cause():
    # without a map nobody knows of a light, nor of anyone who waits at one
    ran = event("red_light", CAR, at=3.0, number=2, kind="red_light")
    hit = rear_end(kind="side_collision", cause="ran a red light")
    told = text(asked(FAMILY, shown(RED, BLUE, events=(hit, ran)), "video"))
    assert "red light" not in told
    assert "About five seconds in, a red sedan hits the" in told
