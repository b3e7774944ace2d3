"""Scenarios from elsewhere: tables of poses, and OpenSCENARIO files."""

from roadmark.imports.poses import PoseOptions, import_poses
from roadmark.imports.result import Imported, ImportedActor

__all__ = ["Imported", "ImportedActor", "PoseOptions", "import_poses"]
