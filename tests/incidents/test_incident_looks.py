"""The vehicles of one incident are told apart by their colour and by what they are."""

from itertools import pairwise

import numpy as np
import pytest
from incident_samples import SEEDS, plan_of, plans_by_seed, town_scene

from roadmark.catalog import NAMED_COLORS, blueprint, color_name
from roadmark.incidents import IncidentOptions
from roadmark.incidents.draws import PAINTS, draw_two, draw_vehicle
from roadmark.incidents.names import named, noun


def test_two_vehicles_never_share_a_colour_word_or_a_model():
    rng = np.random.default_rng(4)
    for _ in range(300):
        one, other = draw_two(IncidentOptions(), rng)
        assert color_name(one.color) != color_name(other.color)
        assert noun(one.blueprint) != noun(other.blueprint)


def test_paints_are_clear_words_and_captions_say_them():
    rng = np.random.default_rng(7)
    drawn = [draw_vehicle(IncidentOptions(blueprints=("vehicle.nissan.micra",)), 0, rng) for _ in range(400)]
    words = {color_name(spec.color) for spec in drawn}
    assert words == set(PAINTS) <= set(NAMED_COLORS)
    assert {named(spec).removeprefix("an ").removeprefix("a ") for spec in drawn} == {
        f"{word} Nissan Micra" for word in PAINTS
    }


def test_the_same_model_asked_for_twice_comes_in_two_colours():
    chosen = IncidentOptions(blueprints=("vehicle.audi.tt", "vehicle.audi.tt"))
    for seed in range(60):
        one, other = draw_two(chosen, np.random.default_rng(seed))
        assert one.blueprint.id == other.blueprint.id == "vehicle.audi.tt"
        assert color_name(one.color) != color_name(other.color)


def test_liveries_keep_their_colour():
    for model in ("vehicle.ford.crown", "vehicle.ford.ambulance"):
        spec = draw_vehicle(IncidentOptions(blueprints=(model,)), 0, np.random.default_rng(1))
        assert spec.color == blueprint(model).default_color


@pytest.mark.parametrize("name", ["rear_end", "side_collision", "head_on", "cyclist_collision", "near_miss"])
def test_captions_name_the_colours_and_models_of_both(data_dir, name):
    for seed in SEEDS:
        plan = plan_of(data_dir, "Town10HD", name, seed)
        specs = [scripted.actor.spec for scripted in plan.actors]
        vehicles = [spec for spec in specs if spec.blueprint.kind == "vehicle"]
        for one, other in pairwise(vehicles):
            assert color_name(one.color) != color_name(other.color)
            assert noun(one.blueprint) != noun(other.blueprint)
        caption = next(event.caption for event in plan.events if event.kind == name)
        assert all(named(spec).split(" ", 1)[1] in caption for spec in specs)


def test_captions_read_in_turn_introduce_nobody_twice():
    plans = [plan for _, plan in plans_by_seed([town_scene("crossing")], "side_collision", range(12))]
    plan = next(plan for plan in plans if plan.measures["fault"] == "red_light")
    runs, hits = plan.captions
    violator = named(plan.actors[plan.events[0].actor_ids[0]].actor.spec)
    assert runs == plan.events[0].caption == f"{violator[0].upper()}{violator[1:]} drives through a red light."
    assert f"The {violator.split(' ', 1)[1]} runs the red light and " in hits
    assert plan.events[1].caption != hits
