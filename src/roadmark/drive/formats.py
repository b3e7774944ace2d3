"""The formats of drives: finding drives under a path, and reading one, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from roadmark.drive.clipgt import find_clipgt, read_clipgt
from roadmark.drive.clipgt_layout import FORMAT as CLIPGT
from roadmark.drive.drive import Drive
from roadmark.drive.kitti import FORMAT as KITTI
from roadmark.drive.kitti import find_kitti, read_kitti
from roadmark.drive.nuscenes import FORMAT as NUSCENES
from roadmark.drive.nuscenes import find_nuscenes, read_nuscenes
from roadmark.drive.options import ReadOptions
from roadmark.drive.rds_hq import find_rds_hq, read_rds_hq
from roadmark.drive.rds_hq_layout import FORMAT as RDS_HQ
from roadmark.errors import ConfigError, InputError
from roadmark.files import input_errors


@dataclass(frozen=True)
class DriveFormat:
    """One format of drives.

    Attributes:
        find: Ids of the drives that are at a path itself; none where it is of another format.
        read: Reads one of them: the path, its id, how. Raises `InputError` where it lacks what a drive needs; what is
            wrong with single items is among the drive's problems instead.
    """

    find: Callable[[Path], list[str]]
    read: Callable[[Path, str, ReadOptions], Drive]


FORMATS: Mapping[str, DriveFormat] = {
    RDS_HQ: DriveFormat(find_rds_hq, read_rds_hq),
    CLIPGT: DriveFormat(find_clipgt, read_clipgt),
    NUSCENES: DriveFormat(find_nuscenes, read_nuscenes),
    KITTI: DriveFormat(find_kitti, read_kitti),
}
"""Formats by name."""


@dataclass(frozen=True)
class FoundDrive:
    """A drive that was found; plain values, so that it can be sent to another process and be read there.

    Attributes:
        format: Name of its format, one of `FORMATS`.
        path: Folder of its files.
        id: Its id there.
    """

    format: str
    path: Path
    id: str

    def read(self, options: ReadOptions | None = None) -> Drive:
        """Read it; see `DriveFormat.read`."""
        return FORMATS[self.format].read(self.path, self.id, options or ReadOptions())


def find_drives(path: Path | str, format_name: str | None = None) -> list[FoundDrive]:
    """Find the drives at a path, or, where it has none itself, in the folders directly in it.

    Args:
        path: A folder.
        format_name: Only this format; None recognises it.

    Raises:
        InputError: It is no folder, or has no drives.
        ConfigError: There is no such format.
    """
    path = Path(path)
    if format_name is not None and format_name not in FORMATS:
        raise ConfigError(f"unknown format {format_name!r}; known are {', '.join(FORMATS)}")
    names = [format_name] if format_name is not None else list(FORMATS)
    with input_errors(path):
        if not path.is_dir():
            raise InputError(f"{path}: is no folder of drives; check the path")
        found = _at(path, names)
        if not found:
            folders = sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))
            found = [drive for folder in folders for drive in _at(folder, names)]
    if not found:
        raise InputError(f"{path}: no drives here, nor in its folders, in {' or '.join(names)}; check the path")
    return found


def read_drive(path: Path | str, drive: str | None = None, options: ReadOptions | None = None) -> Drive:
    """Read a drive.

    Args:
        path: A folder with drives.
        drive: Which, by its id; may be left out where there is only one.
        options: How.

    Raises:
        InputError: There is none, or not this one, or it lacks what a drive needs.
        ConfigError: There are several, and none was named.
    """
    found = find_drives(path)
    if drive is None:
        if len(found) > 1:
            raise ConfigError(f"{path}: has {len(found)} drives, such as {found[0].id}; name one")
        return found[0].read(options)
    for one in found:
        if one.id == drive:
            return one.read(options)
    raise InputError(f"{path}: has no drive {drive}; it has {len(found)}, such as {found[0].id}")


def _at(path: Path, names: list[str]) -> list[FoundDrive]:
    return [FoundDrive(name, path, drive) for name in names for drive in FORMATS[name].find(path)]
