"""What the pipeline itself costs: a run of many items that do nothing, and its repetition, in time and memory.

python benchmarks/pipeline.py [--items 10000] [--executor sequential|processes|ray] [--workers 2]
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from roadmark.pipeline import (
    Executor,
    Item,
    JsonValue,
    ProcessExecutor,
    RayExecutor,
    RunManifest,
    SequentialExecutor,
    plan_stage,
    run_stage,
)


class Touch:
    """Makes an empty file."""

    name = "touch"
    version = "1"

    def config(self) -> Mapping[str, JsonValue]:
        """Nothing."""
        return {}

    def run(self, item: Item, rng: np.random.Generator) -> Mapping[str, JsonValue]:
        """Make it."""
        item.output.touch()
        return {"frames": 150, "notes": []}


ITEMS = 10_000
WORKERS = 2


def main() -> None:
    """Print what each executor costs."""
    with RayExecutor(workers=WORKERS) as ray:
        for name, executor in (
            ("sequential", SequentialExecutor()),
            ("processes", ProcessExecutor(WORKERS)),
            ("ray", ray),
        ):
            _measure(name, executor)


def _measure(name: str, executor: Executor) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "map.xodr"
        source.write_bytes(b"x" * 1_000_000)
        items = [Item(f"clip_{i:05d}", root / f"{i:05d}", {"map": source}) for i in range(ITEMS)]
        before = _peak()
        for title in ("run", "again"):
            with _Clock(f"{name}, {title}"):
                run_stage(Touch(), items, RunManifest(root / "run.json"), executor=executor)
        with _Clock(f"{name}, plan"):
            plan_stage(Touch(), items, RunManifest(root / "run.json"))
        print(f"{name}: {_peak() - before:.0f} MiB more at most", flush=True)


class _Clock:
    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        print(f"{self._title}: {wall:.1f} s, {cpu:.1f} s of this process's time for {ITEMS} items", flush=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
