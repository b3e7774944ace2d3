"""CPU time of each stage of a frame: 1920 x 1080, 350,000 static triangles, 40 vehicles of five parts.

Run: python benchmarks/render_stages.py
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks._render_scene import junction, lamps, traffic, views
from roadmark.render import Environment, Quality, Renderer

FRAMES = 5


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(7)
    began = time.perf_counter()
    static = junction(rng)
    vehicles = traffic(rng)
    made = time.perf_counter() - began
    print(f"{len(static.triangles):,} static triangles, {len(vehicles)} vehicles; made in {made:.1f} s")
    began = time.perf_counter()
    renderer = Renderer(static, threads=2)
    print(f"renderer ({renderer.tracer_name}) set up in {time.perf_counter() - began:.2f} s")
    instances = [part for parts in vehicles for part in parts]
    for view, (camera, pose) in views().items():
        for label, environment, quality, lights in (
            ("draft", Environment(), Quality.preset("draft"), ()),
            ("standard", Environment(), Quality.preset("standard"), ()),
            ("high", Environment(), Quality.preset("high"), ()),
            ("night, 40 lamps", Environment.from_conditions(lighting="night"), Quality.preset("standard"), lamps()),
        ):
            stages = _Stages(renderer)
            render = partial(renderer.render, camera, pose, instances, environment, quality, lights)
            total = _median(render, stages)
            print(f"{view:13s} {label:16s} {total:6.0f} ms CPU   {stages}")
        total = _median(partial(renderer.silhouettes, camera, pose, vehicles), None)
        print(f"{view:13s} {'silhouettes':16s} {total:6.0f} ms CPU")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


class _Stages:
    """Adds up the CPU time of each kernel call by wrapping the renderer's own dispatch."""

    def __init__(self, renderer: Renderer) -> None:
        self.frames: list[dict[str, float]] = []
        run = type(renderer)._run

        def timed(rows: int, kernel: Callable[..., None], *arguments: object, lamps: int | None = None) -> None:
            began = time.process_time()
            run(renderer, rows, kernel, *arguments, lamps=lamps)
            frame, name = self.frames[-1], kernel.__name__
            frame[name if name not in frame else f"{name} again"] = 1e3 * (time.process_time() - began)

        renderer._run = timed  # type: ignore[method-assign]

    def __str__(self) -> str:
        names = self.frames[-1]
        return ", ".join(f"{name} {np.median([frame[name] for frame in self.frames[1:]]):.0f}" for name in names)


def _median(function: Callable[[], object], stages: _Stages | None) -> float:
    times = []
    for _ in range(FRAMES + 1):
        if stages:
            stages.frames.append({})
        began = time.process_time()
        function()
        times.append(1e3 * (time.process_time() - began))
    return float(np.median(times[1:]))


if __name__ == "__main__":
    main()
