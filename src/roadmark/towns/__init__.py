"""Procedural road networks, written as OpenDRIVE."""

from roadmark.towns.build import TOWN_KINDS, build_town, town_name
from roadmark.towns.options import TownOptions

__all__ = ["TOWN_KINDS", "TownOptions", "build_town", "town_name"]
