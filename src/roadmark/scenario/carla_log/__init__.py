"""CARLA recorder files: read, write, query."""

from roadmark.scenario.carla_log.build import read_log
from roadmark.scenario.carla_log.packets import ActorAdded, Attribute, FrameStart, Packet, PacketKind
from roadmark.scenario.carla_log.reader import LogFrame, LogHeader, LogReader
from roadmark.scenario.carla_log.writer import LogWriter, NewFrame

__all__ = [
    "ActorAdded",
    "Attribute",
    "FrameStart",
    "LogFrame",
    "LogHeader",
    "LogReader",
    "LogWriter",
    "NewFrame",
    "Packet",
    "PacketKind",
    "read_log",
]
