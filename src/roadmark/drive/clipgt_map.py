"""Map tables of ClipGT, in and out.

Source: specs/av-grounding.md section 2.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from roadmark.drive.arrays import FARTHEST
from roadmark.drive.clipgt_layout import MAP_BOXES, MAP_LINES, OLD_COLUMNS, POLYLINE, QUATERNION, VEC3, file_name
from roadmark.drive.clipgt_tables import ClipTable
from roadmark.drive.map_layers import LayerName, MapElement
from roadmark.drive.problems import Problems
from roadmark.files import has_file
from roadmark.geometry import Box3D, FloatArray, quaternion_from_rotation, rotation_from_quaternion

_BOX_COLUMNS = ("center", "dimensions", "orientation")
_Row = dict[str, Any]


def read_map(folder: Path, prefix: str, problems: Problems) -> dict[LayerName, tuple[MapElement, ...]]:
    """Read all map tables a drive has; what is wrong in one is a problem, the rest is kept."""
    layers: dict[LayerName, tuple[MapElement, ...]] = {}
    for layer in (*MAP_LINES, *MAP_BOXES):
        path, item = folder / file_name(prefix, f"{layer}.parquet"), f"map {layer}"
        with problems.recording("bad_map", item):
            if not has_file(path):
                continue
            found = []
            for number, row in enumerate(ClipTable(path, layer).rows(), start=1):
                try:
                    found.append(_element(layer, row))
                except (KeyError, TypeError, ValueError) as error:
                    message = f"is no {layer}: {type(error).__name__} {str(error)[:100]}"
                    problems.add("bad_map", item, message, path=path, field=f"row {number}")
            layers[layer] = tuple(found)
    return layers


def map_payload(layer: LayerName, elements: Sequence[MapElement]) -> Any:
    """The payload column of a table: geometry, and every attribute that is text, a number, a flag or a list of text."""
    names = list(dict.fromkeys(name for element in elements for name in element.attributes))
    arrays: dict[str, Any] = {}
    if layer in MAP_BOXES:
        boxes = [element.box for element in elements]
        arrays["center"] = pa.array([_xyz(box.center) for box in boxes if box], VEC3)
        arrays["dimensions"] = pa.array([_xyz(box.size) for box in boxes if box], VEC3)
        turns = [quaternion_from_rotation(box.rotation) for box in boxes if box]
        arrays["orientation"] = pa.array([dict(zip("wxyz", turn.tolist(), strict=True)) for turn in turns], QUATERNION)
    else:
        for index, column in enumerate(MAP_LINES[layer]):
            lines = [[_xyz(point) for point in element.lines[index]] for element in elements]
            arrays[column] = pa.array(lines, POLYLINE)
    for name in names:
        if name not in arrays:
            arrays[name] = _attribute_array([element.attributes.get(name) for element in elements])
    return pa.StructArray.from_arrays(list(arrays.values()), names=list(arrays))


def _element(layer: LayerName, row: _Row) -> MapElement:
    if layer in MAP_BOXES:
        w, x, y, z = (row["orientation"][axis] for axis in "wxyz")
        box = Box3D(_point(row["center"]), _point(row["dimensions"]), rotation_from_quaternion([w, x, y, z]))
        return MapElement(box=box, attributes={key: row[key] for key in row if key not in _BOX_COLUMNS})
    lines, geometry = [], set()
    for column in MAP_LINES[layer]:
        name = column if column in row else OLD_COLUMNS.get(column, column)
        geometry.add(name)
        points = np.array([_point(point) for point in row[name]], np.float64)
        if not len(points):
            raise ValueError(f"{name} has no points")
        lines.append(points)
    return MapElement(tuple(lines), attributes={key: row[key] for key in row if key not in geometry})


def _point(value: _Row) -> FloatArray:
    point = np.array([value["x"], value["y"], value["z"]], np.float64)
    if not (np.abs(point) < FARTHEST).all():
        raise ValueError("a point holds NaN, or is nowhere on Earth")
    return point


def _xyz(point: FloatArray) -> dict[str, float]:
    return dict(zip("xyz", point.tolist(), strict=True))


def _attribute_array(values: list[Any]) -> Any:
    """One column; where its values are of several kinds, or of none that a table holds, as JSON."""
    given = [value for value in values if value is not None]
    for plain, kind in ((str, pa.string()), (bool, pa.bool_()), (float, pa.float64())):
        if all(type(value) is plain for value in given):
            return pa.array(values, kind)
    if all(type(value) is int and abs(value) < 1 << 63 for value in given):
        return pa.array(values, pa.int64())
    if all(isinstance(value, list) and all(isinstance(one, str) for one in value) for value in given):
        return pa.array(values, pa.list_(pa.string()))
    return pa.array([None if value is None else json.dumps(value) for value in values], pa.string())
