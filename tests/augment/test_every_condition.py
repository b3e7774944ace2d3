"""A condition's name is known wherever names are: who adds one finds here what is missing."""

from typing import get_args

import numpy as np
import pytest

from roadmark.captions.condition_words import conditions_sentence
from roadmark.catalog import CONDITION_KEYS, LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES, Conditions
from roadmark.render import Environment
from roadmark.services.transfer.conditions import RANKS
from roadmark.simulate import settings
from roadmark.variations import said_values
from roadmark.variations.keywords import FAMILIES
from roadmark.variations.sentences import condition_sentences
from roadmark.verify.limits import limit_table

NAMES = {"weather": WEATHER_NAMES, "lighting": LIGHTING_NAMES, "road": ROAD_NAMES}
EVERY = [(field, name) for field, names in NAMES.items() for name in names]
KEYS = {field: key for key, field in CONDITION_KEYS.items()}


def test_commands_take_all_and_no_others():
    taken = {"weather": settings.Weather, "lighting": settings.Lighting, "road": settings.RoadState}
    assert {field: set(get_args(kind)) for field, kind in taken.items()} == {k: set(v) for k, v in NAMES.items()}


def test_words_and_their_ranks_are_there_for_all():
    assert {field: set(words) for field, words in FAMILIES.items()} == {k: set(v) for k, v in NAMES.items()}
    assert {field: sorted(names) for field, names in RANKS.items()} == {k: sorted(v) for k, v in NAMES.items()}


def test_each_looks_like_no_other():
    for field, names in NAMES.items():
        drawn = {repr(Environment.from_conditions(**{**vars(Conditions()), field: name})) for name in names}
        assert len(drawn) == len(names)


@pytest.mark.parametrize(("field", "name"), EVERY)
def test_sentences_say_each_in_its_words(field, name):
    text = " ".join(condition_sentences({KEYS[field]: name}, np.random.default_rng(0)))
    assert name in said_values(text, field)


@pytest.mark.parametrize(("field", "name"), EVERY)
def test_captions_say_each_in_its_words(field, name):
    text = conditions_sentence({**vars(Conditions()), field: name})
    assert name in said_values(text, field)


def test_limits_and_looks_are_of_known_conditions():
    known = {name for names in NAMES.values() for name in names}
    assert set(limit_table().limits) - {"default"} <= known
    for look in limit_table().looks:
        assert all(set(names) <= set(NAMES[field]) for field, names in look.when.items()), look.because
