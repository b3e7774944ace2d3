"""Small scenes with known answers, shared by the tests of the render room."""

from __future__ import annotations

import numpy as np

from roadmark.geometry.cameras import PinholeCamera
from roadmark.geometry.pose import Pose
from roadmark.render import Environment, Instance, Material, Mesh, MeshBuilder, Quality, Renderer

CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
FACES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
     [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
)  # fmt: skip

ROAD, BUILDING, CAR = 1, 3, 14
DRAFT = Quality.preset("draft")
NOON = Environment(sun_direction=(0.0, 0.0, 1.0))


def add_box(builder, center, size, *, material=Material.GENERIC, semantic=BUILDING, color=(150, 150, 150), **look):
    builder.add(CORNERS * size + np.asarray(center), FACES, material=material, semantic=semantic, color=color, **look)


def box_mesh(center=(0, 0, 0), size=(1, 1, 1), semantic=CAR, material=Material.CAR_PAINT, **look):
    builder = MeshBuilder()
    add_box(builder, center, size, semantic=semantic, material=material, **look)
    return builder.build()


def ground_mesh(half=100.0, z=0.0, center=(0.0, 0.0)):
    builder = MeshBuilder()
    x, y = center
    points = [[x - half, y - half, z], [x + half, y - half, z], [x + half, y + half, z], [x - half, y + half, z]]
    builder.add(points, [[0, 1, 2], [0, 2, 3]], material=Material.GENERIC, semantic=ROAD, color=(150, 150, 150))
    return builder.build()


def sphere_mesh(radius, stacks=24, slices=48, **look):
    polar, azimuth = np.meshgrid(
        np.linspace(0, np.pi, stacks + 1), np.linspace(0, 2 * np.pi, slices, endpoint=False), indexing="ij"
    )
    points = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], -1)
    i, j = np.meshgrid(np.arange(stacks), np.arange(slices), indexing="ij")
    a, b = i * slices + j, i * slices + (j + 1) % slices
    c, d = a + slices, b + slices
    upper, lower = np.stack([a, c, b], -1)[1:], np.stack([b, c, d], -1)[:-1]
    builder = MeshBuilder()
    builder.add(
        radius * points.reshape(-1, 3),
        np.concatenate([upper.reshape(-1, 3), lower.reshape(-1, 3)]),
        **({"material": Material.CAR_PAINT, "semantic": CAR, "color": (150, 150, 150), "smooth": True} | look),
    )
    return builder.build()


def placed(mesh, position, object_id, yaw=0.0, **look):
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]]
    matrix[:3, 3] = position
    return Instance(mesh, matrix, object_id, **look)


def looking(eye, target):
    """world_from_camera of an upright camera."""
    forward = np.subtract(target, eye) / np.linalg.norm(np.subtract(target, eye))
    right = np.cross(forward, (0, 0, 1))
    right /= np.linalg.norm(right)
    return Pose(np.stack([right, np.cross(forward, right), forward], axis=1), np.asarray(eye, float))


def looking_down(height, x=0.0, y=0.0):
    """A camera above (x, y): image right is east, image down is south."""
    return Pose(np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]]), np.array([x, y, height]))


def street(seed=3):
    """A ground, a few towers, and boxes and spheres as objects: static mesh and instances."""
    rng = np.random.default_rng(seed)
    builder = MeshBuilder()
    for _ in range(6):
        x, y = rng.uniform(8, 40), rng.uniform(-15, 15)
        add_box(
            builder,
            (x, y, 4),
            (3, 4, 8),
            material=Material.BRICK,
            color=(150, 84, 64),
            variation=int(rng.integers(999)),
        )
    static = Mesh.merge([ground_mesh(), builder.build()])
    body, ball = box_mesh(size=(4, 1.8, 1.5)), sphere_mesh(0.6)
    instances = []
    for number in range(8):
        x, y, yaw = rng.uniform(6, 30), rng.uniform(-6, 6), rng.uniform(0, 6)
        instances.append(placed(body, (x, y, 0.9 + 0.01 * number), 10 + number, yaw, color=rng.integers(0, 255, 3)))
        instances.append(placed(ball, (x, y, 2.0), 10 + number, yaw))
    return static, instances


STREET_CAMERA = PinholeCamera.from_fov(200, 120, 1.2)
STREET_POSE = looking((0.3, 0.2, 3.1), (12.0, 0.4, 1.0))


def expected_planar_depth(camera, pose, corners, rows, columns):
    """Depth along z of the planes through triangles (N, 3, 3), float64, for pixels (N,)."""
    rays = camera.rays(np.stack([columns + 0.5, rows + 0.5], axis=1))
    directions = rays @ pose.rotation.T
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    distance = np.einsum("ni,ni->n", normals, corners[:, 0] - pose.translation) / np.einsum(
        "ni,ni->n", normals, directions
    )
    return distance * rays[:, 2], directions / rays[:, 2:3]


def hit_corners(static, instances, frame):
    """World corners (N, 3, 3) float64 of the triangle each pixel hit, and the pixels' rows and columns."""
    rows, columns = np.nonzero(frame.triangle >= 0)
    corners = np.empty((len(rows), 3, 3))
    index = frame.instance_index[rows, columns]
    triangle = frame.triangle[rows, columns]
    for value in np.unique(index):
        mesh = static if value < 0 else instances[value].mesh
        matrix = np.eye(3, 4) if value < 0 else instances[value].transform
        own = mesh.vertices.astype(np.float64)[mesh.triangles[triangle[index == value]].astype(int)]
        corners[index == value] = own @ matrix[:, :3].T + matrix[:, 3]
    return corners, rows, columns


def render(
    static,
    instances=(),
    *,
    camera=STREET_CAMERA,
    pose=STREET_POSE,
    environment=NOON,
    quality=DRAFT,
    tracer="auto",
    threads=1,
    **options,
):
    renderer = Renderer(static, threads=threads, tracer=tracer)
    return renderer.render(camera, pose, list(instances), environment, quality, **options)
