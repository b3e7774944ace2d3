"""Which actors get marks, what their marks say, and in which colour."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, read_json
from roadmark.marks.label_folder import LabelFolder, MarkedObject

Color = tuple[int, int, int]
ActorChoice = Literal["all", "vehicles", "events"]
MarkText = Literal["ids", "numbers"]

VEHICLES = frozenset({"car", "truck", "bus", "motorcycle", "bicycle", "train", "vehicle"})
_KEPT_AREA = 0.8
"""Share of the least area down to which an object that has a mark keeps it: marks do not blink at the threshold."""
_MAX_EVENTS_BYTES = 64 * 1024 * 1024
_PALETTE_SIZE, _PALETTE_LEVELS, _LIGHTNESS = 64, 7, (52.0, 88.0)


_XYZ_OF_RGB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


@dataclass
class Selection:
    """Says of every labelled object whether it gets a mark.

    Attributes:
        ids: The only actors that do; None is everyone.
        vehicles_only: Leave out whoever is no vehicle.
        least_area: Pixels of the label's image that the box must have.
    """

    ids: frozenset[int] | None = None
    vehicles_only: bool = False
    least_area: float = 0.0
    _marked: set[int] = field(default_factory=set)

    def takes(self, found: MarkedObject) -> bool:
        """Whether an object of the next frame gets a mark."""
        if self.ids is not None and found.actor_id not in self.ids:
            return False
        if self.vehicles_only and found.category not in VEHICLES:
            return False
        if found.area < self.least_area * (_KEPT_AREA if found.actor_id in self._marked else 1.0):
            self._marked.discard(found.actor_id)
            return False
        self._marked.add(found.actor_id)
        return True


def event_actors(labels: LabelFolder) -> frozenset[int]:
    """Actors of all events of the clip that labels belong to, or of the published tool's `events_collision.json`.

    Raises:
        InputError: There is no file of events, or no event in it.
        FormatError: It is malformed.
    """
    if labels.clip is not None:
        actors = frozenset(actor for event in labels.clip.events() for actor in event.actor_ids)
    else:
        path = labels.path.resolve().parent / "events_collision.json"
        actors = _reference_actors(path) if has_file(path) else frozenset()
    if not actors:
        raise InputError(f"{labels.path.parent}: has no event whose actors could be marked; choose actors by their ids")
    return actors


def _reference_actors(path: Path) -> frozenset[int]:
    events = read_json(path, _MAX_EVENTS_BYTES)
    try:
        return frozenset(int(actor) for event in events for actor in event["objects"])
    except (KeyError, TypeError, ValueError) as error:
        raise FormatError(f"no list of events: {type(error).__name__} {error}", path=path) from None


class MarkNames:
    """Text and colour of every actor's mark.

    Numbers 1 to N and colours are dealt as actors come into view, those of one frame by a hash of the labels, the seed
    and the id: neither tells which actors a scenario was made about, and every variation of a clip has the same.

    Args:
        text: The actors' own ids, or numbers from 1.
        salt: The labels' digest.
        seed: Deals otherwise.

    Attributes:
        text: By actor id.
        color: By actor id.
    """

    def __init__(self, text: MarkText, salt: str, seed: int) -> None:
        self.text: dict[int, str] = {}
        self.color: dict[int, Color] = {}
        self._kind, self._salt = text, f"{salt} {seed}"
        self._palette = distinct_colors(_PALETTE_SIZE)

    def meet(self, actors: Iterable[int]) -> None:
        """Name those of a frame that have no name yet."""
        for actor in sorted((actor for actor in actors if actor not in self.text), key=self._lot):
            self.color[actor] = self._palette[len(self.text) % _PALETTE_SIZE]
            self.text[actor] = str(actor) if self._kind == "ids" else str(len(self.text) + 1)

    def _lot(self, actor: int) -> bytes:
        return hashlib.sha256(f"{self._salt} {actor}".encode()).digest()


def distinct_colors(count: int) -> Sequence[Color]:
    """Colours that are told apart: each next one is the farthest from all before it in CIELAB (Gonzalez 1985).

    Neither dark nor near white, so that they stand out from asphalt, night and snow; beginning with a yellow.

    Examples:
        >>> distinct_colors(3)
        [(255, 255, 0), (212, 0, 255), (0, 212, 255)]
    """
    levels = np.rint(np.linspace(0, 255, _PALETTE_LEVELS)).astype(np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(1, -1, 3)
    lab = _lab(rgb[0])
    vivid = (lab[:, 0] > _LIGHTNESS[0]) & (np.hypot(lab[:, 1], lab[:, 2]) > 30.0)
    vivid &= (lab[:, 0] < _LIGHTNESS[1]) | (rgb[0] == (255, 255, 0)).all(axis=1)
    rgb, lab = rgb[0][vivid], lab[vivid]
    chosen = int(np.flatnonzero((rgb == (255, 255, 0)).all(axis=1))[0])
    distance = np.full(len(rgb), np.inf)
    found: list[Color] = []
    while len(found) < count:
        red, green, blue = (int(value) for value in rgb[chosen])
        found.append((red, green, blue))
        distance = np.minimum(distance, np.linalg.norm(lab - lab[chosen], axis=1))
        chosen = int(np.argmax(distance))
    return found


def _lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """CIELAB (N, 3) of sRGB (N, 3), white D65 (IEC 61966-2-1, ISO/CIE 11664-4); OpenCV's takes a tenth of a second."""
    linear = np.where(rgb <= 10, rgb / 3294.6, ((rgb / 255.0 + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _XYZ_OF_RGB.T / _XYZ_OF_RGB.sum(axis=1)
    root = np.where(xyz > 216.0 / 24389.0, np.cbrt(xyz), (24389.0 / 27.0 * xyz + 16.0) / 116.0)
    x, y, z = root.T
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], axis=1)
