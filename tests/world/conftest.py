"""Geometry checks shared by the tests of vehicles, two-wheelers, walkers and props."""

from types import SimpleNamespace

import numpy as np
import pytest


def first_hit_cosines(vertices, triangles, origins, directions):
    """Cosine between each ray and the facet it meets first (negative: seen from outside); NaN where it meets none."""
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    e1, e2 = b - a, c - a
    normal = np.cross(e1, e2)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    found = np.full(len(origins), np.nan)
    for n, (origin, direction) in enumerate(zip(origins, directions, strict=True)):
        p = np.cross(direction, e2)
        det = np.einsum("ij,ij->i", e1, p)
        safe = np.where(np.abs(det) < 1e-14, np.inf, det)
        t0 = origin - a
        u = np.einsum("ij,ij->i", t0, p) / safe
        q = np.cross(t0, e1)
        v = (q @ direction) / safe
        t = np.einsum("ij,ij->i", e2, q) / safe
        hit = (u > 0) & (v > 0) & (u + v < 1) & (t > 0)
        if hit.any():
            first = np.flatnonzero(hit)[np.argmin(t[hit])]
            found[n] = normal[first] @ direction
    return found


def rays_around(low, high, count, seed=0):
    """Rays from a sphere around a box towards random points inside it."""
    rng = np.random.default_rng(seed)
    center, radius = (low + high) / 2, np.linalg.norm(high - low)
    start = rng.standard_normal((count, 3))
    start[:, 2] = np.abs(start[:, 2]) * 0.7 + 0.02
    origins = center + radius * start / np.linalg.norm(start, axis=1, keepdims=True)
    directions = rng.uniform(low, high, (count, 3)) - origins
    return origins, directions / np.linalg.norm(directions, axis=1, keepdims=True)


def signed_volume(vertices, triangles):
    a, b, c = (np.asarray(vertices, float)[triangles[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)


def open_edges(vertices, triangles):
    """Number of directed edges without their opposite, with points welded by position (closed surfaces have none)."""
    _, weld = np.unique(np.round(np.asarray(vertices, float), 6), axis=0, return_inverse=True)
    t = weld.reshape(-1)[triangles]
    edges = np.concatenate([t[:, [0, 1]], t[:, [1, 2]], t[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    values, counts = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    forward = np.zeros(len(values), dtype=int)
    order = {tuple(v): i for i, v in enumerate(values.tolist())}
    for a, b in edges.tolist():
        forward[order[(min(a, b), max(a, b))]] += 1 if a < b else -1
    return int(np.count_nonzero(forward)) if len(counts) else 0


@pytest.fixture(scope="session")
def solids():
    """The checks of this file, as attributes."""
    return SimpleNamespace(
        first_hit_cosines=first_hit_cosines,
        rays_around=rays_around,
        signed_volume=signed_volume,
        open_edges=open_edges,
    )
