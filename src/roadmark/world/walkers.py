"""Pedestrians: dressed from their number, posed by gait and phase, made once per pose."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from roadmark.catalog import Blueprint, SemanticClass
from roadmark.errors import InputError
from roadmark.render import Mesh
from roadmark.world.figure import Outfit, add_figure
from roadmark.world.gait import STAND, gait_at, posture_at
from roadmark.world.lofts import Collector, Doubles
from roadmark.world.streams import named_generator

PHASES: Final = 64
"""Poses per gait cycle."""

_SKINS: Final = ((224, 178, 148), (202, 152, 120), (172, 120, 88), (128, 86, 60), (92, 60, 42), (232, 192, 166))
_HAIRS: Final = ((32, 26, 22), (66, 44, 28), (112, 78, 46), (168, 132, 84), (140, 138, 136), (22, 20, 20))
_TOPS: Final = (
    (36, 42, 58), (126, 34, 38), (214, 210, 200), (62, 92, 70), (58, 62, 66), (178, 138, 70), (72, 104, 150),
    (150, 96, 116), (28, 28, 30), (196, 92, 44), (118, 126, 96), (232, 226, 214),
)  # fmt: skip
_BOTTOMS: Final = ((34, 44, 70), (30, 30, 33), (86, 78, 66), (58, 60, 64), (150, 136, 110), (66, 80, 104))
_SHOES: Final = ((26, 25, 25), (74, 50, 34), (214, 212, 208), (48, 50, 56))


def outfit_of(number: int, variation: int, *, child: bool) -> Outfit:
    """Clothes, skin and hair of a person; the same for the same number and variation."""
    rng = named_generator(number, variation, "outfit")

    def pick(colors: tuple[tuple[int, int, int], ...]) -> tuple[int, int, int]:
        return colors[int(rng.integers(len(colors)))]

    dressed = rng.random(5)
    return Outfit(
        skin=pick(_SKINS),
        hair=pick(_HAIRS),
        top=pick(_TOPS),
        bottom=pick(_BOTTOMS),
        shoes=pick(_SHOES),
        sleeves="short" if dressed[0] < 0.3 else "long",
        legs="shorts" if dressed[1] < (0.4 if child else 0.1) else "skirt" if dressed[1] > 0.86 else "trousers",
        head="long"
        if dressed[2] < 0.33
        else "cap"
        if dressed[2] < 0.45
        else "bald"
        if dressed[2] > 0.94 and not child
        else "short",
        head_color=pick(_TOPS),
        backpack=pick(_TOPS) if dressed[3] < 0.2 else None,
        girth=0.92 + 0.22 * float(dressed[4]),
        head_scale=1.28 if child else 1.0,
    )


@dataclass(frozen=True, eq=False)
class WalkerModel:
    """A pedestrian.

    Attributes:
        blueprint: Whose model it is.
        outfit: Clothes, skin and hair.
        height: Standing height, metres.
        capsule_height: Height of CARLA's capsule centre, the recorded origin, above the ground: subtract it from the
            recorded z to place the meshes, whose origin is the ground point below.
    """

    blueprint: Blueprint
    outfit: Outfit
    height: float
    capsule_height: float
    _poses: dict[tuple[str, int], tuple[Mesh, Doubles]] = field(default_factory=dict, repr=False)

    def stride(self, speed: float) -> float:
        """Distance of one gait cycle at a speed (m/s), metres: the phase advances by distance / stride."""
        return gait_at(speed, self.height).stride * self.height

    def mesh(self, phase: float, speed: float) -> tuple[Mesh, Doubles]:
        """The body at a phase of its gait.

        Args:
            phase: Of the gait cycle; only its fraction counts. Nearest of 64 poses.
            speed: Metres per second; chooses standing, strolling, walking, jogging or running.

        Returns:
            The mesh in the walker's ground frame (x forward, origin on the ground under the capsule's centre), the same
            object for equal poses, and its (2, 3) lowest and highest coordinates.
        """
        gait = gait_at(speed, self.height)
        step = 0 if gait is STAND else round((phase % 1.0) * PHASES) % PHASES
        found = self._poses.get((gait.name, step))
        if found is None:
            collector = Collector(SemanticClass.PEDESTRIAN)
            posture = posture_at(gait, step / PHASES, self.height)
            add_figure(collector, posture, self.outfit, self.height, SemanticClass.PEDESTRIAN)
            mesh = collector.build()
            found = self._poses.setdefault((gait.name, step), (mesh, mesh.bounds.astype(np.float64)))
        return found


def walker_model(blueprint: Blueprint, variation: int = 0) -> WalkerModel:
    """The pedestrian of a blueprint; variations dress the same blueprint differently.

    A model keeps the poses it was asked for, megabytes of them: whoever asks for it owns it.

    Raises:
        InputError: The blueprint is no walker.
    """
    if blueprint.kind != "walker":
        raise InputError(f"{blueprint.id} is no walker")
    last = blueprint.id.rsplit(".", 1)[-1]
    number = int(last) if last.isdigit() else zlib.crc32(blueprint.id.encode())
    child = blueprint.size[2] < 1.5
    rng = named_generator(number, variation, "height")
    height = blueprint.size[2] * (0.97 if child else float(rng.uniform(0.87, 0.985)))
    outfit = outfit_of(number, variation, child=child)
    return WalkerModel(blueprint, outfit, height, blueprint.half_extents[2])
