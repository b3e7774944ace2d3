"""Hard negatives: pairs of vehicles that look as if they might collide and do not, found in 3D and time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from roadmark.clip import Clip, ClipEvent
from roadmark.dataset.gaps import Pairs, least_gaps, pair_blocks
from roadmark.dataset.tracks import BoolArray, FloatArray, LabelTracks, load_tracks
from roadmark.errors import ConfigError, InputError
from roadmark.files import has_file

NegativeKind = Literal["closest", "same_lane", "occluding", "involved", "random"]
"""Why a pair is hard: it comes nearest; follows in one lane; one hides the other though they are apart; one of the two
collides, with someone else; or for no reason."""

KINDS: tuple[NegativeKind, ...] = get_args(NegativeKind)
VEHICLES = ("car", "truck", "bus", "motorcycle", "bicycle", "train")

COLLISIONS = "events_collision.json"
"""There, possibly empty, in a clip whose collisions were looked for."""

TOUCH = 0.05
"""Boxes nearer than this, in metres, may well touch: no proof that there is no collision."""

OCCLUSION_GAP = 1.0
"""Metres between two vehicles that seem to overlap in the picture and are plainly apart."""

MAX_OBJECTS = 200
"""Of more, those legible for longest are paired."""


@dataclass(frozen=True)
class NegativeOptions:
    """What is looked for.

    Attributes:
        per_kind: Most pairs of each kind.
        kinds: Which kinds, in the order of choice; a pair is chosen once.
        categories: Who is paired.
        least_side: Least width and height of a box in the picture, as a share of the picture's height; the published
            tool's 28 pixels of 1080.
        least_visible: Least visible fraction, where it is known.
        least_time: Seconds for which both must be legible.

    Raises:
        ConfigError: A value that makes no sense.
    """

    per_kind: int = 1
    kinds: Sequence[NegativeKind] = KINDS
    categories: Sequence[str] = VEHICLES
    least_side: float = 28 / 1080
    least_visible: float = 0.25
    least_time: float = 0.5

    def __post_init__(self) -> None:
        if self.per_kind < 1:
            raise ConfigError(f"per_kind must be 1 or more, not {self.per_kind}")
        if unknown := [kind for kind in self.kinds if kind not in KINDS]:
            raise ConfigError(f"kind {unknown[0]!r} is not known; use {', '.join(KINDS)}")
        for name in ("least_side", "least_visible"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ConfigError(f"{name} must be within 0 and 1, not {getattr(self, name)}")
        if not self.least_time >= 0.0:
            raise ConfigError(f"least_time must be 0 or more, not {self.least_time}")


@dataclass(frozen=True)
class HardNegative:
    """Two that do not collide.

    Attributes:
        kind: Why they are chosen.
        event: Category "normal"; lasts from the first frame to the last in which both are legible.
        gap: Least distance of their boxes in those frames, metres.
    """

    kind: NegativeKind
    event: ClipEvent
    gap: float


def find_hard_negatives(
    clip: Clip, generator: np.random.Generator, options: NegativeOptions | None = None
) -> list[HardNegative]:
    """Choose pairs that do not collide, kind by kind; fewer, or none, where the clip does not have them.

    A pair that takes part in one collision, or whose boxes ever come nearer than `TOUCH`, is never chosen.

    Args:
        clip: A clip in which collisions were looked for.
        generator: Draws the random pairs.
        options: What is looked for.

    Raises:
        InputError: A label file is missing, or its collisions are not known.
        FormatError: A file of the clip is malformed.
    """
    options = options or NegativeOptions()
    if not has_file(clip.path / COLLISIONS):
        raise InputError(f"{clip.path}: has no {COLLISIONS}: its collisions are not known, so none can be ruled out")
    tracks = load_tracks(clip, options.categories)
    collisions = [event.actor_ids for event in clip.events() if event.category == "collision"]
    return choose_negatives(tracks, collisions, clip.size[1], generator, options)


def choose_negatives(
    tracks: LabelTracks,
    collisions: Iterable[Sequence[int]],
    image_height: int,
    generator: np.random.Generator,
    options: NegativeOptions,
) -> list[HardNegative]:
    """`find_hard_negatives` on tracks at hand.

    Args:
        tracks: Objects over time.
        collisions: Actors of every collision.
        image_height: Pixels.
        generator: Draws the random pairs.
        options: What is looked for.
    """
    contacts = [tuple(actors) for actors in collisions]
    legible = _legible(tracks, image_height, options)
    pairs, when = _candidates(tracks, legible, contacts, options)
    if not len(pairs):
        return []
    gaps = least_gaps(tracks, pairs, when)
    rankings = _Rankings(tracks, pairs, when, gaps, {actor for contact in contacts for actor in contact}, options)
    taken: set[int] = set()
    found = []
    for kind in options.kinds:
        order = generator.permutation(len(pairs)) if kind == "random" else rankings.order(kind)
        chosen = list(itertools.islice((int(one) for one in order if int(one) not in taken), options.per_kind))
        taken.update(chosen)
        found += [
            HardNegative(kind, _event(kind, tracks, pairs[one], when[:, one]), float(gaps[one])) for one in chosen
        ]
    return found


@dataclass(frozen=True, eq=False)
class _Rankings:
    """Candidates in the order of each kind, the hardest first; those that are not of the kind are left out."""

    tracks: LabelTracks
    pairs: Pairs
    when: BoolArray
    gaps: FloatArray
    involved: set[int]
    options: NegativeOptions

    def order(self, kind: NegativeKind) -> NDArray[np.int64]:
        if kind == "closest":
            return _best(self.gaps)
        if kind == "same_lane":
            return _best(self._same_lane())
        if kind == "occluding":
            return _best(self._apart_but_overlapping())
        actors = self.tracks.actor_ids[self.pairs]
        one_of_two = np.isin(actors, list(self.involved)).sum(axis=1) == 1
        return _best(np.where(one_of_two, self.gaps, np.inf))

    def _same_lane(self) -> FloatArray:
        lane = self.tracks.lane
        first, second = self.pairs.T
        together = self.when & (lane[:, first] == lane[:, second]) & (lane[:, first] >= 0)
        gaps = least_gaps(self.tracks, self.pairs, together)
        return np.where(_long_enough(self.tracks, together, self.options), gaps, np.inf)

    def _apart_but_overlapping(self) -> FloatArray:
        """Minus the greatest overlap in the picture, as a share of the smaller box; inf without one."""
        most = np.zeros(len(self.pairs))
        moment = np.zeros_like(self.when)
        for block in pair_blocks(len(self.tracks.times), len(self.pairs)):
            first, second = (self.tracks.box_2d[:, side] for side in self.pairs[block].T)
            share = np.where(self.when[:, block], _overlap_shares(first, second), 0.0)
            greatest = np.argmax(share, axis=0)[None]
            most[block] = np.take_along_axis(share, greatest, axis=0)[0]
            np.put_along_axis(moment[:, block], greatest, True, axis=0)
        gaps = least_gaps(self.tracks, self.pairs, moment & self.when)
        return np.where((most > 0.0) & (gaps >= OCCLUSION_GAP), -most, np.inf)


def _legible(tracks: LabelTracks, image_height: int, options: NegativeOptions) -> BoolArray:
    """(F, N) where a person could read a mark on the object."""
    sides = tracks.box_2d[..., 2:] - tracks.box_2d[..., :2]
    large = (sides >= options.least_side * image_height).all(axis=-1)
    hidden = tracks.visible < options.least_visible  # false where it is not known
    return tracks.present & large & ~hidden


def _candidates(
    tracks: LabelTracks, legible: BoolArray, contacts: Sequence[Sequence[int]], options: NegativeOptions
) -> tuple[Pairs, BoolArray]:
    """Pairs (P, 2) that are legible together long enough and do not touch, and (F, P) when they are legible."""
    longest = np.argsort(-legible.sum(axis=0), kind="stable")[:MAX_OBJECTS]
    objects = np.sort(longest[_long_enough(tracks, legible[:, longest], options)])
    pairs = np.stack([objects[side] for side in np.triu_indices(len(objects), 1)], axis=-1).astype(np.int64)
    collided = {frozenset(pair) for actors in contacts for pair in itertools.combinations(actors, 2)}
    ids = tracks.actor_ids[pairs].tolist()
    pairs = pairs[np.array([frozenset(pair) not in collided for pair in ids], np.bool_)]
    when = legible[:, pairs[:, 0]] & legible[:, pairs[:, 1]]
    kept = _long_enough(tracks, when, options)
    pairs, when = pairs[kept], when[:, kept]
    both = tracks.present[:, pairs[:, 0]] & tracks.present[:, pairs[:, 1]]
    apart = least_gaps(tracks, pairs, both, within=TOUCH) > TOUCH
    return pairs[apart], when[:, apart]


def _long_enough(tracks: LabelTracks, when: BoolArray, options: NegativeOptions) -> BoolArray:
    """(...) whether frames that count make up `least_time`; each lasts until the next one."""
    steps = np.diff(tracks.times)
    lasting = np.append(steps, steps[-1] if steps.size else 0.0)
    enough: BoolArray = (lasting @ when >= options.least_time - 1e-9) & when.any(axis=0)
    return enough


def _event(kind: str, tracks: LabelTracks, pair: NDArray[np.int64], when: BoolArray) -> ClipEvent:
    frames = np.flatnonzero(when)
    first, last = int(frames[0]), int(frames[-1])
    actors = tuple(int(actor) for actor in tracks.actor_ids[pair])
    start, end = (round(float(tracks.times[frame]), 9) for frame in (first, last))
    return ClipEvent("normal", start, end, first, last, actors, kind)


def _overlap_shares(boxes: FloatArray, others: FloatArray) -> FloatArray:
    """Common area of boxes (..., 4) as a share of the smaller one (...)."""
    (left, top, right, bottom), (left_2, top_2, right_2, bottom_2) = (
        np.moveaxis(one, -1, 0) for one in (boxes, others)
    )
    width = np.minimum(right, right_2) - np.maximum(left, left_2)
    height = np.minimum(bottom, bottom_2) - np.maximum(top, top_2)
    smaller = np.minimum((right - left) * (bottom - top), (right_2 - left_2) * (bottom_2 - top_2))
    shares: FloatArray = np.maximum(width, 0.0) * np.maximum(height, 0.0) / smaller
    return shares


def _best(scores: FloatArray) -> NDArray[np.int64]:
    """Positions of finite scores, the least first, ties in their order."""
    order = np.argsort(scores, kind="stable")
    return order[np.isfinite(scores[order])]
