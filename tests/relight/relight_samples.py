"""A made-up street for tests: level road, a wall across it, sky above, and upright things, as exact buffers."""

import numpy as np

from roadmark.catalog import Conditions, SemanticClass
from roadmark.geometry import RDF_FROM_FLU, PinholeCamera, Pose, pixel_centers, rotation_from_rpy
from roadmark.relight import Relighter, ViewBuffers

WIDTH, HEIGHT = 160, 90
EYE = 5.0
ALL = frozenset({"rgb", "depth", "normals", "semantic"})
SHADED = ALL | {"sun_visibility"}
NOON = Conditions("clear_sky", "mid_morning", "dry")


def camera(width=WIDTH, height=HEIGHT):
    return PinholeCamera.from_fov(width, height, np.radians(70.0))


def pose(tilt=12.0, eye=EYE, x=0.0):
    """world_from_camera: looks along +x, tilted down by degrees."""
    rotation = rotation_from_rpy(np.array([0.0, np.radians(tilt), 0.0])) @ RDF_FROM_FLU.T
    return Pose(rotation, np.array([x, 0.0, eye]), "world", "camera")


def street(wall=30.0, posts=(), gray=110, lens=None, view=None, wall_height=6.0, soil=False):
    """Buffers of a road at z = 0 and a wall at x = `wall`; posts are boxes (x, y, half width, height, class, gray)."""
    lens, view = lens or camera(), view or pose()
    size = (lens.height, lens.width)
    rays = lens.rays(pixel_centers(lens.width, lens.height).reshape(-1, 2))
    world = view.rotate(rays)
    eye = view.translation
    t = np.full(len(rays), np.inf)
    semantic = np.full(len(rays), SemanticClass.SKY, np.uint8)
    normals = np.full((len(rays), 3), np.nan, np.float32)
    rgb = np.zeros((len(rays), 3), np.uint8) + np.array([120, 160, 210], np.uint8)

    def put(distance, hit, label, normal, level):
        nearer = hit & (distance < t) & (distance > 0.0)
        t[nearer], semantic[nearer], normals[nearer], rgb[nearer] = distance[nearer], label, normal, level

    with np.errstate(divide="ignore", invalid="ignore"):
        ground = -eye[2] / world[:, 2]
        put(ground, world[:, 2] < 0.0, SemanticClass.TERRAIN if soil else SemanticClass.ROADS, (0, 0, 1), gray)
        across = (wall - eye[0]) / world[:, 0]
        height = eye[2] + across * world[:, 2]
        put(across, (height >= 0.0) & (height <= wall_height), SemanticClass.BUILDING, (-1, 0, 0), gray)
        for x, y, half, top, label, level in posts:
            along = (x - eye[0]) / world[:, 0]
            side, z = eye[1] + along * world[:, 1] - y, eye[2] + along * world[:, 2]
            put(along, (abs(side) <= half) & (z >= 0.0) & (z <= top), label, (-1, 0, 0), level)
    depth = (t * rays[:, 2]).astype(np.float32)
    depth[np.isinf(t)] = np.inf
    return ViewBuffers(
        rgb.reshape(*size, 3), view, depth.reshape(size), normals.reshape(*size, 3), semantic.reshape(size)
    )


def relit(buffers, target, source=NOON, time=0.5, lens=None, **options):
    """One frame under other conditions."""
    options.setdefault("available", buffers.available())
    relighter = Relighter(lens or camera(), target, source, threads=1, **options)
    return relighter.frame(buffers, time)


def pixel(point, lens=None, view=None):
    """(row, column) of a world point."""
    u, v = (lens or camera()).project((view or pose()).inverse().apply(np.array([point]))).uv[0]
    return int(v), int(u)


def gray(picture):
    """Mean of the channels, float."""
    return picture.astype(float).mean(axis=-1)
