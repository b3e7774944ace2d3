"""The whole ground of a map in one call."""

from __future__ import annotations

from roadmark.maps import RoadMap
from roadmark.world.ground.lane_kinds import split_lanes
from roadmark.world.ground.marks import marks_shape
from roadmark.world.ground.paint import paint_shape
from roadmark.world.ground.structures import structure_shape
from roadmark.world.ground.surfaces import surface_shape
from roadmark.world.ground.terrain import HeightField, terrain_shape
from roadmark.world.shape import Shape, merge


def ground_shape(road_map: RoadMap, field: HeightField, *, roads: bool = True, terrain: bool = True) -> Shape:
    """Surfaces, paint, terrain and carrying structures of a map.

    Args:
        road_map: The map.
        field: The terrain's heights.
        roads: Whether the roads' surfaces and paint are made.
        terrain: Whether the terrain is, and what carries roads over it.
    """
    if not roads:
        return terrain_shape(field) if terrain else merge([])
    carriageway, pavement, islands = split_lanes(road_map)
    surface = surface_shape(road_map)
    return merge(
        [
            surface,
            marks_shape(road_map),
            paint_shape(road_map, surface),
            *([terrain_shape(field), structure_shape([*carriageway, *pavement, *islands], field)] if terrain else []),
        ]
    )
