"""Drives: recordings of a vehicle with several cameras, and the formats they come in."""

from roadmark.drive.clipgt import read_clipgt
from roadmark.drive.clipgt_writer import write_clipgt
from roadmark.drive.drive import Drive, DriveCamera, check_drive
from roadmark.drive.footage import Footage, ImageFiles, VideoFile
from roadmark.drive.formats import FORMATS, DriveFormat, FoundDrive, find_drives, read_drive
from roadmark.drive.kitti import read_kitti
from roadmark.drive.labels import Category
from roadmark.drive.map_layers import LayerName, MapElement
from roadmark.drive.names import canonical_camera_name, choose_cameras
from roadmark.drive.nuscenes import read_nuscenes
from roadmark.drive.options import ReadOptions
from roadmark.drive.problems import ADVICE, Fault, Problem
from roadmark.drive.rds_hq import read_rds_hq
from roadmark.drive.rds_hq_writer import write_rds_hq
from roadmark.drive.tracks import ObjectTrack, TrackRules
from roadmark.drive.trajectory import Trajectory

__all__ = [
    "ADVICE",
    "FORMATS",
    "Category",
    "Drive",
    "DriveCamera",
    "DriveFormat",
    "Fault",
    "Footage",
    "FoundDrive",
    "ImageFiles",
    "LayerName",
    "MapElement",
    "ObjectTrack",
    "Problem",
    "ReadOptions",
    "TrackRules",
    "Trajectory",
    "VideoFile",
    "canonical_camera_name",
    "check_drive",
    "choose_cameras",
    "find_drives",
    "read_clipgt",
    "read_drive",
    "read_kitti",
    "read_nuscenes",
    "read_rds_hq",
    "write_clipgt",
    "write_rds_hq",
]
