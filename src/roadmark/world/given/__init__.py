"""Given surroundings: the buildings, trees and ground of a real place as shapes, in place of what a seed would grow."""

from roadmark.world.given.place import given_scenery, standing_points

__all__ = ["given_scenery", "standing_points"]
