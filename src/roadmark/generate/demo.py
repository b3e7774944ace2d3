"""The demonstration: a collision at a signalised junction of a procedural town, in view of a camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from roadmark.generate.files import ScenarioPaths, write_scenario
from roadmark.generate.place import load_place, write_map
from roadmark.generate.recipe import Recipe
from roadmark.generate.search import Found, search_scenario
from roadmark.pipeline import item_generator

NAME = "collision_at_a_junction"
WIDTH, HEIGHT = 1280, 720
"""Of the clip's pictures, pixels."""
BEFORE, AFTER = 2.6, 2.4
"""Seconds of the clip before and after the first contact."""


@dataclass(frozen=True, eq=False)
class Demo:
    """The demonstration's scenario, written.

    Attributes:
        paths: Its files.
        map_file: Its map.
        found: The scenario.
        start: Second at which the clip begins.
        duration: Seconds of the clip.
    """

    paths: ScenarioPaths
    map_file: Path
    found: Found
    start: float
    duration: float


def demo_recipe(seed: int) -> Recipe:
    """What the demonstration generates."""
    return Recipe(
        town="crossing",
        incidents=("side_collision",),
        seed=seed,
        duration=12.0,
        time=6.0,
        vehicles=26,
        cyclists=3,
        walkers=14,
        parked=4,
        radius=60.0,
        camera="auto",
        width=WIDTH,
        height=HEIGHT,
    )


def write_demo_scenario(folder: Path, seed: int) -> Demo:
    """Generate the demonstration's scenario into a folder, replacing an earlier one.

    Args:
        folder: For recording, events, log config, camera file and map.
        seed: The same seed gives the same files.

    Raises:
        OutputError: A file cannot be written.
    """
    recipe = demo_recipe(seed)
    map_file = write_map(recipe, folder)
    rng = item_generator(seed, NAME, "demo")
    found = search_scenario(load_place(map_file), recipe, recipe.incidents[0], rng)
    paths = ScenarioPaths(folder / f"{NAME}.log")
    write_scenario(found, recipe, map_file, paths, replace=True)
    contact = min(event.contact for event in found.events if event.contact is not None)
    start = round(max(contact - BEFORE, 0.0), 2)
    return Demo(paths, map_file, found, start, min(BEFORE + AFTER, recipe.duration - start))
