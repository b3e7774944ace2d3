"""What kinds of things there are: semantic classes and palette, blueprints with sizes, colour words."""

from roadmark.catalog.blueprints import Blueprint, BlueprintKind, Wheel, all_blueprints, blueprint, known
from roadmark.catalog.classes import CLASS_NAMES, OBJECT_CLASSES, PALETTE, SemanticClass
from roadmark.catalog.colors import NAMED_COLORS, color_name
from roadmark.catalog.conditions import CONDITION_KEYS, LIGHTING_NAMES, ROAD_NAMES, WEATHER_NAMES, Conditions
from roadmark.catalog.lamps import VehicleLight
from roadmark.catalog.styles import BodyStyle

__all__ = [
    "CLASS_NAMES",
    "CONDITION_KEYS",
    "LIGHTING_NAMES",
    "NAMED_COLORS",
    "OBJECT_CLASSES",
    "PALETTE",
    "ROAD_NAMES",
    "WEATHER_NAMES",
    "Blueprint",
    "BlueprintKind",
    "BodyStyle",
    "Conditions",
    "SemanticClass",
    "VehicleLight",
    "Wheel",
    "all_blueprints",
    "blueprint",
    "color_name",
    "known",
]
