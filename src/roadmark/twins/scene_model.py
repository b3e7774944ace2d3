"""A user's own 3D model of a place (glTF, GLB, OBJ) as a mesh of the renderer with classes; it may be hostile."""

from __future__ import annotations

import io
import json
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from roadmark.errors import FormatError, InputError
from roadmark.files import has_file, read_bounded
from roadmark.render import Material, Mesh, MeshBuilder
from roadmark.twins.model_colors import face_colors
from roadmark.twins.scene_classes import SceneClasses, find_part

MAX_BYTES: Final = 512 * 1024 * 1024
"""Of the model's file; and of all that it refers to, together."""
MAX_TRIANGLES: Final = 6_000_000
MAX_PARTS: Final = 200_000
MAX_CORNERS: Final = 1_000
"""Of one face of an OBJ file: trimesh's effort grows with the square of it."""
MAX_REACH: Final = 1e5
"""Metres from the map's origin beyond which no part of a model may lie."""
KINDS: Final = (".glb", ".gltf", ".obj")
_SMOOTH = math.radians(35.0)  # neighbours that meet at a smaller angle look round
_LISTED = 12  # unknown names that a note lists
_MANY_CORNERS = re.compile(rb"^[ \t]*f(?:(?:[ \t]|\\\r?\n)+[^\s\\]+){%d}" % (MAX_CORNERS + 1), re.MULTILINE)
_NORTH: Final = {"y": np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]), "z": np.eye(3)}


@dataclass(frozen=True, eq=False)
class SceneModel:
    """A model of a place, in the map's frame.

    Attributes:
        mesh: Its triangles with their classes and colours, world FLU metres.
        brings: What of the map it replaces: `roads`, `ground`.
        files: The files it was read from, itself first.
        notes: What the user should know.
    """

    mesh: Mesh
    brings: frozenset[str]
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def load_scene_model(path: Path, classes: SceneClasses) -> SceneModel:
    """Read a model.

    Files that it refers to (buffers, materials, pictures) are read from its own folder and below, nowhere else.

    Args:
        path: The model.
        classes: What its parts are, and how it lies in the map.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is no such model, has no triangles, too many, or numbers that are no place; or it refers to a
            file outside its folder or too large.
    """
    if path.suffix.lower() not in KINDS:
        raise FormatError(f"{path.suffix or 'no ending'!r} is not read; there are {', '.join(KINDS)}", path=path)
    files = _Folder(path)
    scene = _load(path, files)
    builder = MeshBuilder()
    unknown: dict[str, int] = {}
    frame = _frame(classes)
    for names, matrix, geometry in _parts(scene, path):
        part = find_part(classes, names)
        label = names[0] or names[1] or names[2]
        count = len(geometry.faces)
        if not part.known:
            unknown[label] = unknown.get(label, 0) + count
        if len(builder) + count > MAX_TRIANGLES:
            raise FormatError(f"more than {MAX_TRIANGLES} triangles; simplify the model", path=path)
        vertices, faces = _placed(geometry, frame @ matrix, path)
        own = face_colors(geometry) if part.look.color is None else None
        color: Any = part.look.color if own is None else own
        material = Material.GENERIC if part.look.material is None else part.look.material
        builder.add(vertices, faces, material=material, semantic=part.look.semantic, color=color, smooth=_SMOOTH)
    if not len(builder):
        raise FormatError("has no triangles", path=path)
    notes = (*_unknown_note(path, unknown, classes), *files.notes)
    return SceneModel(builder.build(), frozenset(classes.brings), (path, *files.read), notes)


def _unknown_note(path: Path, unknown: dict[str, int], classes: SceneClasses) -> list[str]:
    if not unknown:
        return []
    largest = sorted(unknown, key=lambda name: (-unknown[name], name))
    shown = ", ".join(name[:60] or "(no name)" for name in largest[:_LISTED]) + ", ..." * (len(largest) > _LISTED)
    word = classes.default.name.lower()
    return [f"{path.name}: no class is given for {len(largest)} names, which count as {word}: {shown}"]


class _Folder:
    """What a model refers to, from its own folder and below; trimesh calls `get`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read: list[Path] = []
        self.notes: list[str] = []
        self._left = MAX_BYTES

    def get(self, name: Any) -> bytes:
        """Bytes of a file that the model names.

        Raises:
            FormatError: It lies outside the folder, or is too large.
            InputError: It is missing.
        """
        text = str(name).replace("\\", "/").strip()
        root = self.path.parent.resolve()
        try:
            place = (root / text).resolve()
            inside = place.is_relative_to(root) and not Path(text).is_absolute() and "://" not in text
        except (OSError, ValueError, RuntimeError):  # NUL bytes, loops of links
            inside = False
        if not inside:
            raise FormatError(f"refers to {text[:80]!r}, which is not in its folder", path=self.path)
        if not has_file(place):
            raise InputError(f"{self.path}: refers to {text[:80]!r}, which is missing")
        data = read_bounded(place, self._left)
        self._left -= len(data)
        if place not in self.read:
            self.read.append(place)
        return data

    def __getitem__(self, name: Any) -> bytes:
        return self.get(name)

    def __contains__(self, name: Any) -> bool:
        return True

    def keys(self) -> Iterable[str]:
        """Nothing is listed: a model gets what it names."""
        return ()


def _load(path: Path, files: _Folder) -> Any:
    """The model as trimesh sees it."""
    import trimesh  # noqa: PLC0415 - slow to load, and few simulations have a model

    data = read_bounded(path, MAX_BYTES)
    if path.suffix.lower() == ".gltf":
        _check_json(data, path)
    options: dict[str, Any] = {"process": False}
    if path.suffix.lower() == ".obj":
        _check_text(data, path)
        options["split_objects"] = True  # a mesh per object and material
    refused: list[InputError] = []

    class Resolver(trimesh.resolvers.Resolver):
        """What trimesh asks for files; it passes over some errors, so they are kept."""

        def __init__(self) -> None:
            pass

        def get(self, key: Any) -> bytes:
            try:
                return files.get(key)
            except InputError as error:
                refused.append(error)
                raise

        def write(self, name: str, data: Any) -> None:
            raise PermissionError(name)

        def namespaced(self, namespace: str) -> Resolver:
            return self

        def keys(self) -> Iterable[str]:
            return ()

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scene = trimesh.load_scene(
                io.BytesIO(data), file_type=path.suffix.lower()[1:], resolver=Resolver(), allow_remote=False, **options
            )
    except MemoryError as error:
        raise FormatError("does not fit into memory", path=path) from error
    except Exception as error:  # what its parsers raise on a broken file is anything
        if refused:
            raise refused[0] from None
        raise FormatError(f"is no {path.suffix[1:]} model that can be read: {error}"[:300], path=path) from error
    forbidden = [error for error in refused if isinstance(error, FormatError)]
    if forbidden:
        raise forbidden[0]
    files.notes += [f"{error}; its colours are left out" for error in refused[:3]]
    return scene


def _check_text(data: bytes, path: Path) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"is no UTF-8 text (byte {error.start}); save it as such", path=path) from None
    found = _MANY_CORNERS.search(data)
    if found is not None:
        line = data.count(b"\n", 0, found.start()) + 1
        raise FormatError(f"line {line}: a face of more than {MAX_CORNERS} corners; cut it up", path=path)


def _check_json(data: bytes, path: Path) -> None:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is no glTF: {error}", path=path) from error
    if not isinstance(document, dict):
        raise FormatError("is no glTF: it is not a JSON object", path=path)


def _parts(scene: Any, path: Path) -> Iterator[tuple[tuple[str, str, str], NDArray[np.float64], Any]]:
    """Material, node and mesh names, world matrix and geometry of every placed mesh."""
    nodes = list(scene.graph.nodes_geometry)
    if len(nodes) > MAX_PARTS:
        raise FormatError(f"{len(nodes)} parts; at most {MAX_PARTS} are read", path=path)
    for node in sorted(nodes, key=str):
        matrix, name = scene.graph[node]
        geometry = scene.geometry[name]
        faces = getattr(geometry, "faces", None)
        if faces is None or not len(faces):  # points and lines
            continue
        material = getattr(getattr(geometry.visual, "material", None), "name", None)
        own = geometry.metadata.get("name", name) if isinstance(geometry.metadata, dict) else name
        names = (str(material or ""), str(node), str(own or name))
        yield names, np.asarray(matrix, dtype=np.float64), geometry


def _frame(classes: SceneClasses) -> NDArray[np.float64]:
    """(4, 4) from the model's frame to the map's."""
    turn = math.radians(classes.yaw)
    spin = np.array([[math.cos(turn), -math.sin(turn), 0.0], [math.sin(turn), math.cos(turn), 0.0], [0.0, 0.0, 1.0]])
    frame = np.eye(4)
    frame[:3, :3] = classes.scale * spin @ _NORTH[classes.up]
    frame[:3, 3] = classes.offset
    return frame


def _placed(geometry: Any, matrix: NDArray[np.float64], path: Path) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Vertices (V, 3) in the map's frame and faces (T, 3), counter-clockwise from outside also where mirrored."""
    vertices = np.asarray(geometry.vertices, dtype=np.float64)
    faces = np.asarray(geometry.faces, dtype=np.int64)
    if vertices.ndim != 2 or vertices.shape[1] != 3 or faces.min() < 0 or faces.max() >= len(vertices):
        raise FormatError("has triangles of vertices that are not there", path=path)
    with np.errstate(all="ignore"):
        placed = vertices @ matrix[:3, :3].T + matrix[:3, 3]
    if not np.isfinite(placed).all() or np.abs(placed).max() > MAX_REACH:
        raise FormatError(f"has vertices more than {MAX_REACH / 1000.0:.0f} km from the map's origin", path=path)
    if np.linalg.det(matrix[:3, :3]) < 0.0:
        faces = faces[:, ::-1]
    return placed, faces
