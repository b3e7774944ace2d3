"""Scenery grown around roads from a seed: buildings, plants, street furniture."""

from roadmark.world.scenery.growth import grow
from roadmark.world.scenery.obstacles import KeepOut, ViewCone
from roadmark.world.scenery.selection import Selection

__all__ = ["KeepOut", "Selection", "ViewCone", "grow"]
