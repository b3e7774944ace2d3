"""Entities of an OpenSCENARIO document: which blueprint each is, and where its reference point lies."""

from __future__ import annotations

import itertools
import re
from typing import Final
from xml.etree.ElementTree import Element

import numpy as np

from roadmark.catalog import NAMED_COLORS, Blueprint, blueprint, known
from roadmark.errors import FormatError, InputError
from roadmark.imports.lookalikes import ALIASES, CLASSES, Size, lookalikes, nearest, sized
from roadmark.imports.openscenario.document import Document
from roadmark.imports.openscenario.model import Entity
from roadmark.traffic import ActorSpec, vehicle_spec

MAX_ENTITIES: Final = 1_000
CATEGORIES: Final = {
    "car": "car",
    "van": "van",
    "truck": "truck",
    "bus": "bus",
    "motorbike": "motorcycle",
    "bicycle": "bicycle",
}
"""Values of `vehicleCategory` and the classes they are; others (trailer, train, ...) are refused."""
_REAR_AXLE: Final = 1.4
"""Metres from the rear axle to the box's middle where a catalogue's entry is known by its name only."""
_IGNORED: Final = ("Performance", "Axles", "ParameterDeclarations")
_WORDS: Final = re.compile(r"[a-z]+")


def read_entities(document: Document, seed: int) -> dict[str, Entity]:
    """The entities by name.

    Args:
        document: The document.
        seed: Of the paints that it does not give.

    Raises:
        FormatError: One that cannot be shown; says which.
    """
    found: dict[str, Entity] = {}
    rng = np.random.default_rng(seed)
    for element in document.children(document.child(document.root, "Entities"), "ScenarioObject"):
        name = document.text(element, "name")
        if name in found:
            document.fail(element, f"there are two entities called {name[:60]!r}")
        if len(found) == MAX_ENTITIES:
            document.fail(element, f"more than {MAX_ENTITIES} entities")
        found[name] = _entity(document, element, name, rng, len(found))
    return found


def _entity(document: Document, element: Element, name: str, rng: np.random.Generator, turn: int) -> Entity:
    what = None
    for child in document.children(
        element, "Vehicle", "Pedestrian", "MiscObject", "CatalogReference", "ObjectController"
    ):
        if child.tag == "ObjectController":
            document.note(child, f"{name} is driven by the document's actions, not by a controller")
        elif what is not None:
            document.fail(child, f"{name} is a <{what.tag}> already")
        else:
            what = child
    if what is None:
        document.fail(element, f"{name}: says nothing of what it is; add a Vehicle or Pedestrian")
    properties = _properties(document, what)
    if what.tag == "CatalogReference":
        body, reach, color = _from_catalog(document, what, turn)
    else:
        body, reach, color = _described(document, what, turn)
    if "color" in properties:
        color = _color(document, what, properties["color"])
    hero = name.lower() in {"ego", "hero", "ego_vehicle"} or properties.get("type") == "ego_vehicle"
    role = "hero" if hero else name
    spec = ActorSpec(body, color, role)
    if color is None and body.kind == "vehicle":
        spec = ActorSpec(body, vehicle_spec(body, rng).color, role)
    return Entity(name, spec, reach, element)


def _described(
    document: Document, element: Element, turn: int
) -> tuple[Blueprint, tuple[float, float], tuple[int, int, int] | None]:
    size: Size = (None, None, None)
    center = (0.0, 0.0)
    for child in document.children(element, "BoundingBox", "Properties", *_IGNORED):
        if child.tag == "BoundingBox":
            size, center = _box(document, child)
        elif child.tag == "ParameterDeclarations" and len(child):
            document.unsupported(child, "declare parameters at the top of the document")
    name = document.optional(element, "name") or ""
    words = (name, *(document.optional(element, key) or "" for key in ("model3d", "model")))
    named = next((word for word in words if known(word)), None)
    try:
        if named is not None:
            body = blueprint(named)
        elif element.tag == "Vehicle":
            body = nearest(lookalikes(_category(document, element)), size, turn)
        elif element.tag == "Pedestrian":
            document.word(element, "pedestrianCategory", ("pedestrian",))
            body = nearest(lookalikes("pedestrian"), size, turn)
        else:
            document.fail(
                element, f"name={name[:60]!r} is no static prop of CARLA's; name one, such as static.prop.box01"
            )
        kind = {"Vehicle": "vehicle", "Pedestrian": "walker", "MiscObject": "prop"}[element.tag]
        if body.kind != kind:
            document.fail(element, f"name={body.id!r} is no {kind}")
        fitted = sized(body, size)
    except FormatError:  # of this document, and says so
        raise
    except InputError as error:
        document.fail(element, str(error))
    if body.kind == "walker":
        return fitted, (0.0, 0.0), None
    return fitted, (center[0] - fitted.center_offset[0], center[1] - fitted.center_offset[1]), None


def _category(document: Document, element: Element) -> str:
    return CATEGORIES[document.word(element, "vehicleCategory", tuple(CATEGORIES))]


def _box(document: Document, element: Element) -> tuple[Size, tuple[float, float]]:
    middle, size = document.child(element, "Center"), document.child(element, "Dimensions")
    values = tuple(document.length(size, name) for name in ("length", "width", "height"))
    if min(values) <= 0.0:
        document.fail(size, "length, width and height must be greater than 0")
    return (values[0], values[1], values[2]), (document.number(middle, "x"), document.number(middle, "y"))


def _from_catalog(
    document: Document, element: Element, turn: int
) -> tuple[Blueprint, tuple[float, float], tuple[int, int, int] | None]:
    """A catalogue's entry by its name alone: a blueprint's id, or a class and perhaps a colour among its words."""
    for child in document.children(element, "ParameterAssignments"):
        if len(child):
            document.unsupported(child, "catalogues are not read; describe the entity in place")
    name = document.text(element, "entryName")
    words = _WORDS.findall(name.lower())
    color = next((NAMED_COLORS[word] for word in words if word in NAMED_COLORS), None)
    if known(name):
        body = blueprint(name)
        document.note(element, f"{name} is taken for CARLA's blueprint")
    else:
        joined = [*words, *("_".join(pair) for pair in itertools.pairwise(words))]
        word = next((ALIASES.get(word, word) for word in joined if ALIASES.get(word, word) in CLASSES), None)
        if word is None:
            document.fail(
                element,
                f"entryName={name[:60]!r}: catalogues are not read, and no word of it is a class; describe the entity "
                f"in place, or name it after a blueprint or one of {', '.join(CLASSES)}",
            )
        body = nearest(lookalikes(word), (None, None, None), turn)
        document.note(element, f"catalogues are not read; {name} is taken for a {word}: {body.id}")
    wheels = [wheel.x for wheel in body.wheels]
    ahead = -min(wheels) if wheels else (_REAR_AXLE if body.kind == "vehicle" else 0.0)
    return body, (ahead, 0.0), color


def _properties(document: Document, element: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    other = []
    for child in element.findall("Properties"):
        for one in child:
            if one.tag == "Property" and one.get("name") in {"type", "color"}:
                found[str(one.get("name"))] = document.text(one, "value")
            else:
                other.append(one.get("name") or one.get("filepath") or one.tag)
    if other:
        document.note(element, f"properties that are not used: {', '.join(other)[:200]}")
    return found


def _color(document: Document, element: Element, text: str) -> tuple[int, int, int]:
    try:
        values = [int(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) != 3 or not all(0 <= value <= 255 for value in values):
        document.fail(element, f"color {text[:40]!r} is none; write R,G,B from 0 to 255")
    return values[0], values[1], values[2]
