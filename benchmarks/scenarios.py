"""CPU time of generating scenarios, everything included: traffic, incident, judging, files.

    python -m benchmarks scenarios          # on Town10HD where ROADMARK_DATA has it, else on a procedural grid

The map's network is built and kernels are compiled before the clock runs, as they are once per run. One process, one
thread; CPU seconds of the process.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from roadmark.generate import GenerateStage, generate_items, load_place, resolve_recipe, write_map
from roadmark.incidents import INCIDENTS
from roadmark.pipeline import item_generator

ACTORS = {"vehicles": 34, "cyclists": 4, "walkers": 16, "parked": 6}
CASES = (
    ("20 s, 60 actors", 1.0, 20.0),
    ("20 s, 30 actors", 0.5, 20.0),
    ("20 s, 120 actors", 2.0, 20.0),
    ("40 s, 60 actors", 1.0, 40.0),
)
COUNT, FEW = 100, 20


def _map() -> dict[str, str]:
    data = os.environ.get("ROADMARK_DATA")
    town10 = Path(data) / "carla/xodr/Town10HD.xodr" if data else None
    return {"map": str(town10)} if town10 is not None and town10.exists() else {"town": "grid"}


def _case(folder: Path, incidents: str, count: int, share: float, duration: float) -> tuple[float, float, float]:
    actors = {name: round(share * number) for name, number in ACTORS.items()}
    options = {**_map(), **actors, "incidents": incidents, "count": count + 1, "duration": duration, "seed": 7}
    recipe = resolve_recipe(None, options).settings
    folder.mkdir()
    stage = GenerateStage(recipe, write_map(recipe, folder))
    load_place(stage.map_file)
    first, *items = generate_items(stage, folder)
    stage.run(first, item_generator(recipe.seed, first.id, stage.name))
    tries = 0
    cpu, wall = time.process_time(), time.perf_counter()
    for item in items:
        result = stage.run(item, item_generator(recipe.seed, item.id, stage.name))
        tries += int(str(result["tries"]))
    return time.process_time() - cpu, time.perf_counter() - wall, tries / count


def main() -> None:
    """Print one line per case."""
    every = ",".join(name for name in INCIDENTS if name != "collision")
    print(f"on {next(iter(_map().values()))}, incidents in turn; seconds are for {COUNT} scenarios")
    print(f"{'case':28} {'CPU s':>8} {'wall s':>8} {'tries':>6}")
    with tempfile.TemporaryDirectory() as name:
        for index, (title, share, duration) in enumerate(CASES):
            count = COUNT if index == 0 else FEW
            cpu, wall, tries = _case(Path(name) / str(index), every, count, share, duration)
            scale = COUNT / count
            print(f"{title:28} {cpu * scale:8.1f} {wall * scale:8.1f} {tries:6.2f}", flush=True)
        cpu, wall, tries = _case(Path(name) / "quiet", "none", FEW, 1.0, 20.0)
        scale = COUNT / FEW
        print(f"{'20 s, 60 actors, quiet':28} {cpu * scale:8.1f} {wall * scale:8.1f} {tries:6.2f}")
