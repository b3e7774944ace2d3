"""Rooms of the house import each other only through their faces: what their `__init__` names."""

import ast
import importlib
from pathlib import Path

import pytest

import roadmark

PACKAGE = Path(roadmark.__file__).parent
ROOMS = sorted(folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists())
FACES = {f"roadmark.{room}" for room in ROOMS} | {"roadmark.scenario.carla_log", "roadmark.render.kernels"}
"""Every room, and the rooms within a room that have a face of their own."""


def imports(path: Path) -> list[tuple[str, list[str]]]:
    """Modules of Roadmark that a file imports, with the names it takes from them."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found.append((node.module, [name.name for name in node.names]))
        elif isinstance(node, ast.Import):
            found.extend((name.name, []) for name in node.names)
    return [(module, names) for module, names in found if module.split(".")[0] == "roadmark"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_others_by_their_faces(room):
    behind = [
        f"{path.relative_to(PACKAGE)}: {module}"
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for module, _ in imports(path)
        if module.count(".") > 1 and module.split(".")[1] != room and module not in FACES
    ]
    assert behind == []


@pytest.mark.parametrize("face", sorted(FACES - {"roadmark.cli"}))
def test_a_face_names_what_it_imports(face):
    found = [
        (name, module)
        for module, names in imports(PACKAGE.parent / face.replace(".", "/") / "__init__.py")
        for name in names
        if module != "roadmark.lazy"
    ]
    room = importlib.import_module(face)
    assert sorted(name for name, _ in found) == sorted(getattr(room, "__all__"))  # noqa: B009
    for name, home in found:  # some are imported when they are first asked for
        assert getattr(room, name) is getattr(importlib.import_module(home), name)
