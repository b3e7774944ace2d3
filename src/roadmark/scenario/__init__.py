"""What happened: actors, their tracks and events over time, and the recordings they come from."""

from roadmark.scenario.carla_log.build import read_log, read_signals
from roadmark.scenario.carla_log.export import write_log
from roadmark.scenario.model import (
    Actor,
    ActorKind,
    Blocked,
    Collision,
    ControlTrack,
    DoorTrack,
    LightTrack,
    LocalBox,
    SignalState,
    SignalTrack,
    SpeedTrack,
    Track,
    WheelTrack,
)
from roadmark.scenario.sampling import SampleTimes, sample_times
from roadmark.scenario.scenario import ReplayMode, Scenario
from roadmark.scenario.state import DEFAULT_MAX_STEER, ActorState, SceneState
from roadmark.scenario.tables import to_csv, to_parquet

__all__ = [
    "DEFAULT_MAX_STEER",
    "Actor",
    "ActorKind",
    "ActorState",
    "Blocked",
    "Collision",
    "ControlTrack",
    "DoorTrack",
    "LightTrack",
    "LocalBox",
    "ReplayMode",
    "SampleTimes",
    "Scenario",
    "SceneState",
    "SignalState",
    "SignalTrack",
    "SpeedTrack",
    "Track",
    "WheelTrack",
    "read_log",
    "read_signals",
    "sample_times",
    "to_csv",
    "to_parquet",
    "write_log",
]
