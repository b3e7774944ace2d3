"""The search: what is accepted, what is drawn again, and what is said when nothing works out."""

from dataclasses import replace

import numpy as np
import pytest
from generate_samples import FEW, crossing, found_for, recipe, unlit_town

from roadmark.errors import InputError
from roadmark.generate import Recipe, judge, load_place, search, search_scenario
from roadmark.incidents import MissingElementError
from roadmark.scenario import ActorKind


def look(incident, seed=0, **changes):
    return search_scenario(crossing()[1], recipe(**changes), incident, np.random.default_rng(seed))


@pytest.mark.parametrize("incident", ["rear_end", "side_collision", "red_light", "sudden_stop", "jaywalk", "none"])
def test_what_is_found_holds_exactly_the_incident(incident):
    found = found_for(incident)
    place = crossing()[1]
    assert judge(found.draw, place) == []
    kinds = [event.kind for event in found.events]
    assert kinds[-1:] == ([] if incident == "none" else [incident])
    ids = {actor.id for actor in found.draw.scenario.actors.values()}
    assert all(set(event.actor_ids) <= ids for event in found.events)
    assert len(found.draw.moving) >= 5


def test_the_same_generator_finds_the_same_scenario():
    one, two, other = look("red_light", 3), look("red_light", 3), look("red_light", 4)
    assert one.events == two.events
    assert one.tries == two.tries
    for key, track in one.draw.scenario.tracks.items():
        np.testing.assert_array_equal(track.positions, two.draw.scenario.tracks[key].positions)
    assert one.events != other.events


def test_judges_name_what_is_missing_what_is_too_much_and_what_is_wrong():
    draw, place = found_for("side_collision").draw, crossing()[1]
    collision = draw.events[-1]
    quiet = replace(draw, events=tuple(event for event in draw.events if event is not collision))
    assert judge(quiet, place) == ["an unintended side_collision"]
    more = replace(
        draw, events=(*draw.events, replace(collision, category="speeding", sub_category=None, contact=None))
    )
    assert judge(more, place) == ["the speeding was not found"]
    late = replace(collision, start=collision.start + 0.2, contact=collision.contact + 0.2)
    shifted = replace(draw, events=(*(event for event in draw.events if event is not collision), late))
    assert "the side_collision was not found" in judge(shifted, place)


def test_overlaps_that_no_event_explains_are_seen():
    draw, place = found_for("none").draw, crossing()[1]
    scenario = draw.scenario
    whole = [actor.key for actor in scenario.of_kind(ActorKind.VEHICLE) if scenario.tracks[actor.key].times[0] == 0.0]
    first, second = whole[:2]
    tracks = dict(scenario.tracks)
    tracks[second] = replace(tracks[first], actor_id=second)
    assert judge(replace(draw, scenario=replace(scenario, tracks=tracks)), place)


def test_draws_that_fail_are_counted_with_their_reason(monkeypatch):
    faults = iter([["an unintended rear_end"], ["an unintended rear_end"], ["off_lane"], []])
    monkeypatch.setattr(search, "judge", lambda draw, place: next(faults))
    found = look("none")
    assert found.tries == 4
    assert found.rejected == {"an unintended rear_end": 2, "off_lane": 1}


def test_impossible_recipes_end_with_the_reason():
    with pytest.raises(InputError) as raised:
        look("stalled_vehicle", duration=6.0, tries=3)
    said = str(raised.value)
    assert "stalled_vehicle on RoadmarkCrossing_0: none of 3 draws worked out: " in said
    assert "it cannot stand for" in said
    assert "(3x)" in said
    assert "raise --tries" in said


def test_maps_without_the_element_name_incident_and_need_at_once(tmp_path, monkeypatch):
    place = load_place(unlit_town(tmp_path / "unlit.xodr"))
    draws = []
    original = search.draw_scenario
    monkeypatch.setattr(search, "draw_scenario", lambda *given: draws.append(1) or original(*given))
    few = Recipe(map=tmp_path / "unlit.xodr", **FEW)
    with pytest.raises(MissingElementError, match="red_light needs a traffic light at a junction, and map unlit has"):
        search_scenario(place, few, "red_light", np.random.default_rng(0))
    assert len(draws) == 1


def test_cameras_see_everyone_involved():
    found = look("red_light", camera="auto", cameras=2, width=640, height=360)
    assert len(found.cameras) == 2
    for camera in found.cameras:
        assert {actor.actor_id for actor in camera.actors} == set(found.draw.involved)
        assert (camera.setup.camera.width, camera.setup.camera.height) == (640, 360)


def test_a_rig_rides_on_a_vehicle_of_the_incident():
    found = look("side_collision", camera="ego", rig="surround")
    assert len(found.cameras) == 5
    assert {camera.follow for camera in found.cameras} == {found.events[-1].actor_ids[-1]}
    walker = look("jaywalk", camera="ego")  # who jaywalks carries no rig: the first vehicle of the traffic does
    ids = [actor.id for actor in walker.draw.scenario.of_kind(ActorKind.VEHICLE)]
    assert walker.cameras[0].follow == ids[0]


def test_a_rig_without_any_vehicle_is_impossible():
    with pytest.raises(InputError, match="a rig needs a vehicle"):
        look("none", camera="ego", vehicles=0, cyclists=0, parked=0, tries=2)
