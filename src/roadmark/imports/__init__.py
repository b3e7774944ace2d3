"""Scenarios from elsewhere: tables of poses, and OpenSCENARIO files."""

from roadmark.imports.openscenario import OpenScenarioOptions, import_openscenario, logic_file
from roadmark.imports.poses import PoseOptions, import_poses
from roadmark.imports.result import Imported, ImportedActor

__all__ = [
    "Imported",
    "ImportedActor",
    "OpenScenarioOptions",
    "PoseOptions",
    "import_openscenario",
    "import_poses",
    "logic_file",
]
