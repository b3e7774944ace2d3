"""Shared fixtures: where the real recordings and maps are."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run: a test that fails here fails for everyone.
settings.register_profile("roadmark", derandomize=True, deadline=None)
settings.load_profile("roadmark")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real recordings and maps; tests that need it skip where it is not set."""
    value = os.environ.get("ROADMARK_DATA")
    if not value:
        pytest.skip("ROADMARK_DATA is not set: no real recordings and maps at hand")
    path = Path(value)
    assert path.is_dir(), f"ROADMARK_DATA={value} is not a directory"
    return path


@pytest.fixture
def bare_town(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate on the map's ground alone, for tests that do not look at scenery: growing it takes a second each."""
    import numpy as np

    from roadmark.render import Mesh
    from roadmark.simulate import town
    from roadmark.world.ground import ground_shape, height_field
    from roadmark.world.static_world import StaticWorld

    hidden = np.array([[0.0, 0.0, -50.0], [0.1, 0.0, -50.0], [0.0, 0.1, -50.0]], np.float32)
    lens = Mesh(
        hidden, np.array([[0, 1, 2]], np.uint32), np.tile(np.array([0, 0, 1], np.float32), (1, 3, 1)),
        np.zeros(1, np.uint8), np.zeros(1, np.uint8), np.zeros((1, 3), np.uint8), np.zeros(1, np.uint8),
        np.zeros(1, np.uint16),
    )  # fmt: skip

    def ground_only(road_map, seed, **places):
        return StaticWorld(ground_shape(road_map, height_field(road_map, seed)).mesh(), lens, [])

    monkeypatch.setattr(town, "static_world", ground_only)
    monkeypatch.setattr("roadmark.simulate.town_worker.LEAST_PROCESSORS", 1 << 30)  # it would grow scenery
