"""Intel Embree 4 through its C interface, from the library that the `embreex` wheel carries.

Only what the renderer needs: one static tree per mesh, a top-level scene of instances, and the addresses of the two
packet functions, registered with LLVM so that cached kernels find them. Source: Embree 4.4 API manual and headers
(embree4/*.h).
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from roadmark.errors import RenderError
from roadmark.render.mesh import Mesh

EMBREEX_VERSION = "4.4.0.post1"
"""The wheel whose structures `packets.py` was written for."""

INTERSECT_SYMBOL = "roadmark_embree_intersect16"
OCCLUDED_SYMBOL = "roadmark_embree_occluded16"

_LIBRARY_VERSION = 40400
_DEVICE_VERSION, _RAY16_SUPPORTED, _RAY_MASK_SUPPORTED = 0, 34, 64  # RTCDeviceProperty
_GEOMETRY_TRIANGLE, _GEOMETRY_INSTANCE = 0, 121  # RTCGeometryType
_BUFFER_INDEX, _BUFFER_VERTEX = 0, 1  # RTCBufferType
_FORMAT_UINT3, _FORMAT_FLOAT3, _FORMAT_FLOAT3X4_ROW_MAJOR = 0x5003, 0x9003, 0x9134  # RTCFormat
_QUALITY_MEDIUM = 1
_SCENE_ROBUST = 4
_COHERENT = 1 << 16  # RTC_RAY_QUERY_FLAG_COHERENT
_VISIBLE, _HIDDEN = 0xFFFFFFFF, 0xFFFFFFFE  # without the bit of camera rays
_ERRORS = ("none", "unknown", "invalid argument", "invalid operation", "out of memory", "unsupported CPU", "cancelled")


@dataclass(frozen=True)
class EmbreeLibrary:
    """The loaded library with its functions' signatures declared, and one device."""

    functions: Any
    device: int

    def check(self, doing: str) -> None:
        """Raise the device's pending error, if any.

        Raises:
            RenderError: naming what was being done.
        """
        code = int(self.functions.rtcGetDeviceError(self.device))
        if code:
            name = _ERRORS[code] if code < len(_ERRORS) else str(code)
            raise RenderError(f"Embree reports '{name}' while {doing}")


@cache
def load_embree() -> EmbreeLibrary | str:
    """Load the library once per process and register its packet functions for compiled kernels.

    Where it cannot be used the reason is returned, and the functions are registered as ones that do nothing, so that
    kernels compiled with both tracers still load.
    """
    found = _open_library()
    functions = found if isinstance(found, str) else found.functions
    for symbol, name in ((INTERSECT_SYMBOL, "rtcIntersect16"), (OCCLUDED_SYMBOL, "rtcOccluded16")):
        target = _do_nothing if isinstance(functions, str) else getattr(functions, name)
        llvm.add_symbol(symbol, ctypes.cast(target, ctypes.c_void_p).value)
    return found


def _ignore(*_: object) -> None:
    """Stand in for a packet function of a library that is not there; never called."""


_do_nothing = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(_ignore)


def _open_library() -> EmbreeLibrary | str:
    try:
        version = importlib.metadata.version("embreex")
    except importlib.metadata.PackageNotFoundError:
        return "embreex is not installed"
    if version != EMBREEX_VERSION:
        return f"embreex {version} is installed, {EMBREEX_VERSION} is needed"
    path = _library_path()
    if path is None:
        return "the embreex package carries no embree4 library"
    try:
        for dependency in sorted(path.parent.glob("*tbb*")):
            ctypes.CDLL(str(dependency), mode=ctypes.RTLD_GLOBAL)
        functions = _declare(ctypes.CDLL(str(path)))
    except OSError as error:
        return f"the library of embreex does not load: {error}"
    # One thread: a parallel build may order triangles differently, and ties on shared edges with them.
    device = functions.rtcNewDevice(b"threads=1,set_affinity=0")
    if not device:
        return "Embree creates no device on this machine"
    properties = [
        int(functions.rtcGetDeviceProperty(device, p)) for p in (_DEVICE_VERSION, _RAY16_SUPPORTED, _RAY_MASK_SUPPORTED)
    ]
    if properties != [_LIBRARY_VERSION, 1, 1]:
        return f"Embree {properties[0]} lacks packets of 16 rays or ray masks on this machine"
    library = EmbreeLibrary(functions, device)
    return library if _layout_is_ours(library) else "Embree's packet layout is not the expected one"


def _library_path() -> Path | None:
    spec = importlib.util.find_spec("embreex")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folders = (package.parent / "embreex.libs", package / ".dylibs", package)
    found = [path for folder in folders for path in sorted(folder.glob("*embree4*"))]
    return next((path for path in found if path.suffix != ".py"), None)


def _declare(library: Any) -> Any:
    pointer, unsigned, integer, size = ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_size_t
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "rtcNewDevice": (pointer, [ctypes.c_char_p]),
        "rtcGetDeviceProperty": (ctypes.c_ssize_t, [pointer, integer]),
        "rtcGetDeviceError": (integer, [pointer]),
        "rtcNewScene": (pointer, [pointer]),
        "rtcReleaseScene": (None, [pointer]),
        "rtcSetSceneBuildQuality": (None, [pointer, integer]),
        "rtcSetSceneFlags": (None, [pointer, integer]),
        "rtcCommitScene": (None, [pointer]),
        "rtcNewGeometry": (pointer, [pointer, integer]),
        "rtcReleaseGeometry": (None, [pointer]),
        "rtcSetSharedGeometryBuffer": (None, [pointer, integer, unsigned, integer, pointer, size, size, size]),
        "rtcCommitGeometry": (None, [pointer]),
        "rtcAttachGeometryByID": (None, [pointer, pointer, unsigned]),
        "rtcDetachGeometry": (None, [pointer, unsigned]),
        "rtcSetGeometryInstancedScene": (None, [pointer, pointer]),
        "rtcSetGeometryTransform": (None, [pointer, unsigned, integer, pointer]),
        "rtcSetGeometryMask": (None, [pointer, unsigned]),
        "rtcIntersect16": (None, [pointer, pointer, pointer, pointer]),
        "rtcOccluded16": (None, [pointer, pointer, pointer, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def query_arguments(*, coherent: bool) -> NDArray[np.uint64]:
    """An `RTCIntersectArguments` (`RTCOccludedArguments` begins alike): flags, all features, no callbacks."""
    words = np.zeros(8, np.uint64)
    words[0] = np.uint64((_COHERENT if coherent else 0) | (0xFFFFFFFF << 32))
    return words


class EmbreeMesh:
    """The tree of one mesh. Embree reads the mesh's own arrays, which are kept alive here."""

    def __init__(self, library: EmbreeLibrary, mesh: Mesh) -> None:
        """Build the tree."""
        self._library = library
        functions = library.functions
        # Embree reads 16 bytes per vertex: one element of padding behind the last.
        self._vertices = np.concatenate([mesh.vertices, np.zeros((1, 3), np.float32)])
        self._triangles = mesh.triangles
        self.handle = functions.rtcNewScene(library.device)
        functions.rtcSetSceneBuildQuality(self.handle, _QUALITY_MEDIUM)
        functions.rtcSetSceneFlags(self.handle, _SCENE_ROBUST)
        geometry = functions.rtcNewGeometry(library.device, _GEOMETRY_TRIANGLE)
        for kind, layout, array, count in (
            (_BUFFER_VERTEX, _FORMAT_FLOAT3, self._vertices, len(mesh.vertices)),
            (_BUFFER_INDEX, _FORMAT_UINT3, self._triangles, len(mesh.triangles)),
        ):
            functions.rtcSetSharedGeometryBuffer(geometry, kind, 0, layout, array.ctypes.data, 0, 12, count)
        functions.rtcSetGeometryMask(geometry, _VISIBLE)
        functions.rtcCommitGeometry(geometry)
        functions.rtcAttachGeometryByID(self.handle, geometry, 0)
        functions.rtcReleaseGeometry(geometry)
        functions.rtcCommitScene(self.handle)
        library.check(f"building the tree of {len(mesh.triangles)} triangles")

    def __del__(self) -> None:
        """Give the tree back."""
        self._library.functions.rtcReleaseScene(self.handle)


class EmbreeScene:
    """Instances of meshes in one traversable scene, updated in place from frame to frame."""

    def __init__(self, library: EmbreeLibrary) -> None:
        """Start empty."""
        self._library = library
        self.handle = library.functions.rtcNewScene(library.device)
        library.functions.rtcSetSceneFlags(self.handle, _SCENE_ROBUST)
        self._geometries: list[int] = []
        self._meshes: list[EmbreeMesh] = []
        self._masks: list[int] = []
        self._attached = 0

    def update(self, meshes: list[EmbreeMesh], transforms: NDArray[np.float32], hidden: NDArray[np.bool_]) -> None:
        """Place instances and rebuild the top tree.

        Args:
            meshes: I meshes; the position is the instance's number in hits.
            transforms: (I, 12) float32 rows of world_from_mesh (3, 4).
            hidden: (I,) instances that camera rays pass through.
        """
        functions = self._library.functions
        rows = np.ascontiguousarray(transforms, np.float32)
        for index, mesh in enumerate(meshes):
            if index == len(self._geometries):
                self._geometries.append(functions.rtcNewGeometry(self._library.device, _GEOMETRY_INSTANCE))
                self._meshes.append(mesh)
                self._masks.append(-1)
                functions.rtcSetGeometryInstancedScene(self._geometries[index], mesh.handle)
            elif self._meshes[index] is not mesh:
                functions.rtcSetGeometryInstancedScene(self._geometries[index], mesh.handle)
                self._meshes[index] = mesh
            mask = _HIDDEN if hidden[index] else _VISIBLE
            if self._masks[index] != mask:
                functions.rtcSetGeometryMask(self._geometries[index], mask)
                self._masks[index] = mask
            address = rows.ctypes.data + 48 * index
            functions.rtcSetGeometryTransform(self._geometries[index], 0, _FORMAT_FLOAT3X4_ROW_MAJOR, address)
            functions.rtcCommitGeometry(self._geometries[index])
            if index >= self._attached:
                functions.rtcAttachGeometryByID(self.handle, self._geometries[index], index)
        for index in range(len(meshes), self._attached):
            functions.rtcDetachGeometry(self.handle, index)
        self._attached = len(meshes)
        functions.rtcCommitScene(self.handle)
        self._library.check(f"placing {len(meshes)} instances")

    def subset(self, indices: list[int]) -> EmbreeSubset:
        """A scene of some of the placed instances, with their numbers."""
        return EmbreeSubset(self._library, [(index, self._geometries[index]) for index in indices])

    def __del__(self) -> None:
        """Give scene and instances back."""
        for geometry in self._geometries:
            self._library.functions.rtcReleaseGeometry(geometry)
        self._library.functions.rtcReleaseScene(self.handle)


class EmbreeSubset:
    """A scene that shares instances with another one; valid until that one is updated."""

    def __init__(self, library: EmbreeLibrary, geometries: list[tuple[int, int]]) -> None:
        """Attach the instances and build."""
        self._library = library
        self.handle = library.functions.rtcNewScene(library.device)
        library.functions.rtcSetSceneFlags(self.handle, _SCENE_ROBUST)
        for index, geometry in geometries:
            library.functions.rtcAttachGeometryByID(self.handle, geometry, index)
        library.functions.rtcCommitScene(self.handle)
        library.check(f"grouping {len(geometries)} instances")

    def __del__(self) -> None:
        """Give the scene back."""
        self._library.functions.rtcReleaseScene(self.handle)


def _layout_is_ours(library: EmbreeLibrary) -> bool:
    """Shoot one ray at one triangle of an instance and look whether every field is where the kernels read it."""
    vertices = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0], [0, 0, 9]], np.float32)
    builder_free = _bare_mesh(vertices, np.array([[0, 1, 3], [0, 1, 2]], np.uint32))
    mesh = EmbreeMesh(library, builder_free)
    scene = EmbreeScene(library)
    moved = np.array([[1, 0, 0, 10, 0, 1, 0, 0, 0, 0, 1, 2]] * 2, np.float32)
    moved[0, 3] = 100.0
    scene.update([mesh, mesh], moved, np.zeros(2, np.bool_))
    raw = np.zeros(336 + 16 + 16 + 16, np.float32)
    start = ((64 - raw.ctypes.data % 64) % 64) // 4
    rays, valid = raw[start : start + 336], raw[start + 336 : start + 352].view(np.int32)
    words = rays.view(np.int32)
    lane = 5
    valid[lane] = -1
    rays[[lane, 16 + lane, 32 + lane, 48 + lane]] = (11.0, 0.5, 7.0, 0.0)
    rays[[64 + lane, 80 + lane, 96 + lane]] = (0.0, 0.0, -2.0)
    rays[128 + lane] = np.float32(np.inf)
    words[144 + lane] = -1
    words[[272 + lane, 288 + lane, 304 + lane]] = -1
    arguments = query_arguments(coherent=True)
    library.functions.rtcIntersect16(valid.ctypes.data, scene.handle, rays.ctypes.data, arguments.ctypes.data)
    library.check("testing its packet layout")
    hit = (float(rays[128 + lane]), float(rays[240 + lane]), float(rays[256 + lane]))
    return hit == (2.5, 0.25, 0.125) and words[[272 + lane, 288 + lane, 304 + lane]].tolist() == [1, 0, 1]


def _bare_mesh(vertices: NDArray[np.float32], triangles: NDArray[np.uint32]) -> Mesh:
    count = len(triangles)
    zeros = np.zeros(count, np.uint8)
    normals = np.zeros((count, 3, 3), np.float32)
    return Mesh(
        vertices, triangles, normals, zeros, zeros, np.zeros((count, 3), np.uint8), zeros, np.zeros(count, np.uint16)
    )
