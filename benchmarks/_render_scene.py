"""A junction for render benchmarks: streets, blocks of houses with windows, trees, and 40 vehicles with wheels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roadmark.geometry.cameras import PinholeCamera
from roadmark.geometry.pose import Pose
from roadmark.render import Instance, Material, Mesh, MeshBuilder, SpotLight

_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
_FACES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
     [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
)  # fmt: skip


def add_box(
    builder: MeshBuilder, center: tuple[float, float, float], size: tuple[float, float, float], **look: object
) -> None:
    """Add an axis-parallel box."""
    builder.add(_CORNERS * size + center, _FACES, **look)  # type: ignore[arg-type]


def sphere_mesh(stacks: int, slices: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Vertices and triangles of a unit sphere."""
    polar, azimuth = np.meshgrid(
        np.linspace(0, np.pi, stacks + 1), np.linspace(0, 2 * np.pi, slices, endpoint=False), indexing="ij"
    )
    points = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], -1).reshape(
        -1, 3
    )
    i, j = np.meshgrid(np.arange(stacks), np.arange(slices), indexing="ij")
    a, b = i * slices + j, i * slices + (j + 1) % slices
    c, d = a + slices, b + slices
    triangles = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    return points, triangles


def junction(rng: np.random.Generator) -> Mesh:
    """Static scene of about 350,000 triangles."""
    builder = MeshBuilder()
    ground = MeshBuilder()
    grid = np.linspace(-200, 200, 161)
    x, y = np.meshgrid(grid, grid, indexing="ij")
    z = 0.02 * np.sin(x / 17) * np.cos(y / 23)
    index = np.arange(161 * 161).reshape(161, 161)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], -1).reshape(-1, 4)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    middle = np.stack([x, y, z], -1).reshape(-1, 3)[triangles].mean(axis=1)
    distance = np.minimum(np.abs(middle[:, 0]), np.abs(middle[:, 1]))
    material = np.where(distance < 7.5, Material.ASPHALT, np.where(distance < 11, Material.CONCRETE, Material.GRASS))
    semantic = np.where(distance < 7.5, 1, np.where(distance < 11, 2, 10))
    color = np.where(
        distance[:, None] < 7.5, (88, 87, 86), np.where(distance[:, None] < 11, (165, 161, 153), (94, 112, 52))
    )
    ground.add(
        np.stack([x, y, z], -1).reshape(-1, 3),
        triangles,
        material=material,
        semantic=semantic,
        color=color,
        smooth=True,
    )
    for along in np.arange(-190, 190, 6.0):
        for lane in (-3.5, 0.0, 3.5):
            if abs(along) > 9:
                add_box(
                    builder,
                    (along, lane, 0.03),
                    (3, 0.12, 0.02),
                    material=Material.MARKING,
                    semantic=24,
                    color=(230, 230, 225),
                )
                add_box(
                    builder,
                    (lane, along, 0.03),
                    (0.12, 3, 0.02),
                    material=Material.MARKING,
                    semantic=24,
                    color=(230, 230, 225),
                )
    for sx in (-1, 1):
        for sy in (-1, 1):
            for k in range(6):
                for along_x in (True, False):
                    a, b = 24 + 24 * k, 22 + rng.uniform(0, 6)
                    center = (sx * a, sy * b) if along_x else (sx * b, sy * a)
                    _add_house(builder, rng, *center, rng.uniform(9, 28))
            for k in range(14):
                for along_x in (True, False):
                    place = (sx * (14 + 12 * k), sy * 9.3) if along_x else (sx * 9.3, sy * (14 + 12 * k))
                    _add_tree(builder, rng, *place)
    return Mesh.merge([ground.build(), builder.build()])


def _add_house(builder: MeshBuilder, rng: np.random.Generator, x: float, y: float, height: float) -> None:
    seed = int(rng.integers(65536))
    material = Material.BRICK if rng.random() < 0.5 else Material.PLASTER
    tint = tuple(int(v) for v in rng.integers(110, 220, 3))
    add_box(builder, (x, y, height / 2), (18, 18, height), material=material, semantic=3, color=tint, variation=seed)
    for level in np.arange(1.8, height - 1.5, 3.0):
        for offset in np.arange(-7.2, 7.3, 2.4):
            look = {
                "material": Material.WINDOW,
                "semantic": 3,
                "color": (60, 70, 78),
                "variation": int(rng.integers(65536)),
            }
            for side in (-1, 1):
                add_box(builder, (x + offset, y + side * 9.0, level), (1.3, 0.12, 1.7), **look)
                add_box(builder, (x + side * 9.0, y + offset, level), (0.12, 1.3, 1.7), **look)


def _add_tree(builder: MeshBuilder, rng: np.random.Generator, x: float, y: float) -> None:
    add_box(builder, (x, y, 1.5), (0.3, 0.3, 3), material=Material.BARK, semantic=9, color=(98, 82, 66))
    points, triangles = sphere_mesh(24, 38)
    points = points * (1 + 0.18 * rng.normal(size=(len(points), 1))) * (1.9, 1.9, 1.6) + (x, y, 4.2)
    look = {"material": Material.FOLIAGE, "semantic": 9, "color": (78, 104, 44), "variation": int(rng.integers(65536))}
    builder.add(points, triangles, smooth=1.0, **look)  # type: ignore[arg-type]


def vehicle() -> tuple[Mesh, Mesh]:
    """A rounded body of about 1,800 triangles, and a wheel of about 150."""
    points, triangles = sphere_mesh(28, 32)
    rounded = np.sign(points) * np.abs(points) ** 0.45
    body = rounded * (2.25, 0.9, 0.45) + (0, 0, 0.7)
    cabin = np.sign(points) * np.abs(points) ** 0.55 * (1.2, 0.78, 0.42) + (-0.2, 0, 1.15)
    builder = MeshBuilder()
    builder.add(body, triangles, material=Material.CAR_PAINT, semantic=14, color=(128, 128, 128), smooth=True)
    builder.add(cabin, triangles[::1], material=Material.CAR_GLASS, semantic=14, color=(38, 44, 48), smooth=True)
    add_box(
        builder,
        (2.2, 0.6, 0.75),
        (0.1, 0.3, 0.12),
        material=Material.LAMP_LENS,
        semantic=14,
        color=(230, 230, 225),
        emitter=2,
    )
    add_box(
        builder,
        (2.2, -0.6, 0.75),
        (0.1, 0.3, 0.12),
        material=Material.LAMP_LENS,
        semantic=14,
        color=(230, 230, 225),
        emitter=2,
    )
    wheel = MeshBuilder()
    points, triangles = sphere_mesh(6, 14)
    rim = np.sign(points) * np.abs(points) ** (1.0, 0.2, 1.0) * (0.33, 0.11, 0.33)
    wheel.add(rim, triangles, material=Material.RUBBER, semantic=14, color=(34, 34, 35), smooth=0.6)
    return builder.build(), wheel.build()


def traffic(rng: np.random.Generator, count: int = 40) -> list[list[Instance]]:
    """The instances of each vehicle."""
    body, wheel = vehicle()
    vehicles = []
    for number in range(count):
        lane, along = (-5.2, -1.8, 1.8, 5.2)[number % 4], -60.0 + 3.0 * number + rng.uniform(-1, 1)
        heading = 0.0 if lane < 0 else np.pi
        position = (along * 1.6, lane, 0.0)
        if number % 2:
            heading += np.pi / 2
            position = (-lane, along * 1.6, 0.0)
        pose = np.eye(4)
        pose[:3, :3] = [[np.cos(heading), -np.sin(heading), 0], [np.sin(heading), np.cos(heading), 0], [0, 0, 1]]
        pose[:3, 3] = position
        paint = rng.integers(10, 235, 3)
        parts = [Instance(body, pose[:3], 100 + number, paint, emission=2)]
        for x in (-1.35, 1.35):
            for y in (-0.8, 0.8):
                mount = np.eye(4)
                mount[:3, 3] = (x, y, 0.33)
                parts.append(Instance(wheel, (pose @ mount)[:3], 100 + number, paint))
        vehicles.append(parts)
    return vehicles


def lamps() -> list[SpotLight]:
    """Forty street lamps."""
    places = [(s * (10 + 12 * k), t * 8.0) for s in (-1, 1) for t in (-1, 1) for k in range(5)]
    spots = [(x, y, 8.0) for x, y in places] + [(y, x, 8.0) for x, y in places]
    return [SpotLight(spot, (0, 0, -1), (60, 48, 30), 0.7, 0.3, 25.0) for spot in spots]


def looking(eye: tuple[float, float, float], target: tuple[float, float, float]) -> Pose:
    """world_from_camera of a camera at `eye` towards `target`, upright."""
    forward = np.subtract(target, eye) / np.linalg.norm(np.subtract(target, eye))
    right = np.cross(forward, (0, 0, 1))
    right /= np.linalg.norm(right)
    return Pose(np.stack([right, np.cross(forward, right), forward], axis=1), np.asarray(eye, float))


def views(width: int = 1920, height: int = 1080) -> dict[str, tuple[PinholeCamera, Pose]]:
    """A surveillance and a dash camera."""
    return {
        "surveillance": (PinholeCamera.from_fov(width, height, np.radians(70)), looking((-12.5, -12, 9), (6, 3, 0))),
        "dash": (PinholeCamera.from_fov(width, height, np.radians(80)), looking((-30, -1.8, 1.6), (20, -1.8, 1.0))),
    }
