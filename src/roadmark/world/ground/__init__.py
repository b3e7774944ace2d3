"""Roads as triangles: surfaces, paint, the terrain around them and what carries them."""

from roadmark.world.ground.roads import ground_shape
from roadmark.world.ground.terrain import HeightField, height_field

__all__ = ["HeightField", "ground_shape", "height_field"]
