"""Trees of the portable tracer, of all meshes in shared arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roadmark.render.bvh import build_tree
from roadmark.render.mesh import Mesh


@dataclass(eq=False)
class MeshTree:
    """Where a mesh's tree is in the pool.

    Attributes:
        root: Row of its root node.
        nodes: Number of its nodes.
        first_corner: Row of its first triangle.
        corners: Number of its triangles.
        bounds: (2, 3) box of the mesh in its own frame.
    """

    root: int
    nodes: int
    first_corner: int
    corners: int
    bounds: NDArray[np.float64]


class TreePool:
    """All meshes' nodes and triangle corners, one after the other."""

    def __init__(self) -> None:
        """Start empty."""
        self.nodes = np.zeros((0, 8), np.float32)
        self.corners = np.zeros((0, 9), np.float32)
        self.source = np.zeros(0, np.int32)

    def add(self, mesh: Mesh) -> MeshTree:
        """Build the tree of a mesh with at least one triangle."""
        corners = mesh.vertices[mesh.triangles.astype(np.int64)]
        nodes, order = tree_of_boxes(corners.min(axis=1), corners.max(axis=1))
        bounds = np.stack([nodes[0, :3], nodes[0, 3:6]]).astype(np.float64)
        tree = MeshTree(len(self.nodes), len(nodes), len(self.corners), len(corners), bounds)
        self.nodes = np.concatenate([self.nodes, nodes])
        self.corners = np.concatenate([self.corners, corners[order].reshape(-1, 9)])
        self.source = np.concatenate([self.source, order])
        return tree

    def keep(self, trees: Sequence[MeshTree]) -> None:
        """Drop all other trees and close the gaps."""
        if not trees:
            return
        ordered = sorted(trees, key=lambda tree: tree.root)
        nodes = np.concatenate([self.nodes[tree.root : tree.root + tree.nodes] for tree in ordered])
        rows = np.concatenate([np.arange(tree.first_corner, tree.first_corner + tree.corners) for tree in ordered])
        self.nodes, self.corners, self.source = nodes, self.corners[rows], self.source[rows]
        root = first_corner = 0
        for tree in ordered:
            tree.root, tree.first_corner = root, first_corner
            root += tree.nodes
            first_corner += tree.corners


def top_tree(
    placements: NDArray[np.float32], trees: Sequence[MeshTree], rows: Sequence[int]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Build the tree over placed instances.

    Args:
        placements: (I, 24) float32 transforms of all instances.
        trees: Their I trees.
        rows: Those that take part.

    Returns:
        (N, 8) float32 nodes and (len(rows),) int32 instances in leaf order.
    """
    matrices = placements[list(rows), :12].reshape(-1, 3, 4).astype(np.float64)
    bounds = np.stack([trees[row].bounds for row in rows])
    center, half = bounds.mean(axis=1), (bounds[:, 1] - bounds[:, 0]) / 2
    middle = np.einsum("nij,nj->ni", matrices[:, :, :3], center) + matrices[:, :, 3]
    reach = np.einsum("nij,nj->ni", np.abs(matrices[:, :, :3]), half)
    reach += 1e-6 * (np.abs(middle) + reach)  # rounding of the transforms
    nodes, order = tree_of_boxes((middle - reach).astype(np.float32), (middle + reach).astype(np.float32))
    return nodes, np.asarray(rows, np.int32)[order]


def tree_of_boxes(low: NDArray[np.float32], high: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Build a tree over (N, 3) boxes; its (M, 8) nodes and the items in leaf order."""
    nodes = np.zeros((2 * len(low), 8), np.float32)
    order = np.zeros(len(low), np.int32)
    used = build_tree(np.ascontiguousarray(low), np.ascontiguousarray(high), nodes, nodes.view(np.int32), order)
    return nodes[:used].copy(), order
