"""Two views of the sample crossing, grown once."""

import pytest
from verify_scenes import CAMERAS, build_scene

from roadmark.simulate import embedded


@pytest.fixture(scope="session")
def scenes(tmp_path_factory):
    """The scenes by camera; every one grows its town once, however often it is drawn again."""
    grow, grown = embedded.grow_town, {}

    def grow_once(road_map, order, scene_model=None):
        key = repr(order)
        if key not in grown:
            grown[key] = grow(road_map, order, scene_model)
        return grown[key]

    embedded.grow_town = grow_once
    try:
        yield {name: build_scene(tmp_path_factory.mktemp(name), name, 2.2) for name in CAMERAS}
    finally:
        embedded.grow_town = grow
