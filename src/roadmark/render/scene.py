"""The scene as kernels see it: all meshes' triangle records in one array, small tables of instances, trees."""

from __future__ import annotations

import weakref
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import RenderError
from roadmark.render.embree import EmbreeLibrary, EmbreeMesh, EmbreeScene, EmbreeSubset, query_arguments
from roadmark.render.instances import Instance
from roadmark.render.mesh import Mesh
from roadmark.render.packets import CAMERA_MASK, TRACER_EMBREE, TRACER_PORTABLE, SceneArrays
from roadmark.render.trees import MeshTree, TreePool, top_tree

SURFACE_WORDS = 16
"""Words of a triangle record: one cache line of 64 bytes."""


_CORNER_CHOICE = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)])


class Surface(IntEnum):
    """Words of a triangle record. The first twelve are float32, the last two hold bytes."""

    CORNER_NORMALS = 0  # nine words
    FACET_X = 9
    FACET_Y = 10
    FACET_Z = 11
    LABELS = 12  # material | semantic << 8 | emitter << 16
    COLOR = 13  # red | green << 8 | blue << 16
    VARIATION = 14


class Attribute(IntEnum):
    """Columns of an instance's integers."""

    FIRST_SURFACE = 0
    OBJECT_ID = 1
    EMISSION = 2
    RED = 3
    GREEN = 4
    BLUE = 5
    MARK = 6  # a number that hardly any other instance has, and that does not depend on the others


@dataclass(eq=False)
class _MeshRecord:
    """Where a mesh's parts are."""

    first_surface: int
    count: int
    bounds: NDArray[np.float64]
    mark: int
    embree: EmbreeMesh | None = None
    tree: MeshTree | None = None


@dataclass(eq=False)
class PlacedScene:
    """One frame's scene: the kernels' arrays, and what they do not need.

    Attributes:
        arrays: What kernels read. Row 0 is the static mesh, row i + 1 instance i.
        origin: (3,) float64 world position of the kernels' zero, near the camera so that float32 stays exact.
        centers: (I, 3) float64 centres of the instances' bounding spheres, relative to `origin`.
        radii: (I,) float64 their radii.
        corners: (I, 8, 3) float64 corners of their boxes, relative to `origin`.
        meshes: The mesh of each row.
        trees: The portable tracer's tree of each row.
        keep: Objects whose memory the arrays' addresses point to.
    """

    arrays: SceneArrays
    origin: NDArray[np.float64]
    centers: NDArray[np.float64]
    radii: NDArray[np.float64]
    corners: NDArray[np.float64]
    meshes: list[Mesh]
    trees: list[MeshTree]
    keep: list[object] = field(default_factory=list)


class SceneStore:
    """Keeps meshes' records and trees from frame to frame and forgets those whose mesh is gone."""

    def __init__(self, static: Mesh, library: EmbreeLibrary | None) -> None:
        """Take in the static mesh.

        Args:
            static: What never moves.
            library: Embree, or None for the portable tracer.
        """
        self._library = library
        self._static = static
        self._surfaces = np.zeros((0, SURFACE_WORDS), np.float32)
        self._used = 0
        self._records: weakref.WeakKeyDictionary[Mesh, _MeshRecord] = weakref.WeakKeyDictionary()
        self._trees = TreePool()
        self._top = EmbreeScene(library) if library else None
        self._arguments = [query_arguments(coherent=True), query_arguments(coherent=False)]
        self._add(static)

    def place(
        self, instances: Sequence[Instance], origin: NDArray[np.float64], hidden_object_ids: Iterable[int] = ()
    ) -> PlacedScene:
        """Bring the scene to one frame's state.

        Args:
            instances: What stands in it besides the static mesh.
            origin: (3,) world position of the kernels' zero.
            hidden_object_ids: Objects that camera rays pass through; they still cast shadows.
        """
        new = dict.fromkeys(instance.mesh for instance in instances if instance.mesh not in self._records)
        self._reserve(sum(len(mesh.triangles) for mesh in new))
        for mesh in new:
            self._add(mesh)
        meshes = [self._static, *(instance.mesh for instance in instances)]
        records = [self._records[mesh] for mesh in meshes]
        transforms = np.tile(np.eye(3, 4), (len(records), 1, 1))
        for row, instance in enumerate(instances, start=1):
            transforms[row] = instance.transform
        transforms[:, :, 3] -= origin
        placements = _placements(transforms)
        attributes = np.zeros((len(records), 8), np.int32)
        attributes[:, Attribute.FIRST_SURFACE] = [record.first_surface for record in records]
        for row, instance in enumerate(instances, start=1):
            emission = instance.emission - (1 << 32) if instance.emission >= 1 << 31 else instance.emission
            attributes[row, 1:6] = (instance.object_id, emission, *np.asarray(instance.color).tolist())
            state = placements[row].tobytes() + attributes[row, 1:6].tobytes()
            attributes[row, Attribute.MARK] = np.int64(zlib.crc32(state, records[row].mark)).astype(np.int32)
        hidden_ids = set(hidden_object_ids)
        hidden = np.array([False] + [instance.object_id in hidden_ids for instance in instances])
        centers = np.einsum("nij,nj->ni", transforms[:, :, :3], [record.bounds.mean(axis=0) for record in records])
        centers += transforms[:, :, 3]
        own = np.stack([record.bounds[_CORNER_CHOICE, [0, 1, 2]] for record in records])
        corners = np.einsum("nij,nkj->nki", transforms[:, :, :3], own) + transforms[:, None, :, 3]
        radii = np.array([np.linalg.norm(record.bounds[1] - record.bounds[0]) / 2 for record in records])
        arrays = self._arrays(records, placements, attributes, hidden)
        trees = [record.tree for record in records if record.tree is not None]
        return PlacedScene(arrays, origin, centers, radii, corners, meshes, trees, [self._top, *records])

    def subset(self, placed: PlacedScene, rows: Sequence[int]) -> tuple[SceneArrays, EmbreeSubset | None]:
        """The scene of some rows only; keep the second value while using the first."""
        if self._top is not None:
            embree = self._top.subset(list(rows))
            return placed.arrays._replace(handle=embree.handle), embree
        top, order = top_tree(placed.arrays.placements, placed.trees, rows)
        return placed.arrays._replace(top_nodes=top, top_links=top.view(np.int32), order=order), None

    def _arrays(
        self,
        records: Sequence[_MeshRecord],
        placements: NDArray[np.float32],
        attributes: NDArray[np.int32],
        hidden: NDArray[np.bool_],
    ) -> SceneArrays:
        top, order = np.zeros((1, 8), np.float32), np.zeros(1, np.int32)
        roots = np.zeros((len(records), 3), np.int32)
        if self._top is not None:
            meshes = [record.embree for record in records if record.embree is not None]
            self._top.update(meshes, placements[:, :12], hidden)
        else:
            trees = [record.tree for record in records if record.tree is not None]
            roots[:] = [(tree.root, tree.first_corner, -1) for tree in trees]
            roots[hidden, 2] = ~CAMERA_MASK
            top, order = top_tree(placements, trees, range(len(records)))
        return SceneArrays(
            tracer=TRACER_PORTABLE if self._top is None else TRACER_EMBREE,
            handle=0 if self._top is None else self._top.handle,
            coherent=self._arguments[0].ctypes.data,
            incoherent=self._arguments[1].ctypes.data,
            surfaces=self._surfaces,
            surface_bits=self._surfaces.view(np.uint32),
            placements=placements,
            attributes=attributes,
            top_nodes=top,
            top_links=top.view(np.int32),
            order=order,
            nodes=self._trees.nodes,
            node_links=self._trees.nodes.view(np.int32),
            corners=self._trees.corners,
            corner_source=self._trees.source,
            roots=roots,
        )

    def _add(self, mesh: Mesh) -> None:
        count = len(mesh.triangles)
        if count == 0:
            raise RenderError("a mesh without triangles cannot be rendered; leave it out of the scene")
        self._reserve(count)
        first = self._used
        self._surfaces[first : first + count] = surface_records(mesh)
        self._used += count
        bounds = mesh.bounds.astype(np.float64)
        record = _MeshRecord(first, count, bounds, zlib.crc32(bounds.tobytes(), count))
        if self._library is not None:
            record.embree = EmbreeMesh(self._library, mesh)
        else:
            record.tree = self._trees.add(mesh)
        self._records[mesh] = record

    def _reserve(self, count: int) -> None:
        """Make room for more triangle records: first by closing the gaps of forgotten meshes, then by growing."""
        needed = self._used + count
        if needed <= len(self._surfaces):
            return
        records = sorted(self._records.values(), key=lambda record: record.first_surface)
        live = sum(record.count for record in records)
        size = max(live + count, int(1.5 * live), 1024)
        packed = aligned_records(size)
        first = 0
        for record in records:
            packed[first : first + record.count] = self._surfaces[record.first_surface :][: record.count]
            record.first_surface = first
            first += record.count
        self._surfaces = packed
        self._used = first
        self._trees.keep([record.tree for record in records if record.tree is not None])


def aligned_records(count: int) -> NDArray[np.float32]:
    """(count, 16) zeros whose rows are cache lines."""
    raw = np.zeros(count * SURFACE_WORDS + SURFACE_WORDS, np.float32)
    start = (-raw.ctypes.data % 64) // 4
    return raw[start : start + count * SURFACE_WORDS].reshape(count, SURFACE_WORDS)


def surface_records(mesh: Mesh) -> NDArray[np.float32]:
    """(T, 16) float32 triangle records of a mesh, `Surface` names the words."""
    records = np.zeros((len(mesh.triangles), SURFACE_WORDS), np.float32)
    records[:, Surface.CORNER_NORMALS : Surface.FACET_X] = mesh.normals.reshape(-1, 9)
    records[:, Surface.FACET_X : Surface.LABELS] = mesh.facet_normals()
    words = records.view(np.uint32)
    words[:, Surface.LABELS] = _bytes_to_word(mesh.material, mesh.semantic, mesh.emitter)
    words[:, Surface.COLOR] = _bytes_to_word(*mesh.color.T)
    words[:, Surface.VARIATION] = mesh.variation
    return records


def _bytes_to_word(low: NDArray[np.uint8], middle: NDArray[np.uint8], high: NDArray[np.uint8]) -> NDArray[np.uint32]:
    words: NDArray[np.uint32] = low.astype(np.uint32)
    words |= np.left_shift(middle.astype(np.uint32), np.uint32(8))
    words |= np.left_shift(high.astype(np.uint32), np.uint32(16))
    return words


def _placements(transforms: NDArray[np.float64]) -> NDArray[np.float32]:
    """(I, 24) float32: rigid transforms and their inverses, inverted before rounding."""
    inverse = np.empty_like(transforms)
    inverse[:, :, :3] = transforms[:, :, :3].transpose(0, 2, 1)
    inverse[:, :, 3] = -np.einsum("nij,nj->ni", inverse[:, :, :3], transforms[:, :, 3])
    return np.concatenate([transforms.reshape(-1, 12), inverse.reshape(-1, 12)], axis=1).astype(np.float32)
