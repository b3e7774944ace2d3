"""Scenario + map + cameras -> labelled clips."""

from roadmark.simulate.auto_cameras import place_cameras
from roadmark.simulate.backend import Observation, Simulator
from roadmark.simulate.batch import SimulateStage, check_run_id, find_scenarios, scenario_items
from roadmark.simulate.camera_files import write_camera_file
from roadmark.simulate.cameras import CameraSetup, load_cameras
from roadmark.simulate.plan import SimulationPlan, frame_rate, plan_simulation
from roadmark.simulate.rigs import RIGS, rig_cameras
from roadmark.simulate.run import ClipResult, run_simulation
from roadmark.simulate.settings import Lighting, SimulateSettings, resolve_settings
from roadmark.simulate.view_options import NoViewError, PlacedCamera, ViewOptions

__all__ = [
    "RIGS",
    "CameraSetup",
    "ClipResult",
    "Lighting",
    "NoViewError",
    "Observation",
    "PlacedCamera",
    "SimulateSettings",
    "SimulateStage",
    "SimulationPlan",
    "Simulator",
    "ViewOptions",
    "check_run_id",
    "find_scenarios",
    "frame_rate",
    "load_cameras",
    "place_cameras",
    "plan_simulation",
    "resolve_settings",
    "rig_cameras",
    "run_simulation",
    "scenario_items",
    "write_camera_file",
]
