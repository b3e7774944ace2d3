"""CARLA recorder files: read, write, query."""

from roadmark.scenario.carla_log.blueprint_uids import (
    UNCALIBRATED_UID,
    blueprint_uid,
    read_uids,
    write_uids,
)
from roadmark.scenario.carla_log.build import read_log, read_signals
from roadmark.scenario.carla_log.calibrate import fetch_uids
from roadmark.scenario.carla_log.decode import decode, packet_kind
from roadmark.scenario.carla_log.export import write_log
from roadmark.scenario.carla_log.packets import (
    LIST_DTYPES,
    NON_ACTOR,
    WHEEL,
    ActorAdded,
    Attribute,
    FrameStart,
    Packet,
    PacketKind,
    PhysicsControl,
    Records,
    VehicleWheels,
    WalkerBones,
)
from roadmark.scenario.carla_log.queries import blocked_actors, collisions
from roadmark.scenario.carla_log.reader import LogFrame, LogHeader, LogReader
from roadmark.scenario.carla_log.summary import (
    ActorSummary,
    FrameSummary,
    LogSummary,
    PacketSummary,
    summarize,
    summarize_frame,
)
from roadmark.scenario.carla_log.text import (
    blocked_text,
    collisions_text,
    file_info_text,
    show_recorder_actors_blocked,
    show_recorder_collisions,
    show_recorder_file_info,
)
from roadmark.scenario.carla_log.writer import LogWriter, NewFrame

__all__ = [
    "LIST_DTYPES",
    "NON_ACTOR",
    "UNCALIBRATED_UID",
    "WHEEL",
    "ActorAdded",
    "ActorSummary",
    "Attribute",
    "FrameStart",
    "FrameSummary",
    "LogFrame",
    "LogHeader",
    "LogReader",
    "LogSummary",
    "LogWriter",
    "NewFrame",
    "Packet",
    "PacketKind",
    "PacketSummary",
    "PhysicsControl",
    "Records",
    "VehicleWheels",
    "WalkerBones",
    "blocked_actors",
    "blocked_text",
    "blueprint_uid",
    "collisions",
    "collisions_text",
    "decode",
    "fetch_uids",
    "file_info_text",
    "packet_kind",
    "read_log",
    "read_signals",
    "read_uids",
    "show_recorder_actors_blocked",
    "show_recorder_collisions",
    "show_recorder_file_info",
    "summarize",
    "summarize_frame",
    "write_log",
    "write_uids",
]
