"""Plans and detections compared: what is missing, what nobody planned, how far times differ."""

from dataclasses import replace

import pytest

from roadmark.events import Event, Participant, Place, Tolerance, agreement

HERE = Place((0.0, 0.0, 0.0))
FRAME = Tolerance(contact=1.0 / 30.0)


def event(kind, start, *actors, end=None, contact=None):
    crash = kind in {"rear_end", "side_collision"}
    people = tuple(Participant(actor, "violator") for actor in actors)
    sub = kind if crash else ""
    category = "collision" if crash else kind
    return Event(category, start, start + 1.0 if end is None else end, people, HERE, sub_category=sub, contact=contact)


CRASH = event("rear_end", 3.0, 1, 2, contact=3.0)
STOP = event("sudden_stop", 5.0, 7)


def test_the_same_agrees_in_any_order_of_events_and_actors():
    swapped = replace(CRASH, participants=CRASH.participants[::-1], contact=3.02, start=2.0)
    found = agreement([CRASH, STOP], [STOP, swapped], FRAME)
    assert found.holds
    assert found.exact
    assert found.describe() == ""
    assert found.matches[0].contact == pytest.approx(0.02)
    assert found.matches[0].start == pytest.approx(-1.0)


@pytest.mark.parametrize(
    "other",
    [
        replace(CRASH, contact=3.04),
        replace(CRASH, sub_category="side_collision"),
        event("rear_end", 3.0, 1, 3, contact=3.0),
    ],
)
def test_another_moment_kind_or_actor_is_another_event(other):
    found = agreement([CRASH], [other], FRAME)
    assert found.missing == (CRASH,)
    assert found.unexpected == (other,)
    assert not found.holds
    assert found.describe().startswith("missing: rear_end of 1, 2 at contact 3.000 s\nunexpected: ")


def test_starts_have_a_tolerance_of_their_own():
    assert agreement([STOP], [replace(STOP, start=5.7, end=6.0)], FRAME).holds
    assert not agreement([STOP], [replace(STOP, start=5.8, end=6.0)], FRAME).holds
    assert agreement([STOP], [replace(STOP, start=5.8, end=6.0)], Tolerance(0.03, {"sudden_stop": 1.0})).holds


def test_one_detection_stands_for_one_plan():
    assert agreement([STOP, STOP], [STOP], FRAME).missing == (STOP,)
    assert agreement([STOP], [STOP, STOP], FRAME).related == (STOP,)


def test_what_the_actors_of_an_incident_did_before_it_is_related_and_no_surprise():
    light = event("red_light", 1.0, 1)
    found = agreement([CRASH], [CRASH, light], FRAME)
    assert (found.holds, found.exact, found.related) == (True, False, (light,))
    stranger = event("red_light", 1.0, 9)
    assert agreement([CRASH], [CRASH, stranger], FRAME).unexpected == (stranger,)
    later = event("red_light", 9.0, 1)
    assert agreement([CRASH], [CRASH, later], FRAME).unexpected == (later,)
    crash = event("rear_end", 2.5, 1, 2, contact=2.5)
    assert agreement([CRASH], [CRASH, crash], FRAME).unexpected == (crash,)
