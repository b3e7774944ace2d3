"""Map layers of RDS-HQ: `3d_<layer>/<id>.tar` with one JSON document of labels.

Source: specs/av-grounding.md 1.4.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from roadmark.drive.arrays import FARTHEST
from roadmark.drive.map_layers import LayerName, MapElement
from roadmark.drive.problems import Problems
from roadmark.drive.rds_hq_layout import CUBOID_SIGNS, MAP_LAYERS
from roadmark.drive.tar_samples import read_tar
from roadmark.errors import FormatError
from roadmark.files import has_file
from roadmark.geometry import Box3D, FloatArray, nearest_rotation

_CUBOID_TOLERANCE = 1e-2  # boxes fitted to measured corners

_Label = dict[str, Any]


def read_map(root: Path, drive: str, problems: Problems) -> dict[LayerName, tuple[MapElement, ...]]:
    """Read all layers a drive has; what is wrong in one is a problem, the rest is kept."""
    layers: dict[LayerName, tuple[MapElement, ...]] = {}
    for layer, name in MAP_LAYERS.items():
        path = root / f"3d_{name}" / f"{drive}.tar"
        item = f"map {layer}"
        with problems.recording("bad_map", item):
            if not has_file(path):
                continue
            members = read_tar(path, problems, item)
            # Real drives name traffic_signs.json what their documentation calls 3d_traffic_signs.json.
            key = next((key for key in (f"{name}.json", f"3d_{name}.json") if key in members), None)
            if key is None:
                raise FormatError(f"has neither {name}.json nor 3d_{name}.json", path=path)
            labels = _labels(members[key], path, key)
            layers[layer] = tuple(_elements(labels, path, key, problems, item))
    return layers


def map_document(elements: Sequence[MapElement], layer: LayerName, drive: str) -> bytes:
    """The JSON document of a layer."""
    labels = [_label(element, layer, drive, number) for number, element in enumerate(elements)]
    return json.dumps({"labels": labels}, allow_nan=False).encode()


def _labels(data: bytes, path: Path, key: str) -> list[Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"no readable JSON: {str(error)[:200]}", path=path, field=key) from None
    labels = document.get("labels") if isinstance(document, dict) else None
    if not isinstance(labels, list):
        raise FormatError("has no list of labels", path=path, field=key)
    return labels


def _elements(labels: list[Any], path: Path, key: str, problems: Problems, item: str) -> list[MapElement]:
    found = []
    for number, label in enumerate(labels):
        field = f"{key} labels[{number}]"
        with problems.recording("bad_map", item, path=path, field=field):
            try:
                data = label["labelData"]
                if "shape3d" in data:
                    found.append(_element(data["shape3d"]))
                elif not data.get("emptyLabel"):
                    raise FormatError("has neither shape3d nor emptyLabel", path=path, field=field)
            except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
                message = f"is no label of a shape: {type(error).__name__} {str(error)[:100]}"
                raise FormatError(message, path=path, field=field) from None
    return found


def _element(shape: _Label) -> MapElement:
    attributes = {one["name"]: _attribute(one) for one in shape.get("attributes", [])}
    if "cuboid3d" in shape:
        return MapElement(box=_box(_points(shape["cuboid3d"]["vertices"])), attributes=attributes)
    if "polylines3d" in shape:
        lines = tuple(_points(line["vertices"]) for line in shape["polylines3d"]["polylines"])
    else:
        lines = (_points(shape["polyline3d" if "polyline3d" in shape else "surface"]["vertices"]),)
    return MapElement(lines, attributes=attributes)


def _attribute(record: _Label) -> Any:
    if "enumsList" in record:
        return [str(one) for one in record["enumsList"]["enumsList"]]
    return record.get("text", record.get("value"))


def _points(vertices: list[Any]) -> FloatArray:
    rows = [[one["x"], one["y"], one["z"]] if isinstance(one, dict) else one for one in vertices]
    points = np.asarray(rows, np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or not len(points) or not (np.abs(points) < FARTHEST).all():
        raise ValueError("vertices must be finite x, y, z on Earth")
    return points


def _box(corners: FloatArray) -> Box3D:
    if len(corners) != 8:
        raise ValueError(f"a cuboid has 8 corners, not {len(corners)}")
    axes = np.array(CUBOID_SIGNS, np.float64).T @ corners / 8.0  # (3, 3) half the box's edges, by axis
    size = 2.0 * np.linalg.norm(axes, axis=1)
    if not (size > 0.0).all():
        raise ValueError("a cuboid needs length, width and height")
    rotation = nearest_rotation((2.0 * axes / size[:, None]).T, _CUBOID_TOLERANCE)
    return Box3D(corners.mean(axis=0), size, rotation)


def _label(element: MapElement, layer: LayerName, drive: str, number: int) -> _Label:
    name = MAP_LAYERS[layer]
    attributes: list[_Label] = []
    for key, value in element.attributes.items():
        if isinstance(value, list):
            attributes.append({"name": key, "enumsList": {"enumsList": value}})
        else:
            attributes.append({"name": key, "text": value if isinstance(value, str) else json.dumps(value)})
    session = drive.split("_", 1)[0]
    return {
        "labelFamily": "SHAPE3D",
        "assetRef": {"sessionId": session, "sensorName": "rig", "frames": {"frames": [0]}},
        "labelClassKey": {
            "labelClassNamespace": "minimap",
            "labelClassIdentifier": f"{name}:autolabels",
            "labelClassVersion": "v0",
        },
        "labelId": f"{name}-{number}",
        "timestampMicroseconds": "0",
        "labelData": {"shape3d": {"unit": "METRIC", "attributes": attributes, **_geometry(element, layer)}},
    }


def _geometry(element: MapElement, layer: LayerName) -> _Label:
    if element.box is not None:
        offsets = np.array(CUBOID_SIGNS) * (0.5 * element.box.size)
        corners = offsets @ element.box.rotation.T + element.box.center
        return {"cuboid3d": {"vertices": corners.tolist()}}
    lines = [{"vertices": line.tolist()} for line in element.lines]
    if layer == "lane":
        return {"polylines3d": {"polylines": lines}}
    return {"surface" if layer in ("crosswalk", "road_marking") else "polyline3d": lines[0]}
