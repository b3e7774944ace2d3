"""A small run of labelled clips, that tests of datasets share."""

import shutil

import pytest

from augmented_samples import write_augmented
from labelled_world import BLUE, ORANGE, WHITE, Part, standing, straight, write_world
from roadmark.clip import CollisionEvent

CARS = (
    Part(11, "vehicle.tesla.model3", straight((-14.0, -2.0), 0.0, 3.0), ORANGE),
    Part(12, "vehicle.audi.tt", straight((2.0, 14.0), -1.5708, 2.0), BLUE),
    Part(13, "vehicle.mini.cooper_s", standing(6.0, 6.0), WHITE),
)


@pytest.fixture(scope="session")
def labelled_run(tmp_path_factory):
    """Three clips of two seconds, the first with a collision, and two augmentations of it, one rejected."""
    root = tmp_path_factory.mktemp("vqa")
    crash = CollisionEvent(1.0, 1.4, 5, 7, (11, 12), "vehicle_vehicle", "They collide.")
    for name, cars, collisions in (("crash", CARS, (crash,)), ("quiet", CARS, ()), ("still", CARS[:2], ())):
        write_world(
            root / "simulated" / "1" / name, cars, seconds=2.0, collisions=collisions, with_map=False, videos="default"
        )
    for number, verdict in enumerate(("accept", "reject")):
        write_augmented(
            root / "augmented" / "1" / "crash" / f"Augmentation_{number}",
            root / "simulated" / "1" / "crash",
            frame_map=(0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9),
            invisible={},
            verdict=verdict,
        )
    return root


@pytest.fixture
def own_run(labelled_run, tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(labelled_run, tmp_path / "run")
