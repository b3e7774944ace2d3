"""Scenario + map + cameras -> labelled clips."""

from roadmark.simulate.backend import Observation, Simulator
from roadmark.simulate.batch import SimulateStage, check_run_id, find_scenarios, scenario_items
from roadmark.simulate.cameras import CameraSetup, load_cameras
from roadmark.simulate.demo import DemoFiles, write_demo
from roadmark.simulate.plan import SimulationPlan, frame_rate, plan_simulation
from roadmark.simulate.run import ClipResult, run_simulation
from roadmark.simulate.settings import SimulateSettings, resolve_settings

__all__ = [
    "CameraSetup",
    "ClipResult",
    "DemoFiles",
    "Observation",
    "SimulateSettings",
    "SimulateStage",
    "SimulationPlan",
    "Simulator",
    "check_run_id",
    "find_scenarios",
    "frame_rate",
    "load_cameras",
    "plan_simulation",
    "resolve_settings",
    "run_simulation",
    "scenario_items",
    "write_demo",
]
