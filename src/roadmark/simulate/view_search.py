"""Candidates for cameras, and how good each one's view of an incident is, by rays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from roadmark.geometry import Box3D, FloatArray
from roadmark.simulate.sight import Moment, TownSight
from roadmark.simulate.view_aim import Aims, Lens, aim_at
from roadmark.simulate.view_options import NoViewError, ViewOptions
from roadmark.simulate.view_sites import over_carriageway, view_sites

Mask = npt.NDArray[np.bool_]

MAST_TOP = (5.2, 7.0)
"""Heights of cameras on signal masts, metres."""
SECTORS = 24
"""Directions around the incident over which candidates are spread."""
SKY, ROOM, MAST_ROOM, UNDERGROWTH = 25.0, 1.6, 0.25, 1.3
"""Metres that must be free above and around a camera, around one on a mast, and how high what grows below may be."""
LOWEST_OVER_ROAD = 5.0
"""Metres above a carriageway below which no camera hangs."""
LEAST_SHOWN = 0.25
"""Share of points on each actor that must show at every time of the window."""
GRID = 0.72
"""Points on an actor lie on a grid of this share of its box: nearer the border they miss rounded bodies."""
CONTEXT = 14.0
"""Metres of road around the incident that belong to the picture."""
CLOSE, MOST_CLOSE = 10.0, 0.04
"""Metres within which something stands right before the camera, and the share of the picture that may show such."""
REFINED = 80
"""Candidates whose pictures are looked at as a whole."""
WEIGHTS = {"visible": 0.3, "size": 0.11, "context": 0.1, "open": 0.12, "centre": 0.14, "sun": 0.08, "distance": 0.15}
"""What the parts of a score count."""
WISHED_DISTANCES, DISTANCE_SPREAD = (14.0, 42.0), 10.0
"""Metres to the incident: one of these is wished for at random, so that not every camera is the nearest possible."""
WITHOUT_LIGHT = 0.5
"""What a view counts that shows no face of the incident's lights."""
LEAST_FACING = 0.35
"""Cosine between a light's face and the way to a camera from which on it can be read."""
GOOD_HEIGHT = 0.11
"""Share of the picture's height from which an actor is as large as one could wish."""
_BESIDE = np.array(
    [[x, y, 0.0] for x, y in zip(np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4), strict=True)]
)
_INNER = np.array([[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)]) * 0.5 * GRID
_PICTURE = np.array([[x, y] for y in np.linspace(-0.93, 0.93, 10) for x in np.linspace(-0.95, 0.95, 16)])


@dataclass(frozen=True, eq=False)
class Search:
    """What is to be seen.

    Attributes:
        town: The grown town.
        moments: Who stands where over the event's window.
        moment: Index of the incident's own.
        focus: (3,) where it is.
        actor_ids: Who must be seen.
        options: Bounds.
    """

    town: TownSight
    moments: list[Moment]
    moment: int
    focus: FloatArray
    actor_ids: tuple[int, ...]
    options: ViewOptions

    def boxes(self, moment: Moment) -> list[tuple[int, Box3D]]:
        """The incident's actors that are there, by id."""
        return [(one, moment.actors[one].box) for one in self.actor_ids if one in moment.actors]


@dataclass(frozen=True, eq=False)
class Views:
    """Candidates that see the incident, by rays.

    Attributes:
        aims: Where they stand and look.
        height: (C,) metres above the road.
        score: (C,) 0 to 1.
        window_visible: (C,) least share of any actor that shows within the window.
        parts: (C,) each, what the score is made of.
        left: How many candidates were left after each step, by its name.
    """

    aims: Aims
    height: FloatArray
    score: FloatArray
    window_visible: FloatArray
    parts: dict[str, FloatArray]
    left: dict[str, int]


@dataclass(eq=False)
class _Candidates:
    """Places still in the running."""

    aims: Aims
    height: FloatArray
    is_mast: Mask

    def keep(self, mask: Mask) -> None:
        index = np.flatnonzero(mask)
        self.aims = self.aims.taken(index)
        self.height, self.is_mast = self.height[index], self.is_mast[index]


def search_views(search: Search, rng: np.random.Generator) -> Views:
    """Draw places around an incident and judge what each would see.

    Raises:
        NoViewError: None of them sees it.
    """
    options, now = search.options, search.moments[search.moment]
    left: dict[str, int] = {}
    eyes, height, is_mast = _draw_places(search, rng)
    wished = float(rng.uniform(*WISHED_DISTANCES))
    _count(left, "places", len(eyes))
    wanted = [box.corners() for moment in search.moments for _, box in search.boxes(moment)]
    lens = Lens(options.width / options.height, options.pitches, options.fovs)
    aims = _aimed(search, eyes, np.concatenate([*wanted, search.focus[None]]), lens)
    rest = _Candidates(aims, height, is_mast)
    clear = _is_clear(search.town, aims.eyes, height, is_mast)
    _count(left, "free", int(clear.sum()))
    rest.keep(clear & aims.fits)
    _count(left, "holding the actors", len(rest.height))
    rest.keep(_shown(search, rest.aims, now) >= options.min_visible)
    _count(left, "seeing them", len(rest.height))
    window = np.stack([_shown(search, rest.aims, moment) for moment in search.moments])
    whole = window.min(axis=0) >= LEAST_SHOWN
    rest.keep(whole)
    _count(left, "seeing them all the time", len(rest.height))
    return _judged(search, rest, window[:, whole], wished, left)


def _aimed(search: Search, eyes: FloatArray, wanted: FloatArray, lens: Lens) -> Aims:
    """Cameras at places that hold what is wanted (P, 3), and the face of one of the incident's lights if they can."""
    aims = aim_at(eyes, wanted, search.focus, lens)
    for face, looks in zip(*search.town.light_faces(search.options.signals), strict=True):
        holding = aim_at(eyes, np.concatenate([wanted, face[None]]), search.focus, lens)
        aims = holding.where(holding.fits & _before(eyes, face, looks), aims)
    return aims


def _before(eyes: FloatArray, face: FloatArray, looks: FloatArray) -> Mask:
    """(C,) whether places are well before a face that looks in a direction."""
    ways = eyes - face
    return np.asarray(ways @ looks > LEAST_FACING * np.linalg.norm(ways, axis=1))


def _count(left: dict[str, int], step: str, count: int) -> None:
    left[step] = count
    if not count:
        raise NoViewError(left)


def _draw_places(search: Search, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, Mask]:
    """Places (C, 3), heights (C,) above the road, and which are on masts; spread over all directions."""
    options, focus = search.options, search.focus
    sites = view_sites(search.town.road_map, search.town.signals.footprints, focus, *options.distances)
    order = rng.permutation(len(sites.feet))
    feet, is_mast = sites.feet[order], sites.is_mast[order]
    away = feet[:, :2] - focus[:2]
    sector = np.floor((np.arctan2(away[:, 1], away[:, 0]) / (2.0 * np.pi) + 0.5) * SECTORS).astype(np.int64)
    turn = np.zeros(len(feet), dtype=np.int64)
    for value in np.unique(sector):
        mine = np.flatnonzero(sector == value)
        turn[mine] = np.arange(len(mine))
    index = np.sort(np.argsort(turn, kind="stable")[: options.candidates])
    low, high = options.heights
    height = rng.uniform(low, high, len(index))
    on_mast = rng.uniform(*MAST_TOP, len(index)).clip(low, high)
    height = np.where(is_mast[index], on_mast, height)
    eyes = feet[index] + height[:, None] * [0.0, 0.0, 1.0]
    return eyes, height, is_mast[index]


def _is_clear(town: TownSight, eyes: FloatArray, height: FloatArray, is_mast: Mask) -> Mask:
    """(C,) whether places are neither inside nor beneath anything, and a pole can stand there."""
    count = len(eyes)
    directions = np.concatenate([_BESIDE, [[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]])
    starts, ways = np.broadcast_arrays(eyes[:, None], directions[None])
    met = town.renderer.probe(starts.reshape(-1, 3), (starts + ways).reshape(-1, 3))
    distance = met.distance.reshape(count, len(directions))
    room = np.where(is_mast, MAST_ROOM, ROOM)
    free = (distance[:, : len(_BESIDE)].min(axis=1) > room) & (distance[:, -2] > SKY)
    below = np.abs(distance[:, -1] - height) < UNDERGROWTH
    low = over_carriageway(town.road_map, eyes) & (height < LOWEST_OVER_ROAD)
    return np.asarray(free & (below | is_mast) & ~low)


def _shown(search: Search, aims: Aims, moment: Moment) -> FloatArray:
    """(C,) share of the actor that shows least; 1 where nobody is there."""
    least = np.ones(len(aims.eyes))
    for actor_id, box in search.boxes(moment):
        points = box.center + (_INNER * box.size) @ box.rotation.T
        least = np.minimum(least, search.town.free_share(aims.eyes, points, moment, actor_id))
    return least


def _judged(search: Search, rest: _Candidates, window: FloatArray, wished: float, left: dict[str, int]) -> Views:
    aims, options = rest.aims, search.options
    weight = np.where(np.arange(len(search.moments)) == search.moment, 2.0, 1.0)
    parts = {
        "visible": np.square(weight @ window / weight.sum()),
        "size": _size(search, aims),
        "centre": _centre(search, aims),
        "sun": _away_from_sun(aims, options),
        "distance": np.exp(-np.square((np.linalg.norm(aims.eyes - search.focus, axis=1) - wished) / DISTANCE_SPREAD)),
    }
    rough = sum((WEIGHTS[name] * values for name, values in parts.items()), np.zeros(len(aims.eyes)))
    if options.signals:
        rough = rough * np.where(_shows_light(search, aims), 1.0, WITHOUT_LIGHT)
    best = np.sort(np.argsort(-rough, kind="stable")[:REFINED])
    rest.keep(np.isin(np.arange(len(rough)), best))
    parts = {name: values[best] for name, values in parts.items()}
    parts["context"] = _context(search, rest.aims)
    close, parts["open"] = _openness(search, rest.aims)
    score = sum((WEIGHTS[name] * values for name, values in parts.items()), np.zeros(len(best)))
    if options.signals:
        score = score * np.where(_shows_light(search, rest.aims), 1.0, WITHOUT_LIGHT)
    free = close <= MOST_CLOSE
    rest.keep(free)
    _count(left, "past what stands near", len(rest.height))
    parts = {name: values[free] for name, values in parts.items()}
    shown = window[:, best].min(axis=0)[free]
    return Views(rest.aims, rest.height, score[free], shown, parts, left)


def _size(search: Search, aims: Aims) -> FloatArray:
    """(C,) how tall the smallest actor is in the picture at the moment, up to as tall as one could wish."""
    options, least = search.options, np.full(len(aims.eyes), np.inf)
    for _, box in search.boxes(search.moments[search.moment]):
        down = aims.tangents(box.corners())[..., 1]
        half = np.tan(np.radians(aims.fov) / 2.0) * options.height / options.width
        least = np.minimum(least, (down.max(axis=1) - down.min(axis=1)) / (2.0 * half))
    return np.asarray((least / GOOD_HEIGHT).clip(0.0, 1.0))


def _centre(search: Search, aims: Aims) -> FloatArray:
    """(C,) 1 where the incident is in the middle of the picture, 0 in its corners."""
    half = np.tan(np.radians(aims.fov) / 2.0)
    off = aims.tangents(search.focus[None])[:, 0] / half[:, None]
    off[:, 1] *= search.options.width / search.options.height
    return np.asarray(1.0 - np.minimum(np.linalg.norm(off, axis=1) / np.sqrt(2.0), 1.0))


def _shows_light(search: Search, aims: Aims) -> Mask:
    """(C,) whether the face of one of the incident's lights can be read in the picture."""
    aspect, moment = search.options.width / search.options.height, search.moments[search.moment]
    shown = np.zeros(len(aims.eyes), dtype=bool)
    for face, looks in zip(*search.town.light_faces(search.options.signals), strict=True):
        seen = _before(aims.eyes, face, looks) & aims.inside(face[None], aspect)[:, 0]
        met = search.town.renderer.probe(aims.eyes, np.broadcast_to(face, aims.eyes.shape), moment.instances)
        shown |= seen & (met.distance >= np.linalg.norm(aims.eyes - face, axis=1))
    return shown


def _away_from_sun(aims: Aims, options: ViewOptions) -> FloatArray:
    """(C,) 0 where a low sun shines into the lens, 1 where it does not."""
    if options.sun is None or options.sun[2] <= 0.0:
        return np.ones(len(aims.eyes))
    yaw, pitch = np.radians(aims.yaw), np.radians(aims.pitch)
    axis = np.stack([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), -np.sin(pitch)], axis=1)
    angle = np.degrees(np.arccos((axis @ np.asarray(options.sun)).clip(-1.0, 1.0)))
    return np.asarray(((angle - 30.0) / 40.0).clip(0.0, 1.0))


def _context(search: Search, aims: Aims) -> FloatArray:
    """(C,) share of the road around the incident that lies in the picture and shows."""
    rings = np.concatenate([search.focus + CONTEXT * share * _BESIDE for share in (0.5, 1.0)])
    rings = rings[over_carriageway(search.town.road_map, rings)]
    if not len(rings):
        return np.ones(len(aims.eyes))
    rings[:, 2] = search.town.road_map.elevation(rings[:, :2]) + 0.3
    inside = aims.inside(rings, search.options.width / search.options.height)
    starts, ends = (part.reshape(-1, 3) for part in np.broadcast_arrays(aims.eyes[:, None], rings[None]))
    met = search.town.renderer.probe(starts, ends)
    free = (met.distance >= np.linalg.norm(ends - starts, axis=1)).reshape(inside.shape)
    return np.asarray((inside & free).mean(axis=1))


def _openness(search: Search, aims: Aims) -> tuple[FloatArray, FloatArray]:
    """Share (C,) of the picture that something very close fills, and how little stands before the incident, 0 to 1."""
    count = len(aims.eyes)
    yaw, pitch = np.radians(aims.yaw), np.radians(aims.pitch)
    zero = np.zeros(count)
    forward = np.stack([np.cos(pitch) * np.cos(yaw), np.cos(pitch) * np.sin(yaw), -np.sin(pitch)], axis=1)
    right = np.stack([np.sin(yaw), -np.cos(yaw), zero], axis=1)
    down = np.cross(forward, right)
    half = np.tan(np.radians(aims.fov) / 2.0)[:, None] * [1.0, search.options.height / search.options.width]
    offset = _PICTURE[None] * half[:, None]
    ways = forward[:, None] + offset[..., :1] * right[:, None] + offset[..., 1:] * down[:, None]
    starts = np.broadcast_to(aims.eyes[:, None], ways.shape)
    instances = search.moments[search.moment].instances
    met = search.town.renderer.probe(starts.reshape(-1, 3), (starts + ways).reshape(-1, 3), instances)
    distance = met.distance.reshape(count, len(_PICTURE))
    unit = ways / np.linalg.norm(ways, axis=2, keepdims=True)
    finite = np.where(np.isfinite(distance), distance, 0.0)
    above = aims.eyes[:, None, 2] + unit[..., 2] * finite > search.focus[2] + 0.8
    far = np.linalg.norm(aims.eyes - search.focus, axis=1)[:, None]
    before = (above & (distance < 0.7 * far)).mean(axis=1)
    close = (above & (distance < CLOSE)).mean(axis=1)
    return np.asarray(close), np.asarray((1.0 - 2.0 * before - 8.0 * close).clip(0.0, 1.0))
