"""CPU time of drawing a frame under other conditions: 1920 x 1080, a junction with 40 vehicles and 20 street lamps.

The least of five, which other work on the machine disturbs least.

Run: python -m benchmarks augment
"""

from __future__ import annotations

import time

import cv2
import numpy as np

from benchmarks._render_scene import junction, lamps, traffic, views
from roadmark.catalog import Conditions
from roadmark.geometry import Box3D, Camera, Pose
from roadmark.relight import Relighter, Vehicle, ViewBuffers
from roadmark.render import Environment, Instance, Quality, Renderer

FRAMES = 5
SOURCE = Conditions("clear_sky", "mid_morning", "dry")
TARGETS = (
    Conditions("overcast", "mid_morning", "dry"),
    Conditions("clear_sky", "golden_hour", "dry"),
    Conditions("clear_sky", "night", "dry"),
    Conditions("fog", "night", "dry"),
    Conditions("snow_falling", "night", "snow"),
    Conditions("raining", "afternoon", "puddles"),
    Conditions("raining", "night", "puddles"),
    Conditions("raining", "night", "flooding"),
)
CAR = np.array([4.5, 1.9, 1.5])


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(7)
    renderer = Renderer(junction(rng), threads=2)
    vehicles = traffic(rng)
    for view, (camera, pose) in views().items():
        buffers = rendered(renderer, vehicles, camera, pose)
        relight(view, camera, buffers)


def relight(view: str, camera: Camera, buffers: ViewBuffers) -> None:
    """Print what a relight of one frame costs under each of the conditions."""
    heads = np.array([lamp.position for lamp in lamps()[::2]])  # 24 m apart, as streets have them
    cv2.setNumThreads(1)
    for target in TARGETS:
        relighter = Relighter(
            camera, target, SOURCE, available=buffers.available(), street_lamps=heads, ground=0.0, threads=1
        )
        relighter.frame(buffers, 0.0)
        times = []
        for number in range(FRAMES):
            began = time.process_time()
            relighter.frame(buffers, number / 30.0)
            times.append(1e3 * (time.process_time() - began))
        name = f"{target.weather}, {target.lighting}, {target.road}"
        print(f"relight  {view:13s} {name:32s} {min(times):6.0f} ms CPU", flush=True)


def rendered(renderer: Renderer, vehicles: list[list[Instance]], camera: Camera, pose: Pose) -> ViewBuffers:
    """A frame in the source's light, with every buffer."""
    light = Environment.from_conditions(SOURCE.weather, SOURCE.lighting, SOURCE.road)
    parts = [part for vehicle in vehicles for part in vehicle]
    frame = renderer.render(camera, pose, parts, light, Quality.preset("standard"), aov=True)
    normals = frame.normal.astype(np.float32) * np.float32(2.0 / 255.0) - np.float32(1.0)
    return ViewBuffers(
        frame.rgb,
        pose,
        frame.depth,
        normals,
        frame.semantic,
        sun_visibility=frame.sun_visibility,
        albedo=frame.albedo,
        vehicles=tuple(Vehicle(_box(vehicle[0])) for vehicle in vehicles),
    )


def _box(body: Instance) -> Box3D:
    rotation, place = body.transform[:, :3], body.transform[:, 3]
    return Box3D(place + rotation @ np.array([0.0, 0.0, 0.5 * CAR[2]]), CAR, rotation)


if __name__ == "__main__":
    main()
