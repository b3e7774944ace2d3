"""Scenes of the sample crossing drawn under any conditions, with or without some of their actors."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from roadmark.augment.transfer.protocol import TransferRequest
from roadmark.augment.transfer.relight import RelightTransfer
from roadmark.catalog import Conditions
from roadmark.clip import Clip
from roadmark.media import VideoWriter
from roadmark.simulate import plan_simulation, resolve_settings, run_simulation
from roadmark.simulate import rerender as redraw
from roadmark.world import Cast
from sample_crossing import write_crossing

FRAMES, FPS = 2, 10
CAMERAS = {
    "corner": ({"x": -2100, "y": 1350, "z": 700}, {"roll": 0, "pitch": -17, "yaw": -30}, 80),
    "street": ({"x": -240, "y": 1200, "z": 190}, {"roll": 0, "pitch": -6, "yaw": -75}, 80),
}
"""A view over the crossing, and one from beside the street."""
SIZE = (640, 360)


@contextmanager
def _placed_without(actor_ids: Iterable[int]):
    """Casts that leave actors out of the picture; the town around them stays."""
    gone = set(actor_ids)
    original = Cast.place

    def place(self, *arguments, **options):
        return [actor for actor in original(self, *arguments, **options) if actor.actor_id not in gone]

    Cast.place = place
    try:
        yield
    finally:
        Cast.place = original


@dataclass(frozen=True)
class Scene:
    """A clip and its like without some actors.

    Attributes:
        clip: With everyone.
        emptied: The same without `removed`.
        removed: Ids of the vehicles left out.
        folder: Where videos go.
    """

    clip: Clip
    emptied: Clip
    removed: tuple[int, ...]
    folder: Path

    def rerendered(self, conditions: Conditions, *, emptied: bool = False) -> Path:
        """Drawn again under other conditions."""
        path = self._path("rerender", conditions, emptied)
        if not path.exists():
            with ExitStack() as stack:
                stack.enter_context(_placed_without(self.removed if emptied else ()))
                drawn = stack.enter_context(redraw.Rerender(self.clip, conditions, threads=2))
                if emptied:
                    drawn._compare = lambda *_: None  # labels differ on purpose
                video = stack.enter_context(VideoWriter(path, *self.clip.size, self.clip.fps))
                for picture in drawn.pictures():
                    video.write(picture)
        return path

    def relit(self, conditions: Conditions, *, emptied: bool = False) -> Path:
        """Put into another light from its picture."""
        path = self._path("relight", conditions, emptied)
        if not path.exists():
            clip = self.emptied if emptied else self.clip
            request = TransferRequest("x", clip.video("rgb"), clip, {}, "", conditions.selections(), 0)
            RelightTransfer(threads=2).transfer(request, path, lambda *_: None)
        return path

    def _path(self, backend: str, conditions: Conditions, emptied: bool) -> Path:
        name = f"{backend}_{conditions.weather}_{conditions.lighting}_{conditions.road}{'_gone' if emptied else ''}.mp4"
        return self.folder / name


def build_scene(folder: Path, camera: str, start: float) -> Scene:
    """Simulate the crossing as one camera sees it, and again without its three largest whole vehicles."""
    files = write_crossing(folder / "in")
    location, rotation, fov = CAMERAS[camera]
    document = [
        {
            "sensor": "rgb",
            "attributes": {"image_size_x": SIZE[0], "image_size_y": SIZE[1], "fov": fov},
            "transform": {"location": location, "rotation": rotation},
        }
    ]
    cameras = folder / "camera.yaml"
    cameras.write_text(yaml.safe_dump(document))
    options = {
        "recorder_filename": files.recording, "xodr_path": files.xodr, "camera_config": cameras, "start_time": start,
        "duration": (FRAMES - 0.5) / FPS, "target_fps": FPS, "quality": "draft", "threads": 2, "aov": True,
    }  # fmt: skip

    def simulate(output: Path) -> Clip:
        values = options | {"output_dir": output}
        resolved, metadata = resolve_settings(wf_config=None, config=None, command_line=values)
        return Clip.open(run_simulation(plan_simulation(resolved, metadata))[0].path)

    clip = simulate(folder / "clip")
    removed = large_vehicles(clip)[:3]
    with _placed_without(removed):
        emptied = simulate(folder / "emptied")
    return Scene(clip, emptied, removed, folder)


def large_vehicles(clip: Clip) -> tuple[int, ...]:
    """Vehicles of at least 600 visible pixels in every frame, most of them to be seen; the largest first."""
    sizes: dict[int, list[int]] = {}
    for frame in clip:
        for label in frame.labels().objects:
            whole = label.visible_fraction is None or label.visible_fraction > 0.5
            if label.category not in ("pedestrian", "rider") and label.pixels and whole:
                sizes.setdefault(label.actor_id, []).append(label.pixels)
    sure = {actor: np.mean(s) for actor, s in sizes.items() if len(s) == len(clip) and min(s) >= 600}
    return tuple(sorted(sure, key=lambda actor: -sure[actor]))
