"""What the parts of a 3D model are: a small YAML that maps names of materials and nodes to semantic classes."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from roadmark.catalog import CLASS_NAMES, SemanticClass
from roadmark.config import Settings, load_mapping, validate
from roadmark.render import Material

MOST_PATTERNS: Final = 10_000
_PLURALS: Final = {
    "buildings": "building", "walls": "wall", "fences": "fence", "poles": "pole", "trafficlight": "traffic_light",
    "trafficlights": "traffic_light", "traffic_lights": "traffic_light", "trafficsigns": "traffic_sign",
    "traffic_signs": "traffic_sign", "road": "roads", "sidewalk": "sidewalks", "roadlines": "road_lines",
    "railtrack": "rail_track", "guardrail": "guard_rail", "none": "unlabelled",
}  # fmt: skip

#: Patterns that hold where the file names no other; the first that fits counts.
GUESSES: Final[tuple[tuple[str, str], ...]] = (
    ("*road*line*", "road_lines"), ("*lane*mark*", "road_lines"), ("*marking*", "road_lines"),
    ("*side*walk*", "sidewalks"), ("*pavement*", "sidewalks"), ("*kerb*", "sidewalks"), ("*curb*", "sidewalks"),
    ("*traffic*light*", "traffic_light"), ("*traffic*sign*", "traffic_sign"), ("*guard*rail*", "guard_rail"),
    ("*road*", "roads"), ("*asphalt*", "roads"), ("*street*lamp*", "pole"), ("*pole*", "pole"), ("*fence*", "fence"),
    ("*tree*", "vegetation"), ("*bush*", "vegetation"), ("*hedge*", "vegetation"), ("*leaf*", "vegetation"),
    ("*leaves*", "vegetation"), ("*foliage*", "vegetation"), ("*vegetation*", "vegetation"), ("*bark*", "vegetation"),
    ("*grass*", "terrain"), ("*terrain*", "terrain"), ("*soil*", "terrain"), ("*water*", "water"),
    ("*river*", "water"), ("*bridge*", "bridge"), ("*building*", "building"), ("*house*", "building"),
    ("*roof*", "building"), ("*facade*", "building"), ("*window*", "building"), ("*wall*", "wall"),
    ("*ground*", "ground"), ("*sign*", "traffic_sign"), ("*bench*", "static"),
)  # fmt: skip
_USUAL_MATERIALS: Final = {
    SemanticClass.VEGETATION: Material.FOLIAGE, SemanticClass.WATER: Material.WATER,
    SemanticClass.ROAD_LINES: Material.MARKING, SemanticClass.ROADS: Material.ASPHALT,
}  # fmt: skip


def _class(value: Any) -> Any:
    """A class by its name, in any spelling of CARLA's or ours."""
    if not isinstance(value, str):
        raise ValueError("give the name of a class")
    name = value.strip().lower().replace(" ", "_").replace("-", "_")
    name = _PLURALS.get(name, _PLURALS.get(name.replace("_", ""), name))
    if name not in CLASS_NAMES:
        raise ValueError(f"there is no class {value[:40]!r}; there are {', '.join(CLASS_NAMES)}")
    return SemanticClass(CLASS_NAMES.index(name))


def _material(value: Any) -> Any:
    names = {member.name.lower(): member for member in Material}
    if not isinstance(value, str) or value.strip().lower() not in names:
        raise ValueError(f"there is no material {str(value)[:40]!r}; there are {', '.join(names)}")
    return names[value.strip().lower()]


ClassName = Annotated[SemanticClass, BeforeValidator(_class)]
MaterialName = Annotated[Material, BeforeValidator(_material)]
_Number = Annotated[float, Field(ge=-1e6, le=1e6)]
_Channel = Annotated[int, Field(ge=0, le=255)]


class PartLook(Settings):
    """What a pattern's parts are."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    semantic: ClassName = Field(alias="class")
    """Semantic class."""
    material: MaterialName | None = None
    """Roadmark's material: its grain and shine; the model's colours stay. None: plain, but for plants and water."""
    color: tuple[_Channel, _Channel, _Channel] | None = None
    """sRGB instead of the model's colour."""


def _look(value: Any) -> Any:
    return {"class": value} if isinstance(value, str) else value


class SceneClasses(Settings):
    """Everything a scene-class file can say."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    classes: Annotated[
        dict[str, Annotated[PartLook, BeforeValidator(_look)]], Field(max_length=MOST_PATTERNS, default_factory=dict)
    ]
    """Glob patterns of names of materials, nodes or meshes to classes, case aside; the first that fits counts."""
    default: ClassName = SemanticClass.BUILDING
    """Class of parts that no pattern fits."""
    guess: bool = True
    """Take names such as `*tree*` or `*road*` for what they say where no pattern of the file fits."""
    up: Literal["y", "z"] = "y"
    """Axis of the model that points up; glTF says y. With y, -z is north; with z, y is."""
    scale: Annotated[float, Field(gt=1e-6, le=1e6)] = 1.0
    """Metres of one unit of the model."""
    yaw: Annotated[float, Field(ge=-360.0, le=360.0)] = 0.0
    """Turn about the vertical, degrees counter-clockwise from above, after scaling."""
    offset: tuple[_Number, _Number, _Number] = (0.0, 0.0, 0.0)
    """Metres in the map's frame (x east, y north, z up) by which the model is moved at last."""
    brings: Annotated[tuple[Literal["roads", "ground"], ...], Field(max_length=2)] = ()
    """What the model has itself, so that the map's is not drawn: `roads` with their marks, the `ground` around them."""


@dataclass(frozen=True)
class Part:
    """A class with its look, and whether a pattern or guess fitted."""

    look: PartLook
    known: bool


def load_scene_classes(path: Path | None) -> SceneClasses:
    """Read a scene-class file; without one the defaults.

    Raises:
        ConfigError: It is missing or malformed, or names a class or material that there is not.
    """
    return SceneClasses.model_validate({}) if path is None else validate(SceneClasses, load_mapping(path), str(path))


def find_part(classes: SceneClasses, names: Sequence[str]) -> Part:
    """What a part with some names (of its material, node, mesh) is."""
    lower = [name.lower() for name in names if name]
    for pattern, look in classes.classes.items():
        if any(fnmatch.fnmatchcase(name, pattern.lower()) for name in lower):
            return Part(_with_material(look), True)
    if classes.guess:
        for pattern, word in GUESSES:
            if any(fnmatch.fnmatchcase(name, pattern) for name in lower):
                return Part(_with_material(PartLook.model_validate({"class": word})), True)
    return Part(PartLook.model_validate({"class": CLASS_NAMES[classes.default]}), False)


def _with_material(look: PartLook) -> PartLook:
    if look.material is not None:
        return look
    return look.model_copy(update={"material": _USUAL_MATERIALS.get(look.semantic)})
