"""Small recipes and what is found for them, shared by the tests of generation."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from xml.etree import ElementTree as ET

from roadmark.generate import Found, Place, Recipe, load_place, search_scenario, write_map
from roadmark.pipeline import item_generator
from roadmark.towns import build_town

FEW = {"duration": 10.0, "vehicles": 6, "cyclists": 1, "walkers": 3, "parked": 1, "radius": 60.0}


def recipe(**changes) -> Recipe:
    """A short scenario with few actors at a crossing."""
    return Recipe.model_validate({"town": "crossing", "incidents": ("red_light",), **FEW, **changes})


@cache
def crossing() -> tuple[Path, Place]:
    """The crossing's map file, and it ready for traffic."""
    map_file = write_map(recipe(), Path(mkdtemp()))
    return map_file, load_place(map_file)


@cache
def found_for(incident: str, seed: int = 0) -> Found:
    """A scenario at the crossing."""
    return search_scenario(crossing()[1], recipe(), incident, item_generator(seed, incident, "test"))


def unlit_town(path: Path) -> Path:
    """A grid without a light or a sign."""
    tree = ET.ElementTree(ET.fromstring(build_town("grid", 0)))
    for parent in tree.iter():
        for name in ("signals", "controller"):
            for child in parent.findall(name):
                parent.remove(child)
    tree.write(path)
    return path


def contents(folder: Path, *, beside: str = "run.json") -> dict[str, bytes]:
    """Bytes of a folder's files by name, all but the manifest; hidden ones, too."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != beside}
