"""Scenery grown around roads from a seed: buildings, plants, street furniture."""

from roadmark.world.scenery.growth import Scenery, grow, scenery
from roadmark.world.scenery.obstacles import KeepOut, ViewCone

__all__ = ["KeepOut", "Scenery", "ViewCone", "grow", "scenery"]
