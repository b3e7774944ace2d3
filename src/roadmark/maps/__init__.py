"""Road networks: OpenDRIVE files into lanes, marks, junctions, crosswalks and signals in world FLU metres."""

from roadmark.maps.features import Connection, Controller, Crosswalk, Junction, MapObject, Signal, SignalReference
from roadmark.maps.lanes import KERB_HEIGHT, LaneKey, LaneMark, LaneStrip, SampledSection
from roadmark.maps.locate import LaneLocations
from roadmark.maps.opendrive import find_map, load_opendrive, parse_opendrive
from roadmark.maps.road_geometry import Lane, LaneSection, MarkLine, Road, RoadLink, RoadMark
from roadmark.maps.road_map import RoadMap
from roadmark.maps.signal_lanes import GovernedLane
from roadmark.maps.signal_places import nearest_places
from roadmark.maps.xml_fields import parse_xml

__all__ = [
    "KERB_HEIGHT",
    "Connection",
    "Controller",
    "Crosswalk",
    "GovernedLane",
    "Junction",
    "Lane",
    "LaneKey",
    "LaneLocations",
    "LaneMark",
    "LaneSection",
    "LaneStrip",
    "MapObject",
    "MarkLine",
    "Road",
    "RoadLink",
    "RoadMap",
    "RoadMark",
    "SampledSection",
    "Signal",
    "SignalReference",
    "find_map",
    "load_opendrive",
    "nearest_places",
    "parse_opendrive",
    "parse_xml",
]
