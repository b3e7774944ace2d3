"""Twins of a made-up crossing, one per installed converter."""

import pytest
from osm_extract import crossing_extract

from roadmark.twins import CONVERTERS, parse_osm, twin_of

NAMES = [name for name, converter in CONVERTERS.items() if converter.available()]


@pytest.fixture(scope="session")
def crossing():
    return crossing_extract()


@pytest.fixture(scope="session")
def extract(crossing):
    return parse_osm(crossing.document(), "place.osm")


@pytest.fixture(scope="session", params=NAMES or [pytest.param("none", marks=pytest.mark.skip("no converter"))])
def twin(request, extract):
    return twin_of(extract, "Crossing", request.param)


@pytest.fixture(scope="session")
def any_twin(extract):
    if not NAMES:
        pytest.skip("no converter")
    return twin_of(extract, "Crossing")
