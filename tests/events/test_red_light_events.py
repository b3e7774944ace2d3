"""Red lights: who crosses the stop line on red and drives on."""

import pytest
from event_samples import WEST, Mover, changing, crossing, going, scenario

from roadmark.events import detect_events
from roadmark.scenario import SignalState
from sample_crossing.scenario import crossing_scenario
from sample_crossing.script import CONTACT, RUNNER, STRUCK

# Signal 300 of the east arm stands at x = 14 + 4.5, y = 3.5 + 0.5 + 0.6; traffic towards the junction drives west on
# y = 1.75, and its line is at x = 18.5.
LIGHT = (18.5, 4.6)
LINE = 18.5


def turning(red_from, red_until=100.0):
    return lambda t: SignalState.RED if red_from <= t < red_until else SignalState.GREEN


def found(course, state, seconds=6.0, fps=20):
    movers = [Mover(5, course)]
    return detect_events(scenario(movers, seconds, fps, lights={LIGHT: state}), crossing())


def test_a_car_that_drives_through_on_red():
    # front at 60 - 2 m, 12 m/s: the line after (58 - 18.5) / 12 s; the junction ends at x = -14, which the middle of
    # the car passes after 74 / 12 s.
    (event,) = found(going(60.0, 1.75, WEST, 12.0), turning(1.0), seconds=8.0)
    assert event.kind == "red_light"
    assert event.start == pytest.approx((58.0 - LINE) / 12.0, abs=1e-6)
    assert event.end == pytest.approx(74.0 / 12.0, abs=0.3)
    assert [(p.actor_id, p.role) for p in event.participants] == [(5, "violator")]
    assert event.measures["red_for"] == pytest.approx((58.0 - LINE) / 12.0 - 1.0, abs=1e-3)
    assert event.measures["speed"] == pytest.approx(12.0)
    assert event.place.lane == "1_0_1"
    assert event.caption == "Vehicle 5 runs a red light at 43 km/h."


@pytest.mark.parametrize(
    ("red_from", "red_until"), [(3.30, 100.0), (0.0, 3.29), (50.0, 51.0)], ids=["just after", "just before", "never"]
)
def test_nobody_runs_a_light_that_is_not_red_when_the_line_is_crossed(red_from, red_until):
    # crossed at 39.5 / 12 = 3.2917 s
    assert found(going(60.0, 1.75, WEST, 12.0), turning(red_from, red_until)) == []


def test_red_just_before_the_line_is_red():
    (event,) = found(going(60.0, 1.75, WEST, 12.0), turning(3.2))
    assert event.measures["red_for"] == pytest.approx(39.5 / 12.0 - 3.2, abs=1e-3)


def test_stopping_a_metre_late_is_not_running_the_light():
    # stops with its front 1 m over the line: 12 m/s at 4 m/s2 takes 18 m
    start = (58.0 - LINE - 18.0 + 1.0) / 12.0
    assert found(changing(60.0, 1.75, WEST, 12.0, start, -4.0), turning(1.0)) == []


def test_traffic_away_from_the_junction_and_lights_that_nobody_recorded_hold_nobody():
    assert found(going(0.0, -1.75, 0.0, 12.0), turning(0.0)) == []
    movers = [Mover(5, going(60.0, 1.75, WEST, 12.0))]
    far = scenario(movers, 6.0, lights={(30.0, 30.0): turning(0.0)})
    assert detect_events(far, crossing()) == []
    assert detect_events(scenario(movers, 6.0), crossing()) == []
    assert detect_events(scenario(movers, 6.0, lights={LIGHT: turning(0.0)}), None) == []


def test_the_built_in_scenario_is_its_script():
    events = detect_events(crossing_scenario(), crossing())
    light, crash = events[0], events[1]
    assert (light.kind, light.actor_ids) == ("red_light", (RUNNER,))
    assert (crash.kind, crash.actor_ids) == ("side_collision", (RUNNER, STRUCK))
    # the script reckons with a box centred on its origin; it sits 0.029 m ahead, at 12 m/s
    assert crash.contact == pytest.approx(CONTACT - 0.029 / 12.0, abs=1e-5)
    assert crash.cause == "ran a red light"
    assert crash.measures["faces"] == ["front", "right"]
    assert crash.measures["recorded"]
