"""Scenario + map + cameras -> labelled clips.

Its parts are loaded when they are first asked for: reading settings needs no renderer, and growing a town no settings.
"""

from typing import TYPE_CHECKING

from roadmark.lazy import loaded_when_asked

if TYPE_CHECKING:
    from roadmark.simulate.auto_cameras import place_cameras
    from roadmark.simulate.backend import Observation, Simulator
    from roadmark.simulate.batch import ScenarioFiles, SimulateStage, check_run_id, find_scenarios, scenario_items
    from roadmark.simulate.camera_files import write_camera_file
    from roadmark.simulate.cameras import CameraSetup, load_cameras
    from roadmark.simulate.plan import SimulationPlan, frame_rate, plan_simulation
    from roadmark.simulate.rerender import LabelCheck, LabelsDifferError, NoSourceError, Rerender, check_rerender
    from roadmark.simulate.rigs import RIGS, rig_cameras
    from roadmark.simulate.run import ClipResult, run_simulation
    from roadmark.simulate.settings import Lighting, SimulateSettings, is_placeholder, resolve_settings
    from roadmark.simulate.sources import Sources, read_sources
    from roadmark.simulate.town_worker import TownWorker, start_town_worker
    from roadmark.simulate.view_options import NoViewError, PlacedCamera, ViewOptions
else:
    __getattr__ = loaded_when_asked(
        __name__,
        {
            "auto_cameras": ("place_cameras",),
            "backend": ("Observation", "Simulator"),
            "batch": ("ScenarioFiles", "SimulateStage", "check_run_id", "find_scenarios", "scenario_items"),
            "camera_files": ("write_camera_file",),
            "cameras": ("CameraSetup", "load_cameras"),
            "plan": ("SimulationPlan", "frame_rate", "plan_simulation"),
            "rerender": ("LabelCheck", "LabelsDifferError", "NoSourceError", "Rerender", "check_rerender"),
            "rigs": ("RIGS", "rig_cameras"),
            "run": ("ClipResult", "run_simulation"),
            "settings": ("Lighting", "SimulateSettings", "is_placeholder", "resolve_settings"),
            "sources": ("Sources", "read_sources"),
            "town_worker": ("TownWorker", "start_town_worker"),
            "view_options": ("NoViewError", "PlacedCamera", "ViewOptions"),
        },
    )

__all__ = [
    "RIGS",
    "CameraSetup",
    "ClipResult",
    "LabelCheck",
    "LabelsDifferError",
    "Lighting",
    "NoSourceError",
    "NoViewError",
    "Observation",
    "PlacedCamera",
    "Rerender",
    "ScenarioFiles",
    "SimulateSettings",
    "SimulateStage",
    "SimulationPlan",
    "Simulator",
    "Sources",
    "TownWorker",
    "ViewOptions",
    "check_rerender",
    "check_run_id",
    "find_scenarios",
    "frame_rate",
    "is_placeholder",
    "load_cameras",
    "place_cameras",
    "plan_simulation",
    "read_sources",
    "resolve_settings",
    "rig_cameras",
    "run_simulation",
    "scenario_items",
    "start_town_worker",
    "write_camera_file",
]
