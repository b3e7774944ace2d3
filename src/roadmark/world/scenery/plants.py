"""Trees, bushes and hedges: trunk and branches, and crowns of leaf clumps around dark cores."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from roadmark.catalog import SemanticClass
from roadmark.render import Material
from roadmark.world.shape import Doubles, Shape, merge, triangles
from roadmark.world.solids import Look, box, lump, tube

Color = tuple[int, int, int]

_BARK = Look(Material.BARK, SemanticClass.VEGETATION)


@dataclass(frozen=True)
class Species:
    """Proportions of a kind of tree; lengths in metres.

    Attributes:
        name: For people.
        height: Of the whole tree.
        trunk: Height of the lowest branch.
        crown: Half width and half height of the crown.
        lobes: Number of rounded parts of the crown.
        leaf: Size of a clump of leaves.
        color: sRGB of the leaves.
        conical: Whether the crown tapers to a tip.
        radius: Of the trunk at the ground.
        bark: sRGB of the trunk.
    """

    name: str
    height: float
    trunk: float
    crown: tuple[float, float]
    lobes: int
    leaf: float
    color: Color
    conical: bool = False
    radius: float = 0.17
    bark: Color = (98, 82, 66)


SPECIES: tuple[Species, ...] = (
    Species("lime", 9.5, 2.8, (2.6, 3.4), 6, 0.62, (104, 134, 58)),
    Species("plane", 11.5, 3.4, (3.5, 4.0), 8, 0.75, (116, 140, 66), radius=0.24, bark=(140, 130, 108)),
    Species("maple", 7.0, 2.3, (2.2, 2.4), 5, 0.55, (124, 138, 54), radius=0.14),
    Species("oak", 12.5, 3.0, (4.4, 4.2), 9, 0.8, (92, 118, 52), radius=0.3),
    Species("birch", 10.0, 3.2, (1.9, 3.4), 8, 0.5, (132, 152, 72), radius=0.12, bark=(196, 192, 182)),
    Species("poplar", 14.0, 2.0, (1.6, 6.0), 13, 0.6, (98, 126, 60), radius=0.2),
    Species("spruce", 12.0, 1.2, (2.3, 5.4), 1, 0.7, (66, 92, 56), conical=True, radius=0.18, bark=(84, 66, 52)),
)

#: Number of leaf clumps by detail.
_CLUMPS = (34, 130, 330, 2300)
_DISTANT_CLUMPS = 12


def tree(species: Species, detail: int, rng: np.random.Generator) -> Shape:
    """One tree around the origin, its foot at z = 0.

    Args:
        species: What it looks like.
        detail: -1 for trees in the distance, 0 for far ones, 1, 2 for near ones, 3 for those right beside a camera.
        rng: Source of its irregularities.
    """
    half_width, half_height = species.crown
    center = np.array([0.0, 0.0, species.height - half_height])
    if detail < 0:
        return _distant(species, center, rng)
    if species.conical:
        lobes, sizes = np.array([center]), np.array([[half_width, half_width, half_height]])
        points, outward = _cone_points(species, _CLUMPS[detail], rng)
    else:
        lobes, sizes = _lobes(species, center, rng)
        points, outward = _lobe_points(lobes, sizes, _CLUMPS[detail], rng)
    size = species.leaf * (2.1, 1.15, 0.72, 0.34)[detail]
    parts = [_leaves(points, outward, size, species, (4, 5, 4, 4)[detail], rng, broad=detail >= 2)]
    parts.extend(_cores(species, lobes, sizes, detail, rng))
    parts.extend(_wood(species, lobes, detail, rng))
    return merge(parts)


def _scaled(color: Color, factor: float) -> Color:
    red, green, blue = (min(int(value * factor), 255) for value in color)
    return red, green, blue


def _distant(species: Species, center: Doubles, rng: np.random.Generator) -> Shape:
    """A tree of some sixty triangles: one rough body, a few blades at its outline, no trunk in view from afar."""
    half_width, half_height = species.crown
    sizes = np.array([[half_width, half_width, half_height]]) * 0.95
    if species.conical:
        points, outward = _cone_points(species, _DISTANT_CLUMPS, rng)
    else:
        points, outward = _lobe_points(center[None], sizes, _DISTANT_CLUMPS, rng)
    leaves = _leaves(points, outward, species.leaf * 2.6, species, 2, rng)
    bright = replace(species, color=_scaled(species.color, 1.5))
    trunk = box((0.0, 0.0, species.height * 0.25), (0.3, 0.3, species.height * 0.5), _BARK)
    return merge(
        [leaves, *_cores(bright, center[None], sizes * 1.15, 0, rng), trunk.selected(trunk.normals[:, 0, 2] == 0)]
    )


def _lobes(species: Species, center: Doubles, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Middles (L, 3) and half axes (L, 3) of the rounded parts of a crown."""
    half_width, half_height = species.crown
    count = species.lobes
    angle = np.arange(count) * 2.399963 + rng.uniform(0.0, 6.28)  # the golden angle spreads them evenly
    up = np.linspace(-0.55, 0.62, count) + rng.uniform(-0.08, 0.08, count)
    reach = 0.55 * np.sqrt(np.maximum(1.0 - up**2, 0.0)) * rng.uniform(0.75, 1.1, count)
    middle = center + np.stack(
        [np.cos(angle) * reach * half_width, np.sin(angle) * reach * half_width, up * half_height], axis=1
    )
    width = half_width * rng.uniform(0.46, 0.6, count)
    return middle, np.stack([width, width, np.minimum(width * 0.95, half_height * 0.5)], axis=1)


def _lobe_points(lobes: Doubles, sizes: Doubles, count: int, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Points near the lobes' surfaces, outside the other lobes, with outward directions."""
    which = rng.integers(0, len(lobes), 3 * count)
    direction = rng.standard_normal((3 * count, 3))
    direction[:, 2] = direction[:, 2] * 0.9 + 0.2
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    points = lobes[which] + direction * sizes[which] * rng.uniform(0.74, 1.06, (3 * count, 1))
    inside = (((points[:, None, :] - lobes[None]) / sizes[None]) ** 2).sum(axis=2) < 0.72
    order = np.argsort(inside.any(axis=1), kind="stable")[:count]
    return points[order], direction[order]


def _cone_points(species: Species, count: int, rng: np.random.Generator) -> tuple[Doubles, Doubles]:
    """Points on a cone in drooping tiers, with outward directions."""
    half_width, half_height = species.crown
    up = 1.0 - np.sqrt(rng.uniform(0.0, 1.0, count))
    tier = (up * 9.0) % 1.0
    radius = half_width * (1.0 - up) * (1.08 - 0.4 * tier) + 0.08
    angle = rng.uniform(0.0, 2.0 * np.pi, count)
    z = species.height - 2.0 * half_height * (1.0 - up)
    outward = np.stack([np.cos(angle), np.sin(angle), np.full(count, 0.35)], axis=1)
    points = np.stack([np.cos(angle) * radius, np.sin(angle) * radius, z], axis=1)
    return points, outward / np.linalg.norm(outward, axis=1, keepdims=True)


def _leaves(
    points: Doubles,
    outward: Doubles,
    size: float,
    species: Species,
    blades: int,
    rng: np.random.Generator,
    *,
    broad: bool = False,
) -> Shape:
    """Clumps of pointed blades (or broad leaves) that face outwards, shaded like the crown's rounded surface."""
    count = len(points)
    spin = rng.standard_normal((count, 3))
    facing = outward + 0.55 * spin / np.linalg.norm(spin, axis=1, keepdims=True)
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    side = np.cross(facing, rng.standard_normal((count, 3)))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(facing, side)
    angle = 2.0 * np.pi * (np.arange(blades) / blades)[None] + rng.uniform(0.0, 6.28, (count, 1))
    length = size * rng.uniform(0.6, 1.15, (count, blades))
    tip = side[:, None] * np.cos(angle)[..., None] + other[:, None] * np.sin(angle)[..., None]
    flank = -side[:, None] * np.sin(angle)[..., None] + other[:, None] * np.cos(angle)[..., None]
    bend = facing[:, None] * rng.uniform(-0.6, 0.15, (count, blades, 1))
    root = points[:, None] - tip * length[..., None] * 0.35
    wide = flank * length[..., None] * 0.36
    end = points[:, None] + (tip + bend) * length[..., None]
    if broad:
        middle = (root + end) / 2.0
        corners = np.stack(
            [np.stack([root, middle - wide, end], axis=2), np.stack([root, end, middle + wide], axis=2)], axis=2
        )
        blades *= 2
    else:
        corners = np.stack([root + wide, root - wide, end], axis=2)
    shade = (points[:, 2] - points[:, 2].min()) / max(float(np.ptp(points[:, 2])), 0.1)
    tone = (0.72 + 0.34 * shade) * rng.uniform(0.85, 1.15, count)
    color = np.clip(np.array(species.color)[None] * tone[:, None], 0, 255)
    normal = outward * 0.85 + facing * 0.3 + np.array([0.0, 0.0, 0.2])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    return triangles(
        corners.reshape(-1, 3, 3),
        material=Material.FOLIAGE,
        semantic=SemanticClass.VEGETATION,
        color=np.repeat(color, blades, axis=0),
        normals=np.repeat(normal, 3 * blades, axis=0).reshape(-1, 3, 3),
    )


def _cores(species: Species, lobes: Doubles, sizes: Doubles, detail: int, rng: np.random.Generator) -> list[Shape]:
    """Dark rough bodies inside the crown, so that one does not look through it."""
    dark = _scaled(species.color, 0.5)
    look = Look(Material.FOLIAGE, SemanticClass.VEGETATION, dark)
    if species.conical:
        half_width, half_height = species.crown
        up = np.linspace(-1.0, 0.9, 5)
        path = np.stack([np.zeros(5), np.zeros(5), species.height + (up - 1.0) * half_height], axis=1)
        return [tube(path, 0.68 * half_width * (1.0 - up) / 2.0 + 0.03, look, sides=7)]
    rings, sides = ((3, 5), (4, 6), (5, 8), (7, 11))[detail]
    parts = []
    for middle, size in zip(lobes, sizes, strict=True):
        body = lump(1.0, look, rng, rings=rings, sides=sides, roughness=0.16)
        scale = size * (0.76, 0.76, 0.76, 0.66)[detail]
        corners = body.corners * scale.astype(np.float32) + middle.astype(np.float32)
        parts.append(
            triangles(corners, material=look.material, semantic=look.semantic, color=look.rgb, normals=body.normals)
        )
    return parts


def _wood(species: Species, lobes: Doubles, detail: int, rng: np.random.Generator) -> list[Shape]:
    """Trunk and the branches that carry the lobes."""
    look = Look(_BARK.material, _BARK.semantic, species.bark)
    sides = (4, 6, 8, 12)[detail]
    top = species.height - species.crown[1] * (0.2 if species.conical else 0.8)
    lean = rng.uniform(-0.15, 0.15, 2)
    share = np.array([0.0, 0.06, 0.45, 1.0])
    path = np.stack([lean[0] * share**2, lean[1] * share**2, top * share - 0.3 * (share == 0.0)], axis=1)
    parts = [tube(path, species.radius * np.array([1.45, 1.0, 0.8, 0.45]), look, sides=sides, cap=False)]
    if species.conical or detail == 0:
        return parts
    for lobe in lobes[: 6 if detail >= 2 else 4]:
        start = np.array([*(lean * 0.2), species.trunk * rng.uniform(0.85, 1.15)])
        knee = start + (lobe - start) * np.array([0.55, 0.55, 0.4])
        radius = species.radius * np.array([0.5, 0.34, 0.16])
        parts.append(tube(np.stack([start, knee, lobe]), radius, look, sides=max(sides - 3, 4), cap=False))
    return parts


def bush(rng: np.random.Generator, color: Color = (84, 106, 48), size: float = 0.9, detail: int = 1) -> Shape:
    """A round bush around the origin, its foot at z = 0."""
    species = Species("bush", 1.5 * size, 0.2, (size, 0.72 * size), 3, 0.32 * size + 0.1, color, radius=0.05)
    center = np.array([0.0, 0.0, 0.72 * size])
    lobes, sizes = _lobes(species, center, rng)
    sizes = sizes * 1.15
    points, outward = _lobe_points(lobes, sizes, (24, 60, 110)[detail], rng)
    points[:, 2] = np.maximum(points[:, 2], 0.05)
    leaves = _leaves(points, outward, species.leaf, species, 4, rng)
    return merge([leaves, *_cores(species, lobes, sizes, 0, rng)])


def hedge(rng: np.random.Generator, length: float = 2.0, height: float = 1.1, width: float = 0.7) -> Shape:
    """A piece of clipped hedge along x, centred on the origin, its foot at z = 0."""
    color = (70, 94, 42)
    dark = Look(Material.FOLIAGE, SemanticClass.VEGETATION, (46, 62, 30))
    count = int(90 * length / 2.0)
    points = rng.uniform(-0.5, 0.5, (count, 3)) * np.array([length, width, height])
    face = rng.integers(0, 3, count)
    side = np.where(rng.random(count) < 0.5, -1.0, 1.0)
    outward = np.zeros((count, 3))
    outward[face == 0, 2] = 1.0
    points[face == 0, 2] = height / 2.0
    for k in (1, 2):
        outward[face == k, 1] = side[face == k]
        points[face == k, 1] = side[face == k] * width / 2.0
    points[:, 2] += height / 2.0
    species = Species("hedge", height, 0.1, (width, height), 1, 0.26, color)
    leaves = _leaves(points, outward, species.leaf, species, 3, rng)
    body = box((0.0, 0.0, height / 2.0 - 0.02), (length, width - 0.1, height - 0.06), dark)
    return merge([leaves, body])
