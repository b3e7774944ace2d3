"""`NAME.surroundings.json` beside `NAME.xodr`: what stands around the roads, in one documented, versioned file.

Format: docs/twins.md. Numbers are metres in the map's world frame (x east, y north), rounded to centimetres.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from roadmark.config import Settings, validation_message
from roadmark.errors import FormatError
from roadmark.files import output_errors, read_json, write_atomically
from roadmark.twins.polygons import oriented, signed_area
from roadmark.twins.surroundings import (
    AreaKind,
    Array,
    BarrierKind,
    BuildingUse,
    GivenArea,
    GivenBarrier,
    GivenBuilding,
    GivenPath,
    GivenThing,
    GivenTree,
    RoofShape,
    Surroundings,
    ThingKind,
    TreeKind,
    WallMaterial,
)

SURROUNDINGS_ENDING: Final = ".surroundings.json"
FORMAT: Final = "roadmark-surroundings"
VERSION: Final = 1
MAX_BYTES: Final = 256 * 1024 * 1024
MOST: Final = 500_000
"""Of each kind of thing."""
MOST_CORNERS: Final = 20_000
"""Of one line or outline."""
REACH: Final = 50_000.0
"""Metres from the map's origin beyond which nothing stands."""
LEAST_AREA: Final = 0.01
"""Square metres that every outline encloses: numbers are centimetres."""

_Coordinate = Annotated[float, Field(ge=-REACH, le=REACH)]
_Point = tuple[_Coordinate, _Coordinate]
_Channel = Annotated[int, Field(ge=0, le=255)]
_Rgb = tuple[_Channel, _Channel, _Channel]
_Line = Annotated[list[_Point], Field(min_length=2, max_length=MOST_CORNERS)]


def _ring(points: list[_Point]) -> list[_Point]:
    if len(set(points)) < 3:
        raise ValueError("an outline needs three corners")
    if abs(signed_area(np.array(points))) < LEAST_AREA:
        raise ValueError("an outline must enclose an area: its corners lie on a line, or its sides cross")
    return points


_Ring = Annotated[list[_Point], Field(min_length=3, max_length=MOST_CORNERS), AfterValidator(_ring)]


class _Row(Settings):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Building(_Row):
    outline: _Ring
    holes: Annotated[list[_Ring], Field(max_length=1000, default_factory=list)]
    storeys: Annotated[int, Field(ge=1, le=200)]
    eaves: Annotated[float, Field(gt=0.5, le=900.0)]
    base: Annotated[float, Field(ge=0.0, le=800.0)] = 0.0
    roof: RoofShape = "flat"
    use: BuildingUse = "other"
    material: WallMaterial | None = None
    wall_color: _Rgb | None = None
    roof_color: _Rgb | None = None
    id: Annotated[str, Field(max_length=80)] = ""


class _Tree(_Row):
    at: _Point
    height: Annotated[float, Field(ge=0.0, le=90.0)] = 0.0
    kind: TreeKind = "broadleaved"


class _Thing(_Row):
    at: _Point
    kind: ThingKind
    heading: Annotated[float, Field(ge=-7.0, le=7.0)] | None = None


class _Barrier(_Row):
    line: _Line
    kind: BarrierKind
    height: Annotated[float, Field(ge=0.0, le=20.0)] = 0.0


class _Area(_Row):
    outline: _Ring
    holes: Annotated[list[_Ring], Field(max_length=1000, default_factory=list)]
    kind: AreaKind


class _Path(_Row):
    line: _Line
    width: Annotated[float, Field(gt=0.2, le=30.0)]
    kind: AreaKind = "paved"


class _Document(_Row):
    format: Literal["roadmark-surroundings"]
    version: Literal[1]
    source: Annotated[str, Field(max_length=500)] = ""
    projection: Annotated[str, Field(max_length=500)] = ""
    buildings: Annotated[list[_Building], Field(max_length=MOST, default_factory=list)]
    trees: Annotated[list[_Tree], Field(max_length=MOST, default_factory=list)]
    things: Annotated[list[_Thing], Field(max_length=MOST, default_factory=list)]
    barriers: Annotated[list[_Barrier], Field(max_length=MOST, default_factory=list)]
    areas: Annotated[list[_Area], Field(max_length=MOST, default_factory=list)]
    paths: Annotated[list[_Path], Field(max_length=MOST, default_factory=list)]


def surroundings_path(map_file: Path) -> Path:
    """Where a map's surroundings lie: `Place.xodr` has `Place.surroundings.json` beside it."""
    return map_file.with_name(map_file.stem + SURROUNDINGS_ENDING)


def read_surroundings(path: Path) -> Surroundings:
    """Read a file.

    Raises:
        InputError: It is missing or unreadable.
        FormatError: It is no such file, of another version, or a field is wrong; the message names it.
    """
    data = read_json(path, MAX_BYTES)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise FormatError(f'is no surroundings file ("format": "{FORMAT}" is missing)', path=path)
    if data.get("version") != VERSION:
        raise FormatError(f"is of version {str(data.get('version'))[:20]}; this Roadmark reads {VERSION}", path=path)
    try:
        document = _Document.model_validate(data)
    except ValidationError as error:
        raise FormatError(validation_message(error, {}, str(path))) from error
    return Surroundings(
        source=document.source,
        projection=document.projection,
        buildings=tuple(
            GivenBuilding(
                oriented(np.array(row.outline)),
                tuple(oriented(np.array(hole))[::-1] for hole in row.holes),
                row.storeys, row.eaves, row.base, row.roof, row.use, row.material, row.wall_color, row.roof_color,
                row.id,
            )
            for row in document.buildings
        ),
        trees=tuple(GivenTree(*row.at, row.height, row.kind) for row in document.trees),
        things=tuple(GivenThing(*row.at, row.kind, row.heading) for row in document.things),
        barriers=tuple(GivenBarrier(np.array(row.line), row.kind, row.height) for row in document.barriers),
        areas=tuple(
            GivenArea(
                oriented(np.array(row.outline)), tuple(oriented(np.array(h))[::-1] for h in row.holes), row.kind
            )
            for row in document.areas
        ),
        paths=tuple(GivenPath(np.array(row.line), row.width, row.kind) for row in document.paths),
    )  # fmt: skip


def write_surroundings(path: Path, surroundings: Surroundings) -> None:
    """Write a file, whole or not at all; the same surroundings give the same bytes.

    Raises:
        OutputError: It cannot be written.
    """
    with output_errors(path):
        write_atomically(path, surroundings_bytes(surroundings))


def surroundings_bytes(surroundings: Surroundings) -> bytes:
    """The file's bytes: one line per thing, values that are the default left out."""
    lines = [
        f' "format": "{FORMAT}"', f' "version": {VERSION}', f' "source": {json.dumps(surroundings.source)}',
        f' "projection": {json.dumps(surroundings.projection)}',
    ]  # fmt: skip
    lines += [
        _rows("buildings", surroundings.buildings, _building_row),
        _rows("trees", surroundings.trees, _tree_row),
        _rows("things", surroundings.things, _thing_row),
        _rows("barriers", surroundings.barriers, _barrier_row),
        _rows("areas", surroundings.areas, _area_row),
        _rows("paths", surroundings.paths, _path_row),
    ]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _building_row(one: GivenBuilding) -> str:
    return _row(
        _Building, outline=_points(one.outline), holes=[_points(hole) for hole in one.holes], storeys=one.storeys,
        eaves=_metres(one.eaves), base=_metres(one.base), roof=one.roof, use=one.use, material=one.material,
        wall_color=one.wall_color, roof_color=one.roof_color, id=one.id,
    )  # fmt: skip


def _thing_row(one: GivenThing) -> str:
    heading = None if one.heading is None else round(float(one.heading), 4)
    return _row(_Thing, at=_point(one.x, one.y), kind=one.kind, heading=heading)


def _tree_row(one: GivenTree) -> str:
    return _row(_Tree, at=_point(one.x, one.y), height=_metres(one.height), kind=one.kind)


def _barrier_row(one: GivenBarrier) -> str:
    return _row(_Barrier, line=_points(one.line), kind=one.kind, height=_metres(one.height))


def _area_row(one: GivenArea) -> str:
    return _row(_Area, outline=_points(one.outline), holes=[_points(hole) for hole in one.holes], kind=one.kind)


def _path_row(one: GivenPath) -> str:
    return _row(_Path, line=_points(one.line), width=_metres(one.width), kind=one.kind)


_T = TypeVar("_T")


def _rows(name: str, things: Sequence[_T], text: Callable[[_T], str]) -> str:
    if not things:
        return f' "{name}": []'
    return f' "{name}": [\n' + ",\n".join("  " + text(thing) for thing in things) + "\n ]"


def _row(model: type[_Row], **values: Any) -> str:
    """A JSON object without the fields that have their default."""
    defaults: Mapping[str, Any] = {
        name: field.get_default(call_default_factory=True) for name, field in model.model_fields.items()
    }
    return json.dumps({key: value for key, value in values.items() if value != defaults[key]}, ensure_ascii=False)


def _metres(value: float) -> float:
    return round(float(value), 2) + 0.0


def _point(x: float, y: float) -> list[float]:
    return [_metres(x), _metres(y)]


def _points(points: Array) -> list[list[float]]:
    return [_point(x, y) for x, y in points.tolist()]
